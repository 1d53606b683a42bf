#!/bin/sh
# SPDX-License-Identifier: MIT
# join.sh FOLDER: the shards' logs as one, FOLDER/campaign.jsonl, and its page,
# FOLDER/campaign.html. Exit status: that of one run over all seeds.
set -u
ALKSIM=${ALKSIM:-alksim}

[ $# = 1 ] || { echo "join.sh: expected FOLDER" >&2; exit 64; }
if [ -n "$(ls "$1"/shard-*.jsonl.part 2>/dev/null)" ]; then
    echo "join.sh: a shard is not whole: $(echo "$1"/shard-*.part)" >&2
    exit 3
fi
"$ALKSIM" merge "$1"/shard-*.jsonl --log "$1/campaign.jsonl"
status=$?
[ ! -s "$1/campaign.jsonl" ] ||
    "$ALKSIM" report "$1/campaign.jsonl" --html "$1/campaign.html" || exit
exit $status
