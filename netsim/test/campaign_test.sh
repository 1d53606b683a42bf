# SPDX-License-Identifier: MIT
# alksim with lives that are none (fake.h): every way to end is noticed, told,
# kept and shortened, logs are joined or refused, and exit statuses are right.
set -u
sim=$PWD/$BUILD/san/netsim/test/fake_alksim
schema=$PWD/reports/alksim_log.schema.json
cd "$TMP" || exit 1
fail() { echo "$1" >&2; exit 1; }
# ends STATUS WORDS...: the program ends so; what it says is in said.
ends() {
    wanted=$1; shift
    timeout 100 "$sim" "$@" >said 2>&1
    got=$?
    [ $got = "$wanted" ] || { cat said >&2; fail "alksim $*: exit $got, not $wanted"; }
}
says() { grep -qF -- "$1" said || { cat said >&2; fail "nobody said: $1"; }; }

# a campaign with one failure of each kind goes on to its end
ends 1 run --seeds 1..30 --jobs 3 --patience 1 --out kept --log all.jsonl
says "FAIL seed 7 (streams): order"
says "rules:    SM-9 SU-2 SU-7 PM-10 FW-10"
says "shrunk:   20 steps to 1, 40 decisions to 1"
says "FAIL seed 13 (streams): died"
says "shrunk:   20 steps to 1, 0 decisions to 0"
says "observed: Aborted: the fake asserts"
says "FAIL seed 17 (streams): hung"
says "FAIL seed 19 (quic): live"
says "replay:   alksim replay kept/7.json"
says "failed     order 1, live 1, died 1, hung 1"
says "30 seeds"
says "cuts 0 (!)"
says "exit 1"

# what was kept fails again, in the same way; a seed that is good does not
ends 1 replay kept/7.json;  says "in the same way, with the same trace"
ends 1 replay kept/13.json; says "in the same way"
ends 1 replay kept/17.json --patience 1; says "in the same way"
ends 0 replay 8;            says "it does not fail, hash"
ends 1 replay 13;           says "died"
ends 1 replay 7 --trace;    says "fake step 20 of 20"
ends 1 seeds kept --patience 1; says "4 kept"
mkdir none;  ends 3 seeds none; says "no finding is kept there"
sed 's/"seed":"7"/"seed":"8"/g' kept/7.json >8.json
ends 0 replay 8.json;       says "it does not fail any more"
sed 's/"hash":"0/"hash":"1/' kept/7.json >h.json
ends 1 replay h.json;       says "with another trace"
sed 's/"broken":"order"/"broken":"live"/' kept/7.json >o.json
ends 1 replay o.json;       says "in another way"

# shrinking by hand: a seed, a file, and what does not fail
ends 0 shrink 107 --out s.json --lives 3; says "there was no time for more"
ends 0 shrink s.json --out t.json;        says "to 1, 40 decisions to 1"
ends 1 replay t.json
ends 3 shrink 8;          says "seed 8 does not fail"
ends 3 shrink 8.json;     says "but not when it was lived again"
ends 0 shrink kept/13.json; says "20 steps to 1"
sed 's/"script":{.*},"seed"/"script":null,"seed"/' kept/13.json >n.json
ends 3 shrink n.json;     says "everything follows from its seed"

# the first failure ends it; the canary has to be noticed
ends 1 run --seeds 1..1000 --jobs 2 --stop-on-first
says "FAIL seed 7"
! grep -q "FAIL seed 19" said || fail "it went on behind the first failure"
ends 1 run --seeds 1..3 --canary --out c; says "failed     canary 3"
ends 1 replay c/2.json;   says "it sings"
ends 0 shrink 2 --canary; says "20 steps to 0"

# a check that never ran proves nothing: the fake looks at all of them, unless
# it is told to look away
ends 0 run --seeds 20..99
FAKE_LOOKS_AWAY=1 ends 3 run --seeds 1000020..1001106 --floor streams --jobs 2 --patience 1
says "nobody ever looked: A peer that lies harms nobody else."

