# SPDX-License-Identifier: Apache-2.0
"""A private configuration of vgetty and vm, and their runs."""

import os
import pathlib
import signal
import subprocess

import harness
import mgetty_setup


class Vgetty:
    """Everything of vgetty's in `modem.dir`; nothing of the machine's is read or written."""

    def __init__(self, modem, kind, bits, rate, settings=""):
        self.modem = modem
        root = pathlib.Path(modem.dir)
        self.config, self.spool = root / "etc", root / "spool"
        for folder in (self.config, self.spool / "messages", self.spool / "incoming"):
            folder.mkdir(parents=True)
        self.digits = root / "digits"
        program = root / "dtmf.sh"
        program.write_text(f"#!/bin/sh\necho \"$@\" > {self.digits}\n", encoding="ascii")
        program.chmod(0o755)
        (self.config / "mgetty.config").write_text("debug 4\nspeed 38400\n", encoding="ascii")
        (self.config / "login.config").write_text("* - - /bin/true\n", encoding="ascii")
        (self.config / "voice.conf").write_text(f"""part generic
voice_log_level 4
voice_dir {self.spool}
phone_owner root
phone_group root
command_delay 20
rec_silence_len 20
beep_length 200
do_message_light false
{settings}
program vgetty
rings 2
answer_mode voice
dtmf_program {program}
program vm
""", encoding="ascii")
        self._greeting(root, kind, bits, rate)

    def _greeting(self, root, kind, bits, rate):
        harness.sine_wav(root / "greeting.wav", 600, 1)
        self.greeting = self.spool / "messages" / "standard.rmd"
        subprocess.run(f"wavtopvf {root}/greeting.wav | pvfspeed -s {rate} | "
                       f"pvftormd {kind} {bits} > {self.greeting}", shell=True, check=True,
                       stderr=subprocess.DEVNULL)
        (self.spool / "messages" / "Index").write_text("standard.rmd\n", encoding="ascii")

    def command(self, *command):
        return mgetty_setup.in_private_etc(self.config, self.modem.dir, *command)

    def start(self, caller_id):
        name = self.modem.pty.removeprefix("/dev/")
        init = f'"" ATZ OK ATE0 OK {caller_id} OK'
        return subprocess.Popen(self.command("vgetty", "-m", init, name),
                                stdin=subprocess.DEVNULL, start_new_session=True)


def payload(path):
    """A .rmd file without its header of 32 bytes."""
    return pathlib.Path(path).read_bytes()[32:]


def answering_machine(model, kind, bits, rate, caller_id, ready, record, settings=""):
    """One call: greeting, recording with two keys, silence. Everything must arrive as it was sent."""
    harness.need("vgetty", "wavtopvf", "pvfspeed", "pvftormd", "unshare")
    harness.need_namespaces()
    with harness.simulated(model) as modem:
        machine = Vgetty(modem, kind, bits, rate, settings)
        process = machine.start(caller_id)
        try:
            harness.wait_for(lambda: modem.commands()[-1:] == [ready], 25, "vgetty set the modem up")
            modem.control('call number=5551234 name="SMITH J"')
            harness.wait_for(lambda: record in modem.commands(), 25, "vgetty records")
            assert modem.control("answer?") == "yes"
            harness.sine_wav(f"{modem.dir}/caller.wav", 440, 1)
            modem.control(f"play {modem.dir}/caller.wav")
            modem.control("digits 12")
            incoming = machine.spool / "incoming"
            harness.wait_for(machine.digits.exists, 25, "dtmf_program is called")
            harness.wait_for(lambda: "line=idle" in modem.control("state?"), 25, "vgetty hangs up")
            digits = machine.digits.read_text(encoding="ascii")
            assert digits.split()[0] == "12", digits
            assert modem.sound("from_dte") == payload(machine.greeting), "the greeting is changed"
            files = list(incoming.glob("*.rmd"))
            assert len(files) == 1 and "5551234" in files[0].name, files
            recorded, sent = payload(files[0]), modem.sound("to_dte")
            assert len(recorded) > 1000
            # vgetty stops reading at its stop code; the modem sends on until it gets that
            assert sent.startswith(recorded), f"{len(recorded)} of {len(sent)} bytes differ"
            assert len(sent) - len(recorded) < 4000, (len(recorded), len(sent))
        except BaseException:
            print(modem.commands(), modem.control("state?"))
            mgetty_setup.print_logs(modem.dir)
            raise
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
