# shellcheck shell=bash
# The kernel refuses config writes from here on, until the machine is switched off: the last step.
take raise sh -c 'echo integrity >/sys/kernel/security/lockdown'
agent_start --mode enforce
take state api /v1/state
take functions api /v1/functions
take exchange exchange 0000:0d:00.0 190 1e98:02 00000000
take write setpci -O "sysfs.path=$AGENT_RUN/pci" -s 0d:00.0 3c.b=09
take claim claim_line 0000:0d:00.0
take direct setpci -s 0d:00.0 3c.b=09
take read setpci -s 0d:00.0 3c.b
take lspci-direct lspci -D -vvv
take lspci-mirror lspci -D -vvv -O "sysfs.path=$AGENT_RUN/pci"
take doctor "$FLEET_AGENT" doctor --run "$AGENT_RUN"
told() { [[ $(events) == *'setpci tried to write configuration space'* ]]; }
until_true 60 told || echo "the kernel's refusal was not told"
take events events
agent_stop
