package main

import (
	"errors"
	"fmt"
	"net"
	"syscall"

	"callrelay/doctor"
)

// listeners are the TCP addresses; http and admin are nil when turned off.
type listeners struct {
	public, http, admin net.Listener
	dialects            []net.Listener
}

// openListeners opens all or none.
func openListeners(c Config) (listeners, error) {
	var l listeners
	for _, a := range []struct {
		name, address string
		to            *net.Listener
	}{{"listen", c.Listen, &l.public}, {"http", c.HTTP, &l.http}, {"admin", c.Admin, &l.admin}} {
		if a.address == "" {
			continue
		}
		opened, err := net.Listen("tcp", a.address)
		if err != nil {
			l.close()
			return listeners{}, wrong(a.name, "cannot listen on %s: %w", a.address, plainer(err, "TCP", a.address))
		}
		*a.to = opened
	}
	for _, address := range c.DialectListen {
		opened, err := net.Listen("tcp", address)
		if err != nil {
			l.close()
			return listeners{}, wrong("dialect-listen", "cannot listen on %s: %w", address, plainer(err, "TCP", address))
		}
		l.dialects = append(l.dialects, opened)
	}
	return l, nil
}

func (l listeners) close() {
	for _, opened := range append([]net.Listener{l.public, l.http, l.admin}, l.dialects...) {
		if opened != nil {
			_ = opened.Close()
		}
	}
}

// mediaAddress is the UDP address that belongs to --listen, with the port
// that TCP got when 0 was asked for.
func (l listeners) mediaAddress(listen string) string {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	_, port, err := net.SplitHostPort(l.public.Addr().String())
	if err != nil {
		return listen
	}
	return net.JoinHostPort(host, port)
}

// plainer says the usual causes in words.
func plainer(err error, network, address string) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		if by := doctor.HolderOf(network, address); by.PID != 0 {
			return fmt.Errorf("another program uses this port: %s (process %d)", by.Name, by.PID)
		}
		return errors.New("another program uses this port")
	case errors.Is(err, syscall.EACCES):
		return errors.New("ports below 1024 need root or CAP_NET_BIND_SERVICE")
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return errors.New("this machine does not have that address")
	}
	return err
}
