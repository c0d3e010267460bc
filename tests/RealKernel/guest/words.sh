# shellcheck shell=bash
# The words that steps are written in. Sourced, with the step's directory in $STEP.

AGENT_DATA=/tmp/agent
AGENT_RUN=/run/pcifleet
agent_pid=

# take NAME COMMAND…: runs it and keeps what it printed, its status and its process id as NAME.out, NAME.err, NAME.status, NAME.pid.
take() {
    local name=$1 status=0
    shift
    if [[ $(type -t "$1") != function ]]; then
        # shellcheck disable=SC2016  # for the inner shell, which becomes the command
        set -- sh -c 'echo $$ >"$0"; exec "$@"' "$STEP/$name.pid" "$@"
    fi
    "$@" >"$STEP/$name.out" 2>"$STEP/$name.err" || status=$?
    echo "$status" >"$STEP/$name.status"
    return 0
}

# until_true SECONDS COMMAND…: tries it again and again; a command may be slow here, so the clock counts and not the tries.
until_true() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < deadline)) || return 1
        sleep 0.1
    done
}

# mailboxes: the functions with a DOE mailbox, one 'ADDRESS OFFSET' a line, from lspci: what the agent says of them is under test.
mailboxes() {
    lspci -D -vvv | awk '
        /^[0-9a-f]/ { address = $1 }
        /Capabilities: \[[0-9a-f]+ v[0-9]\] Data Object Exchange/ { print address, substr($2, 2) }'
}

# agent_start ARGUMENT…: starts the agent and waits until it is up; its output is agent.log.
agent_start() {
    rm -f "$AGENT_DATA/endpoints.json"
    "$FLEET_AGENT" run --data "$AGENT_DATA" --run "$AGENT_RUN" "$@" >>"$STEP/agent.log" 2>&1 &
    agent_pid=$!
    until_true 240 test -s "$AGENT_DATA/endpoints.json" -o ! -e "/proc/$agent_pid"
    [[ -s $AGENT_DATA/endpoints.json ]] || echo "the agent did not start, see agent.log"
}

agent_stop() {
    local status=0
    kill -TERM "$agent_pid"
    wait "$agent_pid" || status=$?
    echo "$status" >"$STEP/agent.status"
}

# agent_kill: ends it as a crash does.
agent_kill() {
    kill -KILL "$agent_pid"
    wait "$agent_pid"
}

# agent_ticks: processor time that it has had, in hundredths of a second.
agent_ticks() { awk '{ print $14 + $15 }' "/proc/$agent_pid/stat"; }

# claim_line ADDRESS: this shell claims the interrupt line of a function, a register that keeps what is written.
claim_line() { post /v1/claims "{ \"function\": \"$1\", \"region\": { \"offset\": 60, \"length\": 1 }, \"reason\": \"under test\", \"pid\": $$ }"; }

# api PATH: GET from the agent's local API.
api() { curl -sS --max-time 120 --unix-socket "$AGENT_RUN/agent.sock" "http://agent$1"; }

# post PATH JSON: POST to it.
post() { curl -sS --max-time 120 --unix-socket "$AGENT_RUN/agent.sock" -H 'Content-Type: application/json' -d "$2" "http://agent$1"; }

# The events in the agent's spool, a line of JSON each.
events() { sqlite3 "$AGENT_DATA/spool.db" 'SELECT CAST(body AS TEXT) FROM events ORDER BY sequence'; }

# works SENSOR: whether that sensor of the agent works; on a busy machine it may be tried more than once.
works() { [[ $(api /v1/state) == *"\"name\":\"$1\",\"works\":true"* ]]; }

# told_of NAME: whether an event names the process that 'take NAME' ran. Those of the guard and the probe come when their thread's turn comes.
told_of() { [[ $(events) == *"\"pid\":$(<"$STEP/$1.pid"),"* ]]; }

# cxl bind|unbind: gives every CXL memory device to the kernel's driver, or takes it back.
cxl() {
    local function
    if [[ $1 == bind ]]; then
        modprobe -a cxl_acpi cxl_pci cxl_mem cxl_port
    fi
    for function in /sys/bus/pci/devices/*; do
        [[ $(cat "$function/class") == 0x0502* ]] || continue
        if [[ $1 == unbind && -e $function/driver ]] || [[ $1 == bind && ! -e $function/driver ]]; then
            basename "$function" >"/sys/bus/pci/drivers/cxl_pci/$1"
        fi
    done
}

# exchange ADDRESS OFFSET FEATURE PAYLOAD: one exchange through the agent; prints its JSON answer.
exchange() {
    post /v1/doe/exchange "{ \"function\": \"$1\", \"offset\": $((16#$2)), \"feature\": \"$3\", \"payload\": \"$4\" }"
}

# release ADDRESS OFFSET: what an operator does about a mailbox that somebody left amid an exchange.
release() { post /v1/doe/release "{ \"function\": \"$1\", \"offset\": $((16#$2)), \"reason\": \"left by a tool\" }"; }

# read_cdat ADDRESS OFFSET: the whole table of a mailbox through the agent, in hexadecimal. An answer begins with the next entry's handle.
read_cdat() {
    local handle=0000 payload
    for _ in {1..64}; do
        payload=$(exchange "$1" "$2" 1e98:02 "0000$handle" | sed -nE 's/.*"payload": *"([0-9a-f]*)".*/\1/p')
        handle=${payload:4:4}
        [[ -n $handle ]] || return 1
        echo "${payload:8}"
        [[ $handle != ffff ]] || return 0
    done
    return 1
}

# Whether the agent has asked every mailbox what it speaks.
discovered() {
    local functions
    functions=$(api /v1/functions)
    [[ $functions == *0001:00* && $functions != *'Discovery has not run yet'* ]]
}

# two_tools TABLE EXCHANGES: two programs at the mailbox of 0d:00.0 at once, each as if it were alone; kept as tool1 and tool2.
two_tools() {
    local name pids=()
    for name in 1 2; do
        take "tool$name" "$DOE_TOOL" /sys/bus/pci/devices/0000:0d:00.0/config 190 --table "$1" --count "$2" --name "$name" &
        pids+=($!)
    done
    wait "${pids[@]}"
}
