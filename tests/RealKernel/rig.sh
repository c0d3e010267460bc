#!/usr/bin/env bash
# Boots a real Debian kernel under QEMU, with PCI devices that have DOE mailboxes, on this machine's own files.
#
#   rig.sh prepare MACHINE              fetch the kernel (and QEMU) from Debian's archive and build the start image
#   rig.sh boot MACHINE OUT COMMAND…    run COMMAND as root in the guest; OUT is the one directory it can write to
#
# The guest's root is this machine's root, read-only below a layer in memory: every program and this checkout are where they
# are here. There is no network. Its console goes to OUT/console.log, and 'boot' ends with the status of COMMAND.
#
# Machines: stable (the kernel of Debian 12 on its QEMU) and newest (the newest kernel and QEMU that Debian's backports have).
# Statuses: 64 wrong use; 77 cannot run here, with the reason as the last line on standard error; 124 RIG_SECONDS ran out;
# 125 the guest gave no status. Environment: RIG_CACHE (.cache/rig), RIG_SECONDS (300), RIG_SPDM_PORT (a responder on
# 127.0.0.1 that speaks for the NVMe controller's mailbox; newest only), RIG_APPEND (more kernel arguments).
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$(cd "$here/../.." && pwd)
cache=${RIG_CACHE:-$root/.cache/rig}
PATH=$PATH:/usr/sbin:/sbin

usage() {
    sed -n '2,/^set -euo/{/^set -euo/d;s/^# \{0,1\}//;p}' "$0" >&2
    exit 64
}
unable() {
    echo "$*" >&2
    exit 77
}

# What each machine is made of.
choose() {
    case $1 in
        stable) kernel_suite=bookworm qemu_suite='' ;;
        newest) kernel_suite=trixie-backports qemu_suite=bookworm-backports ;;
        *) usage ;;
    esac
    machine=$1
    kernel=$cache/kernel-$kernel_suite
    qemu=$cache/qemu-$qemu_suite
}

# ---- prepare ---------------------------------------------------------------

# suite NAME COMMAND…: an apt command that sees that suite of Debian's archive only. Its lists and settings are the rig's own.
suite() {
    local name=$1 state=$cache/apt-$1 archive keys=/usr/share/keyrings/debian-archive-keyring.gpg
    shift
    if [[ ! -e $state/ready ]]; then
        # shellcheck disable=SC2016  # apt's own notation
        archive=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | head -n 1)
        archive=${archive:-http://deb.debian.org/debian/}
        [[ -e $keys ]] || unable "no $keys: Debian's packages cannot be checked"
        rm -rf "$state"
        mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
        echo "deb [signed-by=$keys] $archive $name main" >"$state/sources.list"
        : >"$state/status"
        cat >"$state/apt.conf" <<CONF
Dir::State::Lists "$state/lists";
Dir::State::Status "$state/status";
Dir::Cache "$state/cache";
Dir::Etc::SourceList "$state/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Acquire::Languages "none";
Acquire::Retries "3";
APT::Sandbox::User "";
CONF
        APT_CONFIG=$state/apt.conf timeout 300 apt-get -q update >>"$cache/apt.log" 2>&1 || true
        [[ -n $(find "$state/lists" -name '*_Packages*' -print -quit) ]] \
            || unable "no package lists of Debian's $name: $(tail -n 1 "$cache/apt.log")"
        touch "$state/ready"
    fi
    APT_CONFIG=$state/apt.conf timeout 600 "$@"
}

