"""Random legal, deterministic, terminating Go programs: `generate(seed)` gives one as files of a package.

A program is a package `m/pNAME` with `func Main()`; many stand in one module, whose main package runs the one its argument names (`module`),
so that a build is paid once for a batch. The same seed gives the same program for ever, as long as these files do not change.

    python -m tests.fuzz generate SEED [DIR]      one program as a module of its own

How it stays legal: gotypes.py models types, scope.py what is visible, exprs.py and stmts.py write only what that allows, decls.py writes all
signatures before any body. How it stays finite: every function and loop takes fuel. How it stays deterministic: no addresses, no map order,
one goroutine at a time (shapes.py has those that run together and only add up).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from random import Random

from tests.fuzz.decls import Decls
from tests.fuzz.gotypes import ANY, ERROR, FLOATS, STRING, Type, basic, forget
from tests.fuzz.scope import FuncCtx
from tests.fuzz.shapes import MORE, SHAPES

SUPPORT = Path(__file__).parent / "support"
Files = dict[str, str]


def indented(lines: Iterable[str]) -> str:
    """Lines with tabs by their braces, one statement a line."""
    out: list[str] = []
    depth = 0
    for line in "\n".join(lines).split("\n"):
        s = line.strip()
        lead = 0
        for c in s:
            if c not in "})":
                break
            lead += 1
        out.append("\t" * max(0, depth - (1 if lead else 0) - (1 if s.startswith(("case ", "default:")) else 0)) + s if s else "")
        depth += bare(s)
    return "\n".join(out) + "\n"


def bare(s: str) -> int:
    """Opening minus closing braces of a line, strings and runes left out."""
    n, i = 0, 0
    while i < len(s):
        c = s[i]
        if c in "\"'`":
            i += 1
            while i < len(s) and s[i] != c:
                i += 2 if s[i] == "\\" and c != "`" else 1
        elif c == "{":
            n += 1
        elif c == "}":
            n -= 1
        i += 1
    return n


def generate(seed: int, name: str, without: frozenset[str] = frozenset()) -> Files:
    """The program of `seed` as files of package m/NAME (paths relative to its folder).

    without   features to leave out: order (events inside expressions), lines (runtime.Caller), genmeth, and the names of shapes
    """
    rnd = Random(seed)
    forget()
    g = Decls(rnd, without)
    g.generic_instances = set()
    ANY.impls, ERROR.impls = [], []
    out = g.declare_types()
    out += g.generic_type() if g.chance(0.4) else []
    g.declare_funcs(g.upto(3, 7))
    out += g.globals_text()
    out += g.generics_text() if g.chance(0.6) else []
    out += [""]
    g.hazards = g.one((0.0, 0.02, 0.05))
    out += g.funcs_text()
    out += g.methods_text()
    tests: list[str] = []
    for _ in range(g.upto(1, 3)):
        g.hazards = g.one((0.0, 0.05, 0.2))
        f = g.fresh("test")
        tests.append(f)
        out += g.function(f"func {f}", [], (), ctx=FuncCtx(()), size=g.upto(4, 16))
    files: Files = {}
    main = [f'pr.Try("{t}", {g.upto(30, 300)}, {t})' for t in tests]
    for shape, make in SHAPES.items():
        if g.has(shape) and g.chance(0.07):
            extra, f = make(rnd)
            files |= {k: v.replace("NAME", name).replace("PKG", f"m/{name}") for k, v in extra.items()}
            main.append(f'pr.Try("{shape}", 1000, {f})')
    dice = Random(f"shapes/{seed}")  # of their own: the programs of old seeds stay as they are
    for shape, make in MORE.items():
        if g.has(shape) and dice.random() < (0.12 if shape != "generics" or g.has("genmeth") else 0):
            extra, f = make(dice)
            files |= {k: indented([v.replace("NAME", name)]) for k, v in extra.items()}
            main.append(f'pr.Try("{shape}", 1000, {f})')
    last = g.rnd.random()
    if last < 0.12:
        g.hazards = 0.3
        out += g.function("func uncaught", [], (), ctx=FuncCtx(()), size=5)
        main += ["pr.Fuel(200)", "uncaught()"]
    elif last < 0.2:
        t = basic(g.one((*FLOATS, "int8", "string", "uint")))
        own = g.one(g.types) if g.chance(0.4) else t
        main.append(g.one((f"panic({g.typed(t, 2)})", f"panic({g.expr(own if not address(own) else STRING, 1)})", 'panic(errors.New("last"))')))
        if "errors" in main[-1]:
            g.imports.add("errors")
    out += ["func Main() {", *main, "}"]
    used = [i for i in sorted(g.imports) if re.search(rf"\b{i.rpartition('/')[2]}\.", "\n".join(out))]  # what asked for the others was thrown away
    head = [f"package {name}", "", "import (", *(f'"{i}"' for i in used), '"m/pr"', ")", ""]
    files["p.go"] = indented([*head, *out])
    return files


def address(t: Type) -> bool:
    """Whether printing a panic with a t shows an address."""
    return t.kind not in ("string", "bool") and not t.kind.startswith(("int", "uint", "float", "complex"))


def module(programs: dict[str, Files], go: str = "1.27") -> Files:
    """The files of one module with all programs: `main NAME` runs one."""
    files = {"go.mod": f"module m\n\ngo {go}\n", "pr/pr.go": (SUPPORT / "pr.go").read_text()}
    for name, pf in programs.items():
        files |= {f"{name}/{f}": text for f, text in pf.items()}
    files["main.go"] = indented([
        "package main", "", "import (", '"os"', *(f'"m/{n}"' for n in programs), ")", "",
        "func main() {", "switch os.Args[1] {", *(line for n in programs for line in (f'case "{n}":', f"{n}.Main()")), "}", "}",
    ])  # fmt: skip
    return files


def write(files: Files, where: Path) -> None:
    for name, text in files.items():
        p = where / name
        p.parent.mkdir(parents=True, exist_ok=True)
        p.write_text(text)
