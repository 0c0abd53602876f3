package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"callrelay/api"
	"callrelay/selfcheck"
	"callrelay/sfu"
	"callrelay/signal"
	"callrelay/whip"
)

// node is a running server: all parts, joined. It owns its goroutines (one
// for each listener); close ends them and waits.
type node struct {
	settings settings
	log      *slog.Logger
	certs    *certificates
	on       listeners
	entrance *entrance
	media    *sfu.SFU
	signal   *signal.Server
	dialects *dialects // nil when there are none
	whip     *whip.Handler
	public   []*http.Server // HTTPS and plain HTTP
	admin    *http.Server
	watch    *selfcheck.Watch // the loop through the media port
	diag     *diag
	thrift   *thrift

	serving  sync.WaitGroup
	failed   chan error // the first listener that stopped by itself
	stopped  atomic.Pointer[string]
	draining atomic.Bool
}

// startNode checks what only the machine can tell, opens everything and
// serves. What was opened is closed again when something fails.
func startNode(s settings, log *slog.Logger) (_ *node, err error) {
	if err = s.discover(context.Background(), net.DefaultResolver.LookupNetIP, log); err != nil {
		return nil, err
	}
	if err = s.checkOpen(ownAddresses()); err != nil {
		return nil, err
	}
	if err = makeState(s.state); err != nil {
		return nil, err
	}
	n := &node{settings: s, log: log, failed: make(chan error, 1)}
	defer func() {
		if err != nil {
			n.close()
		}
	}()
	if n.certs, err = openCertificates(s, log); err != nil {
		return nil, err
	}
	if n.on, err = openListeners(s.Config); err != nil {
		return nil, err
	}
	if n.entrance, err = openEntrance(n.on.public, n.certs); err != nil {
		return nil, err
	}
	if err = n.openSignal(); err != nil {
		return nil, err
	}
	return n, n.serveAll()
}

func (n *node) openSignal() error {
	key, err := sessionKey(n.settings.state)
	if err != nil {
		return err
	}
	n.signal, err = signal.New(signal.Config{
		Media: n.openMedia, Keys: n.settings.keys, Audience: n.settings.Audience, Origins: n.settings.Origin,
		StateKey: key, RingTime: n.settings.RingTime, Grace: n.settings.Grace, AwayGrace: n.settings.AwayGrace,
		ICEServers: n.iceServers, Log: n.log.With("part", "signal"),
	})
	return err
}

func (n *node) openMedia(observer sfu.Observer) (signal.Media, error) {
	media, err := sfu.New(sfu.Config{
		Listen: n.on.mediaAddress(n.settings.Listen), Advertise: n.settings.advertise, Behind: n.settings.behind, Observer: observer,
		ICETCP: n.entrance.ICE(), TURN: n.turnListeners(), Log: n.log.With("part", "sfu"),
	})
	if err != nil {
		return nil, wrong("listen", "media (UDP): %w", plainer(err, "UDP", n.on.mediaAddress(n.settings.Listen)))
	}
	n.media = media
	n.watch = watchMedia(media, n.log.With("part", "selfcheck"))
	n.thrift = newThrift()
	return media, nil
}

