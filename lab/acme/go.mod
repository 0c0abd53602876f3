module callrelay/lab/acme

go 1.26.0

require (
	github.com/gorilla/websocket v1.5.3
	github.com/letsencrypt/pebble/v2 v2.7.0
	github.com/miekg/dns v1.1.62
)

require (
	github.com/go-jose/go-jose/v4 v4.0.4 // indirect
	github.com/letsencrypt/challtestsrv v1.3.2 // indirect
	golang.org/x/crypto v0.32.0 // indirect
	golang.org/x/mod v0.22.0 // indirect
	golang.org/x/net v0.34.0 // indirect
	golang.org/x/sync v0.10.0 // indirect
	golang.org/x/sys v0.29.0 // indirect
	golang.org/x/tools v0.29.0 // indirect
)
