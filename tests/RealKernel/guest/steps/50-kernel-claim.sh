# shellcheck shell=bash
# A driver claims the registers of a mailbox for the kernel, as real ones do, and a tool writes into them past the agent. Another
# function is reset.
cxl unbind
agent_start --mode observe
until_true 120 works kernel-log
until_true 120 works kprobe
held() {
    api /v1/functions/0000:11:00.0 >"$STEP/held.new" && grep -q 'was reset just now' "$STEP/held.new" && mv "$STEP/held.new" "$STEP/held.out"
}
# On a machine so slow that the time is over before the exchange is asked for: once more.
for _ in {1..5}; do
    sh -c 'echo 1 >/sys/bus/pci/devices/0000:11:00.0/reset'
    until_true 60 held || echo "no mailbox is held off"
    take held-exchange exchange 0000:11:00.0 190 1e98:02 00000000
    ! grep -q NotOwned "$STEP/held-exchange.out" || break
done
take taint-before cat /proc/sys/kernel/tainted
take module modprobe regionclaim function=0000:10:00.0 offset=0x190 length=0x18
take write setpci -s 10:00.0 198.l=0
take taint-after cat /proc/sys/kernel/tainted
take dmesg dmesg
told() { [[ $(events | grep -cE '"sensor":"(kernel-log|taint)"') -ge 2 ]]; }
[[ $(<"$STEP/module.status") != 0 ]] || until_true 120 told # without the module there is nothing to tell
over() { ! held; }
until_true 60 over
take over-exchange exchange 0000:11:00.0 190 1e98:02 00000000
take events events
take state api /v1/state
agent_stop
