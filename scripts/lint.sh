#!/bin/sh
# Go, shell scripts, and no assets, keys or captures in the repository.
set -eu
cd "$(dirname "$0")/.."
go vet ./...
go tool -modfile=tools/go.mod golangci-lint run ./...
if command -v shellcheck >/dev/null; then
  shellcheck --severity=warning scripts/*.sh lab/*.sh .ci/run
else
  echo "lint.sh: shellcheck is not installed (scripts/setup-system.sh lint)" >&2
  exit 1
fi
odd=$(git ls-files | grep -E '\.(pem|key|pcap|pcapng|mjpeg|y4m|wav|mp4|webm|exe|test|prof)$|^cmd/sfu/page/built/[^.]' || true)
if [ -n "$odd" ]; then
  echo "lint.sh: these do not belong into the repository:" >&2
  echo "$odd" >&2
  exit 1
fi
