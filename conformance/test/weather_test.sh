#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# callspec run --net: L2 once in each weather, by names that say which, and
# again from the line or the file that a failure leaves.
. conformance/test/want.sh || exit 1
testee="$alkref testee"
one='calls.query.echo@dial=us,caller=us,lvl=L2,profile=remote-safe'
all=clean,delay,loss2,loss10-burst,reorder,dup,rebind,mtu,corrupt

want 0 "9 of 9 instances ran" run --testee "$testee" --filter "$one" --net $all --seed 7
grep -q '^relay: [0-9]* datagrams sent on, .* us each' "$TMP/out" || fail "no word of the relay"

# Without it nothing has a weather; with it only L2 has.
want 0 "$one" list --filter "$one"
grep -q net= "$TMP/out" && fail "a weather that nobody asked for"
want 0 "$one,net=dup" list --filter "${one%@*}@dial=us" --net dup,mtu
[ "$(grep -c net= "$TMP/out")" = 6 ] || fail "not two weathers each"
grep -q 'lvl=L1,profile=remote-safe$' "$TMP/out" || fail "L1 is not what it was"
want 0 "$one,net=mtu" list --filter '@net=mtu' --net dup,mtu
grep -q net=dup "$TMP/out" && fail "a weather that the filter does not mean"

want 64 "--net wants clean, delay" run --testee "$testee" --net sunny
want 3 "means nothing" list --filter "$one,net=dup"

# A failure comes back with its weather.
lie="sh -c '$testee | sed -u \"s/\\\"output\\\":[^}]*/\\\"output\\\":7/\"'"
theirs='calls.query.echo@dial=us,caller=them,lvl=L2,profile=remote-safe,net=dup'
want 1 "--net clean,dup" run --testee "$lie" --filter "$theirs" --net clean,dup --seed 7 \
    --bundle-dir "$TMP/kept"
want 0 "the same verdict" replay "$TMP/kept/$theirs.7.bundle" --testee "$lie"
want 1 "another verdict" replay "$TMP/kept/$theirs.7.bundle" --testee "$testee"
echo "$count runs, lists and replays in weather"
