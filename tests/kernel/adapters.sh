#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2317,SC2094 # functions by name; the program does not read what it writes
# In the guest: the kernel takes the adapters in, and a plain libusb program (the third argument) uses them.
# shellcheck source=tests/kernel/guest.bash
source "$(dirname "${BASH_SOURCE[0]}")/guest.bash"
peer=$3

on_bus() { cat /sys/bus/usb/devices/*/idVendor 2>/dev/null | grep -c -v 1d6b; }
all_on_bus() { [[ $(on_bus) == "$1" ]]; }

for bus in 1-1 1-2 1-3 1-4 1-5; do
    check "$bus is attached" attach $bus
done
check "the kernel has all of them" until_true 20 all_on_bus 5
((failures == 0)) || finish
udevadm settle
check "the simulator sees them taken" test "$(sim "devices?" | grep -o attached | wc -l)" = 5
"$tipring" devices --json > devices
for identity in 10c4:8461 04d8:fcf1 335e:8a01 06e6:831c; do
    check "devices lists $identity" has devices "\"usb\":\"$identity\".*\"allowed\":true"
done

check "a U100" "$peer" sangoma-u100
check "an Open USB FXS board" "$peer" open-usb-fxs
"$peer" hid-phone > hid &
program=$!
until_true 20 has hid "takes an order"
check "the exchange rings the HID telephone" test "$(sim "on 5550102 call number=5551234")" = ok
check "a HID telephone" wait $program
cat hid

# The unmodified program on the HID telephone: calls, a pulled cable, calls again.
ended() { ! kill -0 "$1" 2>/dev/null; }
sim "on 5550102 hangup" > /dev/null
"$tipring" monitor --port usb:@1-3 --no-call-log --json > monitor 2> monitor.err &
program=$!
check "monitor waits for calls" until_true 60 has monitor '"event":"ready"'
check "the exchange calls" test "$(sim "on 5550102 call number=5551235")" = ok
check "monitor tells of the call" until_true 30 has monitor '"event":"ring"'
check "the simulator pulls the cable" test "$(sim "on 1-3 unplug")" = ok
check "monitor tells that the call is over" until_true 30 has monitor '"event":"state".*"state":"idle"'
sim "on 5550102 hangup" > /dev/null
check "the simulator puts it in" test "$(sim "on 1-3 plug")" = ok
check "it is attached again" attach 1-3
check "the exchange calls again" test "$(sim "on 5550102 call number=5551236")" = ok
two_calls() { [[ $(grep -c '"event":"call"' monitor) -ge 2 ]]; }
check "monitor tells of that call" until_true 60 two_calls
kill -INT "$program"
check "monitor ends" until_true 20 ended "$program"

# The simulator pulls a cable: the kernel notices.
check "the simulator unplugs one" test "$(sim "on 1-2 unplug")" = ok
check "the kernel has one less" until_true 20 all_on_bus 4

if ((failures)); then
    show devices
    show monitor
    show monitor.err
    dmesg | tail -n 40
fi
finish
