"""Mutated inputs at rt0's other doors: no traceback, no internal error, no hang, no more than 1 GB, a message and an exit code.

A door is a folder with valid inputs, the file that is mutated (or what makes an argument or an environment), and the command lines or functions that
read it. They run in this process's forks, some hundreds of tries each, so that a try costs milliseconds; a fork that dies of a try is followed by
another. Exit code 0 (the mutation did no harm) or 1 or 2 with something on stderr is right. What the tries ended in is counted (`Tally.ends`): a door
whose mutants all end in one message has not been tried.

    asm      tool asm x.s, a file of ours or of the standard library      link       tool link of an object
    obj      tool nm, tool objdump of an object                          gomod      go.mod: its reader, and the packages of a build
    elf      tool nm, tool objdump, version -m of an executable          modfile    the same by -modfile
    cache    build with one damaged cache entry                          vendor     vendor/modules.txt
    tags     -tags                                                       embed      //go:embed patterns over a tree of files
    ldflags  -ldflags, -gcflags, -asmflags                               constraint //go:build and // +build lines, names of files
    overlay  the JSON of -overlay                                        directive  //go: comments, //line
    env      the environment                                             line       command lines
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

from rt0.load.goroot import find_goroot
from tests.fuzz.mutate import Checked, mutate_lines
from tests.fuzz.runner import ROOT, rt0_env

LIMIT = 1 << 30
SECONDS = 30  # of CPU
TRIES = 400  # of one fork
HELLO = "package main\n\nfunc main() { println(\"hi\") }\n"

Command = list[str] | Callable[[], object]


@dataclass(slots=True)
class Door:
    """A door.

    files      what is written before the tries; with several texts for the target, one is mutated
    target     the file whose bytes are mutated, "" when `make` gives the command line and the environment instead
    commands   one is chosen: a command line, or a function that reads the file as one would; what it raises is reported as the command line's
    """

    name: str
    files: dict[str, bytes]
    target: str
    commands: Sequence[Command]
    text: bool = True
    make: Callable[[Random], tuple[Command, dict[str, str]]] | None = None
    more: list[bytes] = field(default_factory=list)


@dataclass(slots=True)
class Tally:
    """What the tries of a door ended in. ends: message without names and numbers -> how often."""

    tried: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)


def mutate_bytes(rnd: Random, data: bytes) -> bytes:
    """Bits, bytes, words, cuts and repeats; more often near the front, where headers are."""
    b = bytearray(data)
    for _ in range(rnd.choice((1, 1, 2, 4))):
        if not b:
            return bytes(b)
        n = len(b)
        at = rnd.randrange(min(n, rnd.choice((64, 512, n))))
        match rnd.randrange(7):
            case 0:
                b[at] ^= 1 << rnd.randrange(8)
            case 1:
                b[at] = rnd.choice((0, 1, 0x7F, 0x80, 0xFF, rnd.randrange(256)))
            case 2:
                size = rnd.choice((2, 4, 8))
                v = rnd.choice((0, 1, -1, 1 << (8 * size - 1), (1 << (8 * size - 1)) - 1, n, n - 1, rnd.getrandbits(8 * size)))
                b[at : at + size] = (v & ((1 << 8 * size) - 1)).to_bytes(size, "little")
            case 3:
                del b[rnd.randrange(n) :]
            case 4:
                del b[at : at + rnd.randrange(1, 40)]
            case 5:
                b[at:at] = b[at : at + rnd.randrange(1, 40)]
            case _:
                end = n - rnd.randrange(min(n, 4096))  # section headers stand at the end
                b[end - 1] = rnd.randrange(256)
    return bytes(b)


WORDS = [
    b"", b" ", b"\n", b"\t", b"//", b"/*", b'"', b"`", b"(", b")", b",", b"=>", b"..", b"../x", b"/", b"*", b"**", b"[", b"[a-", b"]", b"?", b"\\", b"\x00", b"\xff",
    b"v0.0.0", b"v1", b"go 1.99", b"go 9", b"replace", b"require", b"exclude", b"module", b"toolchain", b"retract", b"godebug", b"tool", b"ignore", b"all:", b"$", b"-1", b"0x7fffffffffffffff",
    b"999999999999999999999999", b"#", b"## explicit", b"=", b":", b";", b"(SB)", b"(FP)", b"(SP)", b"AX", b"X0", b"Z31", b"K1", b"$0", b"TEXT", b"DATA", b"GLOBL", b"MOVQ", b"#define X(a) a a",
    b"#include \"x.s\"", b"#ifdef", b"#endif", "é".encode(), b"\r\n",
]  # fmt: skip


def mutate_text(rnd: Random, data: bytes) -> bytes:
    """Words and lines."""
    for _ in range(rnd.choice((1, 1, 2, 3))):
        r = rnd.random()
        if r < 0.15:
            return mutate_bytes(rnd, data)
        if r < 0.4:
            lines = data.split(b"\n")
            mutate_lines(rnd, lines, lambda line: line * rnd.choice((2, 3, 500)))
            data = b"\n".join(lines)
            continue
        at = rnd.randrange(len(data) + 1)
        end = at if rnd.random() < 0.4 else min(len(data), at + rnd.randrange(1, 12))
        other = rnd.randrange(len(data) + 1)
        new = rnd.choice(WORDS) if rnd.random() < 0.8 else data[other : other + rnd.randrange(1, 20)]
        data = data[:at] + new + data[end:]
    return data


# ---------------------------------------------------------------- the doors


def rt0(args: list[str], cwd: Path, cache: Path) -> None:
    subprocess.run([sys.executable, "-m", "rt0", *args], cwd=cwd, env=rt0_env({"RT0CACHE": str(cache)}), check=True, capture_output=True)


ASM = b"""#include "textflag.h"
#define N 3
#define ADD(a, b) \\
	ADDQ a, b

