"""Debugging with gdb: variables, types, scopes, lines, goroutines; and that other readers of DWARF take what we write.

Programs in testdata/gdb mark the lines to stop at with `// BREAK name`. What gdb must say are values that the source decides.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from tests.conftest import Rt0

DATA = Path(__file__).parent / "testdata" / "gdb"
OVERLAY = Path(__file__).parents[2] / "rt0" / "goroot"
needs_gdb = pytest.mark.skipif(shutil.which("gdb") is None, reason="needs gdb")
needs_readelf = pytest.mark.skipif(shutil.which("readelf") is None, reason="needs readelf")


def lines(source: str) -> dict[str, int]:
    """Marked line -> its number."""
    found = enumerate((DATA / source).read_text().splitlines(), 1)
    return {m[1]: n for n, text in found if (m := re.search(r"// BREAK (\w+)", text))}


def debug(exe: Path, source: str, script: list[tuple[str, list[str]]], trust: bool = True) -> dict[str, str]:
    """Stop at the marked lines in turn and run the commands there: mark -> what gdb printed."""
    at = lines(source)
    args = ["gdb", "--batch", "-nx", "-iex", "set debuginfod enabled off"]
    if trust:
        args += ["-iex", f"add-auto-load-safe-path {OVERLAY}"]
    for c in ("set pagination off", "set width 0", "set style enabled off", "set print thread-events off"):
        args += ["-ex", c]
    for mark, commands in script:
        # each stop is found from the one before, so that a line that runs again does not disturb
        args += ["-ex", f"tbreak {source}:{at[mark]}", "-ex", "continue" if mark != script[0][0] else "run", "-ex", f"echo @@{mark}\\n"]
        for c in commands:
            args += ["-ex", f"echo \\n({c})\\n", "-ex", c]
    p = subprocess.run([*args, "-ex", "kill", str(exe)], capture_output=True, text=True, timeout=120)
    parts = re.split(r"^@@(\w+)$", p.stdout, flags=re.M)
    out = dict(zip(parts[1::2], parts[2::2]))
    assert len(out) == len(script), p.stdout + p.stderr
    return out


def expect(text: str, *wanted: str) -> None:
    for w in wanted:
        assert w in text, f"no {w!r} in:\n{text}"


@pytest.fixture
def build(rt0: Rt0, tmp_path: Path) -> Callable[..., Path]:
    def build(source: str, *flags: str, name: str = "prog") -> Path:
        r = rt0("build", *flags, "-o", str(tmp_path / name), str(DATA / source), cwd=tmp_path)
        assert (r.err, r.code) == ("", 0)
        return tmp_path / name

    return build


@needs_gdb
@pytest.mark.parametrize("opt", ["-O0", "-O1"])
def test_values(build: Callable[..., Path], opt: str) -> None:
    both = ["info args", "info locals"]
    out = debug(build("values.go", opt), "values.go", [
        ("method", ["bt 1", *both, "p *t", "p t.A", "p t.next.A", "p main.pkgInt", "p main.pkgT.B", "p 'main.pkgMap'"]),
        ("oneline", both),
        ("basics", ["bt 1", *both, "whatis h", "whatis n"]),
        ("compound", [*both, "p big", "p *p", "p t.Inner.Y", "p sl.array[1]", "p $len(m)", "p $len(big)", "p $len(s)", "p $cap(c)", "p *$dtype(i)", "ptype p",
                      "ptype t", "whatis m", "whatis sl", "whatis c", "whatis fn", "whatis i", "whatis named", "whatis st", "p st.Q", "p *c"]),
    ])  # fmt: skip
    expect(out["method"], "main.(*T).M", "y = 8", 'B = "hello"', "A = 5", " = 6", " = 42", ' = "package"', '= map[string]int = {["k"] = 9}')
    expect(out["oneline"], "Y = 2, ok = true}", "No locals.")
    expect(out["basics"], "a = -3", "b = 500", "c = true", "d = 1.5", "e = 2 + 3i", "f = 120", "g = 77", "h = 36.6", 'n = "bob"', "err = (*errors.errorString)",
           "type = main.Celsius", "type = main.Name", "values.go:")  # fmt: skip
    expect(out["compound"], 's = "str"', "sl = []int = {10, 20, 30}", 'm = map[string]int = {["x"] = 1}', "i = (*main.T) 0x", "e = (float64) 3.5", "{main.main.func1}",
           'Inner = {X = 1, Y = 2, ok = true}, A = 5, B = "hello"', "named = main.Ints = {4, 5}", "empty = nil", "c = chan int = {7, 8}", "nilmap = nil",
           "st = {P = 3, Q = 4}", "[99] = 9801", "(p sl.array[1])\n$", " = 20\n", "(p $len(m))\n$", " = 100\n", "(p $cap(c))\n$", "    main.T *next;",
           "    string B;", "type = map[string]int", "type = []int", "type = chan int", "type = func(int) int", "type = main.I", "type = struct { P int; Q int }",
           "qcount = 2, dataqsiz = 4")  # fmt: skip
    answers = dict(re.findall(r"^\((.*)\)\n\$\d+ = (.*)$", out["compound"], flags=re.M))
    assert [answers[k] for k in ("p sl.array[1]", "p $len(m)", "p $len(big)", "p $len(s)", "p $cap(c)", "p t.Inner.Y", "p st.Q")] == ["20", "1", "100", "3", "4", "2", "4"]
    assert "A = 5" in answers["p *$dtype(i)"] and answers["p big"].count("] = ") == 100
    if opt == "-O0":
        expect(out["basics"], "res = 497")
        expect(out["method"], "x = 3")
        assert "optimized out" not in "".join(out.values())


SCOPES: list[tuple[str, list[str]]] = [
    (mark, ["info args", "info locals", "bt"])
    for mark in ("generic", "genericfunc", "inner", "typeswitch", "outer", "closure", "afterclosure", "loop", "rangefunc", "deferred", "goroutines")
]


@needs_gdb
@pytest.mark.parametrize("opt", ["-O0", "-O1", "-O2"])
def test_scopes(build: Callable[..., Path], opt: str) -> None:
    script = SCOPES[2:-1] if opt == "-O2" else [*SCOPES[:-1], ("goroutines", [*SCOPES[-1][1], "info goroutines", "goroutine all bt"])]
    out = debug(build("scopes.go", opt), "scopes.go", script)
    frames = {mark: [re.sub(r" \(.*", "", re.sub(r"^0x\w+ in ", "", f)) for f in re.findall(r"^#\d+ +(.*)$", text, flags=re.M)] for mark, text in out.items()}
    # at -O2 some of these are inlined: the frames are the same
    assert frames["inner"] == ["main.shadow", "main.main"] and frames["closure"] == ["main.closures.func1", "main.closures", "main.main"]
    assert frames["rangefunc"] == ["main.loops-range1", "main.seq", "main.loops", "main.main"]
    assert "main.deferred" in frames["deferred"][1:] and frames["deferred"][0] == "main.deferred.func1"
    if opt == "-O2":
        return
    expect(out["generic"], "main.(*Pair[string,int]).Swap", "v = 2", "old = 1")
    expect(out["genericfunc"], "main.Map[int,string]", "xs = []int", "i = 0", "x = 5", 'out = []string = {"f"}')
    expect(out["inner"], "x = 3\n", "x = 40\n", "y = 4\n")
    expect(out["typeswitch"], "v = 4\n", "y = 4\n")
    assert "x = 40" not in out["outer"] and "v = " not in out["outer"]
    expect(out["outer"], "x = 3\n", "y = 4\n")
    expect(out["closure"], "arg = 2\n", "byRef = 13\n", "&byRef = 0x", "byVal = ", "local = ")
    expect(out["afterclosure"], "byRef = 13\n", "r = 13\n", "{main.closures.func1}")
    expect(out["loop"], "i = 0\n", "sq = 0\n", "total = 0\n")
    expect(out["rangefunc"], "v = 1\n", "total = ", "&total = 0x")
    expect(out["deferred"], 'r = (string) "boom"', "err = nil")
    expect(out["goroutines"], "* 1 running  main.main", "waiting  main.worker (started as main.main.gowrap1)", "main.worker (id=1", "main.worker (id=2")
    if opt == "-O0":
        expect(out["inner"], 'y = "inner"')
        expect(out["closure"], 'byVal = "val"', "local = 3\n")
        expect(out["afterclosure"], "n = 10\n", 'byVal = "val"')


@needs_gdb
def test_lines(build: Callable[..., Path]) -> None:
    """At -O2 a line can be stopped at and stepped from; a function is entered once, behind its prologue."""
    exe = build("values.go")
    n = lines("values.go")["compound"]
    for _ in range(5):  # the goroutine may go on in another thread, and gdb steps threads
        out = debug(exe, "values.go", [("compound", ["bt", "set scheduler-locking on", "next", "next"])])
        if f"\n{n + 2}\t" in out["compound"]:
            break
    expect(out["compound"], "main.compound () at ", f"\n{n + 1}\t", f"\n{n + 2}\t")
    p = subprocess.run(["gdb", "--batch", "-nx", "-ex", "break main.shadow", "-ex", "run", "-ex", "info args", str(build("scopes.go", "-O1"))],
                       capture_output=True, text=True, timeout=120)  # fmt: skip
    assert "hit Breakpoint 1, main.shadow (x=3)" in p.stdout and "\nx = 3\n" in p.stdout and "func shadow" not in p.stdout


@needs_gdb
def test_script_is_named(build: Callable[..., Path]) -> None:
    """gdb loads the printers when it may; without them it shows what is there."""
    exe = build("values.go", "-O0")
    out = debug(exe, "values.go", [("compound", ["info locals", "info args"])], trust=False)
    expect(out["compound"], "sl = {array = 0x", 's = 0x')
    assert b"\x01" + str(OVERLAY / "src" / "runtime" / "runtime_gdb.py").encode() + b"\0" in exe.read_bytes()


@needs_readelf
@pytest.mark.parametrize("opt", ["-O0", "-O1", "-O2"])
def test_readers(build: Callable[..., Path], opt: str) -> None:
    """readelf and pyelftools take all of it; a second build has the same bytes; -w leaves nothing of it."""
    exe = build("scopes.go", opt)
    p = subprocess.run(["readelf", "--debug-dump", str(exe)], capture_output=True, text=True, errors="replace", timeout=120)
    assert p.stderr == ""  # the exit code is 1, as with gc's programs: readelf does not know .debug_gdb_scripts
    with exe.open("rb") as f:
        elf = ELFFile(f)
        dwarf = elf.get_dwarf_info()
        names: dict[str, set[str]] = {}
        locations = dwarf.location_lists()
        ranges = dwarf.range_lists()
        for cu in dwarf.iter_CUs():
            program = dwarf.line_program_for_CU(cu)
            assert program is None or program.get_entries() is not None
            for die in cu.iter_DIEs():
                if "DW_AT_name" in die.attributes and isinstance(die.tag, str):
                    names.setdefault(die.tag, set()).add(die.attributes["DW_AT_name"].value.decode())
                a = die.attributes.get("DW_AT_location")
                if a is not None and a.form in ("DW_FORM_loclistx", "DW_FORM_sec_offset") and locations is not None:
                    locations.get_location_list_at_offset(a.value, die)
                a = die.attributes.get("DW_AT_ranges")
                if a is not None:
                    assert ranges is not None
                    ranges.get_range_list_at_offset(a.value, cu)
    assert "main.shadow" in names["DW_TAG_subprogram"]
    if opt != "-O2":
        assert {"main.ready", "byRef", "&byRef"} <= names["DW_TAG_variable"] and "main.Pair[string,int]" in names["DW_TAG_structure_type"]
        assert {"chan bool", "func(int) int", "error"} <= names["DW_TAG_typedef"]
    assert build("scopes.go", opt, name="again").read_bytes() == exe.read_bytes()
    small = build("scopes.go", opt, "-ldflags=-w", name="small").read_bytes()
    assert b".debug_" not in small and len(small) < len(exe.read_bytes())
