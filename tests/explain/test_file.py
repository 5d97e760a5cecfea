"""Steps 9 to 11: relocations, the size map and the headers against readelf and nm, which read the same files on their own."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from rt0.abi.linksyms import LINKER_SYMBOLS
from tests.conftest import Rt0
from tests.explain.conftest import PROGRAM, Explained


def run(*args: str) -> str:
    return subprocess.run(args, capture_output=True, text=True, errors="replace", check=True).stdout


def addresses(explained: Explained) -> dict[str, int]:
    out: dict[str, int] = {}
    for line in run("nm", str(explained.folder / "prog")).splitlines():
        addr, _, name = line.split(" ", 2)
        out.setdefault(name, int(addr, 16))
    return out


def test_relocations(explained: Explained) -> None:
    """Every hole of live code has in the executable what the rule of its type makes of the addresses that nm tells."""
    addr = addresses(explained)
    checked = 0
    for f in explained.step("object")["files"]:
        for s in f["sections"]:
            for r in s["relocations"] if s["live"] else ():
                target = addr.get(r["symbol"])
                if target is None or r["after"] == "":
                    continue
                width = len(r["after"]) // 2
                value = int.from_bytes(bytes.fromhex(r["after"]), "little")
                relative = r["type"] in ("R_X86_64_PC32", "R_X86_64_PLT32")
                want = target + r["addend"] - (s["addr"] + r["offset"] if relative else 0)
                assert value in (want & (1 << 8 * width) - 1, 0), r  # 0: a method that nobody calls
                if value:
                    assert f"{target if relative else want:#x}" in r["words"]
                checked += bool(value)
    assert checked > 100


def test_sizes(explained: Explained) -> None:
    """The pieces follow one another and add up to the file; a function's piece is as long as its symbol."""
    facts = explained.step("link")
    at = 0
    for p in facts["pieces"]:
        assert p["offset"] == at and p["size"] > 0
        at += p["size"]
    assert at == facts["size"] == len(explained.exe)
    sizes = {}
    for line in run("readelf", "-sW", str(explained.folder / "prog")).splitlines():
        m = re.match(r"\s*\d+: ([0-9a-f]+)\s+(\d+) FUNC\s+GLOBAL \S+\s+\d+ (\S+)$", line)
        if m:
            sizes[m[3]] = int(m[2])
    code = {p["symbol"]: p["size"] for p in facts["pieces"] if p["kind"] == "code" and not p["symbol"].endswith(".abi0")}
    same = [code[name] == size for name, size in sizes.items() if name in code]
    assert len(same) > 500 and all(same)
    assert {p["package"] for p in facts["pieces"] if p["symbol"] == "main.main" and p["kind"] == "code"} == {"command-line-arguments"}


def test_why(explained: Explained) -> None:
    """Every global function has a chain to a root, and of those links that go through code of this program the assembly shows the reference."""
    facts = explained.step("link")
    why: dict[str, Any] = facts["why"]
    for symbol in why:
        seen = set()
        while why[symbol]["by"]:
            assert symbol not in seen
            seen.add(symbol)
            symbol = why[symbol]["by"]
    functions = {line.split(" ", 2)[2] for line in run("nm", str(explained.folder / "prog")).splitlines() if line.split(" ", 2)[1] == "T"}
    assert functions - set(LINKER_SYMBOLS) - {"_etext"} <= set(why)
    assert why["_rt0_amd64_linux"] == {"by": "", "how": "the entry: the kernel jumps there"}
    assert why["main.main"]["by"] == "runtime.main"
    assert set(facts["dropped"]).isdisjoint(functions) and "main.(*Square).Grow" in facts["dropped"]


def test_why_one(rt0: Rt0, explained: Explained) -> None:
    r = rt0("explain", "-step", "link", "-F", "fmt.Sprintf", "main.go", cwd=explained.folder)
    chain = [line.split()[0] for line in r.out.splitlines() if line.startswith("  ")]
    assert chain[1] == "_rt0_amd64_linux" and chain[-1] == "fmt.Sprintf" and "runtime.rt0_go" in chain
    r = rt0("build", "-d=why:fmt.Sprintf", "-o", "x", "main.go", cwd=explained.folder)
    assert [line.split()[0] for line in r.out.splitlines()] == chain[1:]
    r = rt0("build", "-d=sizes", "-o", "x", "main.go", cwd=explained.folder)
    assert sum(int(line.split()[1]) for line in r.out.splitlines()) == len(explained.exe)
    r = rt0("explain", "-step", "link", "-F", "no.such", "main.go", cwd=explained.folder)
    assert r.code == 1 and "no symbol no.such in the executable" in r.out


