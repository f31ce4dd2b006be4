#!/usr/bin/env bash
# Fuzzes both sides of virtio-snd for as long as one likes; a finding is made small and printed.
#   eng/fuzz.sh [driver|device|both] [SEEDS-PER-ROUND] [ROUNDS, 0 = until stopped] [FIRST-SEED]
set -euo pipefail
cd "$(dirname "$0")/.."
which=${1:-both} seeds=${2:-1000000} rounds=${3:-0} start=${4:-1}
case $which in both) targets="driver device" ;; driver | device) targets=$which ;; *) echo "no target '$which': driver, device or both" >&2; exit 2 ;; esac
dotnet build -c Release tests/Pcm.Fuzz -v quiet
fuzz=artifacts/bin/Pcm.Fuzz/release/Pcm.Fuzz
for ((round = 0; rounds == 0 || round < rounds; round++)); do
  for target in $targets; do
    if ! "$fuzz" --target "$target" --seeds "$seeds" --start "$start" | tee artifacts/fuzz.log; then
      seed=$(sed -n 's/.*--minimise //p' artifacts/fuzz.log | tail -n 1)
      "$fuzz" --target "$target" --minimise "$seed"
      exit 1
    fi
  done
  start=$((start + seeds))
done
