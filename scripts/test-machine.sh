# Sourced by test.sh, after runtime.sh: what the tests need of the machine beyond npm's packages.
# Installed where the script may (root, with apt-get); else one line says what to install and
# the tests that need it skip themselves.

APT_OPTIONS='-y -q --no-install-recommends -o DPkg::Lock::Timeout=120 -o Acquire::Retries=2 -o Acquire::http::Timeout=30'

may_install() {
  [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null
}

# Debian's packages, quietly; the output is shown if it fails.
apt_install() {
  say "installing Debian's $* for the tests"
  report=$(mktemp)
  # shellcheck disable=SC2086
  if { apt_update; apt_get install $APT_OPTIONS "$@"; } </dev/null >"$report" 2>&1; then
    rm -f "$report"
    return 0
  fi
  tail -n 5 "$report" >&2
  rm -f "$report"
  return 1
}

# Once: a new machine knows no packages, and a list that cannot be renewed may still do.
apt_update() {
  [ -z "${APT_UPDATED:-}" ] || return 0
  apt_get update || :
  APT_UPDATED=yes
}

apt_get() {
  DEBIAN_FRONTEND=noninteractive apt-get "$@"
}

# The second verifier of the record is a program in Python that calls openssl.
find_second_verifier() {
  missing=
  for name in python3 openssl; do
    command -v "$name" >/dev/null || missing="$missing $name"
  done
  [ -z "$missing" ] && return 0
  # shellcheck disable=SC2086
  if may_install && apt_install $missing; then return 0; fi
  say "tests of the second verifier will fail: install$missing"
}

find_chromium() {
  if ! look_for_chromium && may_install; then
    apt_install chromium || :
    look_for_chromium || :
  fi
  if [ -n "${CHROME_PATH:-}" ]; then
    export CHROME_PATH
  else
    say 'the browser tests are skipped: install Chromium (apt-get install chromium) or set CHROME_PATH'
  fi
}

look_for_chromium() {
  [ ! -x "${CHROME_PATH:-}" ] || return 0
  for name in chromium chromium-browser google-chrome google-chrome-stable \
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'; do
    CHROME_PATH=$(command -v "$name") && return 0
  done
  CHROME_PATH=
  return 1
}

find_postgres_15() {
  if ! look_for_postgres_15 && may_install; then
    install_postgres_15 || :
    look_for_postgres_15 || :
  fi
  if [ -n "${POSTGRES_15_BIN:-}" ]; then
    export POSTGRES_15_BIN
  else
    say 'the tests against PostgreSQL 15 are skipped: install it (apt-get install postgresql-15) or set POSTGRES_15_BIN'
  fi
}

look_for_postgres_15() {
  [ ! -x "${POSTGRES_15_BIN:-}/postgres" ] || return 0
  POSTGRES_15_BIN=/usr/lib/postgresql/15/bin
  [ ! -x "$POSTGRES_15_BIN/postgres" ] || return 0
  POSTGRES_15_BIN=
  return 1
}

# Debian's package makes a database and starts it unless told not to; the tests want the programs alone.
install_postgres_15() {
  folder=/etc/postgresql-common/createcluster.d
  made=
  [ -d "$folder" ] || made=yes
  mkdir -p "$folder"
  printf 'create_main_cluster = false\n' >"$folder/muster-tests.conf"
  outcome=0
  apt_install postgresql-15 || outcome=1
  rm -f "$folder/muster-tests.conf"
  [ -z "$made" ] || rmdir "$folder" 2>/dev/null || :
  return "$outcome"
}
