//go:build !linux || !(amd64 || arm64)

package floor

// sockets are priced on 64 bit Linux only.
func sockets() (all Prices) {
	for _, name := range []string{SendBatch, SendGSO, Receive} {
		all = append(all, Price{Name: name, Missing: "on 64 bit Linux only"})
	}
	return all
}
