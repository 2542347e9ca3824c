#!/bin/bash
# Starts a Slurm of one node on this machine, runs a command under it, and stops it again:
#
#   try-slurm.sh DIR COMMAND...      for example: try-slurm.sh /tmp/slurm sbatch --wait job.sh
#
# Everything is in DIR: configuration, keys, states, logs. Ends with the command's exit code; 77 if
# Slurm and munge are not installed (Debian: apt-get install slurm-wlm munge), 1 if they do not
# start. No systemd, no control groups.
set -u
directory=$(realpath -m "$1")
shift
PATH=$PATH:/usr/sbin:/sbin
for program in munged slurmctld slurmd sbatch scontrol; do
  command -v "$program" > /dev/null && continue
  echo "try-slurm: there is no $program here; Debian has it in slurm-wlm and munge" >&2
  exit 77
done
mkdir -p "$directory"/{munge,state,spool}
chmod 700 "$directory/munge"
cd "$directory" || exit 1
host=$(hostname -s)
user=$(id -un)
port=$((20000 + $$ % 20000))
head -c 1024 /dev/urandom > munge/key
chmod 600 munge/key
cat > slurm.conf << CONF
ClusterName=try
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
AuthType=auth/munge
AuthInfo=socket=$directory/munge/socket
CredType=cred/munge
SlurmUser=$user
SlurmdUser=$user
StateSaveLocation=$directory/state
SlurmdSpoolDir=$directory/spool
SlurmctldPidFile=$directory/slurmctld.pid
SlurmdPidFile=$directory/slurmd.pid
SlurmctldLogFile=$directory/slurmctld.log
SlurmdLogFile=$directory/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=try Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$directory/slurm.conf

# In the foreground of their own logs, so that we know their ids and nothing else is ended.
daemons=()
stop() {
  local i
  for ((i = ${#daemons[@]} - 1; i >= 0; --i)); do
    kill "${daemons[i]}" 2> /dev/null && wait "${daemons[i]}" 2> /dev/null
  done
}
trap stop EXIT
trap 'exit 1' INT TERM HUP
munged --foreground --force --key-file="$directory/munge/key" \
  --socket="$directory/munge/socket" --pid-file="$directory/munge/pid" \
  --seed-file="$directory/munge/seed" > munge.log 2>&1 &
daemons+=($!)
for _ in {1..50}; do [ -S munge/socket ] && break; sleep 0.1; done
slurmctld -D -c > /dev/null 2>&1 &
daemons+=($!)
slurmd -D -N "$host" > /dev/null 2>&1 &
daemons+=($!)
ready=no
for _ in {1..150}; do
  scontrol show node "$host" 2> /dev/null | grep -q 'State=IDLE ' && { ready=yes; break; }
  sleep 0.2
done
if [ $ready = no ]; then
  echo "try-slurm: Slurm did not start; see $directory/*.log:" >&2
  tail -n 5 munge.log slurmctld.log slurmd.log >&2
  exit 1
fi
"$@"
