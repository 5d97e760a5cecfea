"""Linking small programs without C: they run, and readelf, objdump, strip accept them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from rt0.asm.assemble import assemble
from rt0.diag import CompileError
from rt0.link.linker import link
from rt0.link.state import LinkJob

START = """
TEXT _rt0_amd64_linux(SB), 4, $0
	CALL main·run(SB)
	MOVL AX, DI
	MOVL $60, AX
	SYSCALL
	UNDEF
"""
WRITE = """
TEXT write<>(SB), 4, $0
	MOVL $1, AX
	MOVL $1, DI
	SYSCALL
	RET
"""


def asm(text: str) -> bytes:
    return assemble("x.s", text.encode(), pkg_path="main")


def run(exe: bytes, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    f = tmp_path / "prog"
    f.write_bytes(exe)
    f.chmod(0o755)
    return subprocess.run([f], capture_output=True, text=True, timeout=10)


def objects(*texts: str) -> list[tuple[str, bytes]]:
    return [(f"{i}.o", asm(t)) for i, t in enumerate(texts)]


HELLO = (
    START + 'DATA msg<>+0(SB)/6, $"hello\\n"\nGLOBL msg<>(SB), 8, $6\n' + WRITE
    + "TEXT ·run(SB), 4, $0\n\tLEAQ msg<>(SB), SI\n\tMOVL $6, DX\n\tCALL write<>(SB)\n\tMOVL ·code(SB), AX\n\tADDL $2, AX\n\tRET\n"
    + "DATA ·code+0(SB)/4, $40\nGLOBL ·code(SB), 16, $4\nTEXT ·dead(SB), 4, $0\n\tCALL ·nowhere(SB)\n\tRET\n"
)  # fmt: skip


@pytest.mark.parametrize("strip", [False, True])
def test_hello(tmp_path: Path, strip: bool) -> None:
    r = run(link(LinkJob(objects(HELLO), strip_symbols=strip, build_id="x/y")), tmp_path)
    assert (r.stdout, r.returncode) == ("hello\n", 42)


def test_tools_accept(tmp_path: Path) -> None:
    run(link(LinkJob(objects(HELLO), build_id="x/y", build_info="path\tx\n")), tmp_path)
    prog = tmp_path / "prog"
    for cmd in (["readelf", "-aW", "-wi", "-wl"], ["objdump", "-d"]):
        r = subprocess.run([*cmd, prog], capture_output=True, text=True)
        assert r.returncode == 0 and "arning" not in r.stderr, r.stderr
    assert "dead" not in subprocess.run(["nm", prog], capture_output=True, text=True).stdout
    subprocess.run(["strip", prog], check=True)
    assert subprocess.run([prog], capture_output=True).returncode == 42
    if shutil.which("go"):
        r = subprocess.run(["go", "version", "-m", prog], capture_output=True, text=True)
        assert "go1." in r.stdout and "path\tx" in r.stdout


def test_same_bytes() -> None:
    assert link(LinkJob(objects(HELLO))) == link(LinkJob(objects(HELLO)))


def test_live_set_drops() -> None:
    """What is not live and not referred to is dropped, however large; what is live stays without a reference."""
    text = START + "TEXT ·run(SB), 4, $0\n\tXORL AX, AX\n\tRET\nGLOBL ·big(SB), 8, $100000\nGLOBL ·kept(SB), 8, $50000\n"
    exe = link(LinkJob(objects(text), live={"main.run.abi0", "main.kept"}))
    assert 50000 < len(exe) < 100000


def test_conditional_references(tmp_path: Path) -> None:
    """A type descriptor's method that is not live is 0 and its code gone; live ones have their address."""
    t = (
        START + "TEXT ·run(SB), 4, $0\n\tMOVQ ·desc(SB), CX\n\tMOVL 0(CX), AX\n\tTESTL AX, AX\n\tJNE bad\n\tMOVQ 8(CX), DX\n\tCALL DX\n\tRET\n"
        "bad:\n\tMOVL $1, AX\n\tRET\n"
        "TEXT ·m(SB), 4, $0\n\tMOVL $7, AX\n\tRET\nTEXT ·gone(SB), 4, $0\n\tCALL ·nowhere(SB)\n\tRET\n"
        "DATA ·desc+0(SB)/8, $·T(SB)\nGLOBL ·desc(SB), 8, $8\nDATA ·T+0(SB)/8, $·gone(SB)\nDATA ·T+8(SB)/8, $·m(SB)\nGLOBL ·T(SB), 8, $16\n"
    )
    name, data = objects(t)[0]
    data = data.replace(b".rodata.main.T", b".rodata.type:T")
    r = run(link(LinkJob([(name, data)], live={"main.m.abi0", "main.desc", "main.T"})), tmp_path)
    assert r.returncode == 7