DATA \xc2\xb7tab+0(SB)/8, $0x1122334455667788
DATA \xc2\xb7tab+8(SB)/4, $"abcd"
GLOBL \xc2\xb7tab(SB), RODATA, $16

// func f(x, y int64) int64
TEXT \xc2\xb7f(SB), NOSPLIT|NOFRAME, $0-24
	MOVQ x+0(FP), AX
	ADD(y+8(FP), AX)
loop:
	SUBQ $N, AX
	JGT loop
	VPADDD Y1, Y2, K1, Y3
	LEAQ \xc2\xb7tab<>(SB), BX
	MOVOU (BX)(CX*8), X7
	CALL \xc2\xb7g(SB)
	MOVQ AX, ret+16(FP)
	RET
"""
GOMOD = b"""module example.com/m // a comment

go 1.27
toolchain go1.27.3

require (
	example.com/a v1.2.3
	example.com/b v0.0.0-20200101000000-abcdefabcdef // indirect
)

replace example.com/a => ./a
replace example.com/b v0.0.0-20200101000000-abcdefabcdef => ./b

exclude example.com/c v1.0.0
retract [v1.0.0, v1.1.0]
godebug default=go1.21
"""


EMBED = b"""package main

import (
	"embed"
	_ "unsafe"
)

//go:embed t.txt
var s string

//go:embed d/*.txt "t.txt" `d`
//go:embed all:d/e
var fs embed.FS

//go:embed d/a.*
var b []byte

func main() { println(s, len(b)); _ = fs }
"""
CONSTRAINED = b"""// A comment.

/* Another. */
// +build linux,!windows darwin
// +build amd64

//go:build linux && (amd64 || !arm64) && go1.21 && !ignore

// Package main.
package main

func main() {}
"""
DIRECTIVES = b"""//go:build go1.20
//go:debug panicnil=1
//go:debug http2client=0

package main

import _ "unsafe"

//go:linkname now time.now
func now() (int64, int32, int64)

//go:noinline
//go:nosplit
func f(x *int) int { return *x }

//go:noescape
//go:linkname g runtime.memhash
func g(p *int, h, s uintptr) uintptr

//go:notinheap
type T struct{ a int }

//line other.go:7:3
var x = f(nil)

/*line b.go:100:1*/ var y /*line c.go:2*/ = 1

//go:uintptrescapes
func h(p uintptr) {}

