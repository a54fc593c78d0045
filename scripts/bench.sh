#!/bin/sh
# Runs the measurements of bench/ and prints their table. They are never tests.
set -eu

ROOT=$(CDPATH='' cd -- "$(dirname "$0")/.." && pwd -P)
. "$ROOT/scripts/runtime.sh"
install_packages
find_node
cd "$ROOT"
exec "$NODE" bench/main.ts "$@"
