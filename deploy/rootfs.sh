#!/bin/sh
# Makes the root file system of the image: Node, the libraries it is linked with, headgate, one user. No shell, no package manager, nothing else.
# Arguments: the folder that deploy/pack.mjs made, and where the file system goes.
set -eu
packed=$1
root=$2
node=$(readlink -f "$(command -v node)")

mkdir -p "$root/nodejs/bin" "$root/opt" "$root/etc" "$root/usr/local/bin" "$root/etc/headgate" "$root/var/lib/headgate" "$root/run/headgate" "$root/proc"
mkdir -p "$root/tmp" && chmod 1777 "$root/tmp"
cp "$node" "$root/nodejs/bin/node"
# Each line that names a file: a library and where it is, or the loader.
ldd "$node" | sed -n 's/^[[:space:]]*\(.* => \)\{0,1\}\(\/[^ ]*\) (0x.*/\2/p' | while read -r library; do
  mkdir -p "$root$(dirname "$library")"
  cp -L "$library" "$root$library"
done
cp -R "$packed" "$root/opt/headgate"
rm -rf "$root/opt/headgate/bin" "$root/opt/headgate/systemd" "$root/opt/headgate/install.sh" "$root/opt/headgate/SHA256SUMS"

printf '#!/nodejs/bin/node\nimport("/opt/headgate/dist/cli/main.js");\n' > "$root/usr/local/bin/headgate"
chmod 0755 "$root/usr/local/bin/headgate"
printf 'root:x:0:0:root:/:/\nheadgate:x:65532:65532:headgate:/var/lib/headgate:/\n' > "$root/etc/passwd"
printf 'root:x:0:\nheadgate:x:65532:\n' > "$root/etc/group"
printf 'hosts: files dns\n' > "$root/etc/nsswitch.conf"
# Of Node and what it was built with, too, the bill of materials speaks.
node -e 'const { readFileSync, writeFileSync } = require("node:fs"), [file] = process.argv.slice(1), bill = JSON.parse(readFileSync(file, "utf8"));
bill.components.push(...Object.entries(process.versions).map(([name, version]) =>
  ({ type: name === "node" ? "platform" : "library", name, version, "bom-ref": `node/${name}@${version}` })));
writeFileSync(file, `${JSON.stringify(bill, undefined, 2)}\n`);' "$root/opt/headgate/sbom.cdx.json"
if [ "$(id -u)" = 0 ]; then chown 65532:65532 "$root/var/lib/headgate" "$root/run/headgate"; fi
chmod 0700 "$root/var/lib/headgate"