//line :1
//go:generate echo
//export F
func main() { h(0); _, _ = x, y }
"""
OVERLAY = b"""{
	"Replace": {
		"main.go": "other/main.go",
		"/nonexistent/x.go": "",
		"extra.go": "other/extra.go",
		"sub/gone.go": null
	}
}
"""


def gomod_reader() -> None:
    from rt0.load.gomod import read_gomod

    read_gomod(os.path.abspath("go.mod"), "go.mod", "go1.27.3")


def embed_reader() -> None:
    """The patterns of main.go over the tree."""
    from rt0.load.embed import match_embed
    from rt0.load.header import HeaderError, read_header
    from rt0.load.replaced import Files

    data = Path("main.go").read_bytes()
    try:
        header = read_header(data)
    except HeaderError as e:
        raise user_error(e) from None
    from rt0.load.embed import EmbedError, parse_args

    for line in data.decode("utf-8", "replace").split("\n"):
        if line.startswith("//go:embed"):
            patterns, wrong = parse_args(line[10:])
            try:
                for p, _ in patterns:
                    match_embed(Files({}), os.getcwd(), p)
            except EmbedError as e:
                raise user_error(e) from None
            if wrong:
                raise user_error(ValueError(wrong))
    assert header is not None


def constraint_reader() -> None:
    from rt0.load.constraint import ConstraintError, Tags

    tags = Tags(("a", "b"))
    data = Path("main.go").read_bytes()
    try:
        tags.header_matches(data)
    except ConstraintError as e:
        raise user_error(e) from None
    for word in data.decode("utf-8", "replace").split()[:40]:
        tags.name_matches(word + ".go")


def directive_reader() -> None:
    """The front end on the file, comments that are read by the go command left out."""
    from rt0.load.header import HeaderError, read_header

    data = Path("main.go").read_bytes()
    try:
        read_header(data)
    except HeaderError as e:
        raise user_error(e) from None
    errors = Checked().check([("main.go", data.decode("utf-8", "surrogateescape"))]).errors
    if errors:
        raise user_error(ValueError(f"{errors[0][0]}:{errors[0][1]}: {errors[0][2]}"))


def overlay_reader() -> None:
    from rt0.load.replaced import Files

    files = Files.read("o.json", os.getcwd())
    for name in ("main.go", "extra.go", "sub/gone.go", "."):
        p = os.path.abspath(name)
        files.actual(p), files.is_file(p), files.is_dir(p), files.exists(p)
    list(files.walk(os.getcwd()))


def user_error(e: Exception) -> Exception:
    """What the caller of a reader makes of its own exception."""
    from rt0.diag import fatal

    return fatal(str(e) or type(e).__name__)


def go_sources(suffix: str, limit: int, n: int) -> list[bytes]:
    """Small files of the standard library."""
    found = sorted(p for p in Path(find_goroot()[0], "src").glob(f"*/*{suffix}") if p.stat().st_size < limit)
    found += sorted(p for p in Path(find_goroot()[0], "src").glob(f"internal/*/*{suffix}") if p.stat().st_size < limit)
    return [p.read_bytes() for p in found[:: max(1, len(found) // n)]][:n]


def make_doors(base: Path) -> list[Door]:
    """The doors, with their valid inputs made by rt0."""
    cache = base / "rt0cache"
    work = base / "make"
    work.mkdir(parents=True)
    (work / "main.go").write_text(HELLO)
    (work / "go.mod").write_text("module h\n\ngo 1.27\n")
    rt0(["build", "-O1", "-o", "h.exe", "main.go"], work, cache)
    rt0(["tool", "compile", "-p", "main", "-o", "h.o", "main.go"], work, cache)
    (work / "x.s").write_bytes(ALONE)
    include = str(Path(find_goroot()[0], "src", "runtime"))
    rt0(["tool", "asm", "-I", include, "-p", "main", "-o", "x.o", "x.s"], work, cache)
    obj, exe, alone = (work / "h.o").read_bytes(), (work / "h.exe").read_bytes(), (work / "x.o").read_bytes()
    mods = {
        "main.go": b'package main\n\nimport (\n\t"example.com/a"\n\t"example.com/b"\n)\n\nfunc main() { println(a.A, b.B) }\n',
        "a/go.mod": b"module example.com/a\n\ngo 1.20\n", "a/a.go": b"package a\n\nconst A = 1\n", "b/b.go": b"package b\n\nconst B = 1\n", "b/go.mod": b"module example.com/b\n",
        "go.mod": GOMOD,
    }  # fmt: skip
    vendor = {
        "main.go": mods["main.go"], "go.mod": b"module m\n\ngo 1.27\n\nrequire (\n\texample.com/a v1.2.3\n\texample.com/b v0.1.0\n)\n",
        "vendor/example.com/a/a.go": mods["a/a.go"], "vendor/example.com/b/b.go": mods["b/b.go"],
        "vendor/modules.txt": b"# example.com/a v1.2.3\n## explicit; go 1.20\nexample.com/a\n# example.com/b v0.1.0\n## explicit\nexample.com/b\n",
    }  # fmt: skip
    embed = {"go.mod": b"module m\n\ngo 1.27\n", "d/a.txt": b"a", "d/b.txt": b"b", "d/.hid": b"h", "d/e/_x": b"x", "t.txt": b"t", "main.go": EMBED}
    plain = {"go.mod": b"module m\n\ngo 1.27\n", "main.go": HELLO.encode()}
    overlay = plain | {"other/main.go": HELLO.encode(), "other/extra.go": b"package main\n\nvar extra = 1\n", "sub/gone.go": b"package gone\n", "o.json": OVERLAY}
    load: Command = ["build", "-stop=load", "."]
    check: Command = ["build", "-stop=types", "."]
    info: list[Command] = [["tool", "nm", "h.exe"], ["version", "-m", "h.exe"], ["version", "h.exe"], ["tool", "objdump", "-s", "main.main", "h.exe"]]
    return [
        Door("asm", {"x.s": ASM}, "x.s", [["tool", "asm", "-I", include, "-o", "out.o", "x.s"]], more=go_sources(".s", 3000, 12)),
        Door("obj", {"h.o": obj}, "h.o", [["tool", "nm", "h.o"], ["tool", "objdump", "h.o"]], text=False),
        Door("link", {"x.o": alone}, "x.o", [["tool", "link", "-E", "main.start", "-o", "out.exe", "x.o"]], text=False),
        Door("elf", {"h.exe": exe}, "h.exe", info, text=False),
        Door("gomod", mods, "go.mod", [gomod_reader] * 15 + [load]),
        Door("modfile", mods | {"alt.mod": GOMOD}, "alt.mod", [["build", "-modfile=alt.mod", "-stop=load", "."]]),
        Door("vendor", vendor, "vendor/modules.txt", [load]),
        Door("embed", embed, "main.go", [embed_reader] * 15 + [load]),
        Door("constraint", plain | {"main.go": CONSTRAINED}, "main.go", [constraint_reader] * 15 + [load]),
        Door("directive", plain | {"main.go": DIRECTIVES}, "main.go", [directive_reader] * 15 + [check, ["tool", "check", "main.go"]]),
        Door("overlay", overlay, "o.json", [overlay_reader] * 15 + [["build", "-overlay=o.json", "-stop=types", "."]]),
        Door("tags", plain, "", [], make=tags_line),
        Door("ldflags", plain, "", [], make=flags_line),
        Door("line", plain | {"x.s": ASM, "h.o": obj}, "", [], make=command_line),
        Door("env", plain, "", [], make=environment),
        Door("cache", plain, "CACHE", [["build", "-O1", "-o", "out.exe", "."]], text=False),
    ]  # fmt: skip


ALONE = b"""#include "textflag.h"

