#!/bin/sh
# Before `npm pack`: the JavaScript that the package carries, for Node.js refuses TypeScript
# below node_modules.
set -eu

ROOT=$(CDPATH='' cd -- "$(dirname "$0")/.." && pwd -P)
. "$ROOT/scripts/runtime.sh"
install_packages
find_node
cd "$ROOT"
PATH=$ROOT/node_modules/.bin:$(dirname "$NODE"):$PATH
export PATH
rm -rf dist
tsc -b >&2
