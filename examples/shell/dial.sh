#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Dials a number on the first line, waits until the call is over, and says how it went.
#     dial.sh NUMBER [--user]
set -eu
number=$1
bus=${2:---system}
name=org.tipring.Tipring1
root=/org/tipring/Tipring1

tipring() { busctl "$bus" --json=short "$@"; }

line=$(tipring get-property $name $root org.tipring.Tapi1 Addresses | sed 's/.*\["\([^"]*\)".*/\1/')
call=$(tipring call $name "$line" org.tipring.Address1 Dial s "$number" |
    sed 's/.*\["\([^"]*\)".*/\1/')
trap 'tipring call $name "$call" org.tipring.Call1 HangUp >/dev/null 2>&1 || true' INT TERM
while :; do
    state=$(tipring get-property $name "$call" org.tipring.Call1 State 2>/dev/null |
        sed 's/[^0-9]//g')
    case $state in
    1) echo "dialling" ;;
    2) echo "connected" ;;
    3 | "") echo "over"; break ;;
    esac
    sleep 1
done
