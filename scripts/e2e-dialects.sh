#!/bin/sh
# Pages of tutorials with their stock clients against the real server, on
# loopback: in Chromium, and the stock socket.io-client without a browser.
#   scripts/e2e-dialects.sh [WORD..]   the cases with one of these words; all without
#   scripts/e2e-dialects.sh --short    one case of each kind, and a small crowd
#   scripts/e2e-dialects.sh --crowd    500 clients that join and leave for a minute
set -eu
cd "$(dirname "$0")/.."
[ "${1:-}" = --crowd ] || scripts/setup-system.sh e2e
scripts/setup-web.sh
server=$(readlink -f "${SFU:-bin/sfu}")
case "${1:-}" in
--crowd) exec timeout --kill-after=10 240 node web/e2e/dialects/crowd.mjs "$server" 500 60 ;;
--short) timeout --kill-after=10 120 node web/e2e/dialects/crowd.mjs "$server" 40 5 ;;
esac
exec timeout --kill-after=10 900 node web/e2e/dialects/run.mjs "$server" "$@"
