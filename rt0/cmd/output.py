"""Writing an executable where the user wants it. Apart from build.py, since the fast way of `rt0 build` needs no more than this."""

from __future__ import annotations

import os


def write_executable(path: str, exe: bytes, mode: int = 0o777) -> None:
    """Write atomically where possible: never a half-written executable under the final name."""
    if path == os.devnull:
        return
    d = os.path.dirname(path)
    tmp = os.path.join(d or ".", f".{os.path.basename(path)}.{os.getpid()}.tmp")
    umask = os.umask(0)
    os.umask(umask)
    try:
        if d:
            os.makedirs(d, exist_ok=True)
        if os.path.exists(path) and not os.path.isfile(path):  # a pipe, a device: rename would replace it
            with open(path, "wb") as f:
                f.write(exe)
            return
        if os.path.isfile(path) and os.path.getsize(path) and not is_object(path):
            from rt0.diag import fatal, go_quote

            raise fatal(f"go: build output {go_quote(path)} already exists and is not an object file")
        fd = os.open(tmp, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode & ~umask)
        try:
            with open(fd, "wb") as f:
                f.write(exe)
            os.rename(tmp, path)
        except BaseException:
            os.unlink(tmp)
            raise
    except OSError as e:
        from rt0.diag import fatal

        raise fatal(f"open {path}: {(e.strerror or str(e)).lower()}") from None


_OBJECTS = (b"!<arch>\n", b"<bigaf>\n", b"\x7fELF", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe", b"MZ", b"\x00asm", b"go object ")


def is_object(path: str) -> bool:
    """Whether a file is what a build may have written, by its first bytes (cmd/go/internal/work/shell.go, isObject)."""
    with open(path, "rb") as f:
        return f.read(16).startswith(_OBJECTS)
