package main

import (
	"fmt"
	"go/ast"
	exact "go/constant"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"time"
)

// sources are read in this order, which is that of the output.
var sources = [...]string{"words.go", "limits.go", "client.go", "client_room.go", "server.go", "server_room.go", "registry.go"}

func parse(dir string) (*model, error) {
	m := &model{}
	fset := token.NewFileSet()
	for _, name := range sources {
		f, err := parser.ParseFile(fset, filepath.Join(dir, name), nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		for _, d := range f.Decls {
			if err := m.declaration(name, d); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return m, nil
}

func (m *model) declaration(file string, d ast.Decl) error {
	switch d := d.(type) {
	case *ast.FuncDecl:
		switch d.Name.Name {
		case "newClient":
			m.client = registered(d)
		case "newServer":
			m.server = registered(d)
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			var err error
			switch s := s.(type) {
			case *ast.TypeSpec:
				err = m.typeSpec(s, d)
			case *ast.ValueSpec:
				err = m.constSpec(file, s, d)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// registered lists the T of each new(T) in a function.
func registered(d *ast.FuncDecl) []string {
	var names []string
	ast.Inspect(d, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 1 {
			return true
		}
		fn, isIdent := call.Fun.(*ast.Ident)
		arg, isName := call.Args[0].(*ast.Ident)
		if isIdent && isName && fn.Name == "new" {
			names = append(names, arg.Name)
		}
		return true
	})
	return names
}

func (m *model) typeSpec(s *ast.TypeSpec, d *ast.GenDecl) error {
	doc := text(s.Doc)
	if doc == "" && len(d.Specs) == 1 {
		doc = text(d.Doc)
	}
	switch t := s.Type.(type) {
	case *ast.Ident:
		m.words = append(m.words, word{name: s.Name.Name, doc: doc, number: t.Name == "int"})
	case *ast.StructType:
		st := structure{name: s.Name.Name, doc: doc}
		for _, f := range t.Fields.List {
			fl, err := fieldOf(f)
			if err != nil {
				return fmt.Errorf("%s: %w", s.Name.Name, err)
			}
			st.fields = append(st.fields, fl)
		}
		m.structs = append(m.structs, st)
	}
	return nil
}

func fieldOf(f *ast.Field) (field, error) {
	if len(f.Names) != 1 || f.Tag == nil {
		return field{}, fmt.Errorf("each field has one name and a json tag")
	}
	tag := reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Get("json")
	name, rest, _ := strings.Cut(tag, ",")
	fl := field{name: name, doc: text(f.Doc), optional: rest == "omitempty"}
	expr := f.Type
	if star, ok := expr.(*ast.StarExpr); ok {
		expr = star.X
	}
	if list, ok := expr.(*ast.ArrayType); ok {
		fl.list, expr = true, list.Elt
	}
	id, ok := expr.(*ast.Ident)
	if !ok {
		return field{}, fmt.Errorf("field %s: a type that has no TypeScript form", name)
	}
	fl.typ = jsonType(id.Name)
	return fl, nil
}

func jsonType(goType string) string {
	switch goType {
	case "bool":
		return "boolean"
	case "int", "int64", "uint16", "uint32", "uint64", "float64":
		return "number"
	}
	return goType
}

// constSpec files a constant under its type, or under the limits.
func (m *model) constSpec(file string, s *ast.ValueSpec, d *ast.GenDecl) error {
	doc := text(s.Doc)
	if doc == "" {
		doc = text(s.Comment)
	}
	if doc == "" && len(d.Specs) == 1 {
		doc = text(d.Doc)
	}
	if len(s.Values) != 1 {
		// "QueueMessages = 256" and the like come one a line.
		return fmt.Errorf("constant %s: one value a line", s.Names[0].Name)
	}
	v, duration, err := eval(s.Values[0])
	if err != nil {
		return fmt.Errorf("constant %s: %w", s.Names[0].Name, err)
	}
	c := newConstant(s.Names[0].Name, doc, v, duration)
	if id, ok := s.Type.(*ast.Ident); ok {
		for i := range m.words {
			if m.words[i].name == id.Name {
				m.words[i].values = append(m.words[i].values, c)
			}
		}
		return nil
	}
	if file == "limits.go" {
		m.limits = append(m.limits, c)
	} else {
		m.single = append(m.single, c)
	}
	return nil
}

func newConstant(name, doc string, v exact.Value, duration bool) constant {
	return constant{name: name, doc: doc, value: v.ExactString(), duration: duration}
}

// eval computes the few kinds of constant expression the protocol uses;
// durations come out in milliseconds.
func eval(e ast.Expr) (v exact.Value, duration bool, err error) {
	switch e := e.(type) {
	case *ast.BasicLit:
		return exact.MakeFromLiteral(e.Value, e.Kind, 0), false, nil
	case *ast.SelectorExpr:
		if e.Sel.Name == "Second" {
			return exact.MakeInt64(time.Second.Milliseconds()), true, nil
		}
	case *ast.BinaryExpr:
		x, dx, errX := eval(e.X)
		y, dy, errY := eval(e.Y)
		if errX != nil || errY != nil {
			break
		}
		if e.Op == token.SHL {
			n, _ := exact.Uint64Val(y)
			return exact.Shift(x, e.Op, uint(n)), false, nil
		}
		return exact.BinaryOp(x, e.Op, y), dx || dy, nil
	}
	return nil, false, fmt.Errorf("an expression the generator does not know")
}

// text of a comment in one paragraph per blank line.
func text(g *ast.CommentGroup) string {
	return strings.TrimSpace(g.Text())
}
