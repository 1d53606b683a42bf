#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# callspec netsim: a relay with weather between two programs that know nothing
# of it; and what it says when it cannot.
. conformance/test/want.sh || exit 1
program=("$callspec" netsim)

# through WEATHER SIGNAL WORDS: a call through it is answered; then it ends
through() {
    "$callspec" netsim --upstream "$addr" --weather "$1" --seed 7 >"$TMP/relay.out" 2>&1 &
    local relay=$!
    started+=($relay)
    await '^127\.0\.0\.1:[0-9]*$' "$TMP/relay.out"
    "$alkref" call "$(head -n 1 "$TMP/relay.out")" conf/echo '{"n":1}' \
        --pin "$pin" >"$TMP/call.out" 2>&1 || fail "no call through $1"
    grep -qF '"n":1' "$TMP/call.out" || fail "no answer through $1"
    kill -"$2" $relay
    wait $relay || fail "exit $? after SIG$2"
    [ "$(wc -l <"$TMP/relay.out")" = 2 ] || fail "not two lines through $1"
    grep -q "^[0-9]* datagrams sent on$3" "$TMP/relay.out" || fail "no \"$3\" through $1"
    count=$((count + 1))
}

"$alkref" listen --addr 127.0.0.1:0 >"$TMP/listen.out" 2>&1 &
started+=($!)
await fingerprint "$TMP/listen.out"
addr=$(field address "$TMP/listen.out")
pin=$(field fingerprint "$TMP/listen.out")

through clean TERM ', .* us each (.* us at most) where they had not to wait$'
through delay INT '$'
through dup TERM ', .* doubled$'
through mtu TERM ', '

want 64 "netsim wants --upstream HOST:PORT"
want 64 '--weather wants one of clean, delay' --upstream 127.0.0.1:1 --weather sunny
want 64 "did you mean --weather" --upstream 127.0.0.1:1 --wether clean
want 4 "callspec:" --upstream nowhere
echo "$count checks of the relay that stands alone"
