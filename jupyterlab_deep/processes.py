"""The user's living processes, without a dependency: /proc on Linux (slim images have no `ps`), `ps` elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def own_processes() -> dict[int, str]:
    """Command lines by pid, of processes of this user that have not ended."""
    return _from_proc() if sys.platform == "linux" else _from_ps()


def _from_proc() -> dict[int, str]:
    found = {}
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and folder.stat().st_uid == os.geteuid():
                # Empty for kernel threads and for processes that ended and were not collected yet.
                if command := (folder / "cmdline").read_bytes():
                    found[int(folder.name)] = os.fsdecode(command).rstrip("\0").replace("\0", " ")
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue  # it ended meanwhile
    return found


def _from_ps() -> dict[int, str]:
    command = ["ps", "-U", str(os.geteuid()), "-o", "pid=,stat=,args="]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rows = (line.split(None, 2) for line in listed.splitlines())
    return {int(row[0]): row[2] for row in rows if len(row) == 3 and not row[1].startswith("Z")}