# shards: joined they are the whole; overlapping, missing, cut or strange ones
# are refused
ends 1 run --seeds 1..10 --log a.jsonl
ends 1 run --seeds 11..30 --log b.jsonl --patience 1
ends 1 merge b.jsonl a.jsonl --log ab.jsonl; says "30 seeds"
says "failed     order 1, live 1, died 1, hung 1"
ends 1 merge ab.jsonl
sort all.jsonl | grep '"event":"seed"' >x; sort ab.jsonl | grep '"event":"seed"' >y
cmp -s x y || fail "joined, the seeds are other ones"
ends 3 merge a.jsonl a.jsonl; says "both have seed 1"
ends 0 run --seeds 32..33 --log d.jsonl
ends 3 merge a.jsonl b.jsonl d.jsonl; says "seeds 31 to 31 are missing between"
sed 's/"commit":"[^"]*"/"commit":"else"/' b.jsonl >e.jsonl
ends 3 merge a.jsonl e.jsonl; says "is of commit"
head -n 5 a.jsonl >f.jsonl; ends 3 merge f.jsonl; says "it was cut short"
sed 3d a.jsonl >g.jsonl;  ends 3 merge g.jsonl; says "does not agree with its lines"
sed 's/"seed":"2"/"seed":"3"/' a.jsonl >g.jsonl; ends 3 merge g.jsonl; says "stands there twice"
sed 's/"seed":"2"/"seed":"99"/' a.jsonl >g.jsonl; ends 3 merge g.jsonl; says "seed: it was not planned"
echo '{}' >g.jsonl;       ends 3 merge g.jsonl; says "line 1: it does not begin with a plan"

# SIGINT ends it with a summary and a whole log
: >i.jsonl
"$sim" run --seeds 20..1000000000 --jobs 2 --lives 1 --log i.jsonl >said 2>&1 &
for _ in $(seq 600); do
    [ "$(wc -l <i.jsonl)" -ge 20 ] && break
    sleep 0.1
done
kill -INT $!; wait $!
[ $? = 130 ] || { cat said >&2; fail "interrupted, it does not exit 130"; }
says "it was interrupted, exit 130"
tail -n 1 i.jsonl | grep -q '"ending":"interrupted"' || fail "its log has no end"
ends 130 merge i.jsonl

# so does SIGTERM, which all its processes get and it gets twice
timeout 3 "$sim" run --seeds 20..1000000000 --floor quic --patience 100 >said 2>&1
says "it was interrupted, exit 130"
! grep -q "Terminated" said || fail "an end that was asked for was taken for a death"

# nonsense is one clear sentence
ends 64;                   says "what shall it do?"
ends 64 fly;               says "fly: no such command"
ends 64 run --seeds 5..1;  says "--seeds: expected at least one seed"
ends 64 run --seeds 1..x;  says "--seeds: expected A..B"
ends 64 run --jobs 0;      says "--jobs: expected a number from 1 to 1024"
ends 64 run --floor sky;   says "--floor: expected streams"
ends 64 replay kept/7.json --floor quic; says "says itself what it is"
ends 64 merge;             says "expected the logs of runs"
ends 3 replay nothing;     says "nothing: cannot be read"
ends 3 replay all.jsonl;   says "not JSON"
ends 5 run --seeds 20..21 --log /nowhere/x; says "/nowhere/x: No such file"
ends 0 list;               says "What was refused never ran."
ends 0 --help;             says "130 interrupted"
ends 0 --version;          says "alksim, commit "

# each line of a log is as its schema says
python3 - "$schema" all.jsonl i.jsonl ab.jsonl <<'P' || exit 1
import json, re, sys
schema = json.load(open(sys.argv[1]))
def check(v, s, where):
    if "$ref" in s:
        s = schema["$defs"][s["$ref"].rsplit("/", 1)[1]]
    for key, want in s.items():
        kinds = {"object": dict, "string": str, "integer": int, "array": list,
                 "boolean": bool, "null": type(None)}
        if key == "type":
            want = want if isinstance(want, list) else [want]
            ok = type(v) in [kinds[w] for w in want]
        elif key == "required":
            ok = v is None or all(name in v for name in want)
        elif key == "properties":
            ok = True
            for name in v or {}:
                if name in want:
                    check(v[name], want[name], where + "." + name)
        elif key == "additionalProperties":
            ok = True
            for name in set(v or {}) - set(s.get("properties", {})):
                if want is False:
                    sys.exit(f"{where}: {name} is not in the schema")
                check(v[name], want, where + "." + name)
        elif key == "items":
            ok = True
            for one in v:
                check(one, want, where)
        elif key == "const":
            ok = v == want
        elif key == "enum":
            ok = v in want
        elif key == "pattern":
            ok = re.search(want, v)
        elif key == "minimum":
            ok = v >= want
        else:
            sys.exit(f"the schema says {key}, which this test does not know")
        if not ok:
            sys.exit(f"{where}: {v} is not {key} {want}")
count = 0
for path in sys.argv[2:]:
    for line in open(path):
        v = json.loads(line)
        if v["event"] not in schema["$defs"]:
            sys.exit(f"{path}: the schema knows no {v['event']}")
        check(v, schema["$defs"][v["event"]], v["event"])
        count += 1
assert count > 60
P
echo "alksim tells every way in which a life can end, and no log from another"
