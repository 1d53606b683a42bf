#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# callspec run --addr: nodes that are running already and know nothing of us.
# What a mutant looks like from outside is shown by `make mutants`.
. conformance/test/want.sh || exit 1
program=("$callspec" run --color never)
nobody=ed25519:$(printf 'aa%.0s' $(seq 32))

# listen ADDR: a node of the reference's own, at $addr with $pin
listen() {
    "$alkref" listen --addr "$1" >"$TMP/listen.out" &
    started+=($!)
    await fingerprint "$TMP/listen.out"
    addr=$(field address "$TMP/listen.out")
    pin=$(field fingerprint "$TMP/listen.out")
}

# node PEERS ACCESS: one whose operations have other names, and who lets in
# whom it likes; the testee is only a way to start such a node
node() {
    rm -f "$TMP/verbs" "$TMP/node.out"
    mkfifo "$TMP/verbs"
    "$alkref" testee <"$TMP/verbs" >"$TMP/node.out" 2>/dev/null &
    started+=($!)
    exec 9>"$TMP/verbs"
    local seq=1 verb
    echo '{"seq":1,"op":"hello","contract":1,"level":"L2","rng_seed":"0000000000000001"}' >&9
    await levels "$TMP/node.out"
    local own="\"remote_safe\":true$2"
    for verb in "\"configure\",\"peers\":[$1]" \
        "\"register\",\"name\":\"server/echo\",\"behaviour\":\"conf/echo\",$own" \
        "\"register\",\"name\":\"server/fail\",\"behaviour\":\"conf/fail\",$own" \
        "\"register\",\"name\":\"server/sink\",\"behaviour\":\"conf/sink\",$own" \
        "\"register\",\"name\":\"server/count\",\"behaviour\":\"conf/count\",$own" \
        '"listen"'; do
        seq=$((seq + 1))
        echo "{\"seq\":$seq,\"op\":$verb}" >&9
    done
    await addr "$TMP/node.out"
    addr=$(field addr "$TMP/node.out")
    pin=$(field fingerprint "$TMP/node.out")
}

maps=(--map conf/echo=server/echo --map conf/fail=server/fail
      --map conf/sink=server/sink --map conf/count=server/count)

# What can be asked of the reference is fine, and the end says how much it was.
listen 127.0.0.1:0
want 0 "the floor is 90 about 60" --addr "$addr" --pin "$pin" \
    --jobs 1 --out "$TMP/log" --junit "$TMP/xml" --html "$TMP/html"
grep -qF "nobody can make the node dial" "$TMP/out" &&
    grep -qF '<testsuite' "$TMP/xml" && grep -qF '<html' "$TMP/html" &&
    grep -qF '"exit":0' "$TMP/log" || fail "a report is not as it should be"
asked=$(grep -o '[0-9]* instances were asked about [0-9]* requirements' "$TMP/out")

# Two runs do not disturb each other, though nobody resets the node between.
want 0 "PASS envelope.refused" --addr "$addr" --pin "$pin" \
    --filter envelope.refused -v

# What is hidden can be asked about when somebody says that it is there.
hidden=default-deny.answers.hidden-schema
want 0 "the node has no conf/hidden" --addr "$addr" --pin "$pin" --filter $hidden
want 0 "2 pass" --addr "$addr" --pin "$pin" --filter $hidden \
    --map conf/hidden=conf/hidden

# Somebody else, nobody, and nothing that could be asked.
want 4 "is somebody else" --addr "$addr" --pin "$nobody"
want 4 "nobody answers at 127.0.0.1:1" --addr 127.0.0.1:1 --pin "$pin"
want 4 "name.invalid" --addr name.invalid:1 --pin "$pin"
want 3 "the node has no conf/echo" --addr "$addr" --pin "$pin" --map conf/echo=
want 3 "nothing is left" --addr "$addr" --pin "$pin" --lvl L1
want 0 "none unexpected" --addr "localhost:${addr##*:}" --pin "$pin" \
    --filter calls.query.echo
listen '[::1]:0'
want 0 "none unexpected" --addr "$addr" --pin "$pin" --filter calls.query.echo

# A failure's line, pasted, fails again: a node whose conf/echo is another.
listen 127.0.0.1:0
want 1 "FAIL calls.query.echo" --addr "$addr" --pin "$pin" \
    --map conf/echo=conf/identity --filter calls.query.echo
again=$(sed -n 's/^ *repro: *callspec //p' "$TMP/out" | head -n 1)
eval "$callspec $again" >"$TMP/again" 2>&1
if [ $? != 1 ] || ! grep -qF "FAIL calls.query.echo" "$TMP/again"; then
    echo "pasted: $again"
    cat "$TMP/again"
    exit 1
fi
count=$((count + 1))

# Operations of other names, and none of ours.
node "" ""
want 0 "conf/echo=server/echo" --addr "$addr" --pin "$pin" "${maps[@]}" --jobs 1
want 3 "the node has no conf/echo" --addr "$addr" --pin "$pin"
want 64 "no such operation" --addr "$addr" --pin "$pin" --map conf/echo=server/ehco

# A node that serves only whom it knows, by a token or by a key.
echo "token-of-ours" >"$TMP/token"
hash=$(printf 'token-of-ours' | sha256sum | cut -d ' ' -f 1)
key_line=$("$alkref" keygen "$TMP/key")
print=$(echo "$key_line" | grep -o 'ed25519:[0-9a-f]*' | head -n 1)
node "{\"peer_id\":\"us\",\"fingerprints\":[\"$print\"],\"auth_token_hash\":\"sha256:$hash\",\"scopes\":[\"in\"],\"resources\":{},\"enabled\":true}" \
    ",\"access\":{\"required_scopes\":[\"in\"]}"
want 3 "forbidden to us: conf/echo" --addr "$addr" --pin "$pin" "${maps[@]}" \
    --filter calls
want 0 "none unexpected" --addr "$addr" --pin "$pin" "${maps[@]}" \
    --filter calls --filter envelope.refused --token-file "$TMP/token"
want 0 "none unexpected" --addr "$addr" --pin "$pin" "${maps[@]}" \
    --filter calls --filter envelope.refused --key "$TMP/key"

# Words that are not understood.
want 64 "HOST:PORT" --addr "nowhere" --pin "$pin"
want 64 "HOST:PORT" --addr "::1:5" --pin "$pin"
want 64 "wants --pin" --addr "$addr"
want 64 "64 lower-case hex" --addr "$addr" --pin ed25519:12
want 64 "or --addr HOST:PORT" --pin "$pin"
want 64 "one of them" --testee x --addr "$addr" --pin "$pin"
want 64 "OURS=THEIRS" --addr "$addr" --pin "$pin" --map conf/echo
want 64 "none of the conf/ operations" --addr "$addr" --pin "$pin" \
    --map services/list=x
want 64 "cannot be read" --addr "$addr" --pin "$pin" --key "$TMP/missing"
want 64 "ed25519_seed" --addr "$addr" --pin "$pin" --key "$TMP/token"
want 64 "one line with the token" --addr "$addr" --pin "$pin" \
    --token-file /dev/null

echo "$count runs against nodes that were there before; of the reference $asked"
