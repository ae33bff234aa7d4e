#!/usr/bin/env bash
# Debian 13's PyTorch in a folder of its own, beside whatever this system has:
#
#     scripts/peers/torch/set-up.sh FOLDER [MIRROR]
#
# Takes root, debootstrap, 2 GB and some minutes; the mirror is that of this system's apt, or deb.debian.org. Safe to run again.
# `npm run bench-peers -- --torch FOLDER` then finds it.
set -euo pipefail

folder=${1:?usage: set-up.sh FOLDER [MIRROR]}
mirror=${2:-}
release=trixie
packages=(python3-torch libopenblas0-openmp g++ python3-dev python3-setuptools libtorch-dev) # from g++ on: for torch.compile

fail() {
  echo "set-up.sh: $1" >&2
  exit 1
}
[ "$(id -u)" -eq 0 ] || fail 'root is needed, for chroot'
command -v debootstrap >/dev/null || fail 'debootstrap is not there: apt-get install debootstrap'

if [ -z "$mirror" ]; then
  mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | grep -v security | head -n 1 || true)
  mirror=${mirror:-http://deb.debian.org/debian}
fi
done_with_base=$folder/.base-is-complete
if [ ! -e "$done_with_base" ]; then
  echo "Debian $release from $mirror into $folder ..."
  debootstrap --variant=minbase "$release" "$folder" "$mirror" >"$folder.log" 2>&1 ||
    fail "debootstrap failed, see $folder.log; empty the folder before another try"
  touch "$done_with_base"
fi
echo "${packages[*]} ..."
in_folder() { chroot "$folder" env DEBIAN_FRONTEND=noninteractive "$@"; }
{
  in_folder apt-get update
  in_folder apt-get install --yes --no-install-recommends "${packages[@]}"
} >>"$folder.log" 2>&1 || fail "apt-get failed, see $folder.log"
rm -f "$folder"/var/cache/apt/archives/*.deb
"$(dirname "$0")/run.sh" "$folder" about.py
