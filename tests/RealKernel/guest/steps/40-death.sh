# shellcheck shell=bash
# The agent is killed while a program drives a mailbox through its binds: what callers see meanwhile, and what the next agent makes of it.
identity=(setpci -s 0d:00.0 0.l)
raw() { [[ $(grep -c pcifleet /proc/self/mountinfo) == 0 ]]; }

# lives ACTION KILLS
lives() {
    local i tool waiting
    agent_start --mode enforce --intercept bind --on-agent-death "$1" --wait-limit 900
    take "$1-state" api /v1/state
    for ((i = 1; i <= $2; i++)); do
        "$DOE_TOOL" /sys/bus/pci/devices/0000:0d:00.0/config 190 --table "$RIG_OUT/10-kernel/0000:0d:00.0.cdat" --count 1000000 --go-on >/dev/null &
        tool=$!
        sleep "1.$i"
        agent_kill
        case $1 in
            open)
                until_true 90 raw
                take "$1-$i-meanwhile" "${identity[@]}"
                ;;
            closed) take "$1-$i-meanwhile" "${identity[@]}" ;;
            wait)
                take "$1-$i-meanwhile" "${identity[@]}" &
                waiting=$!
                ;;
        esac
        agent_start --mode enforce --intercept bind --on-agent-death "$1" --wait-limit 900
        [[ $1 != wait ]] || until_true 120 test ! -e "/proc/$waiting"
        take "$1-$i-after" "${identity[@]}"
        kill -TERM "$tool"
        until_true 60 test ! -e "/proc/$tool" && echo ended >"$STEP/$1-$i-tool"
        # A program that was at the registers themselves, as it may be where binds are lifted, leaves the mailbox amid an exchange.
        [[ $1 != open ]] || take "$1-$i-release" release 0000:0d:00.0 190
        take "$1-$i-exchange" exchange 0000:0d:00.0 190 1e98:02 00000000
    done
    agent_stop
    take "$1-mounts" cat /proc/self/mountinfo
}

cxl unbind
take lspci-before lspci -D -vvv
lives wait 2
lives open 1
lives closed 1
take lspci-after lspci -D -vvv
take events events
