#!/bin/sh
# All static checks: types and room borders, lint, format, unused code. Fails if one fails.
set -eu

ROOT=$(CDPATH='' cd -- "$(dirname "$0")/.." && pwd -P)
. "$ROOT/scripts/runtime.sh"
install_packages
find_node
cd "$ROOT"
PATH=$ROOT/node_modules/.bin:$(dirname "$NODE"):$PATH
export PATH

failed=
check() {
  printf '\n> %s\n' "$*"
  "$@" || failed="$failed
  $*"
}
check tsc -b
check oxlint --type-aware --deny-warnings
check oxfmt --check
check knip
[ -z "$failed" ] || fail "these checks failed:$failed"
