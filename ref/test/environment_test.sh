#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# [NE-2, NE-4, CC-7] An environment full of secrets that are none of ours: they
# show up in no frame, answer, log or file, change nothing, and are not missed
# when they are gone. Every value is a decoy that occurs nowhere else.
set -eu
alkref=$BUILD/san/alkref
callspec=$BUILD/san/callspec

names="OPENAI_API_KEY GOOGLE_API_KEY ANTHROPIC_API_KEY AWS_SECRET_ACCESS_KEY
 GITHUB_TOKEN ALKNET_TOKEN ALKNET_KEY ALKNET_PIN ALKNET_PEERS AUTH_TOKEN
 API_KEY PASSWORD SECRET"
decoys=(SSLKEYLOGFILE="$TMP/keylog")
for name in $names; do decoys+=("$name=decoy-of-$name-5a1e"); done

# Nothing in ref/ can even ask.
if grep -rnE '\b(secure_)?getenv *\(|\benviron\b *[;[]' ref --include='*.[ch]'; then
    echo "somebody in ref/ reads the environment"
    exit 1
fi

# The judge with the testee behind a tap: every line it says is kept, and at L1
# that is every byte of every frame.
printf '#!/bin/sh\n"$0.alkref" testee 2>>"$0.err" | tee -a "$0.said"\n' >"$TMP/tap"
chmod +x "$TMP/tap"
ln -s "$(realpath "$alkref")" "$TMP/tap.alkref"
judge() {
    "$@" "$callspec" run --testee "$TMP/tap" --lvl L0,L1 --jobs 1 \
        --filter calls --filter identity --filter symmetric \
        --filter errors --out "$TMP/log" --html "$TMP/html" \
        --junit "$TMP/junit" >"$TMP/out" 2>&1 || { tail -n 40 "$TMP/out"; exit 1; }
    tail -n 1 "$TMP/out" | sed 's/.*trace //'
}
with=$(judge env "${decoys[@]}")
without=$(judge env -i PATH="$PATH")
if [ "$with" != "$without" ]; then
    echo "the conversation differs when the environment is empty"
    exit 1
fi

# A node and a caller over real QUIC, by hand.
"$alkref" keygen "$TMP/client.key" >"$TMP/key"
mkfifo "$TMP/first"
env "${decoys[@]}" "$alkref" listen >"$TMP/first" 2>"$TMP/listen.err" &
listener=$!
trap 'kill $listener 2>/dev/null || :' EXIT
read -r line <"$TMP/first"
field() { printf '%s\n' "$line" | sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/"; }
for operation in conf/echo conf/identity services/list no/such; do
    env "${decoys[@]}" "$alkref" call "$(field address)" $operation '{"n":1}' \
        --pin "$(field fingerprint)" --key "$TMP/client.key" \
        >>"$TMP/answers" 2>&1 || :
done
grep -q NOT_FOUND "$TMP/answers"
kill -TERM $listener
wait $listener
trap - EXIT

# Found in no form: neither as text, nor as the hex that frames are told in.
# PASSWORD=decoy-… begins like all the others.
hex=$(printf 'decoy-of-' | od -An -tx1 | tr -d ' \n')
if [ -e "$TMP/keylog" ] || grep -rlE "decoy-of-|$hex" "$TMP" >"$TMP.found"; then
    echo "a decoy was found in: $(cat "$TMP.found" 2>/dev/null)"
    exit 1
fi
rm -f "$TMP.found"
[ -s "$TMP/tap.said" ]
echo "$(echo $names | wc -w) decoys were read by nobody, in $(wc -l <"$TMP/tap.said") lines of frames (ref/test/environment_test.sh)"
