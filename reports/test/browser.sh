# SPDX-License-Identifier: MIT
# A page in a browser, as the tests that open one have it; each sources it. It
# is no test itself. Without a Chromium on this machine they are skipped there,
# and say so.
set -u
BUILD=${BUILD:-build}
TMP=${TMP:-$(mktemp -d)}
count=0

fail() {
    echo "$*"
    exit 1
}

# need_browser WHAT-WAS-NOT-DONE: or it ends here
need_browser() {
    local name
    for name in chromium chromium-browser google-chrome; do
        browser=$(command -v $name) && return
    done
    echo "$1: skipped: no chromium"
    exit 0
}

# open PAGE: what that of $TMP is like once it stands, in $TMP/dom
open() {
    timeout 60 "$browser" --headless --no-sandbox --disable-gpu \
        --user-data-dir="$TMP/profile" --enable-logging=stderr --v=0 \
        --virtual-time-budget=4000 --dump-dom "file://$TMP/$1" \
        >"$TMP/dom" 2>"$TMP/log"
    if grep -F 'CONSOLE' "$TMP/log"; then
        fail "the browser complains of $1"
    fi
}

# has NUMBER PATTERN: so many lines of the page match
has() {
    local got
    got=$(grep -cE -- "$2" <(sed 's/></>\n</g' "$TMP/dom"))
    [ "$got" = "$1" ] || fail "wanted $1 times $2, got $got"
    count=$((count + 1))
}
