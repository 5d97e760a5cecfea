"""Go source -> checked -> lowered -> LLVM's verifier: what the tests of lower are written with.

`lower_snippet(text)` gives the unit of package main with every function in it; `lower_package(path)` that of a package in GOROOT. `verify`
runs llvmlite in a process of its own, because LLVM ends the process it runs in when it asserts.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from rt0.build.frontend import Frontend
from rt0.load.load import BuildContext, LoadedProgram, load_program
from rt0.lower.program import Program
from rt0.lower.unit import Unit

_VERIFY = """
import sys
import llvmlite.binding as llvm
llvm.initialize_all_targets()
llvm.initialize_native_asmparser() if hasattr(llvm, "initialize_native_asmparser") else None
m = llvm.parse_assembly(sys.stdin.buffer.read().decode())
m.verify()
"""


def verify(ir: str) -> str:
    """"" when LLVM accepts the module, else what it says."""
    p = subprocess.run([sys.executable, "-c", _VERIFY], input=ir.encode(), capture_output=True, check=False)
    return "" if p.returncode == 0 else p.stderr.decode()[-2000:]


class Built:
    """A loaded program, ready to lower packages of."""

    def __init__(self, loaded: LoadedProgram) -> None:
        self.loaded = loaded
        self.frontend = Frontend(loaded)
        self.program = Program(self.frontend.fset, loaded, self.frontend.package)

    def lower_all(self, path: str) -> Unit:
        return self.program.lower_all(path)


def load_snippet(text: str) -> Built:
    with TemporaryDirectory() as d:
        f = Path(d) / "x.go"
        f.write_text(text)
        b = Built(load_program(BuildContext.default(), [str(f)]))
        b.frontend.package(b.loaded.main)
        return b


def lower_snippet(text: str) -> Unit:
    b = load_snippet(text)
    return b.lower_all(b.loaded.main)
