# shellcheck shell=bash
# The agent under plain pciutils, the CXL driver unbound: what goes through its binds and what goes around them.
cxl unbind
take lspci-before lspci -D -vvv
take proc-before lspci -D -vvv -A linux-proc
agent_start --mode enforce --intercept bind --guard
until_true 120 works kprobe
until_true 120 works guard
until_true 120 discovered
take state api /v1/state
take functions api /v1/functions
take lspci-nnk lspci -D -nn -k
take lspci-bound lspci -D -vvv
take proc-bound lspci -D -vvv -A linux-proc

# The interrupt line of a memory device is claimed by this shell; its cache line size by nobody.
take claim claim_line 0000:0d:00.0
take before setpci -s 0d:00.0 3c.b 0c.b
take refused setpci -s 0d:00.0 3c.b=0a
take refused-proc setpci -A linux-proc -s 0d:00.0 3c.b=0a
take allowed setpci -s 0d:00.0 0c.b=10
take after setpci -s 0d:00.0 3c.b 0c.b
setpci -s 0d:00.0 0c.b=0

# Around the binds: another mount of sysfs, which the guard covers, and one of another network namespace, which only the probe sees.
around='mount -t sysfs sysfs /mnt && exec setpci -O sysfs.path=/mnt/bus/pci -s 0d:00.0 3c.b='
take around-mount unshare -m --propagation private sh -c "${around}0b"
take after-mount setpci -s 0d:00.0 3c.b
take around-network unshare -n -m --propagation private sh -c "${around}0c"
take after-network setpci -s 0d:00.0 3c.b
unshare -n -m --propagation private sh -c "${around}0"

# Mailboxes, through the agent.
while read -r address offset <&3; do
    if [[ $address != 0000:01:* ]]; then
        take "$address.cdat" read_cdat "$address" "$offset"
    else
        take versions exchange "$address" "$offset" 0001:01 10840000
        take unsupported exchange "$address" "$offset" 0001:01 10fe0000
    fi
done 3< <(mailboxes)

# Two programs that know nothing of each other at one mailbox, and one beside the agent's own exchanges.
table=$RIG_OUT/10-kernel/0000:0d:00.0.cdat
two_tools "$table" 140

# A function goes, with its file open, and comes back.
listed() { api /v1/functions | grep -q '"0000:11:00.0"'; }
gone() { ! listed; }
exec 7</sys/bus/pci/devices/0000:11:00.0/config
echo 1 >/sys/bus/pci/devices/0000:11:00.0/remove
take handle dd bs=4 count=1 status=none <&7
until_true 90 gone
take functions-removed api /v1/functions
exec 7<&-
echo 1 >/sys/bus/pci/rescan
until_true 90 listed
take claim-again claim_line 0000:11:00.0
take refused-again setpci -s 11:00.0 3c.b=0a

take events events
agent_stop
cxl unbind
take lspci-after lspci -D -vvv
take mounts-after cat /proc/self/mountinfo
