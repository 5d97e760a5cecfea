"""Steps 6 to 8: escape decisions against gc's, IR against the objects of the build, instructions against objdump and addr2line."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from rt0.build.options import Options
from rt0.build.units import wanted_symbols
from rt0.explain.model import Request
from rt0.explain.source import Build
from rt0.load.load import BuildContext, load_program
from tests.conftest import Rt0, go_run, golden
from tests.explain.conftest import PROGRAM, Explained

HERE = Path(__file__).parent


def test_heap_as_gc(rt0: Rt0, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """What is on the heap is what gc's -m says, variable by variable and allocation by allocation."""
    text = (HERE / "escape" / "ways.go").read_text()
    (tmp_path / "main.go").write_text(text)
    wanted = golden(HERE / "escape" / "golden.json", "ways", pytestconfig.getoption("--record"),
                    lambda: go_run(["build", "-gcflags=-m -l", "-o", str(tmp_path / "x"), "main.go"], tmp_path).record())  # fmt: skip
    gc = {(int(m[1]), int(m[2])) for m in re.finditer(r"main.go:(\d+):(\d+): (?:moved to heap: \w+|.* escapes to heap)", wanted["err"])}
    report = json.loads(rt0("explain", "-json", "-step", "escape", "main.go", cwd=tmp_path).out)
    decisions = report["steps"][5]["facts"]["decisions"]
    heap = {(d["line"], d["col"]): d["name"] for d in decisions if d["heap"]}
    more = {heap[at] for at in heap.keys() - gc}
    assert more == {
        "make(chan *int, 1)",  # gc does not name channels
        "make([]byte, n)",  # gc tries 32 bytes on the stack first
        "r",  # gc sees that the func variable is assigned once
    }
    assert {text.splitlines()[line - 1].strip() for line, _ in gc - heap.keys()} == {"func grow(xs []int, n int) []int { return append(xs, n) }"}  # names append
    assert all(d["why"] for d in decisions if d["heap"])


def function(facts: dict[str, Any], symbol: str) -> dict[str, Any]:
    found: dict[str, Any] = next(f for f in facts["functions"] if f["symbol"] == symbol)
    return found


def test_inlining(explained: Explained) -> None:
    """A call that was inlined is no call in the executable; one that was not, is."""
    calls = explained.step("escape")["calls"]
    inlined = {c["callee"] for c in calls if c["inlined"] and c["caller"] == "main.main"}
    left = {c["callee"] for c in calls if not c["inlined"] and c["caller"] == "main.main"} - inlined
    targets = {i["target"] for i in function(explained.step("asm"), "main.main")["instructions"] if i["plan9"].startswith("CALL")}
    assert "main.leak" in inlined and not inlined & targets
    assert left <= targets
    assert [c["inlined"] for c in calls if c["caller"] == "main.init.v1"] == [False]
    assert next(i["target"] for i in function(explained.step("asm"), "main.init.v1")["instructions"] if i["plan9"].startswith("CALL")) == "main.build"
    assert all(c["reason"] for c in calls)


def test_ir(explained: Explained) -> None:
    facts = explained.step("ir")
    leak = function(facts, "main.leak")
    line = PROGRAM.splitlines().index("	x := size + len(os.Args)") + 1
    assert any("@runtime.newobject" in x["text"] and x["line"] in (line, line + 1) for x in leak["optimised"])
    assert leak["lowered"][0]["line"] == line - 1 and leak["before"] > leak["after"] > 0
    main = function(facts, "main.main")
    call = PROGRAM.splitlines().index("	fmt.Println(s, Map([]string{\"x\", \"y\"}, strings.ToUpper), *leak(), table, big, fixed)") + 1
    assert any(x["line"] == line and x["at"] == call for x in main["optimised"]), "the body of leak, inlined"


