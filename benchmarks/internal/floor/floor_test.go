package floor

import (
	"strings"
	"testing"
)

func TestEveryPriceIsMeasuredOrSaysWhyNot(t *testing.T) {
	prices := Measure()
	for _, name := range []string{SendBatch, SendGSO, Receive, Seal, Open} {
		if prices.Of(name) == 0 && !strings.Contains(prices.Markdown(), name+" | not measured: ") {
			t.Errorf("%s: nothing is said of it\n%s", name, prices.Markdown())
		}
	}
	for _, p := range prices {
		if p.Missing == "" && p.Micros <= 0 {
			t.Errorf("%s costs nothing", p.Name)
		}
	}
}

func TestForwardingCostsItsShareOfReceiving(t *testing.T) {
	p := Prices{{Name: SendGSO, Micros: 1}, {Name: Seal, Micros: 2}, {Name: Receive, Micros: 3}, {Name: Open, Micros: 5}}
	if got := p.Forward(0.5); got != 7 {
		t.Errorf("got %v, want 7", got)
	}
	if got := p[:2].Forward(1); got != 0 {
		t.Errorf("got %v of what is not known", got)
	}
}
