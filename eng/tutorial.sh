#!/usr/bin/env bash
# Follows docs/WRITING-A-BACKEND.md from an empty folder with nothing but packages: builds the packages into a local feed, creates a backend from the
# template and tries the kit on it, then puts the tutorial's end state in its place and tries that. Fails when anything is not green.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
configuration=${1:-Release}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
sources=$(dotnet nuget list source --format short | sed -n 's/^E //p') # before the home changes, which NuGet's own configuration hangs on
# Caches of its own: a package of the same version from an earlier run must not be taken for this one, nor this one left to a later run.
export DOTNET_CLI_HOME="$work/home"

echo "== packages"
for project in src/Pcm.Core src/Pcm.Virtio src/Pcm.Backends src/Pcm.Testing src/Pcm.Testing.Xunit templates/Pcm.Templates; do
  dotnet pack "$root/$project" -c "$configuration" -m:1 -v quiet -o "$work/feed"
done
ls "$work/feed"

# Pcm's packages from the local feed, all others from wherever this machine has them.
mkdir "$work/tutorial" && cd "$work/tutorial"
{
  echo '<configuration><packageSources><clear /><add key="pcm" value="'"$work/feed"'" />'
  n=0
  while read -r source; do [ -n "$source" ] && n=$((n + 1)) && echo "<add key=\"other$n\" value=\"$source\" />"; done <<<"$sources"
  echo '</packageSources><config><add key="globalPackagesFolder" value="'"$work/packages"'" /></config></configuration>'
} >nuget.config

# The commands between the markers of the tutorial, as they stand there.
run() {
  sed -n "/<!-- tutorial: $1 -->/,/^\`\`\`\$/p" "$root/docs/WRITING-A-BACKEND.md" | sed '/^<!--/d; /^```/d' >"$work/commands"
  [ -s "$work/commands" ] || { echo "the tutorial has no commands '$1'" >&2; exit 1; }
  sed 's/^/$ /' "$work/commands"
  FEED="$work/feed" bash -euo pipefail "$work/commands"
}

echo "== template"
run template
cd Meter

echo "== end state"
rm src/Meter/*.cs tests/Meter.Tests/*.cs
cp "$root"/samples/CustomBackend/Meter*.cs src/Meter/
cp "$root"/samples/CustomBackend.Tests/*.cs tests/Meter.Tests/
run test
