#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The page in a browser: its script runs without complaint, the tables have
# their rows, the filter filters, and a conversation becomes a picture. Without
# a Chromium on this machine it is skipped, and says so.
set -u
BUILD=${BUILD:-build}
TMP=${TMP:-$(mktemp -d)}
callspec=$BUILD/san/callspec
null=$BUILD/null-testee
count=0

browser=
for name in chromium chromium-browser google-chrome; do
    [ -n "$browser" ] || browser=$(command -v "$name")
done
if [ -z "$browser" ]; then
    echo "the page was not opened: skipped: no chromium"
    exit 0
fi

# A page with passes, failures and much that does not apply.
"$callspec" run --testee "$null deny-all" --lvl L0,L1 --filter calls \
    --filter framing --filter codec.frame --filter encode \
    --out "$TMP/log.jsonl" --html "$TMP/page.html" >"$TMP/out" 2>&1
if [ ! -s "$TMP/page.html" ]; then
    cat "$TMP/out"
    exit 1
fi

# open HASH: what the page is like once it stands, in $TMP/dom.
open() {
    timeout 60 "$browser" --headless --no-sandbox --disable-gpu \
        --user-data-dir="$TMP/profile" --enable-logging=stderr --v=0 \
        --virtual-time-budget=4000 --dump-dom "file://$TMP/page.html$1" \
        >"$TMP/dom" 2>"$TMP/log"
    if grep -F 'CONSOLE' "$TMP/log"; then
        echo "the browser complains of $1"
        exit 1
    fi
}

# has NUMBER PATTERN: so many lines of the page match.
has() {
    local got
    got=$(grep -cE -- "$2" <(sed 's/></>\n</g' "$TMP/dom"))
    if [ "$got" != "$1" ]; then
        echo "wanted $1 times $2, got $got"
        exit 1
    fi
    count=$((count + 1))
}

rules=$("$callspec" list --rules | wc -l)
areas=$(grep -oE '"area":"[a-z-]+"' "$TMP/log.jsonl" | sort -u | wc -l)
open ""
has "$rules" '<tr class="rule"'
has 0 '<tr class="rule"[^>]*hidden'
has "$rules" '<a [^>]*class="tile '
has 1 '<button[^>]*data-show="all"[^>]*aria-pressed="true"'
has "$areas" '<tbody class="area"'
has 0 '<svg class="talk"'

open "#q=FR-1"
shown=$("$callspec" list --rules | grep -c '^FR-1')
has $((rules - shown)) '<tr class="rule"[^>]*hidden'

open "#show=bad&q=no-such-word"
has "$rules" '<tr class="rule"[^>]*hidden'
has 1 '<p id="no-rules" class="quiet">'

open "#case-codec.frame.basic.requested"
has 1 '<details [^>]*id="case-codec.frame.basic.requested"[^>]*open'
has 1 '<svg class="talk"'
has 1 '<text [^>]*>decode'
has 1 '<text [^>]*>call.requested '

echo "the page in a browser: $count things are as they should be"
