# SPDX-License-Identifier: Apache-2.0
"""Private folders for the programs of the mgetty family: nothing of the machine's is touched."""

import pathlib

_MOUNTS = """
set -e
mount --make-rprivate /
mount --bind "$1" /etc/mgetty
mkdir -p "$2/lock" "$2/log/mgetty"
mount --bind "$2/lock" /var/lock
mount --bind "$2/log" /var/log
shift 2
exec "$@"
"""


def in_private_etc(config, directory, *command):
    """The command line with `config` as /etc/mgetty, and locks and logs in `directory`."""
    return ["unshare", "-m", "sh", "-c", _MOUNTS, "mgetty", str(config), str(directory), *command]


def print_logs(directory):
    for path in sorted((pathlib.Path(directory) / "log").glob("**/*")):
        if path.is_file():
            print(f"--- {path.name}\n{path.read_text(errors='replace')[-6000:]}")
