"""What the build and its worker processes say to one another.

A message is two big-endian 32-bit lengths, a JSON header and a binary payload. A request's payload is the IR or source text; the answer's is the
object, or nothing when the header says what went wrong.
"""

from __future__ import annotations

import json
import struct
from typing import IO, TypedDict, cast


class Request(TypedDict, total=False):
    """op: "ir" (with opt to args) or "asm" (the rest); the payload is the text."""

    op: str
    opt: int
    cpu: str  # LLVM's name, or native
    features: str
    want: str  # obj, asm, ir
    verify: bool
    variables: bool  # keep what describes variables
    package: str
    dwarf: bool
    args: dict[str, str]  # symbol -> what tracebacks print of its arguments, in hexadecimal (lower/traceargs.py)
    path: str
    pkg_path: str
    debug_name: str
    recorded: str
    goamd64: str
    func_values: bool  # indirect calls are calls of func values
    go_asm: dict[str, str]
    include_dirs: list[str]


class Answer(TypedDict, total=False):
    ok: bool
    kind: str  # see WorkerError
    error: str


def read_request(f: IO[bytes]) -> tuple[Request, bytes] | None:
    message = _read(f)
    return None if message is None else (cast(Request, message[0]), message[1])


def read_answer(f: IO[bytes]) -> tuple[Answer, bytes] | None:
    message = _read(f)
    return None if message is None else (cast(Answer, message[0]), message[1])


def _read(f: IO[bytes]) -> tuple[object, bytes] | None:
    """The next header and payload; None when the other side ended before both were whole."""
    head = f.read(8)
    if len(head) < 8:
        return None
    nheader, npayload = struct.unpack(">II", head)
    header = f.read(nheader)
    payload = f.read(npayload)
    if len(header) < nheader or len(payload) < npayload:
        return None
    return json.loads(header), payload


def write_message(f: IO[bytes], header: Request | Answer, payload: bytes) -> None:
    h = json.dumps(header).encode()
    f.write(struct.pack(">II", len(h), len(payload)))
    f.write(h)
    f.write(payload)
    f.flush()
