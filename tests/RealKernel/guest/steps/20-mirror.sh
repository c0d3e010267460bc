# shellcheck shell=bash
# The agent with its mirror, first with the kernel's CXL driver bound, then without.
agent_start --mode enforce
take state api /v1/state
take functions-bound api /v1/functions
take lspci-direct lspci -D -vvv
take lspci-mirror lspci -D -vvv -O "sysfs.path=$AGENT_RUN/pci"
agent_stop
take mounts-after cat /proc/self/mountinfo

cxl unbind
agent_start --mode enforce
take functions api /v1/functions
take lspci-nnk lspci -D -nn -k
take events events
agent_stop
