"""Packages with assembly behave as with the real go: assembly that calls Go, that Go calls, that uses what the toolchain gives it.

`calls/` passes every kind of argument from assembly to Go, by CALL, JMP and addresses in registers and data, clobbers every register it may,
recurses through both languages over many stack segments, and panics below assembly. `public/` is in the style of published packages:
macros, tables, go_asm.h, textflag.h, system calls as golang.org/x/sys has them, functions of the runtime. `funcs/` calls func values.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Rt0, go_run, golden

HERE = Path(__file__).parent
GOLDEN = HERE / "golden" / "assembly.json"


@pytest.mark.parametrize("opt", ["-O1", "-O2"])
@pytest.mark.parametrize("name", ["calls", "funcs", "public"])
def test_module(name: str, opt: str, rt0: Rt0, request: pytest.FixtureRequest) -> None:
    cwd = HERE / "assembly" / name
    want = golden(GOLDEN, name, request.config.getoption("--record"), lambda: go_run(["run", "."], cwd).record())
    assert rt0("run", opt, ".", cwd=cwd).record() == want


MAIN = "package main\nfunc f()\nfunc main() { f() }\n"
F = "TEXT ·f(SB), 4, $0-0\n"
REFUSED = {
    "selector of a definition": (MAIN, "TEXT ·f<ABIInternal>(SB), 4, $0-0\n\tRET\n"),
    "selector of a reference": (MAIN + "func g() {}\n", F + "\tCALL ·g<ABIInternal>(SB)\n\tRET\n"),
    "undefined": (MAIN, F + "\tCALL ·nosuch(SB)\n\tRET\n"),
    "method": (MAIN + "type T int\nfunc (T) m() {}\n", F + "\tCALL ·T·m(SB)\n\tRET\n"),
    "generic": (MAIN + "func g[T any](T) {}\n", F + "\tCALL ·g(SB)\n\tRET\n"),
    "no body": (MAIN, "TEXT ·g(SB), 4, $0-0\n\tRET\n"),
    "package that is not imported": (MAIN, F + "\tJMP strings·Count(SB)\n"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str, rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    go, asm = REFUSED[name]
    (tmp_path / "go.mod").write_text("module example.com/refused\n\ngo 1.24\n")
    (tmp_path / "main.go").write_text(go)
    (tmp_path / "a.s").write_text(asm)
    want = golden(GOLDEN, name, request.config.getoption("--record"), lambda: go_run(["build", "."], tmp_path).record())
    assert rt0("build", ".", cwd=tmp_path).record() == want


def test_func_values_with_arguments(rt0: Rt0, tmp_path: Path) -> None:
    """gc's assembly may call them with its registers, by a convention it does not promise; ours are others."""
    (tmp_path / "go.mod").write_text("module example.com/refused\n\ngo 1.24\n")
    (tmp_path / "main.go").write_text("package main\nfunc f(g func())\nfunc h(n int, g func(int) int)\nfunc main() { h(1, nil); f(nil) }\n")
    text = "TEXT ·{0}(SB), 4, $0-8\n\tMOVQ g+0(FP), DX\n\tMOVQ (DX), CX\n\tCALL CX\n\tRET\n"
    (tmp_path / "a.s").write_text(text.format("f") + text.format("h"))
    got = rt0("build", ".", cwd=tmp_path)
    want = "# example.com/refused\n./main.go:3:6: h: assembly that calls func values with arguments or results is not supported (parameter g)\n"
    assert (got.err, got.code) == (want, 1)


def test_texts_made_by_macros(rt0: Rt0, tmp_path: Path) -> None:
    """TEXT by a macro, and a frame size that is one: only the preprocessor knows."""
    (tmp_path / "go.mod").write_text("module example.com/macros\n\ngo 1.24\n")
    (tmp_path / "main.go").write_text("package main\nfunc g() int\nfunc h() int\nfunc main() { println(g(), h()) }\n")
    (tmp_path / "a.s").write_text(
        "#define FN(name) TEXT name(SB), 4, $0-8\n#define SIZE 0x4000\nFN(·g)\n\tMOVQ $7, ret+0(FP)\n\tRET\n"
        "TEXT ·h(SB), 4, $SIZE-8\n\tMOVQ $9, 0(SP)\n\tMOVQ 0(SP), AX\n\tMOVQ AX, ret+0(FP)\n\tRET\n"
    )
    assert rt0("run", ".", cwd=tmp_path).err == "7 9\n"
