#!/usr/bin/env bash
# Rewrites src/*/PublicAPI/PublicAPI.Unshipped.txt from what the compiler finds. Review the diff like code.
set -euo pipefail
cd "$(dirname "$0")/.."
for project in Pcm.Core Pcm.Virtio Pcm.Backends Pcm.Testing Pcm.Testing.Xunit Pcm.Cli; do
  file="src/$project/PublicAPI/PublicAPI.Unshipped.txt"
  echo '#nullable enable' > "$file"
  dotnet build "src/$project" --no-incremental -v quiet -p:BuildProjectReferences=true 2>&1 \
    | grep -E "error RS0016:" \
    | sed -E "s/.*Symbol '(.*)' is not part of the declared public API.*/\1/" \
    | LC_ALL=C sort -u >> "$file" || true
  echo "$project: $(($(wc -l < "$file") - 1)) symbols"
done
