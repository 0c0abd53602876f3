#!/bin/sh
# Holds the built page to its budget: gzipped bytes that a browser fetches
# before the first screen, the larger of the languages among them, and the client module alone. Measured on what is
# embedded, so run web-build.sh first.
set -eu
cd "$(dirname "$0")/../cmd/sfu/page/built"
# packed prints the bytes of a file as it is sent.
packed() { if [ -f "$1.gz" ]; then wc -c <"$1.gz"; else wc -c <"$1"; fi; }
first=0
for asset in index.html $(gzip -dc index.html.gz | grep -oE '(src|href)="/[^"]+\.(js|css)"' | sed 's/^[a-z]*="\///; s/"$//' | sort -u); do
  first=$((first + $(packed "$asset")))
done
texts=0
for language in assets/en-*.js.gz assets/zh-Hans-*.js.gz; do
  size=$(packed "${language%.gz}")
  [ "$size" -le "$texts" ] || texts=$size
done
first=$((first + texts))
sdk=$(packed sdk/callrelay.js)
echo "first load $first bytes gzipped (at most 170000), client module $sdk (at most 40000)"
[ "$first" -le 170000 ] && [ "$sdk" -le 40000 ]
