"""The processes below a process, as /proc tells, and how to end them. prctl(2) for what the kernel does on its own.

A process that makes others while it is looked at may be missed by one look; so it is stopped or killed and looked for again until nothing is left.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import time
from collections.abc import Collection

_PR_SET_CHILD_SUBREAPER = 36

_libc = ctypes.CDLL(None, use_errno=True)


def adopt_orphans() -> None:
    """Processes below this one whose parent ends become its children."""
    _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def below(root: int, leave: Collection[int] = ()) -> list[int]:
    """Process ids of all descendants that are no zombies, those of `leave` and theirs excepted."""
    children: dict[int, list[int]] = {}
    gone: set[int] = set()
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as f:
                    state, parent = f.read().rpartition(b")")[2].split()[:2]
            except (OSError, ValueError):
                continue
            children.setdefault(int(parent), []).append(int(name))
            if state in (b"Z", b"X"):
                gone.add(int(name))
    out: list[int] = []
    work = [p for p in children.get(root, ()) if p not in leave]
    while work:
        p = work.pop()
        if p not in gone:
            out.append(p)
        work += [c for c in children.get(p, ()) if c not in leave]
    return out


def end_below(root: int, leave: Collection[int] = (), seconds: float = 5.0) -> None:
    """Kill them all, and those they make meanwhile; those of this process's own children are waited for."""
    until = time.monotonic() + seconds
    while (left := below(root, leave)) and time.monotonic() < until:
        for sig in (signal.SIGSTOP, signal.SIGKILL):
            for p in left:
                with contextlib.suppress(OSError):
                    os.kill(p, sig)
        for p in left:
            with contextlib.suppress(OSError):
                os.waitpid(p, os.WNOHANG)
        time.sleep(0.002)
