# shellcheck shell=bash
# The agent with the CXL driver unbound: claims, mailboxes, and a function that goes and comes back.
cxl unbind
agent_start --mode enforce
until_true 60 discovered
take state api /v1/state
take functions api /v1/functions
take lspci-nnk lspci -D -nn -k
mirror=$AGENT_RUN/pci

# Device Control of a memory device is claimed by this shell; a scratch register of it by nobody.
take claim post /v1/claims "{ \"function\": \"0000:0d:00.0\", \"offset\": 136, \"length\": 2, \"reason\": \"under test\", \"pid\": $$ }"
take before setpci -s 0d:00.0 88.w 3c.b
take refused setpci -O "sysfs.path=$mirror" -s 0d:00.0 88.w=0123
take allowed setpci -O "sysfs.path=$mirror" -s 0d:00.0 3c.b=07
take after setpci -s 0d:00.0 88.w 3c.b

# Mailboxes, through the agent.
while read -r address offset <&3; do
    if [[ $address != 0000:01:* ]]; then
        take "$address.cdat" read_cdat "$address" "$offset"
    else
        take versions exchange "$address" "$offset" 0001:01 10840000
        take unsupported exchange "$address" "$offset" 0001:01 10e10000
    fi
done 3< <(mailboxes)

# A function goes, with its file open, and comes back.
listed() { api /v1/functions | grep -q '"0000:11:00.0"'; }
gone() { ! listed; }
exec 7<"$mirror/devices/0000:11:00.0/config"
echo 1 >/sys/bus/pci/devices/0000:11:00.0/remove
take handle dd bs=4 count=1 status=none <&7
until_true 30 gone
take functions-removed api /v1/functions
exec 7<&-
echo 1 >/sys/bus/pci/rescan
until_true 30 listed
take back setpci -O "sysfs.path=$mirror" -s 11:00.0 0.w

take events events
agent_stop
