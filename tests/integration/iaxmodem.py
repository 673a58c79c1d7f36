# SPDX-License-Identifier: Apache-2.0
"""tipring monitor on a modem that nobody here wrote: iaxmodem, which another one calls."""

import json
import os
import pathlib
import signal
import subprocess
import tempfile

import harness

harness.need("iaxmodem", "unshare", "ip")
harness.need_namespaces()

CONFIG = """device {folder}/{name}
owner root:root
mode 660
port {port}
refresh 0
server 127.0.0.1
peername {name}
secret none
cidname Modem {name}
cidnumber 55500{port}
codec slinear
"""
# A network of its own: nothing of these calls leaves it. iaxmodem refuses calls for 5 s after ATZ.
RUN = """
set -e
ip link set lo up
mount --make-rprivate /
mount --bind "$1/etc" /etc/iaxmodem
mount -t tmpfs -o mode=1777 tmpfs /var/lock
mkdir -p "$1/log/iaxmodem"
mount --bind "$1/log" /var/log
cd "$1"
iaxmodem called &
until [ -e called ]; do sleep 0.1; done
HOME="$1" "$TIPRING" monitor --json --no-call-log --port "pty:$1/called" > said &
until grep -q '"ready"' said; do sleep 0.1; done
sleep 6
iaxmodem calling &
until [ -e calling ]; do sleep 0.1; done
stty raw -echo < calling
exec 3<> calling
printf 'AT\\r' >&3
sleep 0.5
printf 'ATDT5551234\\r' >&3
wait
"""


def events(folder):
    said = folder / "said"
    lines = said.read_text(encoding="utf-8").splitlines(keepends=True) if said.exists() else []
    return [json.loads(line) for line in lines if line.endswith("\n")]


with tempfile.TemporaryDirectory(prefix="tipring-") as name:
    folder = pathlib.Path(name)
    (folder / "etc").mkdir()
    for modem, port in (("called", 4569), ("calling", 4570)):
        text = CONFIG.format(folder=folder, name=modem, port=port)
        (folder / "etc" / modem).write_text(text, encoding="ascii")
    # a fork, so that a terminal that it opens does not control it
    process = subprocess.Popen(["unshare", "-mnf", "sh", "-c", RUN, "iaxmodem", name],
                               stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        harness.wait_for(lambda: [e["count"] for e in events(folder) if e["event"] == "ring"] == [
            1, 2], 50, "two rings")
        told = events(folder)
        caller = next(e for e in told if e["event"] == "caller")
        assert (caller["number"], caller["name"]) == ("555004570", "Modem calling"), caller
        assert [e["state"] for e in told if e["event"] == "state"] == ["offering"]
    except BaseException:
        print(*events(folder), sep="\n")
        raise
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
