#!/bin/sh
# Builds the page and the client module, and puts them where the server embeds
# them (cmd/sfu/page/built, never committed). With --if-changed it does nothing
# when no source file is newer than the last build.
set -eu
cd "$(dirname "$0")/.."
built=cmd/sfu/page/built
if [ "${1:-}" = --if-changed ] && [ -f "$built/index.html.gz" ] && [ -f "$built/socket.io/socket.io.js.gz" ]; then
  newer=$(find web -path web/node_modules -prune -o -path web/dist -prune -o -path web/dist-stories -prune -o \
    -path web/e2e -prune -o -type f -newer "$built/index.html.gz" -print | head -n 1)
  [ -n "$newer" ] || exit 0
fi
scripts/setup-web.sh
(cd web && npm run --silent build)
for wanted in index.html sdk/callrelay.js; do
  if [ ! -f "web/dist/$wanted" ]; then
    echo "web-build.sh: the build made no web/dist/$wanted" >&2
    exit 1
  fi
done
# All but the committed ignore file goes, so that no old asset stays embedded.
find "$built" -mindepth 1 ! -name .gitignore -delete
cp -R web/dist/. "$built/"
# The stock Socket.IO client, which pages of tutorials load from their server.
mkdir -p "$built/socket.io"
for file in socket.io.js socket.io.min.js socket.io.esm.min.js; do
  cp "web/node_modules/socket.io-client/dist/$file" "$built/socket.io/"
done
scripts/web-pack.sh "$built"
touch "$built/index.html.gz"
