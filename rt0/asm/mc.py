"""GAS text -> ELF object bytes by LLVM's MC, in a child process.

LLVM reports the first bad line of a `module asm` on stderr (`<inline asm>:LINE:COL: error: ...`) and **exits the process**,
so every assembly runs in a forked child; the parent never sees anything but bytes or the message. The text travels inside an IR module as
`module asm`; CPU and features are fixed (rt0/llvm), so the same text gives the same bytes on every machine.
"""

from __future__ import annotations

import os
import re

ERROR_RE = re.compile(r"<inline asm>:(\d+):(\d+): (?:error: )?(.*)")


class McError(Exception):
    """MC rejected line `line` (from 1; 0 unknown) of the text."""

    def __init__(self, line: int, msg: str) -> None:
        super().__init__(f"{line}: {msg}")
        self.line = line
        self.msg = msg


def _emit(text: str) -> bytes:
    """In the child: parse and emit. Does not return when MC finds an error."""
    from rt0.abi.target import TRIPLE
    from rt0.llvm.codegen import compile_ir

    quoted = text.replace("\\", "\\5C").replace('"', "\\22").replace("\n", "\\0A")
    return compile_ir(f'target triple = "{TRIPLE}"\nmodule asm "{quoted}"\n', 0)


def assemble_gas(text: str) -> bytes:
    """ELF object of a GAS text; McError for the first bad line."""
    from rt0.llvm.codegen import load

    load()  # before the fork: children share it

    read_end, write_end = os.pipe()
    with open(read_end, "rb") as out, open(os.memfd_create("mc"), "rb") as err:
        pid = os.fork()
        if pid == 0:
            status = 3
            try:
                os.dup2(err.fileno(), 2)
                view = memoryview(_emit(text))
                while view:
                    view = view[os.write(write_end, view) :]
                status = 0
            except BaseException as e:  # the child must never unwind into the parent's frames
                os.write(2, f"{type(e).__name__}: {e}".encode())
            finally:
                os._exit(status)
        os.close(write_end)
        data = out.read()
        _, status = os.waitpid(pid, 0)
        err.seek(0)
        message = err.read().decode("utf-8", "replace")
        m = ERROR_RE.search(message)
        if m and ("error" in m[0] or status != 0):
            raise McError(int(m[1]), m[3])
        if status != 0:
            raise McError(0, message.strip() or f"assembler process ended with status {status}")
        return data
