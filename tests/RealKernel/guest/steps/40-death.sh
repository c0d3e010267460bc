# shellcheck shell=bash
# The agent is killed while a program drives a mailbox through its binds: what callers see meanwhile, and what the next agent makes of
# it. Each life has another choice of what callers are to see, and takes over what the one before left.
config=/sys/bus/pci/devices/0000:0d:00.0/config
identity=(setpci -s 0d:00.0 0.l)
raw() { [[ $(grep -c pcifleet /proc/self/mountinfo) == 0 ]]; }
live() { agent_start --mode enforce --intercept bind --on-agent-death "$1" --wait-limit 900; }
# answered MORE: whether the program has had so many more answers than when it was last asked.
answers=0
answered() { (($(stat -c %s "$STEP/progress") >= answers + $1)); }

lives=(wait open)
[[ $RIG_MACHINE != stable ]] || lives=(wait open closed)
cxl unbind
take lspci-before lspci -D -vvv
live "${lives[0]}"
for i in "${!lives[@]}"; do
    life=${lives[i]}
    answers=0
    : >"$STEP/progress"
    perl "$RIG_GUEST/drive.pl" "$config" 190 "$STEP/progress" &
    tool=$!
    until_true 60 answered 3 || echo "$life: the program gets no answers"
    agent_kill
    case $life in
        wait)
            take "$life-meanwhile" "${identity[@]}" &
            waiting=$!
            ;;
        open)
            until_true 90 raw
            take "$life-meanwhile" "${identity[@]}"
            ;;
        closed) take "$life-meanwhile" "${identity[@]}" ;;
    esac
    live "${lives[i + 1]:-closed}"
    take "$life-after" "${identity[@]}"
    until_true 120 works kprobe || echo "$life: the next agent's probes do not work"
    take "$life-state" api /v1/state
    if [[ $life == wait ]]; then
        # Whoever had the file open goes on with it.
        wait "$waiting"
        answers=$(stat -c %s "$STEP/progress")
        until_true 60 answered 3 && echo "went on" >"$STEP/$life-tool"
        kill -TERM "$tool"
    else
        # Its file belongs to the agent that died.
        until_true 60 test ! -e "/proc/$tool" && echo ended >"$STEP/$life-tool"
    fi
    wait "$tool"
    # A program that was at the registers themselves, as it may be where binds are lifted, leaves the mailbox amid an exchange.
    [[ $life != open ]] || take "$life-release" release 0000:0d:00.0 190
    take "$life-exchange" exchange 0000:0d:00.0 190 1e98:02 00000000
done
if [[ $RIG_MACHINE == stable ]]; then
    agent_stop
else
    # Nobody comes after the last one: an operator ends its guardian.
    agent_kill
    take end-meanwhile "${identity[@]}"
    take end "$FLEET_AGENT" guard --end --run "$AGENT_RUN"
    until_true 60 raw || echo "the guardian left its mounts"
    take end-after "${identity[@]}"
fi
take mounts-after cat /proc/self/mountinfo
take lspci-after lspci -D -vvv
take events events
