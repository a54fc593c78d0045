#!/bin/sh
# Every test, or those in the files given: npm test -- src/time/day.test.ts
# Arguments that begin with a dash go to `node --test`.
set -eu

ROOT=$(CDPATH='' cd -- "$(dirname "$0")/.." && pwd -P)
. "$ROOT/scripts/runtime.sh"
. "$ROOT/scripts/test-machine.sh"
install_packages
find_node
find_second_verifier
find_chromium
find_postgres_15
cd "$ROOT"

named=
for argument in "$@"; do
  case $argument in
    -*) ;;
    *) named=yes ;;
  esac
done
if [ -z "$named" ]; then
  # The globs are Node's to expand.
  set -- "$@" 'src/**/*.test.ts' 'test/**/*.test.ts' 'demo/**/*.test.ts' 'web/**/*.test.ts' 'bench/**/*.test.ts'
fi
exec "$NODE" --test --test-concurrency=2 "$@"
