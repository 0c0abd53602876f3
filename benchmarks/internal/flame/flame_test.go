package flame

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/pprof/profile"
)

// small profile: main calls a<b> for 30 ms and, through an inlined c, d for 70.
func small() *profile.Profile {
	function := func(id uint64, name string) *profile.Function { return &profile.Function{ID: id, Name: name} }
	main, a, c, d := function(1, "main.main"), function(2, "callrelay/sfu.a<b>"), function(3, "c"), function(4, "crypto/aes.d")
	at := func(id uint64, functions ...*profile.Function) *profile.Location {
		l := &profile.Location{ID: id}
		for _, f := range functions {
			l.Line = append(l.Line, profile.Line{Function: f})
		}
		return l
	}
	outer, left, right := at(1, main), at(2, a), at(3, d, c)
	return &profile.Profile{
		SampleType: []*profile.ValueType{{Type: "samples", Unit: "count"}, {Type: "cpu", Unit: "nanoseconds"}},
		Function:   []*profile.Function{main, a, c, d}, Location: []*profile.Location{outer, left, right},
		Sample: []*profile.Sample{
			{Location: []*profile.Location{left, outer}, Value: []int64{3, 30e6}},
			{Location: []*profile.Location{right, outer}, Value: []int64{7, 70e6}},
		},
	}
}

func TestTimeOfCalleesCountsForTheirCallers(t *testing.T) {
	root := treeOf(small())
	main := root.children["main.main"]
	if root.value != 100e6 || main == nil || main.value != 100e6 {
		t.Fatalf("got %+v", root)
	}
	if c := main.children["c"]; c == nil || c.value != 70e6 || c.children["crypto/aes.d"].value != 70e6 {
		t.Errorf("an inlined function has lost its place: %+v", c)
	}
}

func TestPictureIsWellFormedAndNamesWhatTakesTime(t *testing.T) {
	var pprof, svg bytes.Buffer
	if err := small().Write(&pprof); err != nil {
		t.Fatal(err)
	}
	if err := WriteSVG(&svg, "a & b", &pprof); err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(bytes.NewReader(svg.Bytes())); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"a &amp; b", "sfu.a&lt;b&gt; 30.0 %", "crypto/aes.d 70.0 %", "0.10 s of CPU"} {
		if !strings.Contains(svg.String(), want) {
			t.Errorf("%q is not in it", want)
		}
	}
}

func TestWhatIsNoProfileIsRefused(t *testing.T) {
	if err := WriteSVG(io.Discard, "", strings.NewReader("no profile")); err == nil {
		t.Error("taken for a profile")
	}
}
