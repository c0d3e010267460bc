# shellcheck shell=bash
# A driver claims the registers of a mailbox for the kernel, as real ones do, and a tool writes into them past the agent.
agent_start --mode observe
take taint-before cat /proc/sys/kernel/tainted
take module modprobe regionclaim function=0000:10:00.0 offset=0x190 length=0x18
take write setpci -s 10:00.0 198.l=0
take taint-after cat /proc/sys/kernel/tainted
take dmesg dmesg
told() { [[ $(events | grep -cE '"sensor":"(kernel-log|taint)"') -ge 2 ]]; }
until_true 120 told
take events events
take state api /v1/state
agent_stop
