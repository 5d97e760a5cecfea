"""Files that several processes read and write: with the lock go takes, flock on the file itself (cmd/go/internal/lockedfile, go1.27)."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from rt0.mod.path import ModError


def os_error(what: str, path: str, e: OSError) -> ModError:
    """An error of the system as Go words it: `open x: permission denied`."""
    return ModError(f"{what} {path}: {(e.strerror or str(e)).lower()}", missing=isinstance(e, FileNotFoundError))


@contextmanager
def _open(path: str, flags: int, mode: int, lock: int) -> Iterator[BinaryIO]:
    try:
        fd = os.open(path, flags | os.O_CLOEXEC, mode)
    except OSError as e:
        raise os_error("open", path, e) from None
    with open(fd, "r+b" if flags & os.O_RDWR else "rb") as f:
        fcntl.flock(fd, lock)
        yield f


@contextmanager
def locked(path: str) -> Iterator[None]:
    """Hold the lock of a file, which is made if need be. Raises ModError."""
    with _open(path, os.O_RDWR | os.O_CREAT, 0o666, fcntl.LOCK_EX):
        yield


def read(path: str) -> bytes:
    """The contents, read while nobody writes. Raises ModError."""
    with _open(path, os.O_RDONLY, 0, fcntl.LOCK_SH) as f:
        try:
            return f.read()
        except OSError as e:
            raise os_error("read", path, e) from None


def transform(path: str, change: Callable[[bytes], bytes | None]) -> None:
    """Put what `change` makes of the contents in their place, None for no change; on an error the old ones are restored. Raises ModError."""
    with _open(path, os.O_RDWR | os.O_CREAT, 0o666, fcntl.LOCK_EX) as f:
        old = f.read()
        new = change(old)
        if new is None:
            return
        try:
            if len(new) > len(old):  # room first: a full disk must not cost the old contents
                f.seek(len(old))
                f.write(new[len(old) :])
                f.flush()
            f.seek(0)
            f.write(new)
            f.flush()
            f.truncate(len(new))
        except OSError as e:
            f.seek(0)
            f.truncate(len(old))
            raise os_error("write", path, e) from None
