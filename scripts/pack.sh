#!/bin/sh
# Before `npm pack`: what the package carries ready-made. The JavaScript, for Node.js refuses
# TypeScript below node_modules, and the web page, for its sources stay in the clone.
set -eu

ROOT=$(CDPATH='' cd -- "$(dirname "$0")/.." && pwd -P)
. "$ROOT/scripts/runtime.sh"
install_packages
find_node
cd "$ROOT"
PATH=$ROOT/node_modules/.bin:$(dirname "$NODE"):$PATH
export PATH
rm -rf dist
tsc -b src/doors >&2
"$NODE" src/doors/web/build.ts "$ROOT/dist/web" >&2
