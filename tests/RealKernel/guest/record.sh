#!/usr/bin/env bash
# Runs the steps in the guest, each in a directory of its own under $RIG_OUT. A step does things to the kernel and the agent and keeps
# what it saw; the tests outside judge it. So one boot, the dear part, serves every test of its machine.
#
#   record.sh AGENT TOOLS [STEP…]     AGENT is fleet-agent, TOOLS where doe-tool is; without STEP every step runs, in order of name
set -uo pipefail
guest=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
export RIG_GUEST=$guest FLEET_AGENT=$1 DOE_TOOL=$2/doe-tool
shift 2
if (($# == 0)); then
    for path in "$guest"/steps/*.sh; do
        set -- "$@" "$(basename "$path" .sh)"
    done
fi
modprobe fuse
for step in "$@"; do
    export STEP=$RIG_OUT/$step
    mkdir -p "$STEP"
    echo "rig: step $step at $(cut -d ' ' -f 1 /proc/uptime) s"
    # A session of its own, so that what a step leaves running is found and ended.
    setsid --wait bash -c "set -u; source '$guest/words.sh'; source '$guest/steps/$step.sh'" >"$STEP/step.log" 2>&1 </dev/null
    echo "$?" >"$STEP/step.status"
done
echo "rig: steps ended at $(cut -d ' ' -f 1 /proc/uptime) s"
