# What `run` and `tests/run` have in common: installing packages, configuring and building, quietly. Sourced by bash with `set -euo pipefail`;
# $root is the repository's folder.

source "$root/tools/packages.sh"

say() { printf '%s\n' "$*" >&2; }
fail() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

has_apt() { command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; }

# Those of "$@" that dpkg does not call installed.
missing_packages() {
    local installed package
    # dpkg-query fails where it knows one of them not at all: that one is missing, too.
    installed=" $({ dpkg-query -W -f='${db:Status-Status}:${Package}\n' "$@" 2>/dev/null || true; } | sed -n 's/^installed://p' | tr '\n' ' ') "
    for package in "$@"; do
        [[ $installed == *" $package "* ]] || printf '%s\n' "$package"
    done
}

# install_packages PACKAGE… : on Debian and its children, installs those that are missing. Elsewhere it does nothing: configure() names them.
install_packages() {
    has_apt || return 0
    local missing
    mapfile -t missing <<<"$(missing_packages "$@")"
    [[ -n ${missing[0]} ]] || return 0

    local as_root=()
    local by_hand="apt-get update && apt-get install --no-install-recommends ${missing[*]}"
    if (( EUID != 0 )); then
        command -v sudo >/dev/null || fail "these packages are missing, and there is no sudo to install them with. As root, run:
  $by_hand"
        as_root=(sudo)
        if [[ ! -t 0 ]]; then
            sudo -n true 2>/dev/null || fail "these packages are missing, and sudo wants a password but there is no terminal. As root, run:
  $by_hand"
        fi
        say "Installing with sudo apt-get: ${missing[*]}"
        sudo true || fail "sudo was refused. As root, run:
  $by_hand"
    else
        say "Installing with apt-get: ${missing[*]}"
    fi
    mkdir -p "$root/build"
    local log="$root/build/apt.log"
    : >"$log"
    local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120)
    if ! "${apt[@]}" update >>"$log" 2>&1 </dev/null; then
        say "(apt-get update failed; trying with the lists that are here)"
    fi
    if ! "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1 </dev/null; then
        tail -n 20 "$log" >&2
        fail "apt-get could not install: ${missing[*]} (all of its output: build/apt.log)"
    fi
}

# What to install where this script does not do it.
name_packages() {
    local like=""
    [[ -r /etc/os-release ]] && like=$(. /etc/os-release && printf '%s %s' "${ID:-}" "${ID_LIKE:-}")
    case " $like " in
        *" debian "* | *" ubuntu "*) say "  apt-get install ${packages_app_debian[*]} ${packages_tests_debian[*]}" ;;
        *" fedora "* | *" rhel "*) say "  dnf install $packages_app_fedora $packages_tests_fedora" ;;
        *" arch "*) say "  pacman -S --needed $packages_app_arch $packages_tests_arch" ;;
        *)
            say "  Debian, Ubuntu: ${packages_app_debian[*]} ${packages_tests_debian[*]}"
            say "  Fedora:         $packages_app_fedora $packages_tests_fedora"
            say "  Arch:           $packages_app_arch $packages_tests_arch"
            ;;
    esac
}

# configure PRESET: runs CMake where that was not done yet, or the presets have changed; ninja sees to all other changes.
configure() {
    local folder="$root/build/$1"
    [[ -f $folder/build.ninja && $folder/build.ninja -nt $root/CMakePresets.json ]] && return 0
    local tool
    for tool in cmake ninja pkg-config; do
        command -v "$tool" >/dev/null || { say "$tool is missing. The packages to install:"; name_packages; exit 1; }
    done
    mkdir -p "$folder"
    local arguments=()
    # With precompiled headers, ccache keeps nothing unless it is told that this is meant.
    command -v ccache >/dev/null && arguments+=("-DCMAKE_CXX_COMPILER_LAUNCHER=env;CCACHE_SLOPPINESS=pch_defines,time_macros;ccache" -DCMAKE_CXX_FLAGS=-fpch-preprocess)
    if ! (cd "$root" && cmake --preset "$1" "${arguments[@]}") >"$folder/configure.log" 2>&1 </dev/null; then
        rm -f "$folder/build.ninja"
        cat "$folder/configure.log" >&2
        say "CMake could not set up build/$1. If a library is missing, these are the packages to install:"
        name_packages
        exit 1
    fi
    touch "$folder/build.ninja"
}

# build PRESET [TARGET…]: says nothing when nothing is to be done; one line of progress on a terminal; the compiler's words when it fails.
build() {
    local preset=$1 folder="$root/build/$1" line told=false
    shift
    local log="$folder/build.log"
    local status=0
    {
        cmake --build "$folder" ${1:+--target "$@"} 2>&1 </dev/null || printf 'exit status %d\n' $?
    } | tee "$log" | while IFS= read -r line; do
        [[ $line =~ ^\[[0-9]+/[0-9]+\]\ (Building|Linking|Embedding) ]] || continue
        if [[ -t 2 ]]; then
            printf '\r\033[K%.*s' "$(( ${COLUMNS:-80} - 1 ))" "$line" >&2
        elif ! $told; then
            say "Building build/$preset …"
            told=true
        fi
    done
    [[ -t 2 ]] && printf '\r\033[K' >&2
    if tail -n 1 "$log" | grep -q '^exit status '; then
        # From the first failure on; ninja finishes what it has begun, so that more than one file's errors can be there.
        sed -n '/^FAILED:/,$p' "$log" | head -n 200 >&2
        grep -q '^FAILED:' "$log" || tail -n 40 "$log" >&2
        fail "build/$preset could not be built (all of the output: build/$preset/build.log)"
    fi
    return $status
}
