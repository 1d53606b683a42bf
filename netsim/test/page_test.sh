#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The page of a campaign in a browser: its script runs without complaint, every
# invariant has its row and every failure its card, a schedule becomes a
# picture, and nothing that a log says becomes markup. What can be seen without
# a browser is looked at without one.
. reports/test/browser.sh || exit 1
sim=$PWD/$BUILD/san/netsim/test/fake_alksim
cd "$TMP" || exit 1

# wants STATUS WORDS...: `alksim report WORDS` ends so; what it says is in said.
wants() {
    wanted=$1; shift
    timeout 60 "$sim" report "$@" >said 2>&1
    got=$?
    [ $got = "$wanted" ] || { cat said >&2; fail "report $*: exit $got"; }
}

"$sim" run --seeds 1..10 --jobs 2 --log a.jsonl >/dev/null 2>&1
"$sim" run --seeds 11..30 --jobs 2 --patience 1 --log b.jsonl >/dev/null 2>&1
"$sim" run --seeds 20..40 --jobs 2 --log good.jsonl >/dev/null 2>&1

# whatever is wrong with a log or a place is a sentence and no page
wants 64 --html page.html;            grep -q "expected the logs" said || fail "no logs"
wants 64 a.jsonl;                     grep -q -- "--html" said || fail "no page was asked for"
wants 3 a.jsonl nothing --html no;    grep -q "nothing: No such file" said || fail "a log is missing"
wants 3 a.jsonl a.jsonl --html no;    grep -q "both have seed 1" said || fail "one seed twice"
sed 's/"trace":\[/"trace":7,"x":[/' a.jsonl >c.jsonl
wants 3 c.jsonl --html no;            grep -q "a finding: " said || fail "a strange finding"
wants 5 a.jsonl --html /nowhere/page; [ ! -e no ] || fail "half a page"

# two shards are one page, in any order
wants 0 b.jsonl a.jsonl --html page.html
grep -q "30 seeds were lived, 4 failed" page.html || fail "not all seeds"
grep -q "<li>seed 7: order, item 2 before item 1 <code>alksim replay 7 --floor streams</code></li>" \
    page.html || fail "without a script nobody learns of seed 7"
grep -qE '(src|href)="?(http|//)' page.html && fail "it wants something from elsewhere"

need_browser "the campaign's page was made and not opened"

invariants=$(($("$sim" list | grep -c '^[a-z]') - 1))
rules=$("$sim" list | grep -oE '\b[A-Z]{2}-[0-9]+[a-z]?\b' | sort -u | wc -l)
open page.html
has "$invariants" '<tr id="inv-'
has "$rules" '<a class="tile '
has 2 '<tr id="inv-[a-z-]*" class="FAIL"'
has 4 '<details class="card FAIL"'
has 0 '<svg class="timeline" .*what happened before'
has 1 '<dt>crashes'

open page.html#seed-7
has 1 '<details [^>]*id="seed-7"[^>]*open'
has 1 '<svg class="timeline" .*what happened before'
has 1 '<text class="said done"'
has 1 '<text class="said broken"'
has 1 '<code class="command">alksim replay 7 --floor streams'
has 1 'datagram 5: lost'

# a world whose process died has the schedule that brings that about
open page.html#seed-13
has 1 '<p class="claim">The process that lived it died.'
has 1 '<text class="said done"'

wants 0 good.jsonl --html good.html
open good.html
has 0 '<details class="card'
has 1 '<section id="findings" hidden'
has 0 '<tr id="inv-[a-z-]*" class="FAIL"'

# a log whose texts want to break out
evil='<\/script><img id=x onerror=alert(1)>\\u202e\&"'
evil=${evil//\"/\\\\\"}
sed "s/item 2 before item 1/$evil/; s/fake step/$evil/g; s/\"commit\":\"[^\"]*\"/\"commit\":\"$evil\"/; s/alksim replay 7/$evil/" \
    a.jsonl >evil.jsonl
wants 0 evil.jsonl --html evil.html
open evil.html#seed-7
has 0 '<img'
has 2 '<script'
has 1 '<svg class="timeline" .*what happened before'
has 1 '<title>order: &lt;/script&gt;&lt;img'

echo "the campaign's page in a browser: $count things are as they should be"
