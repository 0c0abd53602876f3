package selfcheck

import (
	"crypto/tls"
	"net"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/logging"
	"github.com/pion/webrtc/v4"
)

// settings of the client: quick, quiet, and without the names of mDNS.
func (t Trip) settings() webrtc.SettingEngine {
	quiet := logging.NewDefaultLoggerFactory()
	quiet.DefaultLogLevel = logging.LogLevelDisabled
	s := webrtc.SettingEngine{LoggerFactory: quiet}
	types := t.Types
	if len(types) == 0 {
		types = []webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6}
	}
	s.SetNetworkTypes(types)
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.SetIncludeLoopbackCandidate(true)
	s.SetHostAcceptanceMinWait(0)
	s.SetRelayAcceptanceMinWait(0)
	s.SetPrflxAcceptanceMinWait(0)
	// The trip's own deadline ends it; Pion should not give up before.
	s.SetICETimeouts(time.Minute, time.Minute, time.Second)
	if t.TLS != nil {
		s.SetICEProxyDialer(tlsDialer{t.TLS})
	}
	if t.Net != nil {
		s.SetNet(t.Net)
	}
	return s
}

// tlsDialer makes the connection to a TURN server, since Pion has no setting
// for whom to trust.
type tlsDialer struct{ config *tls.Config }

func (d tlsDialer) Dial(network, address string) (net.Conn, error) {
	return tls.DialWithDialer(&net.Dialer{Timeout: 5 * time.Second}, network, address, d.config)
}
