# shellcheck shell=bash
# SPDM with the NVMe controller through its mailbox, its driver unbound and bound. What speaks for it is fleet-sim, outside of the guest.
nvme=0000:01:00.0
driver=/sys/bus/pci/devices/$nvme/driver
attest() { "$FLEET_AGENT" attest "$nvme" --run "$AGENT_RUN" --anchor "$RIG_OUT/identity/root.der" "$@"; }

if [[ $RIG_MACHINE == newest ]]; then
    [[ ! -e $driver ]] || echo "$nvme" >"$driver/unbind"
    agent_start --mode enforce
    until_true 120 discovered
    take unbound-facts api "/v1/functions/$nvme"
    take record attest --record "$STEP/device.json" --json
    take unbound attest --reference "$STEP/device.json" --json

    modprobe nvme
    until_true 60 test -e "$driver" || echo "$nvme" >/sys/bus/pci/drivers/nvme/bind
    until_true 60 test -e "$driver"
    take driver readlink "$driver"
    bound() { api "/v1/functions/$nvme" | grep -q '"driver":"nvme"'; }
    until_true 120 bound
    take bound-facts api "/v1/functions/$nvme"
    take bound attest --reference "$STEP/device.json" --json
    take holds api /v1/holds
    take events events
    agent_stop
    echo "$nvme" >"$driver/unbind"
fi
