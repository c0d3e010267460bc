# shellcheck shell=bash disable=SC2154
# The processes that ./run owns: start, wait for, watch, stop. Sourced by ./run once it knows $data, $run_dir, $http and $agents.

declare -A child_pid=() child_restarts=()
declare -A child_command=()
# What an agent writes when it is up: its addresses, which change with each start.
declare -A child_file=([agent]=$data/agent/endpoints.json [sim]=$data/sim/sim-endpoints.json)
stopping=no

# start NAME COMMAND…: in a session of its own, so that Ctrl-C reaches this script alone and it stops them in order;
# with a death signal, so that they end even when this script is killed with -9.
start() {
    local name=$1
    shift
    child_command[$name]=$(printf '%q ' "$@")
    local guard=()
    setpriv --pdeathsig TERM true 2>/dev/null && guard=(setpriv --pdeathsig TERM)
    # Not the lock: a child that kept it would outlive the run's claim on the directory.
    setsid "${guard[@]}" "$@" >>"$data/logs/$name.log" 2>&1 </dev/null {lock}>&- &
    child_pid[$name]=$!
}

alive() { kill -0 "${child_pid[$1]}" 2>/dev/null; }

# await NAME SECONDS FILE-OR-URL…: until all are there; tells why when the process ends before.
await() {
    local name=$1 deadline=$((SECONDS + $2)) thing
    shift 2
    for thing in "$@"; do
        until reachable "$thing"; do
            if ! alive "$name"; then
                tail -n 15 "$data/logs/$name.log" >&2
                die "the $name ended before it was ready (whole log: $data/logs/$name.log)"
            fi
            ((SECONDS < deadline)) || die "the $name is not ready after its time: no $thing (log: $data/logs/$name.log)"
            pause 0.1
        done
    done
}

reachable() {
    case $1 in
        http://*) http_ok "$1" ;;
        *) [[ -s $1 ]] ;;
    esac
}