def test_abi0_fallback(tmp_path: Path) -> None:
    """The address of `·x` is that of the datum when no code has the name; a function of the other convention is not called."""
    t = START + "TEXT ·run(SB), 4, $0\n\tLEAQ ·x(SB), CX\n\tMOVL (CX), AX\n\tRET\n"
    data = "DATA ·x(SB)/4, $3\nGLOBL ·x(SB), 8, $4\n"
    assert run(link(LinkJob(objects(t, data))), tmp_path).returncode == 3
    other = assemble("y.s", b"TEXT main\xc2\xb7x<ABIInternal>(SB), 4, $0\n\tRET\n", pkg_path="runtime")
    with pytest.raises(CompileError, match=r"main\.run: relocation target main\.x not defined for ABI0 .but is defined for ABIInternal"):
        link(LinkJob([*objects(t), ("y.o", other)]))


def test_tables_and_gcroots(tmp_path: Path) -> None:
    """Word tables hold addresses; linker symbols bound the segments; -X sets a string variable."""
    t = (
        START + "TEXT ·run(SB), 4, $0\n\tMOVQ runtime·tab(SB), AX\n\tCMPQ AX, $1\n\tJNE bad\n\tMOVQ runtime·tab+8(SB), CX\n\tCALL CX\n"
        "\tMOVQ ·s(SB), SI\n\tMOVQ ·s+8(SB), DX\n\tCALL write<>(SB)\n"
        "\tLEAQ runtime·etext(SB), AX\n\tLEAQ runtime·text(SB), CX\n\tCMPQ AX, CX\n\tJLS bad\n\tMOVL R12, AX\n\tRET\nbad:\n\tMOVL $1, AX\n\tRET\n"
        "TEXT ·task(SB), 4, $0\n\tMOVL $9, R12\n\tRET\nGLOBL ·s(SB), 0, $16\n" + WRITE
    )
    r = run(link(LinkJob(objects(t), tables={"runtime.tab": [1, "main.task.abi0"]}, x_values={"main.s": "set by -X\n", "main.none": "x"})), tmp_path)
    assert (r.stdout, r.returncode) == ("set by -X\n", 9)


ERRORS = [
    ([START + "TEXT ·run(SB), 4, $0\n\tCALL ·nowhere(SB)\n\tRET\n"], "main.run: relocation target main.nowhere not defined (0.o)"),
    ([START, "TEXT ·run(SB), 4, $0\n\tRET\n", "TEXT ·run(SB), 4, $0\n\tRET\n"], "duplicated definition of symbol main.run.abi0, from 2.o and 1.o"),
    (["TEXT ·run(SB), 4, $0\n\tRET\n"], "undefined entry or table symbol _rt0_amd64_linux"),
]  # fmt: skip


@pytest.mark.parametrize(("texts", "want"), ERRORS)
def test_errors(texts: list[str], want: str) -> None:
    with pytest.raises(CompileError) as e:
        link(LinkJob(objects(*texts)))
    assert str(e.value) == want


def test_not_an_object() -> None:
    with pytest.raises(CompileError) as e:
        link(LinkJob([("x.o", b"junk")]))
    assert str(e.value) == "x.o: not a 64-bit little-endian ELF file"


@pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")
def test_c_objects(tmp_path: Path) -> None:
    """Objects of another compiler: COMDAT-free, one .text, GOT references relaxed, string sections, static data."""
    (tmp_path / "a.c").write_text(
        "extern int ext; extern int (*const tab[])(int); extern char *const msg;\n"
        "static long sys(long n, long a, long b, long c)"
        '{ long r; __asm__ volatile("syscall" : "=a"(r) : "a"(n), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory"); return r; }\n'
        "void _start(void) { sys(1, 1, (long)msg, 3); int (*volatile *p)(int) = (void*)tab; int *volatile q = &ext; sys(60, p[1](*q), 0, 0); }\n"
    )
    (tmp_path / "b.c").write_text(
        'int ext = 40; char *const msg = "ok\\n"; static int zero(int x) { return 0; } int two(int x) { return x + 2; }\n'
        "int (*const tab[])(int) = { zero, two };\n"
    )
    objs = []
    for name, flags in (("a", ["-fPIC"]), ("b", ["-fno-pic"])):
        subprocess.run(
            ["gcc", "-O1", "-g", "-c", "-fno-stack-protector", "-fcf-protection=none", *flags, f"{name}.c"], cwd=tmp_path, check=True
        )
        objs.append((f"{name}.o", (tmp_path / f"{name}.o").read_bytes()))
    r = run(link(LinkJob(objs, entry="_start")), tmp_path)
    assert (r.stdout, r.returncode) == ("ok\n", 42)
