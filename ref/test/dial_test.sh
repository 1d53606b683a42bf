#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# alkref dial and what it serves, over real QUIC: lost and found again, every
# way to be let in and kept out, programs that must not outlive their callers.
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

# run LOG COMMAND...: in the background, as $!.
run() {
    log=$1
    shift
    : >"$log"
    "$alkref" "$@" >"$log" 2>&1 &
    children="$children $!"
}

# end PID: told to end, it ends well.
end() {
    kill "$1"
    wait "$1" || fail "$1 ended with $?"
    passed
}

# sees LOG PATTERN [TIMES]: within half a minute.
sees() {
    for _ in $(seq 300); do
        [ "$(grep -cE -- "$2" "$1" || :)" -lt "${3:-1}" ] || { passed; return; }
        sleep 0.1
    done
    fail "$1 never said $2"
}

# Is a program of this run's there? Its mark is looked for without being a word
# of the one who looks.
is_running() { cat /proc/[0-9]*/cmdline 2>/dev/null | grep -qaf mark; }

# runs yes|no: soon it is, or is no more.
runs() {
    for _ in $(seq 300); do
        if is_running; then now=yes; else now=no; fi
        [ "$now" != "$1" ] || { passed; return; }
        sleep 0.1
    done
    fail "does a program run? $now"
}

zombies_of() { cat /proc/[0-9]*/stat 2>/dev/null | grep -c ") Z $1 " || :; }

# refused SENTENCE WORDS...: exit 64.
refused() {
    want=$1 got=0
    shift
    timeout 60 "$alkref" "$@" >refused.log 2>&1 || got=$?
    [ "$got" = 64 ] && grep -qF -- "$want" refused.log || fail "$got: $want: $*"
    passed
}

field() { sed -n "1s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$2"; }

# A word that only the programs of this run carry.
mark=alkref-dial-test-$$
printf '%s\n' "$mark" >mark
cat >ops.json <<P
{"operations":[
 {"name":"t/safe","behaviour":"conf/echo","remote_safe":true},
 {"name":"t/guarded","behaviour":"conf/echo","remote_safe":true,
  "access":{"required_scopes":["conf:guarded"]}},
 {"name":"t/other","behaviour":"conf/echo"},
 {"name":"t/\u001b[31mred","behaviour":"conf/echo"},
 {"name":"t/fds","behaviour":{"exec":["/bin/sh","-c","ls /proc/self/fd | wc -l"]}},
 {"name":"t/slow","remote_safe":true,"behaviour":{"exec":
  ["/bin/sh","-c","sh -c 'sleep 600; : $mark' & sleep 600; : $mark"]}}]}
P
"$alkref" keygen server.key >server.pin
"$alkref" keygen client.key >client.pin
pin=$(field fingerprint server.pin)
client=$(field fingerprint client.pin)
hash=$(printf token | sha256sum | cut -d' ' -f1)
printf 'token\n' >token
cat >peers.json <<P
{"peers":[
 {"peer_id":"alice","fingerprints":["$client"],"scopes":["conf:guarded"]},
 {"peer_id":"server","fingerprints":["$pin"],"scopes":["conf:guarded"]},
 {"peer_id":"bob","auth_token_hash":"sha256:$hash","scopes":["conf:guarded"]}]}
P

# Lost and found: the same dialler meets two listeners, and says so.
run server.log listen --key server.key --peers peers.json \
    --on-connect t/safe=1 --on-connect t/other=2