# unpack SUITE DIRECTORY PACKAGE…: their files, without installing anything.
unpack() {
    local name=$1 into=$2 file
    shift 2
    mkdir -p "$into/.debs"
    (cd "$into/.debs" && suite "$name" apt-get -q download "$@" >>"$cache/apt.log" 2>&1) \
        || unable "cannot fetch $* from Debian's $name: $(tail -n 1 "$cache/apt.log")"
    for file in "$into"/.debs/*.deb; do
        dpkg -x "$file" "$into"
    done
    rm -rf "$into/.debs"
}

# The ELF kernel within a bzImage: QEMU starts it directly, which saves the guest's own slow decompression.
extract_kernel() {
    local image=$1 sectors offset length
    sectors=$(od -An -tu1 -j 497 -N 1 "$image" | tr -d ' ')
    offset=$(od -An -tu4 -j 584 -N 4 "$image" | tr -d ' ')
    length=$(od -An -tu4 -j 588 -N 4 "$image" | tr -d ' ')
    # Its last four bytes are the unpacked size; head ends before tail, which pipefail would take for a failure.
    { tail -c "+$(((sectors + 1) * 512 + offset + 1))" "$image" || true; } 2>/dev/null | head -c "$((length - 4))" >"$2.packed"
    case $(od -An -tx1 -N 4 "$2.packed" | tr -d ' ') in
        fd377a58) xz -dc --single-stream "$2.packed" ;;
        28b52ffd) zstd -dcq "$2.packed" ;;
        02214c18) lz4 -dcq "$2.packed" ;;
        *) gzip -dc "$2.packed" ;;
    esac >"$2" 2>/dev/null || true
    rm -f "$2.packed"
    [[ $(od -An -tx1 -N 4 "$2" | tr -d ' ') == 7f454c46 ]] || cp "$image" "$2"
}

prepare_kernel() {
    local work=$kernel.new image version part
    [[ ! -e $kernel/ready ]] || return 0
    rm -rf "$work" "$kernel"
    mkdir -p "$work"
    # The metapackage names the image; since Linux 7 that one in turn only names the packages with the files.
    image=$(suite "$kernel_suite" apt-cache depends linux-image-amd64 | awk '$1 == "Depends:" && $2 ~ /^linux-image-[0-9]/ && !found++ { print $2 }')
    [[ -n $image ]] || unable "Debian's $kernel_suite has no linux-image-amd64"
    version=${image#linux-image-}
    echo "rig: fetching $image"
    unpack "$kernel_suite" "$work/all" "$image"
    if [[ -z $(find "$work/all" -name 'vmlinuz*') ]]; then
        for part in base binary modules; do
            unpack "$kernel_suite" "$work/all" "linux-$part-$version"
        done
    fi
    [[ -e $work/all/lib ]] || ln -s usr/lib "$work/all/lib"
    depmod -b "$work/all" "$version"
    extract_kernel "$(find "$work/all" -name 'vmlinuz*' -type f -print -quit)" "$work/vmlinux"
    keep_modules "$work/all" "$work/modules" "$version"
    rm -rf "$work/all"
    echo "$version" >"$work/version"
    touch "$work/ready"
    mv "$work" "$kernel"
}

# Of 4,000 modules the rig needs a few, with what they depend on; a name that a kernel has built in is left out.
keep_modules() {
    local from=$1 to=$2/lib/modules/$3 name file
    local names=(virtio_pci 9pnet_virtio 9p overlay fuse cxl_acpi cxl_pci cxl_mem cxl_pmem cxl_port nvme vfio-pci pci-stub)
    mkdir -p "$to"
    for name in "${names[@]}"; do
        modprobe -d "$from" -S "$3" --show-depends "$name" 2>/dev/null || true
    done | awk '$1 == "insmod" { print $2 }' | sort -u | while read -r file; do
        case $file in
            *.xz) xz -dc "$file" >"$to/$(basename "$file" .xz)" ;;
            *.zst) zstd -dcq "$file" >"$to/$(basename "$file" .zst)" ;;
            *) cp "$file" "$to/" ;;
        esac
    done
    cp "$from/lib/modules/$3"/modules.{builtin,builtin.modinfo,order} "$to/"
    depmod -b "$2" "$3"
}

# regionclaim.ko, built with the kernel's own headers. A machine without it runs; only its test is left out.
prepare_module() {
    local version work headers stamp
    version=$(<"$kernel/version")
    stamp=$kernel/module-$(sha256sum "$here/guest/module/regionclaim.c" | cut -c 1-16)
    # Newer kernels want a newer compiler than Debian 12's.
    [[ $machine == stable && ! -e $stamp ]] || return 0
    work=$(mktemp -d "$cache/module.XXXXXX")
    headers=$work/usr/src/linux-headers-$version
    if command -v make >/dev/null && command -v gcc >/dev/null \
        && (unpack "$kernel_suite" "$work" "linux-headers-$version" "linux-headers-${version%-*}-common" "linux-kbuild-${version%.*}") \
        && sed -i "s| /usr/src/| $work/usr/src/|" "$headers/Makefile" && cp -r "$here/guest/module" "$work/module" \
        && make -s -C "$headers" "M=$work/module" modules >>"$cache/module.log" 2>&1; then
        cp "$work/module/regionclaim.ko" "$kernel/modules/lib/modules/$version/"
        depmod -b "$kernel/modules" "$version"
        touch "$stamp"
    else
        echo "rig: no module that claims a region: it needs make, gcc and the kernel's headers (see $cache/module.log)" >&2
    fi
    rm -rf "$work"
}

prepare_qemu() {
    [[ -n $qemu_suite && ! -e $qemu/ready ]] || return 0
    rm -rf "$qemu" "$qemu.new"
    mkdir -p "$qemu.new"
    echo "rig: fetching QEMU of $qemu_suite"
    unpack "$qemu_suite" "$qemu.new" qemu-system-x86 qemu-system-common qemu-system-data seabios
    touch "$qemu.new/ready"
    mv "$qemu.new" "$qemu"
}

# The start image: busybox, the modules and a first process that makes this machine's root the guest's.
prepare_image() {
    local work
    work=$(mktemp -d "$cache/image.XXXXXX")
    mkdir -p "$work"/{bin,dev,proc,sys,lower,upper,machine}
    cp /bin/busybox "$work/bin/busybox"
    cp -r "$kernel/modules/lib" "$work/lib"
    install -m 755 "$here/guest/init.sh" "$work/init"
    (cd "$work" && find . | sort | cpio -o -H newc --quiet -R 0:0) >"$kernel/image.new"
    mv "$kernel/image.new" "$kernel/image.cpio"
    rm -rf "$work"
}

need_programs() {
    local name
    for name in qemu-system-x86_64 busybox cpio depmod modprobe xz zstd lz4 lspci setpci curl sqlite3; do
        command -v "$name" >/dev/null || unable "there is no $name here"
    done
    [[ $(uname -m) == x86_64 ]] || unable "the rig's machines are x86-64, this one is $(uname -m)"
    ! ldd /bin/busybox >/dev/null 2>&1 || unable "/bin/busybox is not a static program (Debian: busybox-static)"
}

prepare() {
    need_programs
    command -v apt-get >/dev/null || unable "there is no apt-get here, and the kernels are Debian's"
    mkdir -p "$cache"
    exec 9>"$cache/lock"
    flock -w 900 9 || unable "another rig.sh has held $cache/lock for 15 minutes"
    prepare_kernel
    prepare_module
    prepare_qemu
    prepare_image
}

# ---- boot ------------------------------------------------------------------

memory() { printf -- '-object\nmemory-backend-ram,id=%s,size=%s,share=on\n' "$1" "$2"; }

# One line an argument. All but the CXL tree names its bus, or QEMU would put it there.
devices() {
    local spdm=$1 i
    for i in 0 1 2; do
        memory "media$i" 256M
        memory "label$i" 1M
    done
    printf -- '-device\n%s\n' \
        pxb-cxl,bus_nr=12,bus=pcie.0,id=cxl \
        cxl-rp,port=0,bus=cxl,id=port0,chassis=0,slot=2 \
        cxl-type3,bus=port0,memdev=media0,lsa=label0,id=memory0,sn=0x1234 \
        cxl-rp,port=1,bus=cxl,id=port1,chassis=0,slot=3 \
        cxl-upstream,bus=port1,id=switch \
        cxl-downstream,port=0,bus=switch,id=down0,chassis=0,slot=4 \
        cxl-type3,bus=down0,memdev=media1,lsa=label1,id=memory1,sn=0x5678 \
        cxl-downstream,port=1,bus=switch,id=down1,chassis=0,slot=5 \
        cxl-type3,bus=down1,memdev=media2,lsa=label2,id=memory2,sn=0x9abc \
        pcie-root-port,bus=pcie.0,id=port2,chassis=7,slot=7 \
        "nvme,bus=port2,serial=rig$spdm" \
        pcie-pci-bridge,bus=pcie.0,id=bridge \
        e1000,bus=bridge,addr=1,romfile= \
        virtio-9p-pci,bus=pcie.0,fsdev=root,mount_tag=root \
        virtio-9p-pci,bus=pcie.0,fsdev=out,mount_tag=out
    printf -- '-M\ncxl-fmw.0.targets.0=cxl,cxl-fmw.0.size=4G\n'
}

boot() {
    local out=$1 status=0 spdm='' program=(qemu-system-x86_64) arguments
    shift
    need_programs
    [[ -e $kernel/image.cpio && (-z $qemu_suite || -e $qemu/ready) ]] \
        || unable "the machine '$machine' is not in $cache (get it with: tests/RealKernel/rig.sh prepare $machine)"
    if [[ -n $qemu_suite ]]; then
        export QEMU_MODULE_DIR=$qemu/usr/lib/x86_64-linux-gnu/qemu
        program=("$qemu/usr/bin/qemu-system-x86_64" -L "$qemu/usr/share/qemu" -L "$qemu/usr/share/seabios")
    fi
    "${program[@]}" --version >/dev/null 2>&1 || unable "QEMU cannot start here: $("${program[@]}" --version 2>&1 | tail -n 1)"
    [[ -z ${RIG_SPDM_PORT:-} ]] || spdm=,spdm_port=$RIG_SPDM_PORT
    mapfile -t arguments < <(devices "$spdm")

    mkdir -p "$out"
    out=$(cd "$out" && pwd)
    run=$(mktemp -d "$cache/run.XXXXXX")
    trap 'rm -rf "$run"' EXIT
    # The command travels in a second archive behind the first; the kernel unpacks both.
    mkdir "$run/rig"
    {
        printf 'cd %q\n' "$PWD"
        printf 'export DOTNET_ROOT=%q RIG_OUT=/run/rig RIG_MACHINE=%q\n' "${DOTNET_ROOT:-}" "$machine"
        printf 'exec'
        printf ' %q' "$@"
        printf '\n'
    } >"$run/rig/command"
    (cd "$run" && printf 'rig\nrig/command\n' | cpio -o -H newc --quiet -R 0:0 | cat "$kernel/image.cpio" - >image)
    # Emulated always: nested virtualisation is not everywhere, and where it is it does not always work. By one thread: with more, a
    # processor can run code that another has just replaced, and a kernel that switches its probes on panics (int3 in __schedule).
    # no_timer_check: on a busy machine the emulated timer can miss the kernel's trial of it, and the kernel would not start.
    timeout --kill-after=10 "${RIG_SECONDS:-300}" "${program[@]}" \
        -machine q35,cxl=on -accel tcg,thread=single -cpu max,la57=off -smp 2 -m 1536M \
        -nodefaults -no-user-config -display none -no-reboot \
        -chardev "file,id=console,path=$out/console.log" -serial chardev:console \
        -chardev "file,id=status,path=$run/status" -serial chardev:status \
        -kernel "$kernel/vmlinux" -initrd "$run/image" \
        -append "console=ttyS0 panic=-1 nokaslr audit=0 mitigations=off no_timer_check ${RIG_APPEND:-}" \
        -fsdev local,id=root,path=/,security_model=none,multidevs=remap,readonly=on \
        -fsdev "local,id=out,path=$out,security_model=none,multidevs=remap" \
        "${arguments[@]}" </dev/null >"$out/qemu.log" 2>&1 || status=$?
    [[ $status != 124 && $status != 137 ]] || exit 124
    read -r status <"$run/status" 2>/dev/null || {
        echo "the guest gave no status (QEMU's was $status): see $out/console.log and $out/qemu.log" >&2
        exit 125
    }
    exit "${status%$'\r'}"
}

case ${1:-} in
    prepare)
        [[ $# == 2 ]] || usage
        choose "$2"
        prepare
        ;;
    boot)
        (($# >= 4)) || usage
        choose "$2"
        shift 2
        boot "$@"
        ;;
    *) usage ;;
esac
