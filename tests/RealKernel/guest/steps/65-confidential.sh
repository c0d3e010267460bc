# shellcheck shell=bash
# Further up: the kernel hides its tracing as well, and a weaker sensor stands in for the probes.
take raise sh -c 'echo confidentiality >/sys/kernel/security/lockdown'
agent_start --mode enforce
until_true 120 works fanotify
take state api /v1/state
take read head -c 4 /sys/bus/pci/devices/0000:0d:00.0/config
seen() { [[ $(api /v1/functions/0000:0d:00.0) == *"\"pid\":$(<"$STEP/read.pid"),"* ]]; }
until_true 60 seen || echo "the read was not seen"
take function api /v1/functions/0000:0d:00.0
agent_stop
