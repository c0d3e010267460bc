# shellcheck shell=bash
# The machine without an agent: what lspci and the kernel say of it.
take uname uname -r
take lspci lspci -D -vvv
take lspci-nnk lspci -D -nn -k
for function in /sys/bus/pci/devices/*; do
    address=$(basename "$function")
    cat "$function/config" >"$STEP/$address.config"
    for feature in "$function"/doe_features/*; do
        [[ ! -e $feature ]] || echo "$address $(cat "$feature")" >>"$STEP/doe_features"
    done
done

# The tables that the kernel reads through the mailboxes, once its CXL drivers are bound.
cxl bind
until_true 30 test -r /sys/bus/cxl/devices/endpoint4/CDAT || true
for port in /sys/bus/cxl/devices/*; do
    [[ -s $port/CDAT || -n $(head -c 1 "$port/CDAT" 2>/dev/null | od -An -tx1) ]] || continue
    # An endpoint's parent device is memN, whose parent is the function; a switch port's is the function itself.
    function=$(readlink -f "$port/uport")
    [[ -e $function/config ]] || function=$(dirname "$function")
    cat "$port/CDAT" >"$STEP/$(basename "$function").cdat"
done
take cxl find /sys/bus/cxl/devices/ -mindepth 1 -printf '%f\n'
take dmesg dmesg
