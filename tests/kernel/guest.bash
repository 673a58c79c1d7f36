# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
# What the scripts in the guest share. Sourced with the guest's arguments: the program under test, the port of USB/IP
# on the host, and the programs of the test.
set -uo pipefail
tipring=$1 port=$2
failures=0

# Prints what is checked; every check counts, none ends the script.
check() {
    local what=$1
    shift
    if "$@"; then
        echo "ok      $what"
    else
        echo "FAILED  $what"
        failures=$((failures + 1))
    fi
}

# until_true SECONDS COMMAND...: asks again and again, as nothing tells when a node of the kernel is there.
until_true() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < end)) || return 1
        sleep 0.1
    done
}

# A command of the simulator on the host, and its answer.
sim() {
    echo "$*" >&7
    read -r -t 10 -u 7 answer
    echo "$answer"
}

# The tool fails while the device before is still being enumerated ("open vhci_driver").
attach_once() { usbip --tcp-port "$port" attach -r 10.0.2.2 -b "$1" > attached 2>&1; }
attach() { until_true 20 attach_once "$1" || { cat attached; return 1; }; }
detach() { usbip detach -p "$1" > /dev/null 2>&1; }
# has FILE PATTERN: some line matches.
has() { grep -q -E -- "$2" "$1"; }
show() {
    echo "--- $1:"
    tail -n 30 "$1"
}
finish() {
    echo "$failures failed"
    exit $((failures > 0))
}

# The network first: udevd would give it another name meanwhile.
modprobe -a virtio_net virtio_console || exit 1
until_true 20 test -e /sys/class/net/eth0
ip addr add 10.0.2.15/24 dev eth0 && ip link set eth0 up || exit 1
mkdir -p /run/udev
/lib/systemd/systemd-udevd --daemon 2>/dev/null
modprobe vhci-hcd || exit 1
if [[ ! -e /dev/virtio-ports/sim ]]; then  # the name is udev's
    udevadm trigger --action=add --subsystem-match=virtio-ports
fi
until_true 20 test -e /dev/virtio-ports/sim || exit 1
exec 7<> /dev/virtio-ports/sim
echo "--- up after $(cut -d' ' -f1 /proc/uptime) s, Linux $(uname -r)"
