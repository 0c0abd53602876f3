#!/usr/bin/env bash
# End-to-end tests: the real binary and real browsers in network namespaces.
#
#   scripts/e2e.sh [--full] [WORD..]     run the cases (with these words in their names)
#   scripts/e2e.sh --accept-latency      measure from accept to the first picture
#   scripts/e2e.sh --faults [--json=FILE] [KEY..]   what faults of the network cost a call
#
# Does its own set-up: Debian packages, bin/sfu (or SFU=path), npm packages,
# fake camera and microphone files in a temporary directory, the namespaces;
# and takes all of it down again. Ends within E2E_SECONDS (default 900; 3600 for --faults).
# Needs root. KEEP=1 keeps the directory with logs and screenshots.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup-system.sh e2e
[ "${1:-}" != --full ] || scripts/setup-system.sh streams
[ "${1:-}" != --faults ] || scripts/setup-system.sh trust
scripts/setup-web.sh
[ -n "${SFU:-}" ] || [ -x bin/sfu ] || make build
export E2E_BINARY
E2E_BINARY=$(readlink -f "${SFU:-bin/sfu}")
export E2E_LAB=${E2E_LAB:-e2e$$}
export E2E_DIR
E2E_DIR=$(mktemp -d)
e2e=$PWD/web/e2e

finish() {
  code=$?
  trap - EXIT INT TERM
  node "$e2e/lab/network.mjs" down "$E2E_LAB" || true
  if [ -n "${KEEP:-}" ] || { [ $code -ne 0 ] && [ -n "${KEEP_FAILED:-1}" ]; }; then
    rm -rf "${E2E_DIR:?}/media"
    echo "logs and screenshots: $E2E_DIR"
  else
    rm -rf "$E2E_DIR"
  fi
  exit $code
}
trap finish EXIT
trap 'exit 130' INT TERM

# Small pictures where times of the network are the subject: two browsers that encode fill two cores.
size=640x360
[ "${1:-}" != --faults ] || size=320x180
node -e 'import(process.argv[1]).then((m) => m.makeMedia(process.argv[2], process.argv[3]))' "$e2e/lab/media.mjs" "$E2E_DIR/media" $size
node "$e2e/lab/network.mjs" up "$E2E_LAB"

program=run.mjs seconds=900
case ${1:-} in
  --accept-latency) program=accept-latency.mjs; shift ;;
  --full) seconds=2400 ;;
  --faults) program=faults/run.mjs seconds=3600; shift ;;
esac
# Firefox is driven over its own loopback, so the test program runs in a namespace too.
timeout --kill-after=10 "${E2E_SECONDS:-$seconds}" ip netns exec "$E2E_LAB-ctl" node "$e2e/$program" "$@"
