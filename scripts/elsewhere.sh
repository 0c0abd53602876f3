#!/bin/sh
# The other systems: all of it is checked for them, and the server linked. They
# take the plain path, which the tests run here (PlainIngress, batch.Plain).
set -eu
cd "$(dirname "$0")/.."
for os in darwin windows; do
  GOOS=$os go vet ./...
  GOOS=$os go build -o /dev/null ./cmd/sfu
done
