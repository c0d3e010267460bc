# shellcheck shell=bash
# The agent with its mirror, and the kernel's CXL driver bound: its mailboxes are the kernel's.
agent_start --mode enforce
until_true 120 works kprobe
take state api /v1/state
take functions api /v1/functions
take lspci-direct lspci -D -vvv
take lspci-mirror lspci -D -vvv -O "sysfs.path=$AGENT_RUN/pci"
take discover post /v1/doe/discover '{ "function": "0000:0d:00.0", "offset": 400 }'
take exchange exchange 0000:0d:00.0 190 1e98:02 00000000

# A tool that reads past the agent at full speed, and one write amid it.
claim_line 0000:0d:00.0 >/dev/null
before=$(agent_ticks)
# shellcheck disable=SC2016  # perl's own
take flood perl -e 'open my $f, "<:raw", shift; my $n = 0; for (my $end = time + 4; time < $end; $n++) { sysseek $f, 0, 0; sysread $f, my $b, 4 } print $n' \
    /sys/bus/pci/devices/0000:0d:00.0/config &
sleep 1
take flood-write setpci -s 0d:00.0 3c.b=0b
wait "$!"
take flood-ticks echo $(($(agent_ticks) - before))
until_true 120 told_of flood-write || echo "nobody saw the write"
take metrics curl -sS "$(sed -n 's/.*"metrics": "\([^"]*\)".*/\1/p' "$AGENT_DATA/endpoints.json")"
take events events
agent_stop
take mounts-after cat /proc/self/mountinfo
