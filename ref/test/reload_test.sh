#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Whom a node knows changes while it runs: keys, tokens and API keys are
# rotated, a peer is disabled, a file is broken, and nobody is started anew.
# Ids stay what they are, and so does whoever is connected.
set -eu
alkref=$PWD/$BUILD/san/alkref
cd "$TMP"
count=0
children=

stop_all() { for pid in $children; do kill "$pid" 2>/dev/null || :; done; }
trap stop_all EXIT

fail() {
    echo "$*"
    tail -n 20 -- *.log
    exit 1
}
passed() { count=$((count + 1)); }
field() { sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/" "$2"; }
hash_of() { printf '%s' "$1" | sha256sum | cut -d' ' -f1; }

# key NAME: a new one, and what it is called.
key() {
    "$alkref" keygen "$1.key" >line
    field fingerprint line
}

# token NAME TEXT
token() { printf '%s\n' "$2" >"$1.token"; }

# is ID WORDS...: whoever calls with these words is that; "-": nobody.
is() {
    wanted=$1
    shift
    "$alkref" call "$addr" conf/identity --pin "$pin" "$@" >out 2>&1 ||
        fail "$* failed: $(cat out)"
    found=$(sed -n 's/.*"identity":{"id":"\([^"]*\)".*/\1/p' out)
    [ "${found:--}" = "$wanted" ]
}
really() { is "$@" && passed || fail "$* is ${found:-nobody}"; }

# soon ID WORDS...: within half a minute.
soon() {
    for _ in $(seq 300); do
        is "$@" && { passed; return; }
        sleep 0.1
    done
    fail "$* is still ${found:-nobody}"
}

# may yes|no WORDS...: what asks for a scope, to whoever calls so.
may() {
    status=0
    may=$1
    shift
    "$alkref" call "$addr" conf/guarded 1 --pin "$pin" "$@" >out 2>&1 ||
        status=$?
    case $may$status in
        yes0) passed ;;
        no1) grep -q FORBIDDEN out && passed || fail "$* had: $(cat out)" ;;
        *) fail "$* may not or may: $status, $(cat out)" ;;
    esac
}

# sees LOG PATTERN [TIMES]: within half a minute.
sees() {
    for _ in $(seq 300); do
        [ "$(grep -cE -- "$2" "$1" || :)" -lt "${3:-1}" ] || { passed; return; }
        sleep 0.1
    done
    fail "$1 never said $2"
}

# known KEY TOKEN API-TOKEN MORE: a new file in the place of the old one. MORE
# is said of both peers.
known() {
    cat >fresh <<P
{"peers":[
 {"peer_id":"alice","fingerprints":["$1"],"scopes":["conf:guarded"]$4},
 {"peer_id":"bob","auth_token_hash":"sha256:$(hash_of "$2")",
  "scopes":["conf:guarded"]$4}],
 "api_keys":[
 {"prefix":"alk_one","hash":"sha256:$(hash_of "$3")",
  "scopes":["conf:guarded"],"expires_at":$(($(date +%s) + 86400))},
 {"prefix":"alk_old","hash":"sha256:$(hash_of alk_old.secret)",
  "scopes":["conf:guarded"],"expires_at":$(($(date +%s) - 3))}]}
P
    mv fresh peers.json
}

key1=$(key one)
key2=$(key two)
key server >/dev/null
token b1 bob-says-this
token b2 bob-says-that
token a1 alk_one.secret
token a2 alk_one.other
token old alk_old.secret

known "$key1" bob-says-this alk_one.secret ''
"$alkref" listen --key server.key --peers peers.json >listen.out 2>listen.log &
listener=$!
children="$children $listener"
until [ -s listen.out ]; do sleep 0.05; done
addr=$(field address listen.out)
pin=$(field fingerprint listen.out)

# [IP-1] A key, a token, an API key [IP-4]; one that has expired is nobody's.
really alice --key one.key
really - --key two.key
really bob --token-file b1.token
really - --token-file b2.token
really alk_one --token-file a1.token
really - --token-file a2.token
really - --token-file old.token
really alk_one --token-file a1.token --key one.key
may yes --key one.key
may yes --token-file b1.token
may yes --token-file a1.token
may no --token-file old.token
may no

# One that stays connected the whole time, and asks who it is when told to.
cat >stays.py <<'P'
import json, subprocess, sys

