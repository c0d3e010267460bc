# shellcheck shell=bash
# The agent with its mirror, and the kernel's CXL driver bound: its mailboxes are the kernel's.
agent_start --mode enforce
take state api /v1/state
take functions api /v1/functions
take lspci-direct lspci -D -vvv
take lspci-mirror lspci -D -vvv -O "sysfs.path=$AGENT_RUN/pci"
take discover post /v1/doe/discover '{ "function": "0000:0d:00.0", "offset": 400 }'
take exchange exchange 0000:0d:00.0 190 1e98:02 00000000
take events events
agent_stop
take mounts-after cat /proc/self/mountinfo
