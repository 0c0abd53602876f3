#!/bin/sh
# Runs each fuzz target of the module for a while, one after the other:
#   scripts/fuzz.sh [TIME]     TIME as go test takes it: 20s when not given, or a
#                              number of inputs (500x), which no deadline ends
# New targets are found by their names (FuzzXxx in _test.go files). A package is
# built once for all of its targets: that is most of the time of a short run.
set -eu
cd "$(dirname "$0")/.."
time=${1:-20s}
packages=$(grep -rlE --include='*_test.go' '^func Fuzz[A-Z0-9_]' . | xargs -n 1 dirname | sort -u)
if [ -z "$packages" ]; then
  echo "fuzz.sh: no fuzz target found" >&2
  exit 1
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM
cache=$(go env GOCACHE)/fuzz/callrelay
count=0
for package in $packages; do
  go test -c -fuzz . -o "$dir/fuzz.test" "$package"
  targets=$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$package"/*_test.go)
  for target in $targets; do
    echo "fuzz $package $target ($time)"
    (cd "$package" && "$dir/fuzz.test" -test.run '^$' -test.fuzz "^$target\$" -test.fuzztime "$time" -test.fuzzminimizetime 10x \
      -test.parallel 2 -test.fuzzcachedir "$cache/$package") >"$dir/log" 2>&1 || {
      # Go's fuzzer reports its own deadline as a failure when it falls into an
      # input that is running; whatever it finds comes with the input.
      if ! grep -q '^    context deadline exceeded$' "$dir/log" ||
        grep -qE 'Failing input|seed corpus entry|panic:' "$dir/log"; then
        cat "$dir/log"
        echo "fuzz.sh: $target of $package found something" >&2
        exit 1
      fi
    }
    # An expression that matches nothing is no failure of the test's program.
    if ! grep -q '^fuzz: elapsed' "$dir/log"; then
      cat "$dir/log"
      echo "fuzz.sh: $target of $package did not run" >&2
      exit 1
    fi
    count=$((count + 1))
  done
done
echo "$count fuzz targets, nothing found"
