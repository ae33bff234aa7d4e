#!/bin/sh
# Called by a launcher in place of ssh, as [options] HOST COMMAND ...: runs the command on a host that namespaceHosts.ts has made.
while [ "${1#-}" != "$1" ]; do shift; done
host=$1
shift
exec ip netns exec "bertrand-$host" unshare --uts sh -c "hostname bertrand-$host && exec sh -c \"\$0\"" "$*"
