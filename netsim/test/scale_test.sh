#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Seeds are shards: with GNU parallel, and as a Slurm array and an Indexed Job
# start them, all shards are lived, joined they are one campaign, and what was
# interrupted goes on where it was. Lives are none (fake.h).
set -u
BUILD=${BUILD:-build}
TMP=${TMP:-$(mktemp -d)}
ALKSIM=$PWD/$BUILD/san/netsim/test/fake_alksim
export ALKSIM
fail() { cat "$TMP/said" >&2; echo "$1" >&2; exit 1; }
# ends STATUS WORDS...: the command ends so; what it says is in said.
ends() {
    wanted=$1; shift
    timeout 100 "$@" >"$TMP/said" 2>&1
    got=$?
    [ $got = "$wanted" ] || fail "$*: exit $got, not $wanted"
}
says() { grep -qF -- "$1" "$TMP/said" || fail "nobody said: $1"; }
seeds() { grep -o '"event":"seed".*"seed":"[0-9]*"' "$1" | grep -o '[0-9]*"$' | sort -n; }
shard=netsim/scale/shard.sh
join=netsim/scale/join.sh

# every way to say which shard it is; sizes that do not divide are no matter
ends 0 env SHARD=0 $shard 20 26 3 "$TMP/a"
ends 0 env JOB_COMPLETION_INDEX=1 $shard 20 26 3 "$TMP/a"
ends 0 env SLURM_ARRAY_TASK_ID=2 $shard 20 26 3 "$TMP/a"
ends 0 $join "$TMP/a"; says "7 seeds"
[ "$(seeds "$TMP/a/campaign.jsonl" | tr -dc '0-9\n' | tr '\n' ' ')" = "20 21 22 23 24 25 26 " ] ||
    fail "joined, the seeds are other ones"
grep -q "7 seeds were lived, 0 failed" "$TMP/a/campaign.html" || fail "no page"
for n in 0 1; do
    ends 0 env SLURM_ARRAY_TASK_ID=$n SLURM_ARRAY_TASK_COUNT=2 FIRST=20 LAST=23 \
        FOLDER="$TMP/b" netsim/scale/slurm.sh
done
ends 0 $join "$TMP/b"; says "4 seeds"

# a seed that fails is no failure of its shard, and one of the campaign
ends 0 env SHARD=0 $shard 1 10 2 "$TMP/c"
ends 0 env SHARD=1 $shard 1 10 2 "$TMP/c"; says "FAIL seed 7"
ends 1 $join "$TMP/c";                     says "order 1"
[ -s "$TMP/c/findings/7.json" ] || fail "the failure was not kept"

# a shard is lived once; what is missing or not whole is said
ends 0 env SHARD=1 $shard 1 10 2 "$TMP/c"; says "it was lived before"
rm "$TMP/c/shard-0.jsonl"
ends 0 env SHARD=2 $shard 1 30 3 "$TMP/d"
ends 0 env SHARD=0 $shard 1 30 3 "$TMP/d"
ends 3 $join "$TMP/d"; says "are missing between"
touch "$TMP/d/shard-1.jsonl.part"
ends 3 $join "$TMP/d"; says "a shard is not whole"
ends 5 env SHARD=0 ALKSIM=false $shard 1 2 1 /proc/nowhere

# nonsense is one clear sentence
ends 64 env SHARD=0 $shard 1 10 2;         says "expected FIRST LAST SHARDS FOLDER"
ends 64 $shard 1 10 2 "$TMP/e";            says "which shard"
ends 64 env SHARD=2 $shard 1 10 2 "$TMP/e"; says "they begin at 0"
ends 64 env SHARD=0 $shard 1 10 11 "$TMP/e"; says "expected 1 to 10 shards"
ends 64 env SHARD=0 $shard 9 1 1 "$TMP/e"; says "LAST is before FIRST"
ends 64 netsim/scale/parallel.sh 1 2;      says "parallel.sh: expected"

# the manifests are YAML, and what they start is there
python3 - <<'P' || fail "a manifest is not as it should be"
import os, re
for path in ("kubernetes.yaml", "kubernetes-join.yaml"):
    text = open("netsim/scale/" + path).read()
    for script in re.findall(r"command: \[(.*)\]", text):
        assert os.access("netsim/scale/" + script, os.X_OK), script
        assert script in open("netsim/scale/Dockerfile").read(), script
    shards = set(re.findall(r"completions: (\d+)|\"(\d+)\" +# shards", text))
    assert len({a or b for a, b in shards}) <= 1, shards
    try:
        import yaml
    except ImportError:
        continue
    assert all(doc["kind"] for doc in yaml.safe_load_all(text))
P

if ! parallel --version 2>/dev/null | grep -q '^GNU parallel'; then
    echo "seeds are shards; not tried with GNU parallel: skipped: it is not here"
    exit 0
fi
ends 0 netsim/scale/parallel.sh 20 69 5 "$TMP/p" --jobs 2; says "50 seeds"
[ "$(seeds "$TMP/p/campaign.jsonl" | wc -l)" = 50 ] || fail "not all seeds"
ends 0 netsim/scale/parallel.sh 20 69 5 "$TMP/p" --jobs 2; says "50 seeds"
ends 1 netsim/scale/parallel.sh 1 10 3 "$TMP/q";           says "order 1"
ALKSIM=/nowhere/alksim
timeout 60 netsim/scale/parallel.sh 1 10 2 "$TMP/r" >"$TMP/said" 2>&1 &&
    fail "without a program it is content"
says "not all shards were lived"
echo "seeds are shards: with GNU parallel, as an array and by index, joined they are one campaign"
