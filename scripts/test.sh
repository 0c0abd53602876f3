#!/bin/sh
# The whole set, step by step; each says its name and time, and the first that
# fails ends the run:
#   scripts/test.sh all      everything, browsers too
#   scripts/test.sh check    what needs neither the internet nor a browser
#                            (once the modules and packages are installed)
set -eu
cd "$(dirname "$0")/.."
set_=${1:-all}
STEP_LOG=$(mktemp)
export STEP_LOG
begin=$(date +%s)
finish() {
  status=$?
  printf '\n== steps\n'
  cat "$STEP_LOG"
  rm -f "$STEP_LOG"
  if [ $status -eq 0 ]; then
    printf '== all passed in %d s\n' $(($(date +%s) - begin))
  else
    printf '== FAILED after %d s; the step that failed is the last above\n' $(($(date +%s) - begin)) >&2
  fi
  exit $status
}
trap finish EXIT
step() { scripts/step.sh "$@"; }

step "system packages" scripts/setup-system.sh race lint
step "go modules" scripts/setup-go.sh
step "page packages" scripts/setup-web.sh
step "build the page" scripts/web-build.sh --if-changed
step "build the server" make --no-print-directory server
step "lint" scripts/lint.sh
step "macOS and Windows" scripts/elsewhere.sh
step "generated code" scripts/generated.sh
step "documents" scripts/docs.sh
step "page: types, lint, unit tests" scripts/web-test.sh
step "page: size" scripts/web-size.sh
step "go tests with the race detector" go test -race -timeout 10m ./...
step "go tests that are shortened under it" go test -run "^(TestThousandRebindings|TestLossBothWays)" ./sfu
step "fuzz, 500 inputs each" scripts/fuzz.sh 500x
if [ "$set_" = all ]; then
  step "emulated networks, short matrix" scripts/lab.sh --short
  step "browsers, end to end" scripts/e2e.sh
  step "pages of tutorials, with their stock clients" scripts/e2e-dialects.sh --short
fi