server=$!
sees server.log '"address"'
addr=$(field address server.log)
port=${addr##*:}
run dial.log dial "localhost:$port" --pin "$pin" --ops ops.json --key client.key
dialler=$!
sees server.log "\"operation\":\"t/safe\",\"output\":1,\"peer\":\"$client\""
sees server.log '"code":"NOT_FOUND".*t/other'
end "$server"
sees dial.log '"event":"lost","kind":"connection_closed"'
run again.log listen --addr "$addr" --key server.key --on-connect t/safe=2
server=$!
sees dial.log '"event":"connected"' 2
sees again.log '"output":2'
end "$dialler"
sees dial.log '"counts":.*"t/other":0,"t/safe":2'
end "$server"

# Let in: as one we know, by token, as a trusted peer, by profile. Kept out: by the wrong key.
run server.log listen --key server.key --peers peers.json \
    --on-connect t/other=3 --on-connect t/guarded=4
server=$!
sees server.log '"address"'
addr=$(field address server.log)
run token.log dial "$addr" --pin "$pin" --ops ops.json --token-file token \
    --on-connect conf/guarded=1 --profile remote-safe
dialler=$!
sees token.log '"operation":"conf/guarded","output":1'
sees server.log 'NOT_FOUND' 1
end "$dialler"
run known.log dial "$addr" --pin "$pin" --ops ops.json --peers peers.json
dialler=$!
sees server.log '"operation":"t/guarded","output":4'
end "$dialler"
run nobody.log dial "$addr" --pin "$pin" --ops ops.json --on-connect conf/guarded
dialler=$!
sees nobody.log '"code":"FORBIDDEN"'
sees server.log '"code":"FORBIDDEN".*t/guarded' 2
end "$dialler"
for word in --trusted-peer '--profile peer-graph'; do
    before=$(grep -c '"output":3' server.log || :)
    # shellcheck disable=SC2086
    run trusted.log dial "$addr" --pin "$pin" --ops ops.json $word
    dialler=$!
    sees server.log '"output":3' $((before + 1))
    end "$dialler"
done
run wrong.log dial "$addr" --pin "$client" --ops ops.json
dialler=$!
sees wrong.log '"kind":"tls_setup"' 2
end "$dialler"
sees wrong.log '"t/safe":0'
end "$server"

# [FC-8] What peers serve is imported whoever dialled, of those we know, and again when
# they are back: from a listener that is dialled what it shows to all, from a
# dialler what is remote-safe.
run inner.log listen --key client.key --peers peers.json --ops ops.json \
    --import --prefix outer
inner=$!
sees inner.log '"address"'
run outer.log listen --key server.key --peers peers.json --import \
    --dial "$(field address inner.log)=$client"
outer=$!
sees outer.log '"imported":\["t/.*"t/other".*\],"peer":"alice"'
sees inner.log '"imported":\["outer/conf/callback",.*\],"peer":"server"'
addr=$(field address outer.log)
run stranger.log dial "$addr" --pin "$pin" --ops ops.json --peers peers.json --import
stranger=$!
sees stranger.log '"imported":\["conf/callback",.*\],"peer":"server"'
end "$stranger"
end "$inner"
sees outer.log '"event":"lost","kind":"connection_closed"'
echo '{"peers":[]}' >nobody.json
run mute.log listen --addr "$(field address inner.log)" --key client.key \
    --peers nobody.json --import
inner=$!
sees outer.log '"imported":\["conf/callback",.*\],"peer":"alice"'
end "$inner"
end "$outer"
[ "$(grep -c import outer.log)" = 2 ] || fail 'a stranger was imported'
if grep -q import mute.log; then fail 'nobody was known'; fi
passed

# By certificates: the listener by an authority's word, the dialler by its own.
"$alkref" keygen web.key --x509 web.pem >web.pin
"$alkref" keygen mine.key --x509 mine.pem >mine.pin
leaf=$(field certificate web.pin)
mine=$(field certificate mine.pin)
run web.log listen --key web.key --cert web.pem --on-connect t/safe=5
server=$!
sees web.log "\"certificate\":\"$leaf\""
addr=$(field address web.log)
run cert.log dial "$addr" --server-name alknet --ca web.pem --ops ops.json \
    --key mine.key --cert mine.pem
dialler=$!
sees cert.log "\"event\":\"connected\",\"fingerprint\":\"$leaf\""
sees web.log "\"output\":5,\"peer\":\"$mine\""
end "$dialler"
run other.log dial "$addr" --server-name other --ca web.pem --ops ops.json
dialler=$!
sees other.log '"kind":"tls_setup"' 2
end "$dialler"
"$alkref" list "$addr" --server-name alknet --ca web.pem >list.log
sees list.log '^query        conf/echo$'
"$alkref" schema "$addr" conf/echo --pin "$leaf" --key mine.key >schema.log
sees schema.log '^  "name": "conf/echo",$'
end "$server"

# Both families, and names that could talk to a terminal.
run six.log listen --addr '[::1]:0' --key server.key --ops ops.json
server=$!
sees six.log '"address"|cannot be bound|Address family'
addr=$(field address six.log)
if [ -z "$addr" ]; then # a machine without IPv6
    run six.log listen --key server.key --ops ops.json
    server=$!
    sees six.log '"address"'
    addr=$(field address six.log)
fi
"$alkref" list "$addr" --pin "$pin" >list.log
sees list.log '^query        t/\\u001[bB]\[31mred$'
"$alkref" schema "$addr" t/safe --pin "$pin" >schema.log
sees schema.log '^  "name": "t/safe",$'
[ "$("$alkref" schema "$addr" no --pin "$pin" 2>&1 || echo $?)" = \
    '{"code":"NOT_FOUND","message":"operation not found: no","retryable":false}
1' ] || fail schema
passed

# Nothing of ours is open in a program: 0 to 3, and the folder it reads.
[ "$("$alkref" call "$addr" t/fds --pin "$pin")" = 5 ] || fail 'descriptors'
passed

# A program ends with its caller's connection …
"$alkref" call "$addr" t/slow --pin "$pin" --timeout 500 >slow.log 2>&1 &&
    fail 'slow was fast'
sees slow.log TIMEOUT
runs no
# … and with the node that runs it, whoever dialled.
"$alkref" call "$addr" t/slow --pin "$pin" >slow.log 2>&1 &
runs yes
end "$server"
runs no
run server.log listen --key server.key --on-connect t/slow
server=$!
sees server.log '"address"'
run dial.log dial "$(field address server.log)" --pin "$pin" --ops ops.json
dialler=$!
runs yes
[ "$(zombies_of "$dialler")" = 0 ] || fail 'a zombie'
kill -INT "$dialler"
wait "$dialler"
runs no
end "$server"

# Mistakes.
refused '--ops is missing' dial "$addr" --pin "$pin"
refused '--pin is missing' dial "$addr" --ops ops.json
refused '--ops: none.json: cannot be read' dial "$addr" --pin "$pin" --ops none.json
refused '--peers: ops.json: peers: missing, expected a list' \
    dial "$addr" --pin "$pin" --ops ops.json --peers ops.json
refused '--pin: expected without' list "$addr" --pin "$pin" --ca web.pem
refused '--ca: none.pem: cannot be read' \
    dial "$addr" --server-name alknet --ca none.pem --ops ops.json
refused '--cert: expected --key' listen --cert web.pem
refused 'the certificate: ' \
    dial "$addr" --pin "$pin" --key mine.key --cert web.pem --ops ops.json
refused '--profile: expected remote-safe or peer-graph' \
    dial "$addr" --pin "$pin" --ops ops.json --profile all
refused '--on-connect: expected OP' listen --on-connect =1
refused '--on-connect: JSON' listen --on-connect 'a={'
refused '--on-connect: given too often' listen $(printf -- '--on-connect a %.0s' 1 2 3 4 5 6 7 8 9)
refused '--key: given twice' listen --key a --key b
refused '--prefix: expected --import, too' listen --prefix a
refused '--prefix: expected what a name' \
    dial "$addr" --pin "$pin" --ops ops.json --peers peers.json --import --prefix /a
refused '--import: expected --peers, too' dial "$addr" --pin "$pin" --ops ops.json --import
refused '--dial: expected ADDR=FINGERPRINT' listen --dial 127.0.0.1:1
refused '--dial: --pin: expected' listen --dial 127.0.0.1:1=ed25519:7
refused 'NAME is missing' schema "$addr" --pin "$pin"
refused 'one word too many' list "$addr" x --pin "$pin"

# Who drives a testee cannot name a program.
printf '%s\n' '{"seq":1,"op":"hello","contract":1,"level":"L1","rng_seed":"0000000000000001"}' \
    "{\"seq\":2,\"op\":\"register\",\"name\":\"a\",\"behaviour\":{\"exec\":[\"/bin/sh\",\"-c\",\"touch $TMP/ran\"]}}" \
    '{"seq":3,"op":"register","name":"a","behaviour":"exec"}' |
    "$alkref" testee >testee.log
sees testee.log '"fail":' 2
[ ! -e ran ] || fail 'a program ran'
passed
echo "$count in ref/test/dial_test.sh"
