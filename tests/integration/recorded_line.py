# SPDX-License-Identifier: Apache-2.0
"""minimodem and multimon-ng read the caller ID and the keys in a recording of a simulated line."""

import os
import pathlib
import subprocess
import tempfile

import harness

harness.need("minimodem", "multimon-ng", "sox")

SCENARIO = """country = "US"
limit = 30
[[line]]
number = "5550100"
device = "telephone"
script = ["answer rings=2", "wait 1", "keys 159*", "wait 1", "hangup"]
[[call]]
at = 1
from = "2125551212"
name = "SMITH JOHN"
to = "5550100"
"""


def text_of(command):
    return subprocess.run(command, shell=True, check=True, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=30).stdout


with tempfile.TemporaryDirectory(prefix="tipring-") as folder:
    pathlib.Path(folder, "line.toml").write_text(SCENARIO, encoding="ascii")
    wav = f"{folder}/line.wav"
    command = ["simulate", f"{folder}/line.toml", "--fast", "--record", f"5550100={wav}"]
    print(harness.run([os.environ["TIPRING"], *command], 60).stdout)
    left = f"{folder}/left.wav"
    told = text_of(f"sox {wav} {left} remix 1; minimodem --rx callerid -q -f {left}")
    assert "212-555-1212" in told and "SMITH JOHN" in told, told
    raw = "-t raw -e signed -b 16 -c 1 -r 22050 -"
    told = text_of(f"sox {wav} {raw} remix 1 | multimon-ng -q -c -a CLIPFSK -t raw -")
    assert "CID=2125551212" in told and "CNT=SMITH JOHN" in told, told
    told = text_of(f"sox {wav} {raw} remix 2 | multimon-ng -q -c -a DTMF -t raw -")
    keys = "".join(line[-1] for line in told.splitlines() if line.startswith("DTMF: "))
    assert keys == "159*", told
