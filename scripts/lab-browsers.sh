#!/usr/bin/env bash
# Chromium pages in calls through emulated networks: see web/e2e/pairs.mjs.
# All 49 pairs without an argument; --only=KIND,.. those whose first is of that
# kind; --mtu a call in 720 lines over links of 1280 bytes; --tls networks
# that pass nothing but TLS to port 443.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup-system.sh e2e lab trust
scripts/setup-web.sh
[ -x bin/sfu ] || make build
export E2E_BINARY LAB=${LAB:-pair$((RANDOM % 1000))}
E2E_BINARY=$(readlink -f "${SFU:-bin/sfu}")
export E2E_DIR
E2E_DIR=$(mktemp -d)
finish() {
  code=$?
  trap - EXIT INT TERM
  lab/netns.sh down || true
  if [ $code -ne 0 ] && [ -n "${KEEP:-}" ]; then echo "logs: $E2E_DIR"; else rm -rf "$E2E_DIR"; fi
  exit $code
}
trap finish EXIT
trap 'exit 130' INT TERM

size=320x180 mtu=
for arg in "$@"; do
  [ "$arg" != --mtu ] || { size=1280x720 mtu=1280; }
done
node -e 'import(process.argv[1]).then((m) => m.makeMedia(process.argv[2], process.argv[3]))' "$PWD/web/e2e/lab/media.mjs" "$E2E_DIR/media" $size
lab/netns.sh up
for name in a b; do
  lab/netns.sh client $name open
  if [ -n "$mtu" ]; then
    for at in "$name eth0" "$name-nat lan" "$name-nat wan"; do
      read -r ns dev <<<"$at"
      ip -n "$LAB-$ns" link set "$dev" mtu $mtu
    done
  fi
done
timeout --kill-after=10 "${E2E_SECONDS:-1800}" ip netns exec "$LAB-srv" node web/e2e/pairs.mjs "$@"
