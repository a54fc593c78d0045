#!/bin/sh
# Cuts the power, as far as software can: npm run test:powercut -- --rounds 10 --seed 7
# It mounts file systems, so it needs root, on Linux; where it cannot be done the exit code is 2.
set -eu

ROOT=$(CDPATH='' cd -- "$(dirname "$0")/.." && pwd -P)
. "$ROOT/scripts/runtime.sh"

cannot() {
  say "the power cut was not simulated: $*"
  exit 2
}
[ "$(uname -s)" = Linux ] || cannot 'it needs Linux'
[ "$(id -u)" -eq 0 ] || cannot 'it mounts file systems, so run it as root'
for tool in mkfs.ext4 e2fsck mount umount; do
  command -v "$tool" >/dev/null || cannot "$tool is missing (Debian: e2fsprogs, mount)"
done
[ -e /dev/loop-control ] || cannot 'there are no loop devices here'

install_packages
find_node
cd "$ROOT"

# Everything is made in here, and every process knows it by its TMPDIR: what is left when the test
# was killed itself is found by that, ended and unmounted.
WORK=$(mktemp -d /tmp/muster-powercut-XXXXXX)
export TMPDIR=$WORK

clean_up() {
  # A signal may come twice, from the terminal and from npm: what has begun is finished.
  trap - EXIT
  trap '' INT TERM HUP
  if [ -n "${CHILD:-}" ]; then
    kill -TERM "$CHILD" 2>/dev/null || :
    wait "$CHILD" 2>/dev/null || :
  fi
  for process in /proc/[0-9]*; do
    pid=${process#/proc/}
    [ "$pid" != "$$" ] || continue
    case $(readlink "$process/cwd" 2>/dev/null) in
      "$WORK"/*) kill -KILL "$pid" 2>/dev/null || : ;;
      *) ! tr '\0' '\n' 2>/dev/null <"$process/environ" | grep -qxF "TMPDIR=$WORK" || kill -KILL "$pid" 2>/dev/null || : ;;
    esac
  done
  grep -F " $WORK/" /proc/self/mounts | cut -d' ' -f2 | while read -r mounted; do
    umount "$mounted" 2>/dev/null || umount -l "$mounted" || :
  done
  rm -rf --one-file-system "$WORK"
}
trap clean_up EXIT
trap 'clean_up; exit 1' INT TERM HUP

"$NODE" test/crash/power-cut.ts "$@" &
CHILD=$!
outcome=0
wait "$CHILD" || outcome=$?
CHILD=
exit "$outcome"
