#!/bin/bash
# A campaign as a Slurm job array: each task is a shard, with a directory of its own in $CAMPAIGN,
# which all nodes must see. Arguments are those of `faultline campaign`:
#
#   CAMPAIGN=/shared/raft sbatch --array=0-15 slurm-array.sh --seeds 1-100000 --keep-going
#   faultline campaign merge /shared/raft/*          # when all of them have ended
#
# A task that was cut short (time limit, preemption, a lost node) goes on where it left if it is
# submitted again: SHARDS=16 CAMPAIGN=... sbatch --array=3 slurm-array.sh (the same arguments).
#SBATCH --job-name=faultline
#SBATCH --array=0-3
#SBATCH --cpus-per-task=4
#SBATCH --time=04:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=B:TERM@60

# The batch shell becomes the program, so that the SIGTERM a minute before the time limit
# (--signal=B) reaches it: what is running is dropped, what was finished is in the journal.
exec "${FAULTLINE:-faultline}" campaign \
  --shard "$SLURM_ARRAY_TASK_ID/${SHARDS:-$SLURM_ARRAY_TASK_COUNT}" \
  --jobs "${SLURM_CPUS_PER_TASK:-1}" \
  --dir "${CAMPAIGN:?names no directory}/$SLURM_ARRAY_TASK_ID" "$@"
