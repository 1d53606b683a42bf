#!/bin/sh
# SPDX-License-Identifier: MIT
# A campaign as a Slurm array: each task lives one shard, with as many lives at
# a time as it has processors. From the top of this project, on a file system
# that all nodes see, after `make build/alksim`:
#
#     job=$(sbatch --parsable netsim/scale/slurm.sh)
#     sbatch --dependency=afterok:$job --wrap 'ALKSIM=build/alksim netsim/scale/join.sh out'
#
# FIRST, LAST and FOLDER may be given with --export=ALL,LAST=5000000. A task
# that was preempted is queued again by Slurm and begins its shard anew.
#
#SBATCH --job-name=alksim
#SBATCH --array=0-63
#SBATCH --cpus-per-task=4
#SBATCH --mem-per-cpu=512M
#SBATCH --time=04:00:00
#SBATCH --requeue
#SBATCH --output=alksim-%A-%a.out
set -eu
export ALKSIM="${ALKSIM:-build/alksim}"
export JOBS="${SLURM_CPUS_PER_TASK:-1}"

# The array decides how many shards there are.
exec netsim/scale/shard.sh "${FIRST:-1}" "${LAST:-1000000}" \
    "$SLURM_ARRAY_TASK_COUNT" "${FOLDER:-out}"
