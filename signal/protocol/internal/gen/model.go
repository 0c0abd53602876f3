package main

// model of package protocol, in the order of its source.
type model struct {
	words   []word // named strings and numbers
	structs []structure
	client  []string // Go names of the messages from the client
	server  []string
	limits  []constant
	single  []constant // Version, Subprotocol
}

// word is a named string or number type, with its constants if it has any.
type word struct {
	name, doc string
	number    bool
	values    []constant
}

type constant struct {
	name, doc string
	value     string // as JSON
	duration  bool   // value is in milliseconds
}

type structure struct {
	name, doc string
	fields    []field
}

type field struct {
	name, doc string // name on the wire
	typ       string // string, boolean, number or a Go type's name
	list      bool
	optional  bool
}

func (m *model) structure(name string) structure {
	for _, s := range m.structs {
		if s.name == name {
			return s
		}
	}
	return structure{name: name}
}

// isMessage tells whether a struct travels on its own.
func (m *model) isMessage(name string) bool {
	for _, list := range [][]string{m.client, m.server} {
		for _, n := range list {
			if n == name {
				return true
			}
		}
	}
	return false
}
