#!/bin/sh
# Runs headgate with the Node that was put into this folder (node/bin/node), else with the machine's.
folder=$(dirname "$(dirname "$(readlink -f "$0")")")
node=node
if [ -x "$folder/node/bin/node" ]; then node="$folder/node/bin/node"; fi
exec "$node" "$folder/dist/cli/main.js" "$@"
