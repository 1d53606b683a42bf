#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# alkref as a person uses it: keys, a listener, calls over real QUIC, and every
# kind of mistake, each with one sentence and the right exit status.
set -eu
alkref=$BUILD/san/alkref
count=0
listener=

stop_listener() { [ -z "$listener" ] || kill "$listener" 2>/dev/null || :; }
trap stop_listener EXIT

# has PART FILE: nothing wanted is nothing there.
has() { if [ -n "$1" ]; then grep -qF -- "$1" "$2"; else [ ! -s "$2" ]; fi; }

# is STATUS OUT-PART ERR-PART COMMAND...
is() {
    status=$1 out=$2 err=$3
    shift 3
    got=0
    "$@" >"$TMP/out" 2>"$TMP/err" || got=$?
    if [ "$got" != "$status" ] || ! has "$out" "$TMP/out" ||
        ! has "$err" "$TMP/err"; then
        echo "expected $status, out '$out', err '$err'; got $got from: $*"
        cat "$TMP/out" "$TMP/err"
        exit 1
    fi
    count=$((count + 1))
}

field() { sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/" "$2"; }

is 0 '  alkref call ADDR OP' '' "$alkref" call --help
is 2 '' 'standard output cannot be written' sh -c '"$1" call --help >/dev/full' sh "$alkref"
is 0 '  alkref keygen FILE' '' "$alkref" --help
is 0 '{"fingerprint":"ed25519:' '' "$alkref" keygen "$TMP/client.key"
client=$(field fingerprint "$TMP/out")
is 64 '' 'File exists' "$alkref" keygen "$TMP/client.key"
[ "$(stat -c %a "$TMP/client.key")" = 600 ]

hash=$(printf 'a-token' | sha256sum | cut -d' ' -f1)
printf 'a-token\n' >"$TMP/token"
printf 'another\n' >"$TMP/other-token"
cat >"$TMP/peers.json" <<P
{"peers":[
 {"peer_id":"alice","fingerprints":["$client"],"scopes":["conf:guarded"]},
 {"peer_id":"bob","auth_token_hash":"sha256:$hash","scopes":["conf:guarded"]}]}
P

mkfifo "$TMP/first"
SSLKEYLOGFILE=$TMP/keylog "$alkref" listen --peers "$TMP/peers.json" >"$TMP/first" 2>"$TMP/listen.err" &
listener=$!
read -r line <"$TMP/first"
printf '%s\n' "$line" >"$TMP/line"
addr=$(field address "$TMP/line")
pin=$(field fingerprint "$TMP/line")

# [CC-6] a pin always; a key and a token where there are any
call() { "$alkref" call "$addr" "$@" --pin "$pin"; }
is 0 '{"n":1}' '' call conf/echo '{"n":1}'
is 0 'null' '' call /conf/echo
is 1 '' '"code":"NOT_FOUND"' call no/such
is 1 '' '"code":"NOT_FOUND"' call conf/hidden
is 1 '' '"code":"FORBIDDEN"' call conf/guarded 1
is 0 '1' '' call conf/guarded 1 --key "$TMP/client.key"
is 0 '1' '' call conf/guarded 1 --token-file "$TMP/token"
is 1 '' '"code":"FORBIDDEN"' call conf/guarded 1 --token-file "$TMP/other-token"
is 0 '"id":"alice"' '' call conf/identity --key "$TMP/client.key"
is 0 '"name":"conf/echo"' '' call services/list
is 0 '{"operations":[{"name":"conf/callback","namespace":"conf","op_type":"query"},' \
    '' "$alkref" list "$addr" --pin "$pin" --json
is 1 '' '"code":"TIMEOUT"' call conf/hold '{"tag":"t"}' --timeout 200
is 1 '' '"message":"m","retryable":true,"details":{"a":1}' call conf/fail \
    '{"code":"OWN","message":"m","retryable":true,"details":{"a":1}}'
# [CC-4] three kinds of trouble; the third is at the end
is 2 '' '"kind":"tls_setup"' "$alkref" call "$addr" conf/echo --pin "$client"
is 2 '' '"kind":"transport"' "$alkref" call 127.0.0.1:9 conf/echo \
    --pin "$pin" --timeout 200

is 64 '' 'JSON:' call conf/echo '{"n":'
is 64 '' '--pin is missing' "$alkref" call "$addr" conf/echo
is 64 '' '--pin: expected' "$alkref" call "$addr" conf/echo --pin x
is 64 '' '--nip: no such option' call conf/echo --nip x
is 64 '' '--timeout: expected milliseconds' call conf/echo --timeout 0
is 64 '' 'one word too many' call conf/echo 1 2
is 64 '' 'ADDR:' "$alkref" call nowhere conf/echo --pin "$pin"
is 64 '' 'frobnicate: no such command' "$alkref" frobnicate
printf '{"peers":[{"peer_id":"a","scopes":"x"}]}' >"$TMP/bad.json"
is 64 '' 'bad.json: peer 0: scopes: expected a list of strings' \
    "$alkref" listen --peers "$TMP/bad.json"
printf '{"ed25519_seed":"00"}' >"$TMP/bad.key"
is 64 '' 'bad.key: ed25519_seed: expected 64' "$alkref" listen \
    --key "$TMP/bad.key"
is 64 '' 'none.key: cannot be read' "$alkref" listen --key "$TMP/none.key"
printf '[REDACTED]\n' >"$TMP/redacted"
printed='expected a secret, not what is printed instead of one'
is 64 '' "$printed" call conf/echo --token-file "$TMP/redacted"
is 64 '' "--key: $TMP/redacted: $printed" "$alkref" listen --key "$TMP/redacted"
printf '{"operations":[{"name":"a","capabilities":{"k":"%s"},"behaviour":{"exec":["/bin/sh"]}}]}' \
    "$TMP/redacted" >"$TMP/bad.json"
is 64 '' "capabilities: k: $TMP/redacted: $printed" "$alkref" listen --ops "$TMP/bad.json"
printf '{"peers":[{"peer_id":"a","auth_token_hash":"[REDACTED]"}]}' >"$TMP/bad.json"
is 64 '' "peer 0: auth_token_hash: $printed" "$alkref" listen --peers "$TMP/bad.json"
printf '{"peers":[],"api_keys":[{"prefix":"alk_","hash":"[REDACTED]","scopes":[]}]}' \
    >"$TMP/bad.json"
is 64 '' "api_keys: key 0: hash: $printed" "$alkref" listen --peers "$TMP/bad.json"
printf '{"ed25519_seed": topsecret}' >"$TMP/bad.key"
is 64 '' 'bad.key: line 1: not JSON' "$alkref" listen --key "$TMP/bad.key"
[ "$(cat "$TMP/out" "$TMP/err" | grep -c topsecret)" = 0 ]
is 64 '' '--addr: nonsense: not of the form host:port' "$alkref" listen --addr nonsense

# [NE-2, NE-4] nothing is taken from the environment, and no secret is put
# where it says: the TLS library would by itself.
is 0 '"id":"alice"' '' env SSLKEYLOGFILE="$TMP/keylog" ALKNET_TOKEN=decoy \
    ALKNET_KEY="$TMP/other.key" "$alkref" call "$addr" conf/identity \
    --pin "$pin" --key "$TMP/client.key"
is 0 '1' '' env -i "$alkref" call "$addr" conf/guarded 1 --pin "$pin" \
    --token-file "$TMP/token"
[ ! -e "$TMP/keylog" ]
[ "$(cat "$TMP/out" "$TMP/err" | grep -c decoy)" = 0 ]

# Certificates: one listener shows the raw key to one and the certificate to
# the other, and knows a client by its certificate.
stop_listener
wait "$listener"
is 0 '"certificate":"SHA256:' '' "$alkref" keygen "$TMP/server.key" --x509 "$TMP/server.pem"
server=$(field fingerprint "$TMP/out")
leaf=$(field certificate "$TMP/out")
is 64 '' 'File exists' "$alkref" keygen "$TMP/new.key" --x509 "$TMP/server.pem"
is 0 '"certificate":"SHA256:' '' "$alkref" keygen "$TMP/carol.key" --x509 "$TMP/carol.pem"
carol=$(field certificate "$TMP/out")
printf '{"peers":[{"peer_id":"carol","fingerprints":["%s"]}]}' "$carol" >"$TMP/peers.json"
"$alkref" listen --peers "$TMP/peers.json" --key "$TMP/server.key" \
    --cert "$TMP/server.pem" >"$TMP/first" 2>"$TMP/listen.err" &
listener=$!
read -r line <"$TMP/first"
printf '%s\n' "$line" >"$TMP/line"
addr=$(field address "$TMP/line")
[ "$(field certificate "$TMP/line")" = "$leaf" ]
pin=$leaf
trusting() { "$alkref" call "$addr" conf/echo 1 --server-name "$1" --ca "$2"; }
is 0 '1' '' call conf/echo 1
is 0 '1' '' "$alkref" call "$addr" conf/echo 1 --pin "$server"
is 2 '' '"kind":"tls_setup"' "$alkref" call "$addr" conf/echo --pin "$carol"
is 0 '"id":"carol"' '' call conf/identity --key "$TMP/carol.key" --cert "$TMP/carol.pem"
is 0 '1' '' trusting alknet "$TMP/server.pem"
is 2 '' '"kind":"tls_setup"' trusting other "$TMP/server.pem"
is 2 '' '"kind":"tls_setup"' trusting alknet "$TMP/carol.pem"
is 64 '' 'none.pem: cannot be read' trusting alknet "$TMP/none.pem"
is 64 '' '--ca: expected certificates' trusting alknet "$TMP/server.key"
is 64 '' '--server-name: expected' trusting '' "$TMP/server.pem"
is 64 '' '--pin: expected without' call conf/echo --server-name alknet
is 64 '' '--cert: expected --key' call conf/echo --cert "$TMP/carol.pem"
is 64 '' 'the certificate: ' call conf/echo --key "$TMP/client.key" \
    --cert "$TMP/carol.pem"
is 64 '' 'the certificate: ' call conf/echo --key "$TMP/client.key" \
    --cert "$TMP/token"
is 64 '' 'the certificate: ' call conf/echo --key "$TMP/token" \
    --cert "$TMP/carol.pem"

# Verbs may be pipelined behind hello, also when it chooses real sockets.
printf '%s\n' '{"seq":1,"op":"hello","contract":1,"level":"L2","rng_seed":"0000000000000001"}' \
    '{"seq":2,"op":"listen"}' '{"seq":3,"op":"quit"}' >"$TMP/piped"
is 0 '"seq":3}' '' sh -c 'cat "$1" | "$2" testee' sh "$TMP/piped" "$alkref"
grep -q '"addr":"127.0.0.1:.*"seq":2}' "$TMP/out"

# [CC-4] the node goes while somebody waits
call conf/hold '{"tag":"t"}' >"$TMP/held" 2>"$TMP/held.err" &
held=$!
is 0 '1' '' call conf/echo 1
kill -TERM "$listener"
got=0
wait "$held" || got=$?
[ "$got" = 2 ]
grep -q '"kind":"connection_closed"' "$TMP/held.err"
count=$((count + 1))
wait "$listener"
listener=
[ ! -s "$TMP/listen.err" ]
echo "$count in ref/test/alkref_test.sh"
