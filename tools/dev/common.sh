# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the scripts of this folder share. Sourced, never run. Leaves the caller in the project's top folder.
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

# One line about what goes on: dim on a terminal, plain elsewhere, always on standard error.
say() {
    if [[ -t 2 && -z ${NO_COLOR:-} ]]; then
        printf '\e[2m%s\e[0m\n' "$*" >&2
    else
        printf '%s\n' "$*" >&2
    fi
}

die() {
    printf '%s: %s\n' "tools/dev/$(basename "$0")" "$*" >&2
    exit 1
}

# configure PRESET [-DNAME=VALUE...]: only when that build tree was never configured, or when one of
# the values differs from what the tree has. Edited CMake files are ninja's business.
configure() {
    local preset=$1 cache=build/$1/CMakeCache.txt wanted stale=0
    shift
    [[ -f $cache && -f build/$preset/build.ninja ]] || stale=1
    for wanted in "$@"; do
        wanted=${wanted#-D}
        [[ $stale == 1 ]] || grep -q "^${wanted%%=*}:[A-Z]*=${wanted#*=}\$" "$cache" || stale=1
    done
    if [[ $stale == 1 ]]; then
        say "Configuring build/$preset ..."
        local output
        output=$(cmake --preset "$preset" "$@" 2>&1) || die "cmake --preset $preset failed:
$output"
    fi
}

# build PRESET [TARGET...]: silent when there is nothing to do.
build() {
    local preset=$1
    shift
    if ninja -C "build/$preset" -n "$@" 2>/dev/null | grep -q 'no work to do'; then
        return 0
    fi
    say "Building in build/$preset ..."
    cmake --build "build/$preset" --parallel "$(nproc)" ${1:+--target "$@"} >&2 ||
        die "the build failed; its messages are above"
}
