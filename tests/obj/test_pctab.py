"""Line tables: DWARF of a module with inlined calls -> pclntab -> frames; objects rewritten in place."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from rt0.abi.target import DATALAYOUT, TRIPLE
from rt0.asm.assemble import assemble
from rt0.link.linker import link
from rt0.link.state import LinkJob
from rt0.llvm.codegen import compile_ir
from rt0.obj.elf import EHDR, SHDR, read_object, rewrite_sections
from rt0.obj.pclnread import Frame, Pclntab
from rt0.obj.pctab import add_pctab

MODULE = f"""target datalayout = "{DATALAYOUT}"
target triple = "{TRIPLE}"
declare void @ext(i64)
define linkonce_odr i64 @p.inl(i64 %x) section ".text.p.inl" comdat !dbg !10 {{
  call void @ext(i64 %x), !dbg !11
  %y = add i64 %x, 5, !dbg !12
  ret i64 %y, !dbg !12
}}
$p.inl = comdat any
define internal i64 @p.mid(i64 %x) section ".text.p.mid" !dbg !20 {{
  %a = call i64 @p.inl(i64 %x), !dbg !21
  %b = call i64 @p.inl(i64 %a), !dbg !22
  ret i64 %b, !dbg !22
}}
define i64 @"p.outer[int]"(i64 %x) section ".text.p.outer[int]" !dbg !30 {{
  %a = call i64 @p.mid(i64 %x), !dbg !31
  ret i64 %a, !dbg !33
}}
!llvm.dbg.cu = !{{!0}}
!llvm.module.flags = !{{!1, !2}}
!0 = distinct !DICompileUnit(language: DW_LANG_Go, file: !3, producer: "rt0", isOptimized: true, runtimeVersion: 0, emissionKind: LineTablesOnly)
!1 = !{{i32 7, !"Dwarf Version", i32 VERSION}}
!2 = !{{i32 2, !"Debug Info Version", i32 3}}
!3 = !DIFile(filename: "/u/a.go", directory: "")
!4 = !DIFile(filename: "/u/lib/b.go", directory: "")
!5 = !DISubroutineType(types: !6)
!6 = !{{null}}
!10 = distinct !DISubprogram(name: "p.inl", scope: !4, file: !4, line: 10, type: !5, scopeLine: 10, spFlags: DISPFlagDefinition, unit: !0)
!11 = !DILocation(line: 11, scope: !10)
!12 = !DILocation(line: 12, scope: !10)
!20 = distinct !DISubprogram(name: "p.mid", scope: !3, file: !3, line: 20, type: !5, scopeLine: 20, spFlags: DISPFlagDefinition, unit: !0)
!21 = !DILocation(line: 21, scope: !20)
!22 = !DILocation(line: 22, scope: !20)
!30 = distinct !DISubprogram(name: "p.outer", scope: !3, file: !3, line: 30, type: !5, scopeLine: 30, spFlags: DISPFlagDefinition, unit: !0)
!31 = !DILocation(line: 31, scope: !30)
!33 = !DILocation(line: 33, scope: !30)
"""


def table(version: int, keep: bool) -> Pclntab:
    obj = add_pctab(compile_ir(MODULE.replace("VERSION", str(version)), 2), keep)
    start = assemble("/u/s.s", b"TEXT _start(SB), 4, $0\n\tCALL p\xc2\xb7outer(SB)\n\tRET\nTEXT ext(SB), 4, $0\n\tRET\n", pkg_path="p")
    start = start.replace(b"p.outer.abi0", b"p.outer[int]")
    exe = read_executable_section(link(LinkJob([("a", obj), ("s", start)], entry="_start")), ".gopclntab")
    return Pclntab(exe)


def read_executable_section(data: bytes, name: str) -> bytes:
    h = EHDR.unpack_from(data)
    headers = list(SHDR.iter_unpack(data[h[6] : h[6] + 64 * h[12]]))
    s = headers[h[13]]
    names = data[s[4] : s[4] + s[5]]
    for x in headers:
        if names[x[0] : names.index(b"\0", x[0])].decode() == name:
            return data[x[4] : x[4] + x[5]]
    raise KeyError(name)


@pytest.mark.parametrize(("version", "keep"), [(5, False), (4, True)])
def test_frames(version: int, keep: bool) -> None:
    t = table(version, keep)
    seen: list[list[Frame]] = []
    f = next(f for f in t.funcs if t.string(f[2]) == "p.outer[...]")
    for pc in range(f[0], f[0] + f[1]):
        frames = t.frames(t.text + pc)
        if not seen or seen[-1] != frames:
            seen.append(frames)
    outer = Frame("p.outer[...]", "/u/a.go", 31)
    mid21, mid22 = Frame("p.mid", "/u/a.go", 21), Frame("p.mid", "/u/a.go", 22)
    assert seen[0] == [Frame("p.outer[...]", "/u/a.go", 30)]
    assert [Frame("p.inl", "/u/lib/b.go", 11), mid21, outer] in seen
    assert [Frame("p.inl", "/u/lib/b.go", 12), mid21, outer] in seen
    assert [Frame("p.inl", "/u/lib/b.go", 11), mid22, outer] in seen
    assert seen[-1] == [Frame("p.outer[...]", "/u/a.go", 33)]
    assert t.frames(t.text + t.funcs[0][0])[0] == Frame("_start", "/u/s.s", 1)


def test_rewrite(tmp_path: Path) -> None:
    """readelf accepts the object with sections dropped and added; indexes stay."""
    data = compile_ir(MODULE.replace("VERSION", "5"), 2)
    new = rewrite_sections(data, ".debug_", [(".rt0.a", b"hello"), (".rt0.b", b"")])
    a, b = read_object(data), read_object(new)
    assert a.symbols == b.symbols and a.names == b.names
    s = b.section(".rt0.a")
    assert s is not None and b.contents(s) == b"hello"
    for x, y in zip(a.sections, b.sections):
        if x.name.startswith((".text", ".rela.text")):
            assert a.contents(x) == b.contents(y) and x.index == y.index
    assert not any(s.type and s.name.startswith(".debug") for s in b.sections)
    f = tmp_path / "x.o"
    f.write_bytes(new)
    r = subprocess.run(["readelf", "-aW", f], capture_output=True, text=True)
    assert r.returncode == 0 and "Warning" not in r.stderr and "Error" not in r.stderr, r.stderr


# What LLVM inlined ends in code of line 0 that belongs to the caller, and begins with such code in the other function.
NO_LINE = """define void @p.after(i64 %x) section ".text.p.after" !dbg !40 {
  call void @ext(i64 %x), !dbg !41
  call void @ext(i64 1), !dbg !43
  call void @ext(i64 2), !dbg !44
  ret void, !dbg !46
}
define void @p.first(i64 %x) section ".text.p.first" !dbg !50 {
  call void @ext(i64 %x), !dbg !51
  call void @ext(i64 1), !dbg !53
  call void @ext(i64 2), !dbg !54
  ret void, !dbg !51
}
!40 = distinct !DISubprogram(name: "p.after", scope: !3, file: !3, line: 40, type: !5, scopeLine: 40, spFlags: DISPFlagDefinition, unit: !0)
!41 = !DILocation(line: 41, scope: !40)
!42 = distinct !DILocation(line: 42, scope: !40)
!43 = !DILocation(line: 11, scope: !10, inlinedAt: !42)
!44 = !DILocation(line: 0, scope: !40)
!46 = !DILocation(line: 46, scope: !40)
!50 = distinct !DISubprogram(name: "p.first", scope: !3, file: !3, line: 50, type: !5, scopeLine: 50, spFlags: DISPFlagDefinition, unit: !0)
!51 = !DILocation(line: 51, scope: !50)
!52 = distinct !DILocation(line: 52, scope: !50)
!53 = !DILocation(line: 0, scope: !10, inlinedAt: !52)
!54 = !DILocation(line: 12, scope: !10, inlinedAt: !52)
"""


def test_code_without_a_line_belongs_to_its_call() -> None:
    obj = add_pctab(compile_ir(MODULE.replace("!llvm.dbg.cu", NO_LINE + "!llvm.dbg.cu", 1).replace("VERSION", "5"), 2), False)
    start = assemble("/u/s.s", b"TEXT _start(SB), 4, $0\n\tCALL p\xc2\xb7after(SB)\n\tCALL p\xc2\xb7first(SB)\n\tRET\nTEXT ext(SB), 4, $0\n\tRET\n", pkg_path="p")
    for name in (b"p.after", b"p.first"):
        start = start.replace(name + b".abi0", name + b"\0" * 5)
    t = Pclntab(read_executable_section(link(LinkJob([("a", obj), ("s", start)], entry="_start")), ".gopclntab"))

    def frames(name: str) -> list[list[Frame]]:
        f = next(f for f in t.funcs if t.string(f[2]) == name)
        seen: list[list[Frame]] = []
        for pc in range(f[0], f[0] + f[1]):
            if not seen or seen[-1] != t.frames(t.text + pc):
                seen.append(t.frames(t.text + pc))
        return seen

    inl = [Frame("p.inl", "/u/lib/b.go", 11), Frame("p.after", "/u/a.go", 42)]
    after = frames("p.after")
    assert after[after.index(inl) + 1] == [Frame("p.after", "/u/a.go", 41)]
    first = frames("p.first")
    inl = [Frame("p.inl", "/u/lib/b.go", 12), Frame("p.first", "/u/a.go", 52)]
    assert first[1] == [Frame("p.first", "/u/a.go", 51)] and first[2] == inl