DATA \xc2\xb7tab+0(SB)/8, $\xc2\xb7start(SB)
DATA \xc2\xb7tab+8(SB)/4, $"abcd"
GLOBL \xc2\xb7tab(SB), RODATA, $16
GLOBL \xc2\xb7var(SB), NOPTR, $64

TEXT \xc2\xb7start(SB), NOSPLIT|NOFRAME, $0
	LEAQ \xc2\xb7tab(SB), BX
	MOVQ AX, \xc2\xb7var+8(SB)
	CALL \xc2\xb7next(SB)
	JMP \xc2\xb7start(SB)

TEXT \xc2\xb7next(SB), NOSPLIT, $16-0
	MOVQ 0(BX), AX
	RET
"""
ENV = ("GOFLAGS", "GOAMD64", "GOOS", "GOARCH", "GODEBUG", "GOROOT", "GOPATH", "GOEXPERIMENT", "GOWORK", "GO111MODULE", "CGO_ENABLED", "RT0DEBUG", "RT0DUMP", "GOTOOLCHAIN", "GOMAXPROCS", "TMPDIR", "HOME", "GOENV", "PWD")
VALUES = ("-tags=a,b", "-ldflags='-X main.x=1'", "v1", "v9", "linux", "plan9", "amd64", "off", "on", "auto", "0", "1", "nofolder", "main.go", "panicnil=1", "a=b,c", "-O2 -p=3", "'", '"', "-", "--", "-x=", "\udcff", "a" * 5000, "=", ",", "\n", "-n -n", "-p=-1", "-p=99999999999", "traceback=1", "main.f", "-mod=vendor", "-trimpath -v", "-modfile=x.mod")
LDFLAGS = ("-X main.x=1", "-X=main.x=1 -s", "-w=0 -s", "'-X main.x=a b'", "-B 0xabcd", "-buildid=x", "-linkmode=internal", "-extldflags=-static", "-checklinkname=0", "-H linux", "all=-s -w", "main=-X a.b=c", "-E main", "-compressdwarf=false", "-extldflags='-static -x'", "./...=-s", "-r a:b", "-v=2")
GCFLAGS = ("-m", "all=-N -l", "-S", "-lang=go1.20", "-e -m=2", "m=-d=panic", "-d=types", "main=-d=lower:main.main", "-goversion x", "-+", "-c=4", "'-m' -l=4", "-B -wb=false")
TAGS = ("a,b", "netgo", "go1.99", "a b", "'a b'", "!a", "linux,windows", "a.b", "a&&b", "ignore,,x", "é")
LINES = (
    "build -stop=types .", "build -stop=load -v ./...", "build -stop=types main.go", "build -n -O1 -stop=load -x m", "build -stop=parse -d=parse:main.main main.go", "version", "version -m h.o", "env GOROOT",
    "env -json GOOS", "help build", "tool", "tool asm -p m -I . -D X=1 -S x.s", "tool nm h.o", "tool objdump -s main h.o", "tool check -lang=go1.20 main.go", "-C . version", "build -C . -stop=load .",
    "tool asm -e -o out.o x.s", "build -p 2 -mod=mod -trimpath -buildvcs=false -stop=load .", "build -buildmode=pie -stop=load .", "build -stop=types -gcflags=-e -ldflags=-s -tags=x -O3 .", "help", "tool link -o out.exe h.o",
)  # fmt: skip


def mutated_value(rnd: Random, values: tuple[str, ...]) -> str:
    """One of the values, more often than not mutated; as an argument or a variable can hold it."""
    v = rnd.choice(values)
    if rnd.random() < 0.3:
        v += rnd.choice((" ", ",", "=", "")) + rnd.choice(values)
    return v if rnd.random() < 0.3 else mutate_text(rnd, v.encode("utf-8", "surrogateescape")).replace(b"\x00", b"").decode("utf-8", "surrogateescape")


def tags_line(rnd: Random) -> tuple[Command, dict[str, str]]:
    text = mutated_value(rnd, TAGS)
    return ["build", f"-tags={text}", "-stop=load", "."] if rnd.random() < 0.06 else partial(tags_reader, text), {}


def tags_reader(text: str) -> None:
    from rt0.cmd.buildflags import split_tags
    from rt0.load.constraint import Tags

    try:
        tags = Tags(tuple(split_tags(text)))
    except ValueError as e:
        raise user_error(e) from None
    tags.header_matches(b"//go:build (a && !linux) || go1.99\n\npackage p\n")


def flags_line(rnd: Random) -> tuple[Command, dict[str, str]]:
    name, values = rnd.choice((("ldflags", LDFLAGS), ("ldflags", LDFLAGS), ("gcflags", GCFLAGS), ("asmflags", GCFLAGS)))
    texts = [mutated_value(rnd, values) for _ in range(rnd.choice((1, 1, 2)))]
    return ["build", *(f"-{name}={t}" for t in texts), "-stop=load", "."] if rnd.random() < 0.06 else partial(flags_reader, name, texts), {}


def flags_reader(name: str, texts: list[str]) -> None:
    """The flags of one package as a build takes them."""
    from rt0.build.options import Options
    from rt0.cmd import linkflags, pkgflags

    try:
        flags = [pkgflags.parse(t) for t in texts]
    except ValueError as e:
        raise user_error(e) from None
    words = pkgflags.words_for(flags, "main", os.getcwd(), False, os.getcwd())
    if name == "ldflags":
        linkflags.apply_link(Options(), words, "main")
    elif name == "gcflags":
        linkflags.apply_compile(Options(), words, "main")
    else:
        linkflags.apply_asm(words, "main")


def command_line(rnd: Random) -> tuple[Command, dict[str, str]]:
    """A command line that writes nothing of use: words left out, doubled, exchanged, mutated."""
    words = rnd.choice(LINES).split(" ")
    other = rnd.choice(LINES).split(" ")
    for _ in range(rnd.choice((1, 1, 2, 3))):
        i = rnd.randrange(len(words) + 1)
        match rnd.randrange(5):
            case 0:
                del words[i : i + 1]
            case 1:
                words.insert(i, rnd.choice(other))
            case 2:
                words[i : i + 1] = [mutated_value(rnd, tuple(words[i : i + 1]) or ("-",))]
            case 3:
                words.insert(i, rnd.choice(("-", "--", "-h", "--help", "-o", "-o=", "-x", "-n", "=", "-=", "-stop", "-stop=x", "-d=help", "-d", "-O", "-O9", "-p=x", ".", "...", "./...", "std", "/", "x.go", "-json", "-v=maybe")))
            case _:
                words.insert(i, words[i % len(words)] if words else "x")
    if words and words[0] in ("build", "run"):  # they must not compile, nor write where the words say
        words = ["build", *(w for w in words[1:] if not w.startswith(("-o", "--o", "-work", "--work", "-a"))), "-stop=types"]
        words = words[:-1] + words[-1:] if any(w.startswith("-stop=") for w in words[:-1]) else [words[0], words[-1], *words[1:-1]]
    return [w for w in words if w not in ("clean", "run")], {}


def environment(rnd: Random) -> tuple[Command, dict[str, str]]:
    env = {rnd.choice(ENV): mutated_value(rnd, VALUES) for _ in range(rnd.choice((1, 1, 2)))}
    if rnd.random() < 0.15:
        return rnd.choice((["build", "-stop=load", "."], ["build", "-stop=load", "-O1", "main.go"])), env
    return rnd.choice((["env"], ["version"], ["env", "-json"], ["build", "-stop=nothing", "."])), env


# ---------------------------------------------------------------- the loop


@dataclass(slots=True)
class Try:
    """What became of one mutant. code: the exit code, or minus the signal that ended the process."""

    seed: int
    code: int
    text: str
    peak: int = 0


def carry_out(command: Command, log: Path) -> int:
    """The exit code of a command line or reader, as `rt0` would end."""
    import rt0.__main__ as entry
    from rt0.cmd.report import report_exception

    stdout, stderr = sys.stdout, sys.stderr
    with open(log, "w", errors="backslashreplace") as err, open(os.devnull, "w", errors="surrogateescape") as out:
        sys.stdout, sys.stderr = err if isinstance(command, list) and command[:1] == ["version"] else out, err
        try:
            if isinstance(command, list):
                code = entry.guarded(command)
                if code and command[:1] == ["version"]:
                    err.write("nothing is said of a file that is no executable, as with go\n")
                return code
            try:
                command()
            except Exception as e:
                return report_exception(e, [])
            return 0
        except SystemExit as e:
            return e.code if isinstance(e.code, int) else 1
        except BaseException as e:
            err.write(f"Traceback escaped: {e!r}\n")
            return 99
        finally:
            sys.stdout, sys.stderr = stdout, stderr


def mutant(door: Door, rnd: Random) -> tuple[Command, dict[str, str], bytes]:
    """The command of a try, its environment and what was mutated, written where it belongs."""
    if door.make is not None:
        args, env = door.make(rnd)
        return args, env, repr((args, env)).encode("utf-8", "backslashreplace")
    command = rnd.choice(door.commands)
    original = rnd.choice(door.more) if door.more and rnd.random() < 0.5 else door.files[door.target]
    data = mutate_text(rnd, original) if door.text else mutate_bytes(rnd, original)
    Path(door.target).write_bytes(data)
    return command, {}, data


def serve(door: Door, seeds: range, work: Path, cache: Path, log: Path, send: Callable[[object], None]) -> None:
    """The tries of one fork: each seed is sent before, its end after."""
    os.chdir(work)
    os.environ["RT0CACHE"] = str(cache)
    resource.setrlimit(resource.RLIMIT_AS, (4 * LIMIT, 4 * LIMIT))  # threads reserve stacks; what is used is measured
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    kept = dict(os.environ)
    for k in seeds:
        send(k)
        command, env, _ = mutant(door, Random(f"{door.name}/{k}"))
        os.environ.update({k: v for k, v in env.items() if "\x00" not in v})
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        signal.alarm(20 * SECONDS)  # others may want the processor
        code = carry_out(command, log)
        signal.alarm(0)
        signal.setitimer(signal.ITIMER_PROF, 0)
        os.environ.clear()
        os.environ.update(kept)
        os.chdir(work)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        send([code, log.read_text(errors="replace")[:4000], peak])
        if peak > LIMIT >> 10:
            return


def tries(door: Door, seed: int, count: int, base: Path) -> Iterator[Try]:
    """What becomes of the mutants seed .. seed+count-1."""
    work, log = base / door.name, base / f"{door.name}.log"
    at = seed
    while at < seed + count:
        r, w = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(r)
            with os.fdopen(w, "w", errors="replace") as f:

                def send(x: object, f: object = f) -> None:
                    print(json.dumps(x), file=f, flush=True)  # type: ignore[call-overload]

                try:
                    serve(door, range(at, min(at + TRIES, seed + count)), work, base / "rt0cache", log, send)
                except BaseException as e:
                    send(f"harness: {e!r}")
            os._exit(0)
        os.close(w)
        current = None
        with os.fdopen(r) as f:
            for line in f:
                got = json.loads(line)
                if isinstance(got, str):
                    raise RuntimeError(f"{door.name}: {got}")
                if isinstance(got, int):
                    current = got
                else:
                    assert current is not None
                    yield Try(current, *got)
                    at, current = current + 1, None
        _, status = os.waitpid(pid, 0)
        if current is not None:
            yield Try(current, -os.WTERMSIG(status) if os.WIFSIGNALED(status) else 97, log.read_text(errors="replace")[:4000])
            at = current + 1


def damaged_cache(door: Door, seed: int, count: int, base: Path) -> Iterator[Try]:
    """Builds of programs that differ, each with one entry of the cache damaged: all must succeed."""
    work, cache, log = base / door.name, base / "rt0cache", base / f"{door.name}.log"
    good = base / "rt0cache.good"
    args = door.commands[0]
    assert isinstance(args, list)
    rt0(args, work, cache)
    shutil.copytree(cache, good, dirs_exist_ok=True)
    entries = sorted(p for p in good.rglob("*") if p.is_file())
    for k in range(seed, seed + count):
        rnd = Random(f"{door.name}/{k}")
        e = rnd.choice(entries)
        target = cache / e.relative_to(good)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        target.write_bytes(mutate_bytes(rnd, e.read_bytes()))
        (work / "main.go").write_text(HELLO.replace("hi", f"hi{k}"))
        pid = os.fork()
        if pid == 0:
            os.chdir(work)
            os.environ["RT0CACHE"] = str(cache)
            signal.alarm(20 * SECONDS)
            os._exit(carry_out(args, log))
        _, status, usage = os.wait4(pid, 0)
        text = log.read_text(errors="replace")
        code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        yield Try(k, code, text if code else text + "damage not mended" * bool(code), usage.ru_maxrss)
        if target.exists():
            shutil.copyfile(e, target)


def complaint(t: Try) -> str:
    """What is wrong with how a try ended, "" for nothing."""
    if t.code < 0:
        return "hang" if -t.code in (signal.SIGALRM, signal.SIGPROF) else f"signal {-t.code}"
    for word in ("Traceback", "internal error", "MemoryError", "out of memory"):
        if word in t.text:
            return word
    if t.code not in (0, 1, 2):
        return f"exit {t.code}"
    if t.code and not t.text.strip():
        return "no message"
    return f"{t.peak >> 10} MB" if t.peak > LIMIT >> 10 else ""


_NAMES = re.compile(r"\"[^\"]*\"|'[^']*'|`[^`]*`|\S*[/.]\S*|0x[0-9a-f]+|\d+|[^\x20-\x7e]+")


def end_of(t: Try) -> str:
    """How a try ended, without what differs by its input."""
    if not t.code:
        return "ok"
    lines = [line for line in t.text.split("\n") if line.strip() and not line.startswith("#")]
    return " ".join(_NAMES.sub("_", lines[0] if lines else "").split()[:7])[:70] if lines else f"exit {t.code}"


def try_door(door: Door, seed: int, count: int, base: Path, report: Callable[[str], None]) -> Tally:
    """count mutants of a door."""
    work = base / door.name
    for name, data in door.files.items():
        p = work / name
        p.parent.mkdir(parents=True, exist_ok=True)
        p.write_bytes(data)
    tally = Tally()
    for t in (damaged_cache if door.name == "cache" else tries)(door, seed, count, base):
        tally.tried += 1
        tally.ends[end_of(t)] += 1
        why = complaint(t)
        if not why and door.name == "cache" and t.code:
            why = "damage not mended"
        if why:
            last = [line for line in t.text.strip().split("\n") if line][-3:]
            tally.complaints.append(f"{door.name} {t.seed} {why}: {' | '.join(last)[:400]}")
            report(tally.complaints[-1])
    return tally


def show_mutant(name: str, seed: int) -> None:
    """What a complaint's seed stands for: the command, and the mutated input in a folder that is named."""
    base = Path(tempfile.mkdtemp(prefix="rt0-door"))
    door = next(d for d in make_doors(base) if d.name == name)
    work = base / name
    for f, data in door.files.items():
        (work / f).parent.mkdir(parents=True, exist_ok=True)
        (work / f).write_bytes(data)
    os.chdir(work)
    command, env, _ = mutant(door, Random(f"{name}/{seed}"))
    print(f"cd {work}\n{env or ''} {command}")


