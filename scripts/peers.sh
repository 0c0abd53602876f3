#!/bin/sh
# Callrelay beside Janus under the same load, in a network namespace of its own
# (Janus offers no candidates on the loopback):
#   scripts/peers.sh [--system NAME=BINARY...] [--run SCENARIO...] [more flags of benchmarks/peers]
# Without flags: bin/sfu and Janus in the scenarios of benchmarks/README.md.
set -eu
cd "$(dirname "$0")/.."
scripts/setup-system.sh peers
program=$(mktemp -d)
space=callrelay-peers-$$
cleanup() {
  ip netns delete "$space" 2>/dev/null || true
  rm -r "$program"
}
trap cleanup EXIT
trap 'exit 1' INT TERM
go build -o "$program/peers" ./benchmarks/peers
ip netns add "$space"
ip -n "$space" link set lo up
ip -n "$space" link add media type veth peer name other
ip -n "$space" address add 10.201.0.1/24 dev media
ip -n "$space" link set media up
ip -n "$space" link set other up
if [ $# -eq 0 ]; then
  set -- --system callrelay=bin/sfu --system janus \
    --run viewers:100 --run pairs:25 --run pairs:50 --run meeting:10 \
    --svg benchmarks/results/peers.svg
fi
ip netns exec "$space" "$program/peers" --address 10.201.0.1 "$@"
