// Loadgen makes scripted people call each other through a running server and
// reports what became of every packet and of the server's resources.
//
//	go run ./benchmarks/loadgen --server bin/sfu --calls 25 --duration 60s --loss 0.05
//	go run ./benchmarks/loadgen --server bin/sfu --pin --viewers 100 --duration 5s
//	go run ./benchmarks/loadgen --url ws://127.0.0.1:8080/ws --metrics http://127.0.0.1:9090/metrics --joins 9000 --vanish 0.5
//
// It ends with status 1 when a demand of the scenario is not met.
package main

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/signal"
	"time"

	"github.com/alecthomas/kong"

	"callrelay/benchmarks/internal/pin"
	"callrelay/benchmarks/internal/serve"
	"callrelay/benchmarks/scenarios"
)

type options struct {
	Server     string   `help:"Start this server for the run, on free ports of the loopback." placeholder:"BIN"`
	ServerFlag []string `help:"One more flag for it; repeatable." placeholder:"FLAG" sep:"none"`
	ServerLog  string   `help:"File for its log; empty drops it." placeholder:"FILE"`
	URL        string   `help:"WebSocket of a running server in open mode." default:"ws://127.0.0.1:8080/ws"`
	Metrics    string   `help:"Metrics of the running server." default:"http://127.0.0.1:9090/metrics"`
	PID        int      `help:"Process of the running server, when it is on this machine."`
	Local      string   `help:"Address to send media from." default:"127.0.0.1"`

	Pin  bool `help:"Keep the server that --server starts on core 0, and this program on the others."`
	Full bool `help:"In rooms: receivers that open every packet and ask for what is missing. Others count by the clear headers, and cost this program a fraction."`

	Calls     int           `help:"Calls of two at once; what is done without --viewers, --pairs, --meeting or --joins." default:"25"`
	Viewers   int           `help:"Instead: one camera and so many who watch it."`
	Pairs     int           `help:"Instead: so many rooms of two."`
	Meeting   int           `help:"Instead: one room of so many, all to all."`
	Webinar   int           `help:"Instead: one room of so many, up to 20 of them with cameras of three layers, up to 10 of those talking; each page shows up to 9."`
	Shrink    int           `help:"In rooms: width and height of pictures so many times less, and bytes by the square of it." default:"1"`
	Still     bool          `help:"In rooms: nobody sends anything, and what is told is the processor time of idle participants."`
	Duration  time.Duration `help:"How long they last." default:"60s"`
	Loss      float64       `help:"Loss of each participant's network in each direction, 0 to 1."`
	LossUp    float64       `help:"Loss towards the server, if it differs." default:"-1"`
	LossDown  float64       `help:"Loss from the server, if it differs." default:"-1"`
	AudioOnly bool          `help:"Calls without pictures."`

	MaxPicture    time.Duration `help:"In a webinar: from joining to the first of a picture, 95 of 100; 0 demands nothing." default:"1s"`
	MaxDuplicates float64       `help:"Share of duplicates that is too much, 0 to 1." default:"0.001"`
	MaxResends    float64       `help:"A publisher's resends for each lost packet that are too many." default:"1.2"`

	Joins   int     `help:"Instead of calls that last: so many people come and go."`
	Vanish  float64 `help:"Share of them that goes without a word." default:"0.5"`
	AtATime int     `help:"Calls at a time among them; in rooms, joins at a time." default:"16"`

	Comeback bool          `help:"Instead: the server is killed in the middle of the calls and started again at once; needs --server."`
	Back     time.Duration `help:"Most that 95 of 100 people may need then to be back in their call; twice as much for each." default:"5s"`

	Patience time.Duration `help:"Time for the server to forget those who left." default:"90s"`
	Seed     uint64        `help:"Of all that is random." default:"1"`
	JSON     string        `help:"Write the report there." placeholder:"FILE"`
	SVG      string        `help:"Write its picture there." placeholder:"FILE"`
	Flame    string        `help:"Write a flame graph of the server's CPU in the steady state there; its metrics' address must have /debug/pprof." placeholder:"FILE"`
}

func main() {
	var o options
	kong.Parse(&o, kong.Description("Makes scripted people call each other through a server, and reports what became of every packet."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ok, err := run(ctx, o, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "loadgen:", err)
		os.Exit(2)
	}
	if !ok {
		os.Exit(1)
	}
}

// serverCore is where --pin puts the server.
const serverCore = 0

// run returns whether all demands were met.
func run(ctx context.Context, o options, out io.Writer) (bool, error) {
	local, err := netip.ParseAddr(o.Local)
	if err != nil {
		return false, err
	}
	on := func(f func() error) error { return f() }
	if o.Pin {
		if on, err = pin.Self(serverCore); err != nil {
			return false, err
		}
	}
	target := scenarios.Target{URL: o.URL, Metrics: o.Metrics, PID: o.PID, Local: local, Patience: o.Patience}
	var restart func() (time.Time, error)
	if o.Server != "" {
		server, startErr := start(ctx, on, o)
		if startErr != nil {
			return false, startErr
		}
		defer server.Stop()
		target.URL, target.Metrics, target.PID = server.URL, server.Metrics, server.PID
		restart = server.KillAndRestart
	}
	flames := &profiler{metrics: target.Metrics, file: o.Flame}
	if o.Flame != "" {
		target.OnSteady = flames.take
	}
	r, err := measure(ctx, target, o, restart)
	if err != nil {
		return false, err
	}
	if err := r.WriteText(out); err != nil {
		return false, err
	}
	if err := flames.write(r); err != nil {
		return false, err
	}
	if err := write(o.JSON, r.WriteJSON); err != nil {
		return false, err
	}
	return r.OK(), write(o.SVG, r.WriteSVG)
}

func start(ctx context.Context, on func(func() error) error, o options) (*serve.Server, error) {
	log := io.Discard
	if o.ServerLog != "" {
		file, err := os.Create(o.ServerLog)
		if err != nil {
			return nil, err
		}
		log = file // the process keeps it; it is closed when this one ends
	}
	return serve.StartOn(ctx, on, o.Server, log, o.ServerFlag...)
}

// write to a file, if one is named.
func write(name string, to func(io.Writer) error) error {
	if name == "" {
		return nil
	}
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := to(file); err != nil {
		_ = file.Close()
		return err
	}
	return file.Close()
}
