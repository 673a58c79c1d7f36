# SPDX-License-Identifier: Apache-2.0
"""vm dials, plays, records, and is a telephone menu written in shell."""

import math
import struct
import subprocess

import harness
import mgetty_setup
import vgetty_setup

harness.need("vm", "wavtopvf", "pvfspeed", "pvftormd", "rmdtopvf", "pvftolin", "unshare")
harness.need_namespaces()

# The voice shell: each line out is told by SIGPIPE, each answer is a line in.
MENU = r"""
hear() {
    read -r answer <&"$VOICE_INPUT"
    echo "< $answer" >> "$LOG"
    [ "$answer" = "$1" ] || exit 1
}
say() { echo "> $1" >> "$LOG"; echo "$1" >&"$VOICE_OUTPUT"; kill -PIPE "$VOICE_PID"; }
LOG=@LOG@
hear "HELLO SHELL"
say "HELLO VOICE PROGRAM"; hear READY
say "DEVICE DIALUP_LINE"; hear READY
say "ENABLE EVENTS"; hear READY
say "BEEP 700 300"; hear BEEPING; hear READY
say "PLAY @GREETING@"; hear PLAYING; hear READY
say "DTMF 159"; hear DTMFING; hear READY
say "WAIT 15"; hear WAITING; hear RECEIVED_DTMF; hear 7
say STOP; hear READY
say GOODBYE; hear "GOODBYE SHELL"
"""


def strength(samples, hertz):
    """Amplitude of one frequency."""
    wave = [sum(s * f(2 * math.pi * hertz * i / 8000) for i, s in enumerate(samples))
            for f in (math.cos, math.sin)]
    return 2 * math.hypot(*wave) / len(samples)


def samples_of(path):
    """What a recording of vm's says, by the converters of its own package."""
    raw = subprocess.run(f"rmdtopvf {path} | pvfspeed -s 8000 | pvftolin -W", shell=True,
                         check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout
    return struct.unpack(f"<{len(raw) // 2}h", raw[:len(raw) // 2 * 2])


def vm(machine, *words):
    name = machine.modem.pty.removeprefix("/dev/")
    verb, *rest = words
    result = harness.run(machine.command("vm", verb, "-t", "-l", name, *rest), 40)
    print(verb, result.returncode, result.stdout)
    harness.wait_for(lambda: "line=idle" in machine.modem.control("state?"), 10, "vm hangs up")
    return result


def menu(modem, machine):
    log, script = f"{modem.dir}/menu.log", f"{modem.dir}/menu.sh"
    with open(script, "w", encoding="ascii") as file:
        file.write(MENU.replace("@LOG@", log).replace("@GREETING@", str(machine.greeting)))
    modem.control("script dial line; wait answer; wait beep; wait key=9; wait 1; keys 7; "
                  "wait hangup within=60")
    vm(machine, "shell", "-S", "/bin/bash", script)
    with open(log, encoding="ascii") as file:
        print(text := file.read())
    assert text.endswith("> GOODBYE\n< GOODBYE SHELL\n")
    assert modem.control("digits?") == "159"


with harness.simulated("v253") as modem:
    machine = vgetty_setup.Vgetty(modem, "V253modem", 8, 8000)
    try:
        modem.control("plan number=5551234 does=answer rings=0")
        assert vm(machine, "dial", "5551234").returncode == 0
        assert modem.control("answer?") == "yes"
        assert "D5551234" in modem.commands(), modem.commands()
        assert vm(machine, "play", str(machine.greeting)).returncode == 0
        assert modem.sound("from_dte") == vgetty_setup.payload(machine.greeting)
        assert vm(machine, "record", "-L", "3", "-c", "8", f"{modem.dir}/tone.rmd").returncode == 0
        assert modem.sound("to_dte").startswith(vgetty_setup.payload(f"{modem.dir}/tone.rmd"))
        tone = samples_of(f"{modem.dir}/tone.rmd")[4000:12000]
        dial_tone = min(strength(tone, hertz) for hertz in (350, 440))
        assert dial_tone > 20 * strength(tone, 620), (dial_tone, strength(tone, 620))
        menu(modem, machine)
    except BaseException:
        print(modem.commands(), modem.control("state?"), modem.control("script?"))
        mgetty_setup.print_logs(modem.dir)
        raise