func (n *node) serveAll() error {
	files, err := loadAssets(pageFiles())
	if err != nil {
		return fmt.Errorf("page: %w", err)
	}
	n.dialects = newDialects(n.settings, files, n.signal, n.log.With("part", "dialect"))
	n.diag = n.newDiag()
	n.whip = whip.New(n.signal)
	web := n.dialects.before(n.diag.before(newWeb(files, handlers{
		socket: n.signal.Handler(), offer: api.EarlyOffer(n.signal), seen: api.Seen(n.signal),
		backend: api.New(n.signal), streams: n.whip,
	})))
	secure := n.newServer(web)
	secure.TLSConfig = n.entrance.tls // whose handshakes the entrance makes
	strays := n.newServer(n.beforeStrays(http.HandlerFunc(toHTTPS)))
	n.public = append(n.public, secure, strays)
	n.serve("listen", func() error { return secure.Serve(n.entrance.HTTPS()) })
	n.serve("listen", func() error { return strays.Serve(n.entrance.HTTP()) })
	if n.on.http != nil {
		plain := n.newServer(n.certs.acme.overHTTP(web))
		n.public = append(n.public, plain)
		n.serve("http", func() error { return plain.Serve(n.on.http) })
	}
	for _, l := range n.on.dialects {
		own := n.newServer(n.dialects.before(http.NotFoundHandler()))
		n.public = append(n.public, own)
		n.serve("dialect-listen", func() error { return own.Serve(l) })
	}
	n.certs.acme.run() // now that the CA can reach us
	if n.on.admin != nil {
		registry, err := newMetrics(n.sample)
		if err != nil {
			return err
		}
		n.admin = n.newServer(newAdmin(n.health(), registry, n.diag.reports))
		n.admin.WriteTimeout = 5 * time.Minute // profiles take their time
		n.serve("admin", func() error { return n.admin.Serve(n.on.admin) })
	}
	return nil
}

// newServer with limits on what a slow or silent client may hold. They end
// with the upgrade to a WebSocket, which has its own.
func (n *node) newServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second,
		WriteTimeout: 60 * time.Second, IdleTimeout: 60 * time.Second, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(n.log.With("part", "http").Handler(), slog.LevelDebug),
	}
}

func (n *node) serve(name string, loop func() error) {
	n.serving.Go(func() {
		err := loop()
		if errors.Is(err, http.ErrServerClosed) {
			return
		}
		sentence := fmt.Sprintf("--%s has stopped: %v", name, err)
		n.stopped.CompareAndSwap(nil, &sentence)
		select {
		case n.failed <- errors.New(sentence):
		default:
		}
	})
}

func (n *node) sample() sample {
	return sample{
		media: n.media.Stats(), signal: n.signal.Stats(), entrance: n.entrance.counts(), expiry: n.certs.expiry(),
		draining: n.draining.Load(), path: n.watch.Now(), pages: n.dialects.stats(),
	}
}

func (n *node) health() health {
	return health{media: n.watch, checks: []healthCheck{
		{"listeners", func() string {
			if sentence := n.stopped.Load(); sentence != nil {
				return *sentence
			}
			return ""
		}},
		{"certificate", func() string {
			if end := n.certs.expiry(); time.Now().After(end) {
				return "has expired on " + end.Format(time.DateOnly)
			}
			return ""
		}},
		{"calls", func() string {
			if n.draining.Load() {
				return "draining: no new calls are taken"
			}
			return ""
		}},
	}}
}

// drain lets running calls end until ctx is done, then tells the clients why
// they are left.
func (n *node) drain(ctx context.Context) {
	n.draining.Store(true)
	if err := n.signal.Drain(ctx); err != nil && ctx.Err() == nil {
		n.log.Error("drain", "error", err)
	}
}

// close ends everything and waits. The operator's address goes last.
func (n *node) close() {
	for _, s := range n.public {
		_ = s.Close()
	}
	n.dialects.close()
	if n.whip != nil {
		n.whip.Close()
	}
	if n.signal != nil {
		_ = n.signal.Close()
	}
	if n.media != nil {
		n.watch.Close()
		n.thrift.close()
		if err := n.media.Close(); err != nil {
			n.log.Error("close media", "error", err)
		}
	}
	if n.admin != nil {
		_ = n.admin.Close()
	}
	n.entrance.close()
	if n.certs != nil {
		n.certs.acme.close()
	}
	n.on.close() // those that never came to serve
	n.serving.Wait()
}

// port of a listener, for addresses to print.
func port(l net.Listener) int {
	if tcp, ok := l.Addr().(*net.TCPAddr); ok {
		return tcp.Port
	}
	return 0
}
