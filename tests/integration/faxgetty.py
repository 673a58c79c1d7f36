# SPDX-License-Identifier: Apache-2.0
"""HylaFAX's faxgetty takes the simulated modem as one of class 1, reads the caller ID and answers.

The simulated modem has no fax modulation: the test ends with the answer on the line.
"""

import os
import pathlib
import shutil
import signal
import subprocess

import harness

SPOOL = pathlib.Path("/var/spool/hylafax")
CONFIG = """
CountryCode: 1
AreaCode: 555
FAXNumber: +1.555.5550100
LongDistancePrefix: 1
InternationalPrefix: 011
ServerTracing: 0xFFF
SessionTracing: 0xFFF
RecvFileMode: 0600
LogFileMode: 0600
DeviceMode: 0666
RingsBeforeAnswer: 2
SpeakerVolume: off
ModemType: Class1
ModemResetCmds: AT+VCID=1
CallIDPattern: "NMBR = "
CallIDPattern: "NAME = "
"""
MOUNTS = """
set -e
mount --make-rprivate /
mount --bind "$1" /var/spool/hylafax
shift
exec "$@"
"""

harness.need("faxgetty", "unshare")
harness.need_namespaces()


def spool(modem):
    """A spool of the test's own with what the package's has."""
    folder = pathlib.Path(modem.dir, "hylafax")
    for name in ("etc", "log", "status", "recvq", "info", "tmp", "dev", "client", "sendq", "doneq",
                 "docq", "archive", "pollq"):
        (folder / name).mkdir(parents=True)
    shutil.copytree(SPOOL / "config", folder / "config")
    shutil.copytree(SPOOL / "bin", folder / "bin")
    shutil.copy("/etc/hylafax/setup.cache", folder / "etc")
    (folder / "etc" / "config").write_text("", encoding="ascii")
    (folder / "etc" / "config.ttyFM0").write_text(CONFIG, encoding="ascii")
    for path in (pathlib.Path(modem.dir), *folder.glob("**")):
        shutil.chown(path, "uucp", "uucp")
        path.chmod(0o755)
    return folder


with harness.simulated("v253") as modem:
    folder = spool(modem)
    os.chmod(modem.pty, 0o666)
    inner = harness.in_private_dev(modem.pty, "ttyFM0", ["faxgetty", "ttyFM0"])
    process = subprocess.Popen(
        ["unshare", "-m", "sh", "-c", MOUNTS, "faxgetty", str(folder), *inner],
        stdin=subprocess.DEVNULL, start_new_session=True)
    status = folder / "status" / "ttyFM0"
    try:
        harness.wait_for(lambda: status.exists() and "Running and idle" in status.read_text(), 40,
                         "faxgetty is ready")
        assert "+FCLASS=1" in modem.commands()
        modem.control('call number=5551234 name="SMITH J"')
        harness.wait_for(lambda: modem.control("answer?") == "yes", 30, "it answers")
        assert modem.commands()[-1] == "A", modem.commands()
        told = "".join(path.read_text(errors="replace") for path in folder.glob("log/*"))
        assert 'CallID: "5551234" "SMITH J"' in told, told
    except BaseException:
        print(modem.commands(), modem.control("state?"))
        for path in (*folder.glob("log/*"), *folder.glob("status/*")):
            print(path, path.read_text(errors="replace")[-5000:])
        raise
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
