#!/bin/sh
# Starts lbex with the Node in the same tree, in any folder.
root=$(readlink -f "$0")
root=${root%/bin/lbex}
exec "$root/lib/lbex/node" "$root/lib/lbex/bin/run.js" "$@"
