#!/bin/sh
# Runs each fuzz target of the module for a while, one after the other:
#   scripts/fuzz.sh [TIME]     TIME as go test takes it: 20s when not given, or a
#                              number of inputs (500x), which no deadline ends
# New targets are found by their names (FuzzXxx in _test.go files).
set -eu
cd "$(dirname "$0")/.."
time=${1:-20s}
list=$(grep -rlE --include='*_test.go' '^func Fuzz[A-Z0-9_]' . | sort)
if [ -z "$list" ]; then
  echo "fuzz.sh: no fuzz target found" >&2
  exit 1
fi
count=0
for file in $list; do
  for target in $(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$file"); do
    echo "fuzz $(dirname "$file") $target ($time)"
    go test "$(dirname "$file")" -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 10x -parallel 2 >"${TMPDIR:-/tmp}/fuzz.$$" 2>&1 || {
      # Go's fuzzer reports its own deadline as a failure when it falls into an
      # input that is running; whatever it finds comes with the input.
      if grep -q '^    context deadline exceeded$' "${TMPDIR:-/tmp}/fuzz.$$" &&
        ! grep -qE 'Failing input|seed corpus entry|panic:' "${TMPDIR:-/tmp}/fuzz.$$"; then
        count=$((count + 1))
        continue
      fi
      cat "${TMPDIR:-/tmp}/fuzz.$$"
      rm -f "${TMPDIR:-/tmp}/fuzz.$$"
      echo "fuzz.sh: $target in $file found something" >&2
      exit 1
    }
    count=$((count + 1))
  done
done
rm -f "${TMPDIR:-/tmp}/fuzz.$$"
echo "$count fuzz targets, nothing found"
