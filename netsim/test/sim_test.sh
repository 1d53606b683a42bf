# SPDX-License-Identifier: MIT
# alksim as it is, with all its invariants: the canary is noticed, replayed and
# shortened, also through callspec; a seed is the same life every time; and no
# seed that failed once fails again.
set -u
repo=$PWD
bin=$PWD/$BUILD/san
cd "$TMP" || exit 1
fail() { echo "$1" >&2; exit 1; }
ends() {
    wanted=$1; shift
    timeout 300 "$@" >said 2>&1
    got=$?
    [ $got = "$wanted" ] || { cat said >&2; fail "$*: exit $got, not $wanted"; }
}
says() { grep -qF -- "$1" said || { cat said >&2; fail "nobody said: $1"; }; }
hash_of() { sed -n 's/.* hash \([0-9a-f]*\).*/\1/p' said; }

# the alarm works
ends 1 "$bin/alksim" run --seeds 1..4 --canary --lives 50 --out found
says "failed     canary 4"
ends 1 "$bin/alksim" replay found/1.json; says "with the same trace"
ends 1 "$bin/callspec" replay found/1.json; says "with the same trace"
ends 64 "$bin/callspec" replay found/1.json --testee true; says "mean nothing there"
ends 0 "$bin/alksim" shrink 2 --canary --out small.json; says "steps to 0"
ends 1 "$bin/alksim" replay small.json
cp "$bin/callspec" alone
PATH=/nowhere /usr/bin/timeout 9 ./alone replay small.json >said 2>&1
[ $? = 4 ] || fail "without alksim, callspec does not exit 4"
says "is a world of alksim's"

# one seed is one life; another is another
ends 0 "$bin/alksim" replay 5; first=$(hash_of)
ends 0 "$bin/alksim" replay 5; [ "$(hash_of)" = "$first" ] || fail "seed 5 differs"
ends 0 "$bin/alksim" replay 6; [ "$(hash_of)" != "$first" ] || fail "5 is as 6"

# what failed once
kept=0
if ls "$repo"/netsim/seeds/*.json >/dev/null 2>&1; then
    ends 0 "$bin/alksim" seeds "$repo/netsim/seeds"
    kept=$(ls "$repo"/netsim/seeds/*.json | wc -l)
fi
echo "alksim notices its canary, and $kept seeds that failed once do not"
