#!/bin/sh
# Installs the web page's packages when the lock file has changed since the
# last time. Quick when it has not.
set -eu
cd "$(dirname "$0")/../web"
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  echo "setup-web.sh: no 'node' and 'npm' on the PATH; the page is built with Node 20.19 or later (https://nodejs.org)" >&2
  exit 1
fi
major=$(node -p 'process.versions.node.split(".")[0]')
if [ "$major" -lt 20 ]; then
  echo "setup-web.sh: this is Node $(node --version); the page is built with Node 20.19 or later" >&2
  exit 1
fi
stamp=node_modules/.callrelay-lock
now=$(cat package.json package-lock.json | sha256sum)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$now" ]; then
  exit 0
fi
echo "installing the page's packages (npm ci)"
npm ci --no-audit --no-fund --loglevel=error
printf '%s\n' "$now" >"$stamp"
