"""The calls of the runtime that lower writes, against the Go declarations of what is called: same parameters, same results.

Nothing else would notice: LLVM takes every module's word for the functions it only declares. A pointer and a uintptr travel alike.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from rt0.build.frontend import Frontend
from rt0.load.load import BuildContext, load_program
from rt0.lower.layout import SigABI
from rt0.types.objects import Func, resolve
from rt0.types.types import Signature, Type
from tests.lower.harness import load_snippet, lower_snippet

TESTS = Path(__file__).parents[1]
SNIPPETS = [p for d in ("run/testdata", "runtime/programs", "lower/testdata") for p in sorted((TESTS / d).glob("*.go")) if p.stem != "layout"]
DECLARED = re.compile(r'(?m)^declare dso_local x86_regcallcc (?P<ret>.*?)@"?runtime\.(?P<name>\w+)"?\((?P<params>.*?)\)')
ATTRIBUTES = re.compile(r"\b(?:noalias|nonnull|noundef|nocapture|readonly|sret|zeroext)\b ?")

def shape(types: str) -> str:
    return re.sub(r"\s", "", ATTRIBUTES.sub("", types)).replace("ptr", "i64")


@cache
def functions() -> dict[str, Func]:
    """Symbol below `runtime.` -> the function with that symbol, of runtime or pushed there by //go:linkname."""
    program = Frontend(load_program(BuildContext.default(), ["runtime"]))
    out: dict[str, Func] = {}
    for path, info in program.loaded.packages.items():
        scope = program.package(path).scope
        named = {symbol: local for local, symbol in info.linknames.items() if symbol.startswith("runtime.")}
        if path == "runtime":
            named.update({f"runtime.{n}": n for n in scope.names()})
        for symbol, local in named.items():
            obj = scope.lookup(local)
            if isinstance(obj, Func):
                out.setdefault(symbol.removeprefix("runtime."), obj)
    return out


def signature(name: str) -> tuple[str, str]:
    """(result, parameters) in LLVM's types, as a caller in Go would declare it."""
    f = resolve(functions()[name])
    sig = f.type
    assert isinstance(sig, Signature), name
    params: list[Type] = [v.type for v in sig.params.vars if v.type is not None]
    abi = SigABI(params, [v.type for v in sig.results.vars if v.type is not None])
    return shape(abi.ret), shape(",".join(abi.ll_params))


def test_declarations() -> None:
    modules = [lower_snippet(p.read_text()).ir for p in SNIPPETS]
    built = load_snippet('package main\nimport _ "fmt"\nfunc main() {}\n')
    modules += [built.lower_all(path).ir for path in ("fmt", "reflect")]
    bad, seen = [], set()
    for text, m in ((ir, m) for ir in modules for m in DECLARED.finditer(ir)):
        name, have = m["name"], (shape(m["ret"]), shape(m["params"]))
        if name in seen or text.count(f'@"runtime.{name}"(') == 1:  # only its address is taken
            continue
        seen.add(name)
        if name not in functions():
            bad.append(f"runtime.{name}: no such function")
        elif have != signature(name):
            bad.append(f"runtime.{name}: lower declares {have}, Go's declaration means {signature(name)}")
    assert not bad, "\n".join(bad)
    assert len(SNIPPETS) > 8 and len(seen) > 100, (len(SNIPPETS), sorted(seen))
