# shellcheck shell=bash
# Whether the agent has asked every mailbox what it speaks.
discovered() {
    local functions
    functions=$(api /v1/functions)
    [[ $functions == *0001:00* && $functions != *'Discovery has not run yet'* ]]
}

# The agent with its mirror, first with the kernel's CXL driver bound, then without.
agent_start --mode enforce
take state api /v1/state
take functions-bound api /v1/functions
take lspci-direct lspci -D -vvv
take lspci-mirror lspci -D -vvv -O "sysfs.path=$AGENT_RUN/pci"
# The kernel's driver owns these mailboxes: nobody gets at them through the agent.
take discover-bound post /v1/doe/discover '{ "function": "0000:0d:00.0", "offset": 400 }'
take exchange-bound exchange 0000:0d:00.0 190 1e98:02 00000000
take events-bound events
agent_stop
take mounts-after cat /proc/self/mountinfo

cxl unbind
agent_start --mode enforce
until_true 30 discovered
take functions api /v1/functions
take lspci-nnk lspci -D -nn -k
mailboxes | while read -r address offset; do
    if [[ $address != 0000:01:* ]]; then
        take "$address.cdat" read_cdat "$address" "$offset"
    else
        take versions exchange "$address" "$offset" 0001:01 10840000
        take unsupported exchange "$address" "$offset" 0001:01 10e10000
    fi
done
agent_stop
