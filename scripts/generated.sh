#!/bin/sh
# Fails when `go generate` would change a file: the generated code is stale.
set -eu
cd "$(dirname "$0")/.."
before=$(git diff | sha256sum)
go generate ./...
after=$(git diff | sha256sum)
if [ "$before" != "$after" ]; then
  git --no-pager diff --stat
  echo "generated.sh: generated files are stale; run 'make generate' and commit what it writes" >&2
  exit 1
fi