path, addr, pin, key = sys.argv[1:]
testee = subprocess.Popen([path, "testee"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True)
seq = 0


def do(op, until, **members):
    """Carries it out, and waits for that event."""
    global seq
    seq += 1
    testee.stdin.write(json.dumps({"seq": seq, "op": op, **members}) + "\n")
    testee.stdin.flush()
    while True:
        line = json.loads(testee.stdout.readline())
        assert "fail" not in line, line
        if line.get("ev", "ok") == until:
            return line


do("hello", "ok", contract=1, level="L2", rng_seed="00000000000000aa")
do("configure", "ok",
   identity={"seed": json.load(open(key))["ed25519_seed"]})
do("dial", "conn_open", conn="c", addr=addr, pin=pin)
for word in sys.stdin:
    event = do("call", "result", conn="c", id=word, operation="conf/identity",
               input={})
    print((event["output"]["identity"] or {"id": "-"})["id"], flush=True)
P
coproc stays { exec python3 stays.py "$alkref" "$addr" "$pin" one.key 2>stays.log; }
to_stays=${stays[1]} from_stays=${stays[0]} stays_pid=$!
children="$children $stays_pid"
still() {
    echo again >&"$to_stays"
    read -r -t 60 who <&"$from_stays" || fail "who stays said nothing"
    [ "$who" = "$1" ] && passed || fail "who stays is $who, not $1"
}
still alice

# [IP-7, PI-8] Other keys and tokens for the same ids: the file alone is
# replaced, and nobody is told.
known "$key2" bob-says-that alk_one.other ''
soon alice --key two.key
really - --key one.key
really bob --token-file b2.token
really - --token-file b1.token
really alk_one --token-file a2.token
really - --token-file a1.token
may yes --key two.key
may yes --token-file b2.token
may no --key one.key
may no --token-file b1.token
still alice
sees listen.log 'peers.json was read again' 1

# A file that is no good changes nothing, however it is come upon.
printf '{"peers":[{"peer_id":"alice"},{"peer_id":"alice"}]}' >peers.json
sees listen.log '^alkref: --peers: peers.json: peer 1: peer_id: alice is there twice; who was known before still is$'
really alice --key two.key
kill -HUP "$listener"
sees listen.log 'is there twice' 2
rm peers.json
sees listen.log 'cannot be read'
mkdir peers.json
sees listen.log 'peers.json: not a regular file; who was known before still is$' 1
rmdir peers.json
mkfifo peers.json # which nobody writes, and so nobody may wait for it
sees listen.log 'not a regular file' 2
rm peers.json
really bob --token-file b2.token
may yes --key two.key
still alice

# [IP-6] Disabled peers are nobody, to new connections and to tokens. SIGHUP
# says it at once.
known "$key2" bob-says-that alk_one.other ',"enabled":false'
kill -HUP "$listener"
sees listen.log 'peers.json was read again' 2
really - --key two.key
really - --token-file b2.token
really alk_one --token-file a2.token
may no --key two.key
may no --token-file b2.token
still alice

# And back, written over in its place.
known "$key1" bob-says-this alk_one.secret ''
cp peers.json again.json
printf '{' >peers.json
cat again.json >peers.json
soon alice --key one.key
really bob --token-file b1.token
still alice
eval "exec $to_stays>&-"
wait "$stays_pid" 2>/dev/null || :

# [PI-8] What is meant for a certain peer finds it, whichever key it came with:
# over the connection that was there before the keys were changed, and over the
# one that was made after.
cat >hub.json <<'P'
{"operations":[{"name":"hub/ask",
  "scoped_env":{"pinned":["alice/door/number"]},
  "behaviour":{"forward":{"peer":"alice","operation":"door/number"}}}]}
P
# door NUMBER: dials the hub and serves that number, with the key of that name.
door() {
    cat >"$1.json" <<P
{"operations":[{"name":"door/number","remote_safe":true,
  "behaviour":{"exec":["/bin/sh","-c","echo '\"$1\"'"]}}]}
P
    "$alkref" dial "$hub" --pin "$pin" --ops "$1.json" --key "$1.key" \
        >"door-$1.out" 2>"door-$1.log" &
    door=$!
    children="$children $door"
}
asks() {
    "$alkref" call "$hub" hub/ask --pin "$pin" >out 2>&1 || fail "$(cat out)"
    [ "$(cat out)" = "\"$1\"" ] && passed || fail "hub/ask is $(cat out)"
}
"$alkref" listen --key server.key --peers peers.json --ops hub.json --import \
    >hub.out 2>hub.log &
hub_pid=$!
children="$children $hub_pid"
until [ -s hub.out ]; do sleep 0.05; done
hub=$(field address hub.out)
door one
sees hub.out '"imported":\["door/number".*"peer":"alice"'
asks one
known "$key2" bob-says-that alk_one.other ''
sees hub.log 'peers.json was read again'
asks one
door two
sees hub.out '"imported":\["door/number".*"peer":"alice"' 2
asks two
kill "$door"
wait "$door" || fail "the door ended with $?"
kill "$hub_pid"
wait "$hub_pid" || fail "the hub ended with $?"

# The one who dials follows its file, too. Without a file there is nothing to
# follow, and a hang-up is an end.
cat >none.json <<'P'
{"operations":[]}
P
"$alkref" dial "$addr" --pin "$pin" --ops none.json --peers peers.json \
    >dial.out 2>dial.log &
dialler=$!
children="$children $dialler"
sees dial.out '"event":"connected"'
kill -HUP "$dialler"
sees dial.log 'peers.json was read again'
printf 'x' >peers.json
sees dial.log 'peers.json: line 1: not JSON'
kill "$dialler"
wait "$dialler" || fail "the dialler ended with $?"
"$alkref" dial "$addr" --pin "$pin" --ops none.json >free.out 2>free.log &
dialler=$!
children="$children $dialler"
sees free.out '"event":"connected"'
kill -HUP "$dialler"
wait "$dialler" || fail "the dialler without a file ended with $?"

kill "$listener"
wait "$listener" || fail "the listener ended with $?"
passed
# [FR-14] No token is in anything that was said.
! grep -qE 'bob-says|alk_one\.|alk_old\.|ed25519_seed' ./*.log ./*.out ||
    fail "a secret was said"
echo "$count in ref/test/reload_test.sh"
