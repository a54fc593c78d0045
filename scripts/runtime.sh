# Sourced by whatever starts Muster or works on it; ROOT is the package's folder.
# POSIX sh: it runs before anything is installed, and perhaps under an old Node.js.

say() {
  printf 'muster: %s\n' "$*" >&2
}

fail() {
  say "$*"
  exit 1
}

case $(uname -s) in
  Linux) PLATFORM=linux ;;
  Darwin) PLATFORM=darwin ;;
  *) PLATFORM=$(uname -s) ;;
esac
case $(uname -m) in
  x86_64 | amd64) PLATFORM=$PLATFORM-x64 ;;
  aarch64 | arm64) PLATFORM=$PLATFORM-arm64 ;;
  *) PLATFORM=$PLATFORM-$(uname -m) ;;
esac

# Sets NODE to the Node.js that Muster runs on: the one installed with it, else a recent enough
# one on the PATH. Installed as a package, it may lie in the package or beside it.
find_node() {
  for NODE in "$ROOT/node_modules/node-$PLATFORM/bin/node" "$ROOT/../node-$PLATFORM/bin/node"; do
    [ ! -x "$NODE" ] || return 0
  done
  NODE=$(command -v node) || NODE=
  if [ -n "$NODE" ]; then
    major=$("$NODE" -p 'process.versions.node.split(".")[0]' 2>/dev/null) || major=0
    [ "$major" -lt 26 ] || return 0
  fi
  fail "there is no Node.js 26 for $PLATFORM: install one, or reinstall Muster with its optional dependencies"
}

# Makes sure that node_modules holds what package-lock.json names. Several may do so at once.
install_packages() {
  STAMP=$ROOT/node_modules/.muster-installed-$PLATFORM
  ! is_stamped || return 0
  if is_installed; then
    stamp
    return 0
  fi
  lock_install
  if ! is_stamped && ! is_installed; then
    npm_ci
  fi
  stamp
  unlock_install
}

is_stamped() {
  cmp -s "$ROOT/package-lock.json" "$STAMP"
}

stamp() {
  # A folder of another user's stays unstamped and is looked at again each time.
  cp "$ROOT/package-lock.json" "$STAMP.$$" 2>/dev/null && mv -f "$STAMP.$$" "$STAMP" || :
}

# npm writes what it installed when it is done; any Node.js can compare the two lists.
is_installed() {
  [ -f "$ROOT/node_modules/.package-lock.json" ] || return 1
  for node in "$ROOT/node_modules/node-$PLATFORM/bin/node" "$(command -v node)"; do
    [ -x "$node" ] || continue
    "$node" "$ROOT/scripts/is-installed.mjs" "$ROOT"
    return
  done
  return 1
}

npm_ci() {
  command -v npm >/dev/null || fail 'npm is needed to install what Muster is made of: install Node.js 20 or newer'
  say "installing what package-lock.json names into $ROOT/node_modules (this once; it needs the network)"
  # The warnings left out are of packages that want a newer Node.js than npm runs on; Muster has one.
  # In the background, so that a signal is obeyed at once and not when npm is done.
  (cd "$ROOT" && exec npm ci --include=dev --include=optional --no-audit --no-fund --loglevel=error) </dev/null >&2 &
  CHILD=$!
  wait "$CHILD" || {
    unlock_install
    fail 'npm ci failed (see above); nothing was started'
  }
  CHILD=
}

# The lock is a link that names its holder: made at once with its content, or not at all.
lock_install() {
  mkdir -p "$ROOT/.muster"
  LOCK=$ROOT/.muster/install.lock
  CHILD=
  waited=0
  until ln -s "$$" "$LOCK" 2>/dev/null; do
    holder=$(readlink "$LOCK") || continue
    if ! is_process "$holder"; then
      break_lock "$holder"
      continue
    fi
    [ "$waited" -ne 2 ] || say "waiting for process $holder, which is installing (if it is not, remove $LOCK)"
    waited=$((waited + 1))
    sleep 1
  done
  trap 'interrupted 130' INT
  trap 'interrupted 143' TERM
  trap 'interrupted 129' HUP
}

is_process() {
  kill -0 "$1" 2>/dev/null || [ -d "/proc/$1" ]
}

# Of several who see a dead holder's lock one may remove it, and only while it is still that one.
break_lock() {
  mkdir "$LOCK.breaking" 2>/dev/null || {
    sleep 1
    rmdir "$LOCK.breaking" 2>/dev/null || :
    return 0
  }
  [ "$(readlink "$LOCK")" != "$1" ] || rm -f "$LOCK"
  rmdir "$LOCK.breaking" 2>/dev/null || :
}

unlock_install() {
  rm -f "$LOCK"
  trap - INT TERM HUP
}

interrupted() {
  trap - INT TERM HUP
  if [ -n "$CHILD" ]; then
    kill -TERM "$CHILD" 2>/dev/null || :
    wait "$CHILD" 2>/dev/null || :
  fi
  rm -f "$LOCK"
  exit "$1"
}
