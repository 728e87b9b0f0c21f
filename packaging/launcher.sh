#!/bin/sh
# Starts lbex with the Node that came with it, from wherever both lie.
root=$(readlink -f "$0")
root=${root%/bin/lbex}
exec "$root/lib/lbex/node" "$root/lib/lbex/bin/run.js" "$@"
