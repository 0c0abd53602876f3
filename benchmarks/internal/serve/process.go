package serve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// startTime is how long a server may take until it is ready.
const startTime = 20 * time.Second

// Process of a server, with a directory of its own that ends with it.
type Process struct {
	PID int
	// Dir is removed by Stop.
	Dir string

	command *exec.Cmd
	ended   chan struct{}
	err     error // once ended
}

// NewProcess that has its directory and is not yet started.
func NewProcess() (*Process, error) {
	dir, err := os.MkdirTemp("", "server-")
	if err != nil {
		return nil, err
	}
	return &Process{Dir: dir}, nil
}

// Run starts it, by calling on with what does; see package pin. After an error
// nothing is left of it.
func (p *Process) Run(on func(func() error) error, command *exec.Cmd) error {
	p.command = command
	if err := on(command.Start); err != nil {
		_ = os.RemoveAll(p.Dir)
		return err
	}
	p.PID = command.Process.Pid
	ended := make(chan struct{})
	p.ended = ended
	go func() {
		p.err = command.Wait()
		close(ended)
	}()
	return nil
}

// Ready waits until it answers; else it stops it.
func (p *Process) Ready(ctx context.Context, answers func(context.Context) bool) error {
	err := p.await(ctx, answers)
	if err != nil {
		p.Stop()
	}
	return err
}

func (p *Process) await(ctx context.Context, answers func(context.Context) bool) error {
	deadline := time.After(startTime)
	for !answers(ctx) {
		select {
		case <-time.After(50 * time.Millisecond):
		case <-p.ended:
			return fmt.Errorf("the server has ended: %w", p.err)
		case <-deadline:
			return errors.New("the server does not answer")
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// Stop ends it, by SIGTERM first, and clears away what it kept.
func (p *Process) Stop() {
	_ = p.command.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(5 * time.Second):
		_ = p.command.Process.Kill()
		<-p.ended
	}
	_ = os.RemoveAll(p.Dir)
}

// FreePorts of an address that are free at the moment.
func FreePorts(address netip.Addr, n int) (ports []uint16, err error) {
	for range n {
		l, err := net.Listen("tcp", netip.AddrPortFrom(address, 0).String())
		if err != nil {
			return nil, err
		}
		defer l.Close()
		ports = append(ports, netip.MustParseAddrPort(l.Addr().String()).Port())
	}
	return ports, nil
}
