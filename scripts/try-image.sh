#!/bin/sh
# Builds the Dockerfile without an engine or a registry and starts what comes of it, as nobody, on a root that nobody may
# write: `sudo scripts/try-image.sh`. The images that the Dockerfile begins with are stand-ins, made by debootstrap once.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
work=${CUTWATER_IMAGE_DIR:-/var/tmp/cutwater-image}
node=$root/node_modules/node/bin/node
for program in buildah debootstrap unshare; do
  command -v $program >/dev/null || { echo "skipped: $program is missing: apt-get install buildah debootstrap"; exit 0; }
done
[ "$(id -u)" = 0 ] || { echo "skipped: needs root, for debootstrap and mounts"; exit 0; }
npm=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")

export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot
image() { buildah --root "$work/store" --runroot "$work/run" "$@"; }
trap 'image rm -a >/dev/null 2>&1 || true' EXIT
mkdir -p "$work/root"

if ! image inspect --type image localhost/node:24-trixie-slim >/dev/null 2>&1; then
  [ -d "$work/debian/usr" ] || debootstrap --variant=minbase --include=ca-certificates trixie "$work/debian"
  base=$(image from scratch)
  image add -q "$base" "$work/debian" /
  # Whom this machine trusts, so that it works behind a proxy of its own.
  image copy -q "$base" /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
  image config --env NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt "$base"
  image commit -q "$base" localhost/debian:trixie-slim
  image copy -q "$base" "$(readlink -f "$node")" /usr/local/bin/node
  image copy -q "$base" "$npm" /usr/local/lib/node_modules/npm
  image run "$base" -- ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
  image commit -q "$base" localhost/node:24-trixie-slim
fi

image bud --pull=false -t localhost/cutwater:try \
  --build-context node:24-trixie-slim=container-image://localhost/node:24-trixie-slim \
  --build-context debian:trixie-slim=container-image://localhost/debian:trixie-slim "$root"

built=$(image from --pull-never localhost/cutwater:try)
mounted=$(image mount "$built")
ROOT=$mounted AT=$work/root unshare --mount sh -eu <<'SH'
mount --bind "$ROOT" "$AT"
mount --rbind /dev "$AT/dev" 2>/dev/null || { mkdir -p "$AT/dev" && mount --rbind /dev "$AT/dev"; }
mount -t tmpfs -o mode=1777 tmpfs "$AT/tmp"
mount -o remount,bind,ro "$AT"
failed() { echo "FAILED: $1"; exit 1; }
inside() { env -i PATH=/usr/bin HOME=/tmp XDG_CACHE_HOME=/tmp/cache /usr/sbin/chroot --userspec=65532:65532 "$AT" "$@"; }
cutwater() { inside /app/node_modules/node/bin/node --max-semi-space-size=8 /app/src/main.ts "$@"; }
for command in hook plank tide sinker horologium crier deck tot cherrypicker needs-rebase refresh up; do
  cutwater $command --help >"$AT/tmp/help" || failed "cutwater $command --help"
  grep -q "^cutwater $command" "$AT/tmp/help" || failed "cutwater $command --help says something else"
done
cutwater hook 2>&1 | grep -q -- --config-path || failed "hook without a configuration does not ask for one"
inside /usr/bin/git ls-remote https://127.0.0.1:1/nobody 2>&1 | grep -q 'port 1' || failed "git over HTTPS"
! inside /bin/sh -c true 2>/dev/null || failed "there is a shell"
! touch "$AT/app/x" 2>/dev/null || failed "the root can be written to"
SH
echo "the image builds and starts; $(du -sh "$mounted" | cut -f1)"
