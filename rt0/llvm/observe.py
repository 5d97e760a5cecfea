"""What LLVM says about its own work, for those who want to see it: run in a process of its own, since LLVM's options are the process's.

    python -m rt0.llvm.observe remarks OPT CPU VARIABLES            < module.ll
    python -m rt0.llvm.observe passes OPT CPU VARIABLES FUNCTION    < module.ll

The same pipeline as codegen.py runs over the module; what LLVM prints about it goes to standard output:

    remarks  a line per call that was inlined or not, with the reason (-pass-remarks, -pass-remarks-missed)
    passes   the function's IR after every pass that changed it (-print-changed)

`remarks(...)` and `passes(...)` start it and read the answer. Nothing that is built goes this way.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass

from rt0.llvm.codegen import LLVMError, binding, compile_ir
from rt0.llvm.forked import take


@dataclass(slots=True)
class Remark:
    """What was decided about a call. file, line, col: of the call, as the debug information has it; "" when it has none."""

    file: str
    line: int
    col: int
    callee: str
    caller: str
    inlined: bool
    reason: str


@dataclass(slots=True)
class Pass:
    """A pass that changed a function, and the function's IR after it."""

    name: str
    ir: str


_REMARK = re.compile(r"^remark: (.*?):(\d+):(\d+): '?(.*?)'? (inlined into|not inlined into|will not be inlined into) '?(.*?)'?(?: (?:because|with) (.*))?$")


def remarks(ir: str, opt: int, cpu: str, variables: bool) -> str:
    """What LLVM says of the inliner's decisions over a module, for `read_remarks`. Raises LLVMError."""
    return _observe("remarks", ir, opt, cpu, variables, "")


def read_remarks(text: str) -> list[Remark]:
    out = []
    for line in text.splitlines():
        m = _REMARK.match(line)
        if m:
            file = "" if m[1] == "<unknown>" else m[1]
            reason = re.sub(r"; .*| at callsite.*", "", m[7] or "").strip("' ")
            out.append(Remark(file, int(m[2]), int(m[3]), m[4], m[6], m[5] == "inlined into", reason))
    return out


def passes(ir: str, opt: int, cpu: str, variables: bool, function: str) -> list[Pass]:
    """Every state of a function on its way through the pipeline, the first as it was given. Raises LLVMError."""
    if f'@"\\01{function}"' in ir:
        function = f"\x01{function}"
    text = _observe("passes", ir, opt, cpu, variables, function)
    out = []
    for part in re.split(r"^\*\*\* ", text, flags=re.M)[1:]:
        head, _, body = part.partition("\n")
        m = re.match(r"IR Dump (?:After (\S+)|(At Start))", head)
        if m and "omitted" not in head and "filtered out" not in head and body.strip():
            out.append(Pass(m[1] or "at the start", _function(body, function)))
    return [p for i, p in enumerate(out) if p.ir and (not i or p.ir != out[i - 1].ir)]


def _function(text: str, name: str) -> str:
    """The definition of a function in a dump of a function or of a whole module."""
    quoted = re.escape(name.replace("\x01", "\\01"))
    m = re.search(rf'^define [^\n]*@"?{quoted}"?\(.*?^}}', text, re.M | re.S)
    return m[0] if m else ""


def _observe(what: str, ir: str, opt: int, cpu: str, variables: bool, function: str) -> str:
    forked = take("observe")
    if forked is not None:
        head = json.dumps([what, str(opt), cpu, str(int(variables)), function])
        with forked.stdin as f:
            f.write(head.encode() + b"\n" + ir.encode())
        with forked.stdout as f:
            out = f.read()
        if forked.wait():
            raise LLVMError(f"exit status {forked.returncode}")
        return out.decode("utf-8", "replace")
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    env = dict(os.environ, PYTHONPATH=root)
    args = [sys.executable, "-m", "rt0.llvm.observe", what, str(opt), cpu, str(int(variables)), function]
    p = subprocess.run(args, input=ir.encode(), capture_output=True, env=env)
    if p.returncode:
        raise LLVMError(p.stderr.decode("utf-8", "replace").strip().splitlines()[-1:][0] if p.stderr else f"exit status {p.returncode}")
    return p.stdout.decode("utf-8", "replace")


def main_forked() -> None:
    """Of a copy of a process (forked.py): the arguments are the first line of standard input."""
    with open(0, "rb", closefd=False) as f:
        argv, ir = json.loads(f.readline()), f.read().decode()
    _observed(argv, ir)


def main(argv: list[str]) -> int:
    _observed(argv, sys.stdin.buffer.read().decode())
    return 0


def _observed(argv: list[str], ir: str) -> None:
    what, opt, cpu, variables, function = argv
    llvm = binding()
    if what == "remarks":
        for option in ("-pass-remarks=inline", "-pass-remarks-missed=inline"):
            llvm.set_option("rt0", option)
    else:
        for option in ("-print-changed=quiet", f"-filter-print-funcs={function}"):
            llvm.set_option("rt0", option)
    os.dup2(1, 2)  # LLVM prints to standard error
    compile_ir(ir, int(opt), cpu, want="ir", variables=variables == "1")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
