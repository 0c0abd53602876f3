#!/bin/sh
# The page: types, lint, unit tests, and its size once built.
set -eu
cd "$(dirname "$0")/.."
scripts/setup-web.sh
cd web
npm run --silent types
npm run --silent lint
npm run --silent test
