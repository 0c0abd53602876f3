package batch

import (
	"errors"
	"net"
	"os"
	"syscall"
	"time"
)

// lasting tells the errors of reading that a caller must see: the deadline,
// and those after which the socket is gone. A Pion mux stops reading for good
// on any error but a timeout, so no other may reach it.
func lasting(err error) bool {
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.EBADF) || errors.Is(err, syscall.ENOTSOCK)
}

// dropFor names the reason for an error of sending.
func dropFor(err error) Drop {
	switch {
	case errors.Is(err, syscall.EAGAIN), errors.Is(err, syscall.ENOBUFS),
		errors.Is(err, syscall.ENOMEM), errors.Is(err, os.ErrDeadlineExceeded):
		return DropSendBuffer
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH),
		errors.Is(err, syscall.ENETDOWN), errors.Is(err, syscall.EPERM), errors.Is(err, syscall.EACCES),
		errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.EADDRNOTAVAIL):
		return DropUnreachable
	case errors.Is(err, syscall.EMSGSIZE):
		return DropTooLarge
	}
	return DropSendError
}

// failures keeps a reader that only gets errors from spinning: after a few in
// a row each further one waits longer, up to 100 ms.
type failures int

func (f *failures) clear() { *f = 0 }

func (f *failures) wait() {
	const free = 16
	*f++
	if n := int(*f) - free; n > 0 {
		time.Sleep(min(time.Millisecond<<min(n, 7), 100*time.Millisecond))
	}
}
