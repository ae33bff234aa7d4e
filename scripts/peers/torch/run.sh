#!/usr/bin/env bash
# Runs a script of scripts/peers/torch with the PyTorch of a folder that set-up.sh made: run.sh FOLDER SCRIPT [ARGUMENTS]. Takes root.
set -euo pipefail

folder=${1:?a folder that set-up.sh made}
here=$(cd "$(dirname "$0")" && pwd)
shift
# PyTorch asks /proc which vector instructions the processor has; without it, it takes none.
mountpoint --quiet "$folder/proc" || mount -t proc proc "$folder/proc"
mkdir -p "$folder/peers"
cp "$here"/*.py "$folder/peers"
if [ -n "${PEERS_WORK:-}" ]; then cp "$PEERS_WORK" "$folder/peers/work.json"; fi
exec chroot "$folder" env PEERS_WORK=/peers/work.json python3 "/peers/$@"
