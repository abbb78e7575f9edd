# shellcheck shell=bash
# What the scripts of this folder share. Sourced, never run.

# shellcheck disable=SC2034  # both are for the scripts that source this file
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck disable=SC2034
CACHE=${MODELSEAL_PEERS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/modelseal}

say() {
    printf '==> %s\n' "$*"
}

# die SENTENCE: what went wrong and what to do, then exit 1.
die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

is_installed() {
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# as_root COMMAND…: as it is for root, with sudo for others.
as_root() {
    if [[ $EUID -eq 0 ]]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "this needs root: $* (install sudo, or run it as root, then start this script again)"
    fi
}

# install_debian_packages WHAT_FOR PACKAGE…: installs those that are missing, after saying which.
install_debian_packages() {
    local what_for=$1 package missing=()
    shift
    command -v dpkg-query >/dev/null ||
        die "this system has no dpkg. Install what Debian 12 calls: $*"
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    if [[ ${#missing[@]} -eq 0 ]]; then
        say "Debian packages for $what_for: all installed"
        return 0
    fi
    say "installing Debian packages for $what_for: ${missing[*]}"
    refresh_package_lists
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet \
        --no-install-recommends "${missing[@]}" >/dev/null ||
        die "apt-get could not install: ${missing[*]}. Run 'apt-get install ${missing[*]}' to see why"
}

# refresh_package_lists: apt-get update, once for a script and the scripts that it starts.
refresh_package_lists() {
    if [[ -z ${MODELSEAL_APT_UPDATED:-} ]]; then
        as_root apt-get update --quiet >/dev/null ||
            die "apt-get update failed: is there a network, and is /etc/apt/sources.list right?"
        export MODELSEAL_APT_UPDATED=1
    fi
}
