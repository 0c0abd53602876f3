#!/usr/bin/env bash
# Calls through emulated networks, with bin/sfu: scripts/lab.sh [--short] [--ipv6]
# With Chromium pages: scripts/lab.sh --browsers [--json=FILE] [--only=KIND,..] [--mtu] [--tls]
set -euo pipefail
cd "$(dirname "$0")/.."
if [ "${1:-}" = --browsers ]; then
  shift
  exec scripts/lab-browsers.sh "$@"
fi
scripts/setup-system.sh lab
scripts/setup-go.sh
[ -x bin/sfu ] || make --no-print-directory server
guest=$(mktemp)
trap 'rm -f "$guest"' EXIT
go build -o "$guest" ./benchmarks/lab
LAB=${LAB:-lab$((RANDOM % 1000))} lab/run.sh "$@" bin/sfu "$guest"
