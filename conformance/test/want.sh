# SPDX-License-Identifier: MIT
# What the tests of callspec that ask it much share; each sources it. It is no
# test itself. What was said last is in $TMP/out; who talks in the background
# does so into a file $TMP/*.out.
set -u
BUILD=${BUILD:-build}
TMP=${TMP:-$(mktemp -d)}
callspec=$BUILD/san/callspec
alkref=$BUILD/san/alkref
null=$BUILD/null-testee
program=("$callspec") # with the words that it gets each time
started=()            # what has to end when the test ends
count=0

trap 'kill "${started[@]}" 2>/dev/null' EXIT

fail() {
    echo "$*"
    cat "$TMP/out" "$TMP"/*.out 2>/dev/null
    exit 1
}

# want STATUS WORDS-IN-THE-OUTPUT ARGUMENTS...
want() {
    local status=$1 words=$2
    shift 2
    "${program[@]}" "$@" >"$TMP/out" 2>&1
    local got=$?
    if [ $got != "$status" ] || ! grep -qF -- "$words" "$TMP/out"; then
        fail "wanted exit $status and \"$words\", got $got: ${program[*]} $*"
    fi
    count=$((count + 1))
}

# await PATTERN FILE: until a line of it is there
await() {
    for _ in $(seq 200); do
        grep -q -- "$1" "$2" 2>/dev/null && return
        sleep 0.05
    done
    fail "$2 never had $1"
}

# field NAME FILE: the text of a member that stands there first
field() {
    grep -o "\"$1\":\"[^\"]*\"" "$2" | head -n 1 | cut -d '"' -f 4
}
