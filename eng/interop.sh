#!/usr/bin/env bash
# Runs the tests against QEMU several times over and prints the wall time and the counts of each run; the first that fails ends it.
#   eng/interop.sh [RUNS, 3] [further arguments of dotnet test, such as -c Release --no-build]
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${1:-3}
shift || true
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for ((run = 1; run <= runs; run++)); do
  start=$SECONDS
  if ! dotnet test tests/Pcm.Interop.Tests --nologo "$@" >"$log" 2>&1; then
    cat "$log"
    echo "interop run $run of $runs: failed after $((SECONDS - start)) s"
    exit 1
  fi
  counts=$(sed -nE 's/.*Failed: +([0-9]+), Passed: +([0-9]+), Skipped: +([0-9]+).*/\2 passed, \1 failed, \3 skipped/p' "$log")
  echo "interop run $run of $runs: ${counts:?no counts in the output}, $((SECONDS - start)) s"
done
