#!/bin/sh
# Checks that Go is there and new enough, and fetches the modules.
set -eu
if ! command -v go >/dev/null; then
  echo "setup-go.sh: no 'go' on the PATH; Callrelay is built with Go 1.26 or later (https://go.dev/dl/)" >&2
  exit 1
fi
version=$(go env GOVERSION)
minor=$(echo "$version" | sed -n 's/^go1\.\([0-9]*\).*/\1/p')
if [ -z "$minor" ] || [ "$minor" -lt 26 ]; then
  echo "setup-go.sh: this is $version; Callrelay is built with Go 1.26 or later" >&2
  exit 1
fi
go mod download
