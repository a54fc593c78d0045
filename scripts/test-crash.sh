#!/bin/sh
# Kills the server and PostgreSQL's processes again and again: npm run test:crash -- --rounds 100 --seed 7
set -eu

ROOT=$(CDPATH='' cd -- "$(dirname "$0")/.." && pwd -P)
. "$ROOT/scripts/runtime.sh"
install_packages
find_node
cd "$ROOT"
exec "$NODE" test/crash/main.ts "$@"
