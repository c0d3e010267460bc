#!/usr/bin/env bash
# starve.sh COMMAND…: runs a command as on a machine that is too busy for it. Two processes burn time, and of the command's threads and its
# children's some, others each moment, get only what nobody else wants: whatever may happen late, happens late.
set -uo pipefail

hogs=()
for _ in 1 2; do
    (while kill -0 $$ 2>/dev/null; do for ((i = 0; i < 100000; i++)); do :; done; done) &
    hogs+=($!)
done
"$@" &
command=$!
trap 'kill "${hogs[@]}" 2>/dev/null' EXIT
trap 'kill "$command" 2>/dev/null' INT TERM

threads() {
    local task child children
    for task in /proc/"$1"/task/*; do
        printf '%s\n' "${task##*/}"
        read -ra children < <(cat "$task/children" 2>/dev/null)
        for child in "${children[@]}"; do
            threads "$child"
        done
    done
}

while kill -0 "$command" 2>/dev/null; do
    for thread in $(threads "$command"); do
        if ((RANDOM % 3 == 0)); then
            chrt --idle -p 0 "$thread" 2>/dev/null
        else
            chrt --other -p 0 "$thread" 2>/dev/null
        fi
    done
    sleep "0.0$((RANDOM % 9 + 1))"
done
wait "$command"
