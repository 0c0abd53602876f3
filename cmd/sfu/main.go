package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/alecthomas/kong"
)

// version is set by the build (-ldflags -X main.version=...).
var version = "unversioned"

type commands struct {
	Serve   serveCommand   `cmd:"" default:"withargs" help:"Run the server (the default command)."`
	Token   tokenCommand   `cmd:"" help:"Print a join token."`
	Doctor  doctorCommand  `cmd:"" help:"Say in plain sentences what keeps the server from working, or with an address try it from here."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

// streams are the process's outputs, so that tests can read them.
type streams struct{ out, err io.Writer }

type versionCommand struct{}

func (versionCommand) Run(s streams) error {
	_, err := fmt.Fprintf(s.out, "callrelay %s (%s, %s/%s)\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectBusy) // see thrift
	}
	os.Exit(run(os.Args[1:], streams{os.Stdout, os.Stderr}))
}

// run is main without the process: it returns the exit status. 2 means that
// the settings are wrong, 1 that the server could not go on.
func run(args []string, s streams) int {
	parser, err := newParser(s)
	if err != nil {
		_, _ = fmt.Fprintln(s.err, "sfu:", err)
		return 1
	}
	context, err := parser.Parse(args)
	if err != nil {
		_, _ = fmt.Fprintln(s.err, "sfu:", err)
		return 2
	}
	if err := context.Run(s); err != nil {
		_, _ = fmt.Fprintln(s.err, "sfu:", err)
		return exitStatus(err)
	}
	return 0
}

func newParser(s streams) (*kong.Kong, error) {
	return kong.New(&commands{}, kong.Name("sfu"), kong.Writers(s.out, s.err),
		kong.Description("Callrelay: calls and rooms for web pages, relayed by one server."),
		kong.Configuration(readSettings), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
}
