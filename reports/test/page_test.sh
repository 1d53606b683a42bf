#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The page in a browser: its script runs without complaint, the tables have
# their rows, the filter filters, and a conversation becomes a picture. Without
# a Chromium on this machine it is skipped, and says so.
. reports/test/browser.sh || exit 1
callspec=$BUILD/san/callspec
null=$BUILD/null-testee
need_browser "the page was not opened"

# A page with passes, failures and much that does not apply.
"$callspec" run --testee "$null deny-all" --lvl L0,L1 --filter calls \
    --filter framing --filter codec.frame --filter encode \
    --out "$TMP/log.jsonl" --html "$TMP/page.html" >"$TMP/out" 2>&1
if [ ! -s "$TMP/page.html" ]; then
    cat "$TMP/out"
    exit 1
fi

rules=$("$callspec" list --rules | wc -l)
areas=$(grep -oE '"area":"[a-z-]+"' "$TMP/log.jsonl" | sort -u | wc -l)
open "page.html"
has "$rules" '<tr class="rule"'
has 0 '<tr class="rule"[^>]*hidden'
has "$rules" '<a [^>]*class="tile '
has 1 '<button[^>]*data-show="all"[^>]*aria-pressed="true"'
has "$areas" '<tbody class="area"'
has 0 '<svg class="talk"'

open "page.html#q=FR-1"
shown=$("$callspec" list --rules | grep -c '^FR-1')
has $((rules - shown)) '<tr class="rule"[^>]*hidden'

open "page.html#show=bad&q=no-such-word"
has "$rules" '<tr class="rule"[^>]*hidden'
has 1 '<p id="no-rules" class="quiet">'

open "page.html#case-codec.frame.basic.requested"
has 1 '<details [^>]*id="case-codec.frame.basic.requested"[^>]*open'
has 1 '<svg class="talk"'
has 1 '<text [^>]*>decode'
has 1 '<text [^>]*>call.requested '

# A log whose every text wants to break out; the name of the case as well.
evil='</script><img id=x onerror=alert(1)>\u202e\ud800\u0007\"&'
evil=${evil//\\ud800/\\u0001}
cat >"$TMP/evil.jsonl" <<END
{"event":"header","format":"callspec-log/1","seed":"1","started":"$evil","cmdline":"$evil","testee":{"name":"$evil","version":"$evil"}}
{"event":"plan","n":1,"floor":0}
{"event":"requirement","id":"EV-1$evil","sentence":"$evil","source":"$evil","status":"$evil","reason":"$evil"}
{"event":"case_start","instance":"$evil"}
{"event":"note","lane":"us","at_ns":5,"text":"{\"op\":\"call\",\"operation\":\"\u202e<img id=x>\",\"id\":7}"}
{"event":"note","lane":"them","at_ns":5,"text":"{\"ok\":true,\"out\":[7,null,{\"ev\":\"stream_data\",\"hex\":\"00000001ff0000000a7b\"},{\"ev\":{}},{\"ev\":\"handler_entered\",\"identity\":7},{\"ev\":\"handler_stopped\",\"operation\":\"<img id=x>\",\"id\":{}},{\"ev\":\"item\",\"id\":\"s\",\"output\":{\"i\":7}},{\"ev\":\"end\",\"id\":\"s\",\"how\":\"<img id=x>\"}]}"}
{"event":"note","lane":"us","at_ns":5,"text":"{\"op\":\"subscribe\",\"operation\":7,\"id\":{},\"items\":1}"}
{"event":"note","lane":"them","at_ns":5,"text":"{\"fail\":7,\"out\":{},\"frames\":7}"}
{"event":"note","lane":"us","at_ns":5,"text":"{\"op\":\"configure\",\"peers\":7}"}
{"event":"note","lane":"us","at_ns":5,"text":"{\"op\":\"decode\",\"segments\":{\"a\":7}}"}
{"event":"note","lane":"them","at_ns":5,"text":"[7]"}
{"event":"note","lane":"aside","at_ns":5,"text":"$evil"}
{"event":"case","instance":"evil@lvl=$evil","id":"evil","area":"$evil","claim":"$evil","level":"must","axes":{"lvl":"$evil","dial":"$evil","__proto__":"$evil"},"rules":[{"id":"EV-1$evil"}],"verdict":"FAIL","expected":"$evil","observed":"$evil","repro":"$evil","step":1,"seed":"1","virtual_ns":1,"wall_ns":1}
END
"$callspec" report "$TMP/evil.jsonl" --html "$TMP/page.html" || exit 1
open "page.html#case-evil"
has 0 '<img'
has 2 '<script'
has 1 '<svg class="talk"'
has 1 '<text [^>]*>call \[U\+202E\]&lt;img id=x&gt; 7<'
has 1 '<text [^>]*>subscribe 7 '
has 1 '<text [^>]*>handler &lt;img id=x&gt; stopped<'
has 1 '<text [^>]*>item of s<'
has 1 '<text [^>]*>output={"i":7}<'
has 1 '<text [^>]*>s ended: &lt;img id=x&gt;<'
has 1 '<text [^>]*>no envelope: '
has 1 '<text [^>]*>1 of 10 bytes'

echo "the page in a browser: $count things are as they should be"
