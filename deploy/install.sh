#!/bin/sh
# Installs the folder that it lies in as /opt/headgate-VERSION, and points /opt/headgate there. It asks no network, starts nothing and writes
# nothing in /etc/headgate. The way back is the link: ln -sfn headgate-OLD /opt/headgate. DESTDIR: into a folder, for images and packages.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=${DESTDIR:-}
version=$(cat "$here/VERSION")
target="$root/opt/headgate-$version"

fail() {
  echo "error: $1" >&2
  exit 1
}

(cd "$here" && sha256sum --check --quiet SHA256SUMS) || fail "files of this folder are not those of SHA256SUMS: nothing is installed"
node=node
if [ -x "$here/node/bin/node" ]; then node="$here/node/bin/node"; fi
"$node" -e 'const [a, b] = process.versions.node.split("."); process.exit(a < 20 || (a == 20 && b < 20) ? 1 : 0)' 2>/dev/null ||
  fail "Node 20.20 or newer is needed (24 is recommended): install it, or put it at $here/node/bin/node"
[ ! -e "$target" ] || fail "$target is there: this version is installed"

mkdir -p "$root/opt"
rm -rf "$target.new"
cp -R "$here" "$target.new"
chmod -R u+rwX,go+rX,go-w "$target.new"
mv "$target.new" "$target"
ln -sfn "headgate-$version" "$root/opt/headgate"
mkdir -p "$root/etc/systemd/system" "$root/usr/lib/sysusers.d" "$root/usr/local/bin"
cp "$target"/systemd/*.service "$root/etc/systemd/system/"
cp "$target/systemd/headgate.sysusers.conf" "$root/usr/lib/sysusers.d/headgate.conf"
ln -sfn /opt/headgate/bin/headgate "$root/usr/local/bin/headgate"

if [ -z "$root" ]; then
  systemd-sysusers headgate.conf
  install -d -m 0750 -g headgate /etc/headgate
  if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
fi
echo "headgate $version is in $target; next: /etc/headgate/headgate.yaml (docs/deployment.md), then systemctl enable --now headgate"
