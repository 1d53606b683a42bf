#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Who ends a campaign early is told what was found, and leaves nothing running.
# The engine is a stand-in here: it finds one thing at once, says so in a log of
# ours, and then waits to be ended.
set -eu
mkdir -p "$TMP/build/afl" "$TMP/bin"
: >"$TMP/build/afl/fuzz-frame"
cat >"$TMP/bin/afl-fuzz" <<'ENGINE'
#!/usr/bin/env bash
while [ "$1" != -o ]; do shift; done
trap 'echo ended >>"$TMP/engine"; exit 0' INT
mkdir -p "$2/default/queue" "$2/default/crashes"
: >"$2/default/fuzzer_stats"
mkdir "$FUZZ_LIVES/7"
echo bad >"$2/default/crashes/id:000000"
echo begun >>"$TMP/engine"
while :; do sleep 0.05; done
ENGINE
chmod +x "$TMP/bin/afl-fuzz"
fail() {
    echo "campaign: $1"
    exit 1
}
campaign() { # SIGNAL STATUS
    rm -rf "$TMP/out" "$TMP/engine"
    : >"$TMP/engine"
    env PATH="$TMP/bin:$PATH" TMP="$TMP" BUILD="$TMP/build" \
        fuzz/campaign frame 3600 --out "$TMP/out" >"$TMP/said" 2>&1 &
    until grep -q begun "$TMP/engine"; do sleep 0.05; done
    kill -s "$1" $!
    status=0
    wait $! || status=$?
    [ "$status" = "$2" ] || fail "$1 ends it with $status: $(cat "$TMP/said")"
    grep -q ended "$TMP/engine" || fail "behind $1 the engine still runs"
    grep -q 'FOUND make fuzz-keep TARGET=frame INPUT=.*id:000000' "$TMP/said" ||
        fail "behind $1 it is not told what was found"
    grep -q "LIFE  $TMP/build/fuzz-replay frame $TMP/out/.lives/7" "$TMP/said" ||
        fail "behind $1 it is not told what was lived through"
    ! grep -q Traceback "$TMP/said" || fail "$1 is met by a traceback"
}
set -m # so that a job does not ignore SIGINT
campaign INT 130
campaign TERM 143
echo "a campaign that is ended early tells what it found, and ends its engines"