def test_units_are_written_again(explained: Explained, cache_dir: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The IR that is shown, compiled, gives the objects that the executable was linked from."""
    monkeypatch.setenv("RT0CACHE", cache_dir)
    monkeypatch.chdir(explained.folder)
    options = Options()
    build = Build(lambda: load_program(BuildContext.default(), ["main.go"]), options, Request(), [])
    try:
        assert build.exe == build.linked.exe == explained.exe
        path = build.loaded.main
        units = build.units(path)
        assert units
        for unit in units:
            symbols = wanted_symbols(build.product.cache, build.product.keys[path], unit)
            again = build.builder.program.lower(path, symbols)
            assert build.builder.modules.submit(unit.name, path, again.ir, args=again.trace_args).result() == unit.object_bytes(build.product.cache)
    finally:
        build.close()


def objdump(exe: Path, addr: int, size: int) -> list[tuple[int, str, str]]:
    """(address, hex bytes, mnemonic) as binutils decode them."""
    args = ["objdump", "-d", "-w", "-M", "intel", f"--start-address={addr:#x}", f"--stop-address={addr + size:#x}", str(exe)]
    out = []
    for line in subprocess.run(args, capture_output=True, text=True, check=True).stdout.splitlines():
        m = re.match(r"\s*([0-9a-f]+):\t((?:[0-9a-f]{2} )+)\s*\t?(\S*)", line)
        if m:
            out.append((int(m[1], 16), m[2].replace(" ", ""), m[3]))
    return out


def test_asm(explained: Explained) -> None:
    """Addresses and bytes are objdump's; lines are addr2line's, which reads DWARF and not the line table of the runtime."""
    exe = explained.folder / "prog"
    for f in explained.step("asm")["functions"]:
        found = objdump(exe, f["addr"], f["size"])
        assert [(i["addr"], i["code"]) for i in f["instructions"]] == [(a, c) for a, c, _ in found]
        same = sum(i["intel"].split()[0] == m for i, (_, _, m) in zip(f["instructions"], found))
        assert same >= 0.9 * len(found), f["symbol"]  # aliases: jae, jnb
    main = function(explained.step("asm"), "main.main")
    addrs = [f"{i['addr']:#x}" for i in main["instructions"]]
    lines = subprocess.run(["addr2line", "-e", str(exe), *addrs], capture_output=True, text=True, check=True).stdout.splitlines()
    told = [f"{i['at'][0]['file'].rpartition('/')[2]}:{i['at'][0]['line']}" for i in main["instructions"]]
    known = [(re.sub(r" .*", "", x).rpartition("/")[2], t) for x, t in zip(lines, told) if not x.endswith(":?")]
    assert len(known) > len(told) / 2 and all(x == t for x, t in known)


def test_without_capstone(rt0: Rt0, tmp_path: Path) -> None:
    """Without it the command works, plainer, and says what would help."""
    (tmp_path / "main.go").write_text(PROGRAM)
    (tmp_path / "capstone.py").write_text("raise ImportError\n")
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text("import importlib.util as u\nf = u.find_spec\nu.find_spec = lambda n, *a: None if n == 'capstone' else f(n, *a)\n")
    root = Path(__file__).parents[2]
    r = rt0("explain", "-step", "asm", "-F", "leak", "main.go", cwd=tmp_path, env={"PYTHONPATH": f"{site}:{root}"})
    assert r.code == 0, r.err
    assert "main.leak" in r.out and "CALL runtime.newobject(SB)" in r.out and "pip install 'rt0[explain]'" in r.out
    r = rt0("explain", "-html", "page.html", "main.go", cwd=tmp_path, env={"PYTHONPATH": f"{site}:{root}"})
    assert r.code == 0, r.err
    data = re.search(r'id="data">(.*?)</script>', (tmp_path / "page.html").read_text(), re.S)
    assert data is not None
    steps = json.loads(data[1])["steps"]
    assert [s["name"] for s in steps if not s["facts"]] == []
    assert not steps[7]["facts"]["decoded"] and any("CALL" in i["plan9"] for f in steps[7]["facts"]["functions"] for i in f["instructions"])
