"""Go source -> checked -> lowered -> LLVM's verifier: what the tests of lower are written with.

`lower_snippet(text)` gives the unit of package main with every function in it; `lower_programs(paths)` those of many programs, which share what they import. `verify`
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
import json, sys
from rt0.llvm.codegen import binding
for name, text in json.load(sys.stdin).items():
    print("at", name, file=sys.stderr, flush=True)
    try:
        binding().parse_assembly(text).verify()
    except RuntimeError as e:
        sys.exit(str(e))
"""


def verify(modules: dict[str, str]) -> str:
    """"" when LLVM accepts all modules, else the name of the first it does not and what it says."""
    import json

    p = subprocess.run([sys.executable, "-c", _VERIFY], input=json.dumps(modules).encode(), capture_output=True, check=False)
    return "" if p.returncode == 0 else p.stderr.decode().rpartition("at ")[2][-2000:]


class Built:
    """A loaded program, ready to lower packages of."""

    def __init__(self, loaded: LoadedProgram) -> None:
        self.loaded = loaded
        self.frontend = Frontend(loaded)
        self.program = Program(self.frontend.fset, loaded, self.frontend.package)

    def lower_all(self, path: str) -> Unit:
        return self.program.lower_all(path)


def lower_snippet(text: str) -> Unit:
    with TemporaryDirectory() as d:
        f = Path(d) / "x.go"
        f.write_text(text)
        b = Built(load_program(BuildContext.default(), [str(f)]))
        return b.lower_all(b.loaded.main)


def lower_programs(paths: list[Path], packages: list[str]) -> tuple[Built, dict[str, Unit]]:
    """Programs of one file each, and packages of the standard library: name -> unit. They are lowered as the packages of one module: what they import is read once."""
    with TemporaryDirectory() as d:
        (Path(d) / "go.mod").write_text("module m\n\ngo 1.27\n")
        folders = [f"{p.parent.name}-{p.stem}" for p in paths]
        for folder, p in zip(folders, paths, strict=True):
            (Path(d) / folder).mkdir()
            (Path(d) / folder / "x.go").write_text(p.read_text())
        context = BuildContext.default()
        context.cwd = d
        b = Built(load_program(context, [*(f"./{folder}" for folder in folders), *packages]))
        return b, {path: b.lower_all(path) for path in b.loaded.roots}
