#!/usr/bin/env bash
# Calls through emulated networks, with bin/sfu: scripts/lab.sh [--short]
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup-system.sh lab
scripts/setup-go.sh
[ -x bin/sfu ] || make --no-print-directory server
guest=$(mktemp)
trap 'rm -f "$guest"' EXIT
go build -o "$guest" ./benchmarks/lab
LAB=${LAB:-lab$((RANDOM % 1000))} lab/run.sh "$@" bin/sfu "$guest"
