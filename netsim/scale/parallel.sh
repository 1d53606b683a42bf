#!/bin/sh
# SPDX-License-Identifier: MIT
# parallel.sh FIRST LAST SHARDS FOLDER [OPTION...]: a campaign with GNU parallel
# (Debian: parallel), on this machine or, with its options, on several:
#
#     netsim/scale/parallel.sh 1 100000 64 out
#     netsim/scale/parallel.sh 1 1000000 640 /shared/out \
#         --sshloginfile hosts --workdir "$PWD"
#
# The second form wants FOLDER and this one at the same path on every host.
# ALKSIM names the program. What was interrupted goes on when it is started
# again. Exit status: that of one run over all seeds.
set -u
here=$(cd "$(dirname "$0")" && pwd)
ALKSIM=${ALKSIM:-$here/../../build/alksim}
export ALKSIM

[ $# -ge 4 ] || {
    echo "parallel.sh: expected FIRST LAST SHARDS FOLDER [OPTION...]" >&2
    exit 64
}
first=$1 last=$2 shards=$3 folder=$4
shift 4
case $shards in
'' | *[!0-9]* | 0) echo "parallel.sh: expected a number of shards" >&2; exit 64 ;;
esac
seq 0 $((shards - 1)) |
    parallel --will-cite --env ALKSIM --retries 2 --halt soon,fail=1 "$@" \
        SHARD={} "$here/shard.sh" "$first" "$last" "$shards" "$folder" \
        '>/dev/null' || {
    status=$?
    echo "parallel.sh: not all shards were lived; start it again" >&2
    exit $status
}
"$here/join.sh" "$folder"
