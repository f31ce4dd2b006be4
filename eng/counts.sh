#!/usr/bin/env bash
# Counts what a period of playback costs: the AOT-compiled command plays silence on the virtual clock, one second of it and eleven, under callgrind and
# under strace; the difference, over 1000 periods of 10 ms, is a period. Neither count depends on the machine's load, so both can be compared with
# committed ones.
#
#   eng/counts.sh            prints instructions and system calls per period, for the null card and through virtio
#   eng/counts.sh --check    fails when one is over its committed number in eng/counts.baseline by more than 10 %
#
# Needs valgrind, strace, a C compiler, and the packages of NativeAOT (ILCompiler) from the package source; exit code 3 when one is missing.
set -euo pipefail
cd "$(dirname "$0")/.."
check=${1:-}
case $check in '' | --check) ;; *) echo "'$check' means nothing; usage: eng/counts.sh [--check]" >&2; exit 2 ;; esac
for tool in valgrind strace; do
  command -v $tool >/dev/null || { echo "$tool is not installed; nothing was counted" >&2; exit 3; }
done

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
if ! dotnet publish src/Pcm.Cli -c Release -r linux-x64 -p:PublishAot=true -m:1 -o "$out/cli" -v q --nologo >"$out/publish.log" 2>&1; then
  grep -E 'error' "$out/publish.log" | sort -u | head -5 >&2
  echo "NativeAOT cannot be published here; nothing was counted" >&2
  exit 3
fi
rm -f "$out/cli/pcm.dbg" # valgrind cannot read its compressed sections, and gives up when it finds it

# play SECONDS DEVICE COMMAND...: plays under the command
play() {
  local seconds=$1 device=$2
  shift 2
  head -c $((seconds * 192000)) /dev/zero | "$@" "$out/cli/pcm" play --device "$device" --clock virtual \
    --format S16_LE --rate 48000 --channels 2 --period-frames 480 --periods 4 - >"$out/play.log" 2>&1 || { cat "$out/play.log" >&2; exit 3; }
}

instructions() {
  play "$1" "$2" valgrind --tool=callgrind --callgrind-out-file="$out/callgrind"
  sed -n 's/^summary: //p' "$out/callgrind"
}

calls() {
  play "$1" "$2" strace -f -c -U calls,name -o "$out/strace"
  awk '$2 == "total" {print $1}' "$out/strace"
}

status=0
for what in instructions calls; do
  for device in null virtio; do
    short=$($what 1 $device)
    long=$($what 11 $device)
    count=$(awk -v d=$((long - short)) 'BEGIN {printf "%.1f", d / 1000}')
    echo "$what $device $count"
    if [ -n "$check" ]; then
      limit=$(awk -v k="$what $device" '$1 " " $2 == k {print $3}' eng/counts.baseline)
      if ! awk -v c="$count" -v l="$limit" 'BEGIN {exit !(l != "" && c <= l * 1.1 + 0.2)}'; then
        echo "$what for a period of $device: $count, and $limit are committed in eng/counts.baseline" >&2
        status=1
      fi
    fi
  done
done
exit $status
