"""Whole programs and packages through lower: LLVM's verifier accepts every module, and the calls of the runtime in them are the runtime's.

Nothing else would notice a call with wrong parameters: LLVM takes every module's word for the functions it only declares. A pointer and a uintptr travel alike.
"""

from __future__ import annotations

import re
from pathlib import Path

from rt0.lower.layout import SigABI
from rt0.types.objects import Func, resolve
from rt0.types.types import Signature, Type
from tests.lower.harness import Built, lower_programs, lower_snippet, verify

TESTS = Path(__file__).parents[1]
PROGRAMS = [p for d in ("run/testdata", "runtime/programs", "lower/testdata") for p in sorted((TESTS / d).glob("*.go")) if p.stem != "layout"]
DECLARED = re.compile(r'(?m)^declare dso_local x86_regcallcc (?P<ret>.*?)@"?runtime\.(?P<name>\w+)"?\((?P<params>.*?)\)')
ATTRIBUTES = re.compile(r"\b(?:noalias|nonnull|noundef|nocapture|readonly|sret|zeroext)\b ?")


def shape(types: str) -> str:
    return re.sub(r"\s", "", ATTRIBUTES.sub("", types)).replace("ptr", "i64")


def runtime_functions(built: Built) -> dict[str, Func]:
    """Symbol below `runtime.` -> the function with that symbol, of runtime or pushed there by //go:linkname."""
    out: dict[str, Func] = {}
    for path, info in built.loaded.packages.items():
        named = {symbol: local for local, symbol in info.linknames.items() if symbol.startswith("runtime.")}
        if not named and path != "runtime":
            continue
        scope = built.frontend.package(path).scope
        if path == "runtime":
            named.update({f"runtime.{n}": n for n in scope.names()})
        for symbol, local in named.items():
            obj = scope.lookup(local)
            if isinstance(obj, Func):
                out.setdefault(symbol.removeprefix("runtime."), obj)
    return out


def signature(f: Func) -> tuple[str, str]:
    """(result, parameters) in LLVM's types, as a caller in Go would declare it."""
    sig = resolve(f).type
    assert isinstance(sig, Signature), f.name
    params: list[Type] = [v.type for v in sig.params.vars if v.type is not None]
    abi = SigABI(params, [v.type for v in sig.results.vars if v.type is not None])
    return shape(abi.ret), shape(",".join(abi.ll_params))


def test_modules() -> None:
    built, units = lower_programs(PROGRAMS, ["errors", "fmt", "reflect", "strconv", "strings"])
    assert len(units) == len(PROGRAMS) + 5 > 13
    assert verify({path: unit.ir for path, unit in units.items()}) == ""
    functions = runtime_functions(built)
    bad, seen = [], set()
    for text, m in ((unit.ir, m) for unit in units.values() for m in DECLARED.finditer(unit.ir)):
        name, have = m["name"], (shape(m["ret"]), shape(m["params"]))
        if name in seen or text.count(f'@"runtime.{name}"(') == 1:  # only its address is taken
            continue
        seen.add(name)
        if name not in functions:
            bad.append(f"runtime.{name}: no such function")
        elif have != signature(functions[name]):
            bad.append(f"runtime.{name}: lower declares {have}, Go's declaration means {signature(functions[name])}")
    assert not bad, "\n".join(bad)
    assert len(seen) > 100, sorted(seen)


def test_hello() -> None:
    unit = lower_snippet('package main\nfunc main() { println("hello") }\n')
    assert verify({"hello": unit.ir}) == ""
    assert "runtime.printstring" in unit.defs["main.main"].refs
    assert any(s.startswith("go:string.") for s in unit.defs)


def test_the_verifier_says_what_is_wrong() -> None:
    assert verify({"good": "define i32 @f() {\n  ret i32 0\n}\n", "wrong": "define i32 @f() {\n  ret i64 0\n}\n"}).startswith("wrong\n")