# A GET with bash alone, as curl may not be there.
http_ok() {
    local address=${1#http://} status
    local path=/${address#*/}
    address=${address%%/*}
    { exec 4<>"/dev/tcp/${address%:*}/${address##*:}"; } 2>/dev/null || return 1
    printf 'GET %s HTTP/1.0\r\nHost: %s\r\n\r\n' "$path" "$address" >&4
    IFS=' ' read -r -t 5 _ status _ <&4 || status=0
    exec 4>&-
    [[ $status == 200 ]]
}

port_taken() {
    (exec 4<>"/dev/tcp/${1%:*}/${1##*:}") 2>/dev/null
}

# Sleeps in a way that a trapped signal interrupts at once.
pause() {
    sleep "$1" &
    wait $! 2>/dev/null || true
}

# Mountpoints and sockets live here, never under the data directory: a mount there would surprise backups and rm -r.
make_run_dir() {
    local base=/run/pcifleet
    ((EUID == 0)) || base=${XDG_RUNTIME_DIR:-/tmp}/pcifleet-$EUID
    local dir
    dir=$base/run-$(printf '%s' "$1" | cksum | cut -d ' ' -f 1)
    mkdir -p "$dir"
    chmod 700 "$dir"
    printf '%s\n' "$dir"
}

# Says which child ended and how, and starts it again; gives up when one ends five times.
watch_children() {
    local name status
    while :; do
        pause 0.5
        for name in "${!child_pid[@]}"; do
            alive "$name" && continue
            status=0
            wait "${child_pid[$name]}" || status=$?
            child_restarts[$name]=$((${child_restarts[$name]:-0} + 1))
            warn "the $name (pid ${child_pid[$name]}) $(how_ended "$status"); its log: $data/logs/$name.log"
            if ((child_restarts[$name] > 5)); then
                die "the $name ended ${child_restarts[$name]} times: stopping"
            fi
            [[ -z ${child_file[$name]:-} ]] || rm -f "${child_file[$name]}"
            eval "start $name ${child_command[$name]}"
            if [[ -n ${child_file[$name]:-} ]]; then
                await "$name" 90 "${child_file[$name]}"
                link_mirrors
                write_endpoints
            fi
            warn "the $name was started again (pid ${child_pid[$name]})"
        done
    done
}

how_ended() {
    if (($1 > 128)); then
        printf 'was ended by signal %s' "$(kill -l $(($1 - 128)))"
    else
        printf 'ended with status %s' "$1"
    fi
}

# Agents first, while the server can still take their last events; then the server; then whatever mount is left.
stop_all() {
    [[ $stopping == no ]] || return 0
    stopping=yes
    trap '' INT TERM HUP
    trap - EXIT
    if ((${#child_pid[@]} > 0)); then
        say "Stopping…"
    fi
    stop_children agent sim
    stop_children server
    clear_mounts
    find "$data" -maxdepth 3 -name pci -type l -delete
    rm -f "$data/endpoints.json"
    rm -rf "$run_dir"
}

stop_children() {
    local name deadline=$((SECONDS + 15))
    for name in "$@"; do
        [[ -z ${child_pid[$name]:-} ]] || kill -TERM "${child_pid[$name]}" 2>/dev/null || true
    done
    for name in "$@"; do
        [[ -n ${child_pid[$name]:-} ]] || continue
        while alive "$name" && ((SECONDS < deadline)); do
            sleep 0.1
        done
        if alive "$name"; then
            warn "the $name did not stop in 15 s: killed"
            kill -KILL "${child_pid[$name]}" 2>/dev/null || true
        fi
        wait "${child_pid[$name]}" 2>/dev/null || true
    done
}

clear_mounts() {
    local mountpoint
    while read -r mountpoint; do
        warn "left over, unmounted: $mountpoint"
        umount -l "$mountpoint" || warn "could not unmount $mountpoint (try: umount -l $mountpoint)"
    done < <(awk -v dir="$run_dir/" 'index($5, dir) == 1 { print $5 }' /proc/self/mountinfo | tac)
}

# One value out of a flat JSON file that our own programs wrote: json_value KEY FILE. Enough here, and jq may not be there.
json_value() {
    sed -nE "s/.*\"$1\": *\"([^\"]*)\".*/\1/p" "$2" | head -n 1
}

# The names that people type: <data>/pci and <data>/sim/HOST/pci lead to mounts under /run.
link_mirrors() {
    local name target
    find "$data" -maxdepth 3 -name pci -type l -delete
    [[ $mirror == yes ]] || return 0
    if [[ $host_agent == yes ]]; then
        ln -sfn "$(json_value mirror "$data/agent/endpoints.json")" "$data/pci"
    fi
    ((sim > 0)) || return 0
    while read -r name target; do
        mkdir -p "$data/sim/$name"
        ln -sfn "$target" "$data/sim/$name/pci"
    done < <(awk -F '"' '$2 == "name" { name = $4 } $2 == "mirror" { print name, $4 }' "${child_file[sim]}")
}

# Where everything is, for programs. The agents' own files are taken as they are.
write_endpoints() {
    {
        printf '{\n  "dashboard": "http://%s/",\n  "api": "http://%s/api/v1",\n  "openapi": "http://%s/openapi/v1.json",\n' "$http" "$http" "$http"
        printf '  "metrics": "http://%s/metrics",\n  "agents": "https://%s",\n  "token": "%s",\n' "$http" "$agents" "$data/admin.token"
        printf '  "host": '
        if [[ $host_agent == yes ]]; then cat "$data/agent/endpoints.json"; else printf 'null\n'; fi
        printf '  , "simulated": '
        if ((sim > 0)); then cat "$data/sim/sim-endpoints.json"; else printf '{ "hosts": [] }\n'; fi
        printf '}\n'
    } >"$data/endpoints.json.new"
    mv "$data/endpoints.json.new" "$data/endpoints.json"
}

announce() {
    local line where=$data
    [[ $where == "$PWD"/* ]] && where=${where#"$PWD"/}
    cat <<TEXT

  Sign in      $(cat "$data/signin.url")
  REST         http://$http/api/v1          token in $where/admin.token
  Metrics      http://$http/metrics
TEXT
    [[ ! -e $data/pci ]] || say "  This host    lspci -O sysfs.path=$where/pci"
    if ((sim > 0)) && [[ $mirror == yes ]]; then
        say "  Simulated    $sim hosts: lspci -O sysfs.path=$where/sim/HOST/pci"
    fi
    say "  Everything   $where/endpoints.json"
    for line in "${reduced[@]}"; do
        say "  Reduced      $line"
    done
    say
    say "Ctrl-C stops."
}
