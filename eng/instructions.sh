#!/bin/sh
# Counts the instructions that a period of playback costs: the AOT-compiled command plays silence into the null card on the virtual clock, one second of
# it and eleven, under callgrind; the difference, over 1000 periods of 10 ms, is a period. Instructions do not depend on the machine's load, so the number
# can be compared with a committed one.
#
#   eng/instructions.sh            prints instructions per period
#   eng/instructions.sh --check    fails when they are over the committed number, eng/instructions.baseline, by more than 10 %
#
# Needs valgrind, and the packages of NativeAOT (ILCompiler) from the package source.
set -eu
cd "$(dirname "$0")/.."
limit=
if [ "${1:-}" = --check ]; then
    limit=$(cat eng/instructions.baseline)
fi

command -v valgrind >/dev/null || { echo "valgrind is not installed" >&2; exit 3; }
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
if ! dotnet publish src/Pcm.Cli -c Release -r linux-x64 -p:PublishAot=true -m:1 -o "$out/cli" -v q --nologo >"$out/publish.log" 2>&1; then
    grep -E 'error' "$out/publish.log" | sort -u | head -5 >&2
    echo "NativeAOT cannot be published here; nothing was counted" >&2
    exit 3
fi

rm "$out/cli/pcm.dbg" # valgrind cannot read its compressed sections, and gives up when it finds it

count() {
    head -c $(( $1 * 192000 )) /dev/zero | valgrind --tool=callgrind --callgrind-out-file="$out/callgrind.$1" \
        "$out/cli/pcm" play --device null --clock virtual --format S16_LE --rate 48000 --channels 2 --period-frames 480 --periods 4 - >"$out/play.log" 2>&1 ||
        { cat "$out/play.log" >&2; exit 3; }
    sed -n 's/^summary: //p' "$out/callgrind.$1"
}

short=$(count 1)
long=$(count 11)
per_period=$(( (long - short) / 1000 ))
echo "$per_period instructions per period"
if [ -n "$limit" ] && [ "$per_period" -gt $(( limit + limit / 10 )) ]; then
    echo "more than $limit by over 10 %" >&2
    exit 1
fi
