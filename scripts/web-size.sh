#!/bin/sh
# Holds the built page to its budget: gzipped bytes that a browser fetches
# before the first screen, and the client module alone. Measured on what is
# embedded, so run web-build.sh first.
set -eu
cd "$(dirname "$0")/../cmd/sfu/page/built"
first=0
for asset in index.html $(grep -oE '(src|href)="/[^"]+\.(js|css)"' index.html | sed 's/^[a-z]*="\///; s/"$//' | sort -u); do
  size=$(gzip -9 -c "$asset" | wc -c)
  first=$((first + size))
done
sdk=$(gzip -9 -c sdk/callrelay.js | wc -c)
echo "first load $first bytes gzipped (at most 200000), client module $sdk (at most 40000)"
[ "$first" -le 200000 ] && [ "$sdk" -le 40000 ]
