"""nm and objdump on a linked program; the assembler's command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from rt0.asm import cli
from rt0.asm.assemble import assemble
from rt0.diag import CompileError
from rt0.link.linker import link
from rt0.link.state import LinkJob
from rt0.obj import nm, objdump
from rt0.obj.elf import FormatError, check_object

SOURCE = b"TEXT _start(SB), 4, $0\n\tCALL p\xc2\xb7f(SB)\n\tMOVQ \xc2\xb7v(SB), AX\n\tRET\nTEXT \xc2\xb7f(SB), 4, $0\n\tLOCK\n\tXADDQ AX, (BX)\n\tRET\nGLOBL \xc2\xb7v(SB), 16, $8\n"


@pytest.fixture
def prog(tmp_path: Path) -> Path:
    f = tmp_path / "prog"
    f.write_bytes(link(LinkJob([("x.o", assemble("/u/x.s", SOURCE, pkg_path="p"))], entry="_start")))
    return f


def test_nm(prog: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert nm.main(["-n", "-size", str(prog)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "  401000          6 T p.f.abi0" in lines and "  401020         18 T _start" in lines  # what takes its arguments from the stack comes first
    assert [x.split()[-1] for x in lines if " B " in x and x.split()[1] != "0"] == ["p.v"]
    assert nm.main(["/nonexistent"]) == 1


def test_objdump(prog: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("capstone")
    assert objdump.main(["-s", "f", str(prog)]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0] == "TEXT p.f.abi0(SB) /u/x.s"
    assert "  x.s:6\t\t0x401000\t\tf0480fc103\t\tLOCK; XADDQ AX, (BX)" in out
    assert objdump.main(["-s=_start", str(prog)]) == 0
    out = capsys.readouterr().out
    assert "\t\tCALL p.f.abi0(SB)" in out and "\t\tMOVQ p.v(SB), AX" in out
    assert objdump.main([__file__]) == 1


def test_damaged_object() -> None:
    """What the linker would take on trust is refused by check_object: whichever byte is wrong, the object is refused or can be linked."""
    good = assemble("/u/x.s", SOURCE, pkg_path="p")
    ends = {"refused": 0, "errors": 0, "linked": 0}
    for at in range(len(good)):
        for value in (0, 0x7F, 0xFF) if at % 3 == 0 else (good[at] ^ 1 << at % 8,):
            data = good[:at] + bytes([value]) + good[at + 1 :]
            try:
                check_object(data)
                link(LinkJob([("x.o", data)], entry="_start"))
                ends["linked"] += 1
            except FormatError:
                ends["refused"] += 1
            except CompileError:
                ends["errors"] += 1
    assert min(ends.values()) > 30, ends


def test_section_headers_beyond_the_file(prog: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = prog.read_bytes()
    for shoff in (len(good) - 1, 1 << 40, (1 << 64) - 1):
        prog.write_bytes(good[:40] + shoff.to_bytes(8, "little") + good[48:])
        assert (nm.main([str(prog)]), objdump.main([str(prog)])) == (1, 1)
    assert "unrecognized object file" in capsys.readouterr().err


def test_cli(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    src = tmp_path / "x.s"
    src.write_bytes(SOURCE)
    out = tmp_path / "x.o"
    assert cli.main(["-p=p", "-o", str(out), str(src)]) == 0
    assert out.read_bytes()[:4] == b"\x7fELF"
    src.write_text("TEXT f(SB), 4, $0\n" + "\tFOO\n" * 12)
    assert cli.main(["-o", str(out), str(src)]) == 1
    err = capsys.readouterr().err.splitlines()
    assert err[0] == f'{src}:2: unrecognized instruction "FOO"' and len(err) == 12 and err[10] == "too many errors"
    assert cli.main(["-e", "-o", str(out), str(src)]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 13
    assert cli.main(["-bad"]) == 2
