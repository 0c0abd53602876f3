package main

import (
	"time"

	"github.com/alecthomas/kong"
)

// Config is everything an operator can set. A flag comes before its
// environment variable, that before the file, that before the default given
// here. Each help text says the effect and what more or less of it costs; the
// table in docs/operations.md and docs/callrelay.example.json are made from it.
type Config struct {
	File kong.ConfigFlag `name:"config" short:"c" env:"CALLRELAY_CONFIG" placeholder:"FILE" help:"JSON file with settings under the names of the flags, without the dashes."`

	Listen        string   `env:"CALLRELAY_LISTEN" default:":8443" help:"Address of the one public port: HTTPS and WSS on TCP, all media on UDP of the same number. Firewalls must let both in."`
	TLSCert       string   `name:"tls-cert" env:"CALLRELAY_TLS_CERT" placeholder:"FILE" help:"Certificate chain (PEM) for --listen, read again when it changes or on SIGHUP. Without it the server makes a local CA in the state directory, which browsers do not trust by themselves."`
	TLSKey        string   `name:"tls-key" env:"CALLRELAY_TLS_KEY" placeholder:"FILE" help:"Private key (PEM) of --tls-cert."`
	ACMEDomain    []string `name:"acme-domain" env:"CALLRELAY_ACME_DOMAIN" placeholder:"NAME" help:"Host name to get a certificate for from an ACME CA, and to renew it, without a restart; repeatable. The CA must reach --listen as port 443 of that name, or --http as port 80. Giving it accepts the CA's terms. Until it is there the local CA's certificate is served."`
	ACMEEmail     string   `name:"acme-email" env:"CALLRELAY_ACME_EMAIL" placeholder:"ADDRESS" help:"Where the ACME CA may write about the certificates."`
	ACMEDirectory string   `name:"acme-directory" env:"CALLRELAY_ACME_DIRECTORY" default:"https://acme-v02.api.letsencrypt.org/directory" help:"Directory of the ACME CA."`
	ACMERoot      string   `name:"acme-root" env:"CALLRELAY_ACME_ROOT" placeholder:"FILE" help:"Certificate (PEM) that a private ACME CA's own HTTPS is checked with. Default: the system's."`

	HTTP  string `name:"http" env:"CALLRELAY_HTTP" default:"127.0.0.1:8080" help:"Address for plain HTTP, for this machine or a proxy in front; empty turns it off. Browsers give camera and microphone to plain HTTP on localhost only."`
	Admin string `env:"CALLRELAY_ADMIN" default:"127.0.0.1:9090" help:"Address for /healthz, /metrics and /debug/pprof; empty turns it off. Keep it from the public: it has no sign-in."`

	Advertise []string `env:"CALLRELAY_ADVERTISE" placeholder:"ADDRESS" help:"IP address or host name that clients are told to send media to; repeatable. Needed behind 1:1 NAT, where it is the public address; PUBLIC=LOCAL says which address of this machine stands behind it. Default: the addresses of this machine."`
	STUN      []string `name:"stun" env:"CALLRELAY_STUN" placeholder:"HOST:PORT" help:"STUN server that is asked at the start how it sees this machine; what it says is advertised with the machine's own addresses; repeatable. For 1:1 NAT whose public address is not known beforehand. Without an answer within 3 s the server starts without it. Default: none."`

	TURN bool `name:"turn" env:"CALLRELAY_TURN" default:"true" negatable:"" help:"Serve TURN on the public port, for clients whose network passes TLS alone. It relays to this server's own media port and to nothing else, with credentials that each session gets. --no-turn turns it off."`

	Keys     []string `env:"CALLRELAY_KEYS" placeholder:"KEY:SECRET" help:"API key and secret (32 bytes or more) that sign join tokens; repeatable. Without keys the server runs in open mode: anyone may sign in under any name. A secret in a flag can be read in the process list; prefer --keys-file."`
	KeysFile string   `env:"CALLRELAY_KEYS_FILE" placeholder:"FILE" help:"File with one KEY:SECRET a line, beside --keys."`
	Audience string   `env:"CALLRELAY_AUDIENCE" default:"callrelay" help:"Audience that a join token must name, so that tokens made for another service with the same key are refused."`
	Open     bool     `env:"CALLRELAY_OPEN" help:"Allow open mode on a public address. Then everybody who finds the server may use it and pretend to be anybody."`
	Origin   []string `env:"CALLRELAY_ORIGIN" placeholder:"ORIGIN" help:"Web origin whose pages may connect, as https://example.org; repeatable, * for all. Default: the server's own page only."`

	Dialects      []string `name:"dialects" env:"CALLRELAY_DIALECTS" placeholder:"NAME" help:"Front doors for pages made from tutorials, see docs/migrate.md: ring (Socket.IO), raw-ws (JSON over a bare WebSocket), room (Socket.IO, joining is calling), peerjs (PeerJS); repeatable. Such pages sign in without a name or a token. Default: none."`
	DialectListen []string `name:"dialect-listen" env:"CALLRELAY_DIALECT_LISTEN" placeholder:"ADDRESS" help:"Further address for --dialects, plain HTTP, for pages with a fixed port as :3000 or :3030; repeatable. They are served under --listen and --http in any case."`
	DialectRooms  []string `name:"dialect-rooms" env:"CALLRELAY_DIALECT_ROOMS" placeholder:"ROOM" help:"Room id that pages of --dialects may use, as 001, or the API key of PeerJS pages (peerjs unless they say another); repeatable. Needed with keys: whoever reaches the server may then call within these rooms, and nobody else. Default: any room, in open mode only."`
	PeerJSPath    string   `name:"peerjs-path" env:"CALLRELAY_PEERJS_PATH" default:"/" placeholder:"PATH" help:"Path under which pages of the dialect peerjs look for their server, as /myPeerServer: the path that they give to new Peer."`

	State string `env:"CALLRELAY_STATE" default:"~/.local/state/callrelay" placeholder:"DIR" help:"Directory for the session key and the local CA, made with mode 0700 when missing. Kept across restarts, it lets a restarted server take its clients back."`

	Dev bool `env:"CALLRELAY_DEV" help:"For trying it out on a LAN: draws a QR code for a phone, which leads to the local CA's certificate and the page. Plain HTTP on --listen then serves /dev and /ca.crt."`

	RingTime  time.Duration `env:"CALLRELAY_RING_TIME" default:"30s" help:"How long a call rings before it ends as no_answer."`
	Grace     time.Duration `env:"CALLRELAY_GRACE" default:"60s" help:"How long a lost connection keeps its seat in a call. Longer survives longer outages; the other side looks at a frozen picture meanwhile."`
	AwayGrace time.Duration `env:"CALLRELAY_AWAY_GRACE" default:"5s" help:"The same after a page was closed or reloaded. Longer is kinder to slow reloads; a closed tab is noticed later."`
	Drain     time.Duration `env:"CALLRELAY_DRAIN" default:"60s" help:"How long running calls may go on after SIGTERM. New calls are refused meanwhile; a second signal ends at once."`

	LogLevel string `env:"CALLRELAY_LOG_LEVEL" default:"info" enum:"debug,info,warn,error" help:"Least important level that is logged (debug, info, warn, error), as JSON on standard error. debug logs refused connections too."`
}
