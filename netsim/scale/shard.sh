#!/bin/sh
# SPDX-License-Identifier: MIT
# shard.sh FIRST LAST SHARDS FOLDER: lives one part of the seeds FIRST to LAST,
# of which there are SHARDS. Which one it is, from 0, whoever starts it says in
# the environment: SHARD, or JOB_COMPLETION_INDEX (Kubernetes), or
# SLURM_ARRAY_TASK_ID.
#
# The log is FOLDER/shard-N.jsonl, failures are kept in FOLDER/findings. A log
# gets its name when it is whole; a shard that has one is not lived again, so
# whatever was interrupted can be started once more as it was.
#
# Exit status: 0 when the log is whole, whatever it says: who joins the logs
# says what the campaign comes to. Anything else: try again.
set -u
ALKSIM=${ALKSIM:-alksim}
JOBS=${JOBS:-1}
usage() { echo "shard.sh: $1" >&2; exit 64; }

[ $# = 4 ] || usage "expected FIRST LAST SHARDS FOLDER"
first=$1 last=$2 shards=$3 folder=$4
n=${SHARD:-${JOB_COMPLETION_INDEX:-${SLURM_ARRAY_TASK_ID:-}}}
for number in "$first" "$last" "$shards" "$n"; do
    case $number in
    '' | *[!0-9]*) usage "expected numbers, and which shard in SHARD" ;;
    esac
done
count=$((last - first + 1))
[ "$count" -ge 1 ] || usage "LAST is before FIRST"
[ "$shards" -ge 1 ] && [ "$shards" -le "$count" ] ||
    usage "expected 1 to $count shards"
[ "$n" -lt "$shards" ] || usage "shard $n of $shards: they begin at 0"

from=$((first + count * n / shards))
to=$((first + count * (n + 1) / shards - 1))
log=$folder/shard-$n.jsonl
[ ! -s "$log" ] || { echo "shard $n: it was lived before"; exit 0; }
mkdir -p "$folder" || exit 5
"$ALKSIM" run --seeds "$from..$to" --jobs "$JOBS" --log "$log.part" \
    --out "$folder/findings"
status=$?
case $status in
0 | 1 | 3) mv "$log.part" "$log" ;;
*) exit $status ;;
esac
