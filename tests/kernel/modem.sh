#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2317,SC2094 # functions by name; the program does not read what it writes
# In the guest: the kernel's cdc_acm makes /dev/ttyACM0 of the model, and the unmodified program takes calls on it.
# shellcheck source=tests/kernel/guest.bash
source "$(dirname "${BASH_SOURCE[0]}")/guest.bash"

is_answered() { [[ $(sim "answer?") == "ok yes" ]]; }
# A call that waits for its answer.
call() {
    check "the exchange takes a call" test "$(sim "call number=$1 name=\"$2\"")" = ok
    check "it is answered" until_true 40 is_answered
}
ended() { ! kill -0 "$1" 2>/dev/null; }

# The terminal.
attach 1-1
until_true 20 test -c /dev/ttyACM0
udevadm settle
check "cdc_acm makes a terminal" test -c /dev/ttyACM0
((failures == 0)) || finish
check "its driver is cdc_acm" test "$(basename "$(readlink /sys/class/tty/ttyACM0/device/driver)")" = cdc_acm
"$tipring" devices --json > devices
check "devices lists it" has devices '"port":"/dev/ttyACM0".*"usb":"0572:1329"'
"$tipring" lines --port /dev/ttyACM0 > lines
check "lines asks the modem behind it" has lines 'names the caller'

# A call with caller ID, recorded.
"$tipring" record --port /dev/ttyACM0 --rings 2 --no-call-log --json call.wav > record 2> record.err &
program=$!
check "record waits for a call" until_true 40 has record '"event":"ready"'
call 5551234 "J DOE"
sleep 1
check "the caller presses keys" test "$(sim digits 147258#)" = ok
sleep 2
sim hangup > /dev/null
check "record ends with the call" until_true 30 ended $program
check "the caller's number came" has record '"event":"caller".*"number":"5551234"'
check "the caller's name came" has record '"name":"J DOE"'
"$tipring" listen --json call.wav > heard
check "the recording has the keys" test "$(grep -o '"digit":"."' heard | cut -d'"' -f4 | tr -d '\n')" = "147258#"

# The cable is pulled in a call, and put in again.
printf '[at_modem]\nreopen = 1\n' > config
"$tipring" answer --port /dev/ttyACM0 --config config --no-call-log --rings 1 --keep-on-silence --all --json \
    > answer 2> answer.err &
program=$!
check "answer waits for a call" until_true 40 has answer '"event":"ready"'
call 5551235 "R ROE"
check "answer records" until_true 30 has answer '"step":"recording"'
detach 0
check "the terminal is gone" until_true 10 test ! -e /dev/ttyACM0
check "answer says so" until_true 20 has answer '"event":"line".*"inService":false'
check "the call ends in idle" until_true 20 has answer '"event":"state".*"state":"idle"'
check "it goes on" kill -0 $program
attach 1-1
check "the terminal is back" until_true 20 test -c /dev/ttyACM0
check "the line is back" until_true 30 has answer '"event":"line".*"inService":true'
call 5551236 "A COMER"
check "the caller's number came" until_true 10 has answer '"event":"caller".*"number":"5551236"'
check "answer records again" until_true 30 has answer '"path":"[^"]*5551236.wav","state":"active"'
sleep 1
sim hangup > /dev/null
check "the call is done" until_true 20 has answer '"event":"done".*"recording":"[^"]*5551236.wav"'
kill -INT $program
check "answer ends" until_true 20 ended $program

if ((failures)); then
    for file in devices lines record record.err heard answer answer.err; do
        show $file
    done
    dmesg | tail -n 20
fi
finish