def preload() -> None:
    """Import what the commands import, once."""
    import rt0.__main__
    import rt0.asm.cli
    import rt0.build.builder
    import rt0.cmd.build
    import rt0.cmd.env
    import rt0.cmd.linkflags
    import rt0.cmd.report
    import rt0.cmd.tool
    import rt0.cmd.verbs
    import rt0.cmd.version
    import rt0.link.linker
    import rt0.llvm.codegen
    import rt0.obj.objdump  # noqa: F401


def fuzz_doors(seed: int, count: int, only: list[str], report: Callable[[str], None]) -> dict[str, Tally]:
    """count mutants for every door (or those in only); complaints go to report at once."""
    preload()
    sys.path[:] = [str(ROOT), *sys.path]
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 4000))
    base = Path(tempfile.mkdtemp(prefix="rt0-doors"))
    out: dict[str, Tally] = {}
    for door in make_doors(base):
        if only and door.name not in only:
            continue
        start = time.monotonic()
        t = out[door.name] = try_door(door, seed, count, base, report)
        used = time.monotonic() - start
        common = ", ".join(f"{n} {what}" for what, n in t.ends.most_common(4))
        print(f"# {door.name}: {t.tried} tried, {len(t.complaints)} wrong, {count * 60 / used:.0f} a minute, {len(t.ends)} ends: {common}", file=sys.stderr, flush=True)
    shutil.rmtree(base, ignore_errors=True)
    return out


def doors_command(seed: int, count: int, only: list[str]) -> int:
    return 1 if any(t.complaints for t in fuzz_doors(seed, min(count, 20000), only, lambda s: print(s, flush=True)).values()) else 0
