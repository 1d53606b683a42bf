#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A failure is kept in a file and comes back from it: the same from the same
# testee, another verdict from a better one, another trace from a moody one. A
# damaged file is refused in one sentence, and no secret is in a sound one.
. conformance/test/want.sh || exit 1
one='envelope.value.null@dial=us,caller=us,lvl=L1,profile=remote-safe'
vector='codec.frame.basic.requested@lvl=L0'

dir=$TMP/kept
kept="$dir/$one.1.bundle"
want 1 "bundle:   $kept" run --testee "$null hoarder" --filter "$one" --bundle-dir "$dir" \
    --out "$TMP/log.jsonl"
[ "$(ls "$dir" | wc -l)" = 1 ] || fail "one failure, but: $(ls "$dir")"
grep -q '"bundle":' "$TMP/log.jsonl" || fail "the log does not name the bundle"

# The same lines go out every time, whatever came of it.
want 0 "the same verdict, the same trace" replay "$kept" --testee "$null hoarder"
want 1 "another verdict" replay "$kept" --testee "$null yes-man"
want 1 "another verdict" replay "$kept" --testee "$alkref testee"
want 0 "it was not run" replay "$kept"
grep -q '  recorded: FAIL step=' "$TMP/out" || fail "nothing recorded"
want 4 "No such file" replay "$kept" --testee "$TMP/no-such-program"
want 64 "a quote is left open" replay "$kept" --testee "'"
want 64 "wants one BUNDLE" replay --testee x

# A testee that dies or hangs leaves the line that it did not answer.
for mode in crash hang; do
    rm -rf "$dir"
    want 1 "bundle:" run --testee "$null $mode" --filter $vector --bundle-dir "$dir" \
        --verb-timeout 200
    grep -q '\\"op\\":\\"decode\\"' "$dir/$vector.1.bundle" || fail "$mode: no decode in the script"
    want 0 "the same verdict, the same trace" replay "$dir/$vector.1.bundle" \
        --testee "$null $mode" --verb-timeout 200
done

# Never twice the same: the run says NONDET, the bundle keeps the first time.
rm -rf "$dir"
want 6 "the first time, time 2: another conversation" run --testee "$null moody" \
    --filter $vector --bundle-dir "$dir" --repeat 3
want 6 "another trace" replay "$dir/$vector.1.bundle" --testee "$null moody"
want 0 "nothing unexpected" run --testee "$null yes-man" --filter $vector --repeat 5
want 0 "nothing unexpected" run --testee "$alkref testee" --filter "$one" --repeat 3
want 64 "a number from 1" run --testee x --repeat 0

# Real network: the verdict alone is compared.
lie="sh -c '$alkref testee | sed -u \"s/\\\"output\\\":[^}]*/\\\"output\\\":7/\"'"
real='envelope.value.null@dial=us,caller=them,lvl=L2,profile=remote-safe'
rm -rf "$dir"
want 1 "bundle:" run --testee "$lie" --filter "$real" --bundle-dir "$dir"
want 0 "no trace to compare" replay "$dir/$real.1.bundle" --testee "$lie"

# Secrets: what the testee is told in confidence is in no bundle and no log.
rm -rf "$dir"
want 1 "bundle:" run --testee "$null leaky" --filter "$one" --bundle-dir "$dir" \
    --out "$TMP/log.jsonl"
grep -q '<secret capability>' "$dir/$one.1.bundle" || fail "no capability was told"
if grep -lE 'secret-capability-|"seed\\":\\"[0-9a-f]' "$dir/$one.1.bundle" "$TMP/log.jsonl"; then
    fail "a secret was kept"
fi

# Damage.
sound="$dir/$one.1.bundle"
damaged=$TMP/damaged.bundle
head -c 1000 "$sound" >"$damaged"
want 3 "it is no JSON" replay "$damaged"
sed 's/callspec-bundle.1/callspec-bundle\/9/' "$sound" >"$damaged"
want 3 '`format`' replay "$damaged"
sed 's/"instance":/"instants":/' "$sound" >"$damaged"
want 3 'lacks the text `instance`' replay "$damaged"
sed 's/"script":\[/"script":[7,/' "$sound" >"$damaged"
want 3 '`script`' replay "$damaged"
sed 's/"seed":"1"/"seed":"one"/' "$sound" >"$damaged"
want 3 '`seed`' replay "$damaged"
sed 's/step=/step=1/' "$sound" >"$damaged"
want 3 "was changed" replay "$damaged"
echo '{}' >"$damaged"
want 3 '`format`' replay "$damaged"
want 3 "cannot be read" replay "$TMP"
want 3 "cannot be read" replay "$TMP/missing.bundle"
want 5 "callspec:" run --testee "$null deny-all" --filter $vector --bundle-dir /dev/null
want 5 "callspec:" run --testee "$null deny-all" --filter $vector --bundle-dir "$TMP/no/such"

echo "$count checks of bundles: kept, replayed, compared, refused"
