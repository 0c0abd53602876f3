# One entry for people and for continuous integration. `make` lists the targets.
SHELL := /bin/sh
export PATH := $(PATH):/usr/local/go/bin

GO    ?= go
TOOL  := $(GO) tool -modfile=tools/go.mod
STEP  := scripts/step.sh
FUZZTIME ?= 20s
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unversioned)
GOBUILD  := CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w -X main.version=$(VERSION)'

.DEFAULT_GOAL := help
.PHONY: help build server web run test race fuzz bench lint fmt vuln e2e e2e-full e2e-rooms e2e-streams e2e-dialects dialect-crowd lab lab-ipv6 lab-browsers lab-short acme faults floods accept-latency peers flames generate tidy check release-check setup

help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

setup:
	@scripts/setup-go.sh

build: setup ## bin/sfu with the page inside
	@scripts/web-build.sh --if-changed
	@$(MAKE) --no-print-directory server
	@echo "built bin/sfu $(VERSION)"

server: setup ## bin/sfu with whatever page was built last
	@mkdir -p bin
	@$(GOBUILD) -o bin/sfu ./cmd/sfu

web: ## build the page and the client module
	@scripts/web-build.sh

run: build ## build what is missing, start the server, print the address to open
	@exec bin/sfu serve $(ARGS)

test: ## everything: lint, unit, race, short fuzz, page, browsers (under 20 minutes on 2 cores)
	@scripts/test.sh all

check: ## everything a merge needs, without the internet and without browsers
	@scripts/test.sh check

race: setup ## unit tests with the race detector
	@scripts/setup-system.sh race
	@$(GO) test -race ./...

fuzz: setup ## each fuzz target for FUZZTIME (20s)
	@scripts/fuzz.sh $(FUZZTIME)

bench: setup ## Go benchmarks; compare two runs with: go tool -modfile=tools/go.mod benchstat A B
	@$(GO) test -run '^$$' -bench . -benchmem ./...

lint: setup ## Go, shell and page
	@scripts/lint.sh

fmt: setup ## format Go and the page
	@$(TOOL) golangci-lint fmt ./...
	@scripts/setup-web.sh && cd web && npm run --silent format

vuln: setup ## known vulnerabilities (downloads its database)
	@$(TOOL) govulncheck ./...
	@cd web && npm audit --omit=dev

e2e: build ## real browsers against the real server; more in web/e2e/README.md
	@scripts/e2e.sh $(ARGS)

e2e-full: build ## the same with all cases, slow ones too
	@scripts/e2e.sh --full $(ARGS)

e2e-rooms: build ## people who come and go, a storm of wishes, 1,000 changes of a slot, layers under loss: a quarter of an hour
	@scripts/e2e.sh --full crowd:
	@scripts/e2e.sh --full storm:
	@REBINDS=1000 scripts/e2e.sh --full switching:

e2e-streams: build ## WHIP from GStreamer and WHEP in Chromium
	@scripts/e2e.sh --full streams:

e2e-dialects: build ## pages made from tutorials, with their stock clients, in Chromium
	@scripts/e2e-dialects.sh $(ARGS)

dialect-crowd: build ## 500 stock socket.io-clients that join and leave for a minute
	@scripts/e2e-dialects.sh --crowd

lab: server ## calls through all 49 pairs of emulated networks; needs root, see lab/README.md
	@scripts/lab.sh

lab-ipv6: server ## the same networks in IPv6
	@scripts/lab.sh --ipv6

lab-browsers: build ## the same 49 pairs with Chromium pages; ARGS=--tls, --mtu, --only=open for parts
	@scripts/lab.sh --browsers $(ARGS)

lab-short: server ## 14 of those pairs, and the faults, in under a minute
	@scripts/lab.sh --short

acme: server ## certificates got and renewed from Pebble, the ACME CA that Let's Encrypt tests with
	@cd lab/acme && SFU=$(CURDIR)/bin/sfu $(GO) test -count=1 ./...

faults: build ## faults of the network, many times each, with percentiles; ARGS=address runs one
	@scripts/e2e.sh --faults $(ARGS)

floods: server ## what an attacker would send, at a server on loopback, and whether anybody noticed
	@$(GO) run ./benchmarks/floods --server bin/sfu $(ARGS)

accept-latency: build ## measure from the click on accept to the first picture; BARE=1 beside the least page
	@scripts/e2e.sh --accept-latency

peers: server ## Callrelay beside Janus (Debian's) under the same load: table and picture; needs root
	@scripts/peers.sh $(ARGS)

flames: server ## where the server's time goes in each scenario: flame graphs in benchmarks/results
	@scripts/flames.sh

generate: setup ## write all generated code anew
	@$(GO) generate ./...

tidy: ## go.mod of the server and of the tools
	@$(GO) mod tidy
	@cd tools && $(GO) mod tidy

release-check: check race vuln ## what a release needs beyond check
	@$(MAKE) --no-print-directory fuzz FUZZTIME=60s
	@grep -q '^## ' CHANGELOG.md
	@git diff --quiet || { echo "release-check: the work tree has changes" >&2; exit 1; }