def test_header(explained: Explained) -> None:
    facts = explained.step("elf")
    exe = str(explained.folder / "prog")
    head = dict(re.findall(r"^\s+(\S[^:]*):\s+(.*)$", run("readelf", "-hW", exe), re.M))
    fields = {f["name"]: f["value"] for f in facts["header"]}
    assert fields["e_entry"] == head["Entry point address"]
    for name, key in (("e_phoff", "Start of program headers"), ("e_shoff", "Start of section headers"), ("e_phnum", "Number of program headers"),
                      ("e_shnum", "Number of section headers"), ("e_shstrndx", "Section header string table index")):  # fmt: skip
        assert fields[name] == head[key].split()[0], name
    raw = b"".join(bytes.fromhex(f["bytes"]) for f in facts["header"])
    assert raw == explained.exe[:64]
    at = 64
    for s in facts["segments"]:
        raw = b"".join(bytes.fromhex(f["bytes"]) for f in s["fields"])
        assert raw == explained.exe[at : at + 56]
        at += 56


def test_segments_and_sections(explained: Explained) -> None:
    facts = explained.step("elf")
    text = run("readelf", "-lSW", str(explained.folder / "prog"))
    sections = re.findall(r"^  \[ *\d+\] (\S+)\s+(\S+)\s+([0-9a-f]{16}) ([0-9a-f]+) ([0-9a-f]+)", text, re.M)
    assert [(s["name"], s["type"], s["addr"], s["offset"], s["size"]) for s in facts["sections"]] == [
        (n, t, int(a, 16), int(o, 16), int(z, 16)) for n, t, a, o, z in sections
    ]
    loads = re.findall(r"^  (LOAD|GNU_STACK)\s+0x([0-9a-f]+) 0x([0-9a-f]+) 0x[0-9a-f]+ 0x([0-9a-f]+) 0x([0-9a-f]+) (.{3})", text, re.M)
    assert [(s["type"], s["offset"], s["addr"], s["file_size"], s["memory_size"], s["flags"]) for s in facts["segments"]] == [
        (t, int(o, 16), int(a, 16), int(f, 16), int(m, 16), x.lower().replace(" ", "-").replace("e", "x")) for t, o, a, f, m, x in loads
    ]
    over = [line.split()[1:] for line in text.partition("Section to Segment mapping")[2].splitlines() if re.match(r"\s+\d\d ", line)]
    assert [s["sections"] for s in facts["segments"]] == over


def test_entry(explained: Explained) -> None:
    """From e_entry to rt0_go, as the article shows it."""
    facts = explained.step("elf")
    assert facts["entry_symbol"] == "_rt0_amd64_linux"
    assert [i["plan9"] for i in facts["instructions"][:4]] == ["JMP _rt0_amd64(SB)", "MOVQ (SP), DI", "LEAQ 8(SP), SI", "JMP runtime.rt0_go(SB)"]
    assert facts["instructions"][0]["addr"] == facts["entry"] == addresses(explained)["_rt0_amd64_linux"]


def test_stripped(rt0: Rt0, explained: Explained) -> None:
    """Without symbol table and DWARF: what needs no names is still there."""
    (explained.folder / "stripped").mkdir(exist_ok=True)
    (explained.folder / "stripped" / "main.go").write_text(PROGRAM)
    r = rt0("explain", "-ldflags=-s -w", "main.go", cwd=explained.folder / "stripped")
    assert r.code == 0, r.err + r.out
    assert "e_entry 0x" in r.out


OTHER = """package main

import (
	"fmt"
	"sort"
	"strings"
)

func main() {
	x := strings.Fields("c a b")
	sort.Strings(x)
	fmt.Printf("%q %v\\n", x, strings.Title("x"))
}
"""


def test_same_parts(rt0: Rt0, explained: Explained, tmp_path: Path) -> None:
    """What is told of an executable in the cache is told of its own parts, whatever other programs have left there since."""
    (tmp_path / "other.go").write_text(OTHER)
    assert rt0("build", "-o", "other", "other.go", cwd=tmp_path).code == 0
    cwd = explained.folder
    (cwd / "again").unlink(missing_ok=True)
    r = rt0("build", "-d=sizes", "-o", "again", "main.go", cwd=cwd)
    assert sum(int(line.split()[1]) for line in r.out.splitlines()) == len(explained.exe)
    assert (cwd / "again").read_bytes() == explained.exe
    r = rt0("explain", "-json", "-step", "link", "main.go", cwd=cwd)
    assert json.loads(r.out)["steps"][9]["facts"]["pieces"] == explained.step("link")["pieces"]
