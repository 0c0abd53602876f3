package batch

import (
	"os"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// pauser sleeps for less than a millisecond, which Go can't: its poller counts
// whole ones, and the first is the shortest. A timer of the kernel's, which
// that poller watches like a socket, ends the pause in time. It belongs to one
// goroutine.
type pauser struct {
	fd     uintptr
	timer  *os.File
	wait   syscall.RawConn
	set    bool
	length unix.ItimerSpec
	ready  func(fd uintptr) bool // made once, so that a pause allocates nothing
}

// newPauser of the kernel's; nil when it has none to give.
func newPauser() *pauser {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil
	}
	p := &pauser{fd: uintptr(fd), timer: os.NewFile(uintptr(fd), "pause")}
	if p.wait, err = p.timer.SyscallConn(); err != nil {
		_ = p.timer.Close()
		return nil
	}
	p.ready = p.begin
	return p
}

// begin is asked twice by Go's poller: before it waits, and after.
func (p *pauser) begin(fd uintptr) bool {
	if p.set {
		return true
	}
	p.set = true
	// See mmsg: it never waits.
	_, _, errno := unix.RawSyscall6(unix.SYS_TIMERFD_SETTIME, fd, 0, uintptr(unsafe.Pointer(&p.length)), 0, 0, 0)
	return errno != 0
}

// pause for d, or until close.
func (p *pauser) pause(d time.Duration) {
	p.length.Value = unix.NsecToTimespec(int64(d))
	p.set = false
	_ = p.wait.Read(p.ready)
}

func (p *pauser) close() { _ = p.timer.Close() }

// pausing of the reader of a socket.
func pausing(s socket) func(time.Duration) {
	if q, ok := s.(*quiet); ok && q.pauser != nil {
		return q.pauser.pause
	}
	return time.Sleep
}
