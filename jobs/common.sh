# shellcheck shell=bash
# What the batch scripts here share: starting ranks, handing signals on, and going on in a new job. Sourced by them, under bash.
#
#   HSDL_MPI          the program                              ./.build/release/hsdl-mpi of the folder that the job was submitted from
#   HSDL_MPI_LAUNCH   what starts the ranks                    srun --mpi=pmi2 under Slurm, else mpirun
#   HSDL_MPI_RESTARTS how often a job may go on in a new one   100

# Libraries start no threads of their own: ranks share out the work.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1

HSDL_MPI=${HSDL_MPI:-$PWD/.build/release/hsdl-mpi}
if [ -z "${HSDL_MPI_LAUNCH:-}" ]; then
  # MPICH and its relatives start under srun --mpi=pmi2; --mpi=pmix is for an Open MPI that was built with it.
  if [ -n "${SLURM_JOB_ID:-}" ]; then HSDL_MPI_LAUNCH="srun --mpi=${MPI_TYPE:-pmi2}"; else HSDL_MPI_LAUNCH=mpirun; fi
fi

# Starts ranks of the program with these arguments, and waits for them.
#
# A batch system's warning (SIGTERM) reaches the batch shell alone, or all processes at once; either way the ranks hear of it, stop at the
# next unit or step, and end with 75. SIGUSR1 makes them save what they have and go on.
ranks() {
  local launch code child warned=
  read -ra launch <<<"$HSDL_MPI_LAUNCH"
  "${launch[@]}" "$HSDL_MPI" "$@" &
  child=$!
  trap 'interrupted=1; warned=1; hand_on TERM $child' TERM
  trap 'interrupted=1; hand_on USR1 $child' USR1
  while :; do
    # A trap ends the wait early, with a code that is not the program's.
    interrupted=
    code=0
    wait "$child" || code=$?
    [ -n "$interrupted" ] || break
  done
  trap - TERM USR1
  # Ranks that had not yet begun to listen were ended by the signal: nothing is lost by that either. 143 is srun's word for it, 15 mpirun's.
  # MPICH's mpirun gives 0 now and then after a signal, whatever the ranks ended with; a job that is done after all says so when it is given again.
  if [ -n "$warned" ]; then case $code in 143 | 15 | 0) code=75 ;; esac; fi
  return "$code"
}

# Hands a signal on to the ranks. srun would take SIGTERM as the order to kill them, so Slurm is asked to signal them itself; it leaves the batch
# shell out of that. mpirun hands on what it gets.
hand_on() { # signal, process
  case $HSDL_MPI_LAUNCH in
    srun*) scancel --quiet --signal="$1" "$SLURM_JOB_ID" || true ;;
    *) kill -s "$1" "$2" 2>/dev/null || true ;;
  esac
}

# What PBS says of this job under a name; nothing where it says nothing. It folds long lines, and goes on behind a tab.
job_says() { # name
  qstat -f "$PBS_JOBID" 2>/dev/null | sed -e ':a' -e '$!N' -e 's/\n\t//' -e 'ta' -e 'P' -e 'D' \
    | sed -n "s/^ *$1 = //p" | head -n 1 || true
}

# How much time the batch system leaves, as arguments for the program; nothing where that is not known.
walltime() {
  local left=
  if [ -n "${SLURM_JOB_ID:-}" ]; then
    left=$(squeue --noheader --jobs="$SLURM_JOB_ID" --format=%L 2>/dev/null) || left=
    left=${left//[[:space:]]/}
    # 59:30 is minutes and seconds.
    case $left in *:*:* | *-*) ;; *:*) left="00:$left" ;; *) left= ;; esac
  elif [ -n "${PBS_JOBID:-}" ]; then
    left=$(job_says Resource_List.walltime)
  fi
  case $left in [0-9]*:*) printf '%s\n' --walltime "$left" ;; esac
}

# A value for `qsub -v`: in quotes where it holds a comma, which would end it.
quoted_for_pbs() { # value
  case $1 in *,*) printf "'%s'" "$1" ;; *) printf '%s' "$1" ;; esac
}

# Ends the job with the program's exit code; with 75, which says that the same command goes on, after having a new job take over.
#
# finish CODE SCRIPT: the script is the one to be submitted again where the batch system cannot put this job back into the queue.
finish() {
  local code=$1 script=$2 count
  [ "$code" = 75 ] || exit "$code"
  count=${HSDL_MPI_RESTART:-${SLURM_RESTART_COUNT:-0}}
  if [ "$count" -ge "${HSDL_MPI_RESTARTS:-100}" ]; then
    echo "$script: stopped early for the ${count}th time; not submitted again. The same command goes on." >&2
    exit 75
  fi
  count=$((count + 1))
  if [ -n "${SLURM_JOB_ID:-}" ]; then
    echo "$script: stopped early; back into the queue ($count)" >&2
    scontrol requeue "$SLURM_JOB_ID" \
      || sbatch --export="ALL,HSDL_MPI_RESTART=$count" ${SLURM_ARRAY_TASK_ID:+--array="$SLURM_ARRAY_TASK_ID"} "$script"
  elif [ -n "${PBS_JOBID:-}" ]; then
    echo "$script: stopped early; submitting it again ($count)" >&2
    # What this job was given on the command line the new one has to be given again: resources, queue, account, variables.
    local options=() name value variables="HSDL_MPI_RESTART=$count"
    for name in select walltime place; do
      value=$(job_says "Resource_List.$name")
      [ -z "$value" ] || options+=(-l "$name=$value")
    done
    value=$(job_says queue) && [ -z "$value" ] || options+=(-q "$value")
    value=$(job_says Account_Name) && [ -z "$value" ] || options+=(-A "$value")
    for name in CONFIG CATALOGS NETWORKS HSDL_MPI HSDL_MPI_LAUNCH HSDL_MPI_RESTARTS HSDL_MPI_JOBS HSDL_MPI_MODELS MPI_TYPE TASK; do
      if [ -n "${!name:-}" ]; then variables+=",$name=$(quoted_for_pbs "${!name}")"; fi
    done
    # One task of an array goes on as a job of its own that is told which task it is.
    if [ -z "${TASK:-}" ] && [ -n "${PBS_ARRAY_INDEX:-}" ]; then variables+=",TASK=$PBS_ARRAY_INDEX"; fi
    qsub "${options[@]}" -v "$variables" "$script"
  else
    echo "$script: stopped early; the same command goes on" >&2
  fi
  exit 75
}
