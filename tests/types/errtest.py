"""Error tests in the form of Go's internal/types/testdata: Go files with /* ERROR "substring" */ after the offending token.

ERRORx "regexp" gives a regular expression. An error must be reported on the line of that token (gc's columns differ from those of
go/types, for which the files were written), and there must be no error without a comment. The first line may set flags:
// -lang=go1.20.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from pathlib import Path

from rt0.build.frontend import Importer, check_sources
from rt0.diag import Diagnostic
from rt0.load.load import BuildContext
from rt0.syntax import nodes as ast
from rt0.types import builtins
from rt0.types.check import Checker
from rt0.types.objects import Builtin
from rt0.types.operand import Operand
from rt0.types.predicates import is_boolean
from rt0.types.types import INVALID
from rt0.types.universe import UNIVERSE

TOKEN = re.compile(
    rb"(?P<comment>/\*.*?\*/|//[^\n]*)|(?P<space>[ \t\r\n]+)"
    rb'|(?P<tok>`[^`]*`|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|[\w\x80-\xff]+(?:\.\d+)?|<<=|>>=|&\^=|\.\.\.|&&|\|\||<-|\+\+|--|==|!=|<=|>=|:=|<<|>>|&\^|[-+*/%&|^]=|.)',
    re.S,
)
EXPECT = re.compile(r'^(?://|/\*)\s*ERROR(x?) (?:"((?:[^"\\]|\\.)*)"|`([^`]*)`)')


def expectations(src: bytes) -> list[tuple[int, str, bool]]:
    """(offset of the token, text, is a regular expression) of the ERROR comments in src."""
    out: list[tuple[int, str, bool]] = []
    last = 0
    for m in TOKEN.finditer(src):
        if m.lastgroup == "tok":
            last = m.start()
        elif m.lastgroup == "comment":
            e = EXPECT.match(m.group().decode("utf-8", "replace"))
            if e:
                text = e[3] if e[3] is not None else re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m[1], m[1]), e[2])
                out.append((last, text, bool(e[1])))
    return out


def _assert(check: Checker, x: Operand, e: ast.CallExpr, args: list[Operand], name: str) -> bool:
    """Go's test-only built-in: a constant boolean that must be true."""
    if x.mode != "constant" or not is_boolean(x.type):
        check.errorf(x, "InvalidCall", "invalid argument: %s is not a boolean constant", x)
        return False
    if x.val is not True:
        check.errorf(e, "InvalidCall", "%s failed", e)
    return True


def define_assert() -> None:
    """Only where Go's own testdata is checked."""
    if UNIVERSE.lookup("assert") is None:
        UNIVERSE.insert(Builtin(0, None, "assert", INVALID))
        builtins.PREDECLARED["assert"] = builtins.Predeclared(1, False, builtins.PREDECLARED["panic"].kind)
        builtins._DISPATCH["assert"] = _assert


@cache
def importer() -> Importer:
    """Standard packages, each once per process: GOROOT's own files, without rt0's overlay."""
    context = BuildContext.default()
    context.overlay = "/nonexistent"
    return Importer(context)


def check_files(names: list[str], sources: list[bytes], lang: str = "go1.27") -> list[Diagnostic]:
    """All errors of a package."""
    return check_sources(importer(), list(zip(names, sources, strict=True)), lang=lang, go_on=True)


def run(paths: list[Path]) -> list[str]:
    """What differs from the expectations in the files of one package."""
    names = [p.name for p in paths]
    sources = [p.read_bytes() for p in paths]
    lang = "go1.27"
    flags = re.match(rb"// (-[^\n]*)\n", sources[0])
    if flags:
        for f in flags[1].decode().split():
            if f.startswith("-lang="):
                lang = f[6:]
    got = check_files(names, sources, lang)
    want: dict[tuple[str, int], list[tuple[str, bool]]] = {}
    for name, src in zip(names, sources):
        for off, text, rx in expectations(src):
            want.setdefault((name, src.count(b"\n", 0, off) + 1), []).append((text, rx))
    wrong: list[str] = []
    for d in got:
        key = (d.position.filename, d.position.line)
        expected = want.get(key, [])
        for i, (text, rx) in enumerate(expected):
            if re.search(text, d.msg) if rx else text in d.msg:
                del expected[i]
                break
        else:
            wrong.append(f"unexpected: {d}" + "".join(f"\n    wanted {t!r}" for t, _ in expected))
            expected.clear()
    for (name, line), left in sorted(want.items()):
        wrong.extend(f"missing: {name}:{line}: {text!r}" for text, _ in left)
    return wrong


if __name__ == "__main__":
    import traceback

    sys.setrecursionlimit(20000)
    bad = 0
    define_assert()
    quiet = "-q" in sys.argv
    for arg in [a for a in sys.argv[1:] if a != "-q"]:
        p = Path(arg)
        try:
            wrong = run(sorted(p.glob("*.go")) if p.is_dir() else [p])
        except Exception as e:
            wrong = [f"{type(e).__name__}: {e}\n" + "".join(traceback.format_exc(limit=-5))]
        if wrong:
            bad += 1
            print(f"FAIL {p.name}" + (f" {len(wrong)}: {wrong[0][:300]}" if quiet else ""))
            if not quiet:
                print("\n".join("   " + w for w in wrong))
    print(f"{bad} of {len(sys.argv) - 1} failed")
