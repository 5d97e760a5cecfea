"""Mutated inputs at rt0's other doors: no traceback, no internal error, no hang, no more than 1 GB, a message and an exit code.

A door is a folder with valid inputs, the file that is mutated and the command line that reads it. The command runs in a fork of this process with
its modules loaded, so a try costs milliseconds. Exit code 0 (the mutation did no harm) or 1 or 2 with something on stderr is right.

    asm      tool asm x.s                          obj      tool nm, tool objdump of an object
    elf      tool nm, tool objdump, version -m of an executable
    cache    build with one damaged cache entry    gomod    build -n with a mutated go.mod
    vendor   the same with vendor/modules.txt      embed    build -n with mutated //go:embed patterns
    env      env and build -n with values of the environment mutated
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.fuzz.mutate import mutate_lines
from tests.fuzz.runner import ROOT, rt0_env

LIMIT = 1 << 30
SECONDS = 30
HELLO = "package main\n\nfunc main() { println(\"hi\") }\n"


@dataclass(slots=True)
class Door:
    """files: what is written before each try. target: the file whose bytes are mutated ("" for the environment). commands: one is chosen."""

    name: str
    files: dict[str, bytes]
    target: str
    commands: list[list[str]]
    text: bool = True
    want: bytes = b""


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


def make_doors(base: Path) -> list[Door]:
    """The doors, with their valid inputs made by rt0."""
    cache = base / "cache"
    work = base / "make"
    work.mkdir(parents=True)
    (work / "main.go").write_text(HELLO)
    (work / "go.mod").write_text("module h\n\ngo 1.27\n")
    rt0(["build", "-O1", "-o", "h.exe", "main.go"], work, cache)
    rt0(["tool", "compile", "-p", "main", "-o", "h.o", "main.go"], work, cache)
    (work / "x.s").write_bytes(ASM)
    obj, exe = (work / "h.o").read_bytes(), (work / "h.exe").read_bytes()
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
    embed = {
        "go.mod": b"module m\n\ngo 1.27\n", "d/a.txt": b"a", "d/b.txt": b"b", "d/.hid": b"h", "d/e/_x": b"x", "t.txt": b"t",
        "main.go": b'package main\n\nimport (\n\t"embed"\n\t_ "unsafe"\n)\n\n//go:embed t.txt\nvar s string\n\n//go:embed d/*.txt "t.txt" `d`\n//go:embed all:d/e\nvar fs embed.FS\n\n//go:embed d/a.*\nvar b []byte\n\nfunc main() { println(s, len(b)); _ = fs }\n',
    }  # fmt: skip
    plain = {"go.mod": b"module m\n\ngo 1.27\n", "main.go": HELLO.encode()}
    n = ["build", "-n", "-O1", "-o", "out.exe", "."]
    return [
        Door("asm", {"x.s": ASM}, "x.s", [["tool", "asm", "-o", "out.o", "x.s"]]),
        Door("obj", {"h.o": obj}, "h.o", [["tool", "nm", "h.o"], ["tool", "objdump", "h.o"]], text=False),
        Door("elf", {"h.exe": exe}, "h.exe", [["tool", "nm", "h.exe"], ["version", "-m", "h.exe"], ["version", "h.exe"], ["tool", "objdump", "-s", "main.main", "h.exe"]], text=False),
        Door("gomod", mods, "go.mod", [n]),
        Door("vendor", vendor, "vendor/modules.txt", [n]),
        Door("embed", embed, "main.go", [n]),
        Door("env", plain, "", [["env"], n, ["version"]]),
        Door("cache", plain, "CACHE", [["build", "-O1", "-o", "out.exe", "."]], text=False),
    ]  # fmt: skip


ENV = ("GOFLAGS", "GOAMD64", "GOOS", "GOARCH", "GODEBUG", "GOROOT", "GOPATH", "GOEXPERIMENT", "GOWORK", "GO111MODULE", "CGO_ENABLED", "RT0DEBUG", "RT0DUMP", "GOTOOLCHAIN", "GOMAXPROCS", "TMPDIR", "HOME", "GOENV", "PWD")
VALUES = ("-tags=a,b", "-ldflags='-X main.x=1'", "v1", "v9", "linux", "plan9", "amd64", "off", "on", "auto", "0", "1", "nofolder", "main.go", "panicnil=1", "a=b,c", "-O2 -p=3", "'", '"', "-", "--", "-x=", "\udcff", "a" * 5000, "=", ",", "\n", "-n -n", "-p=-1", "-p=99999999999", "traceback=1", "main.f")


def run_in_fork(args: list[str], cwd: Path, env: dict[str, str], log: Path) -> tuple[int, int]:
    """rt0's command line in a fork: (wait status, peak KB)."""
    pid = os.fork()
    if pid == 0:
        try:
            fd = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
            null = os.open(os.devnull, os.O_RDWR)
            os.dup2(null, 0)
            os.dup2(null if args[0] != "version" else fd, 1)
            os.dup2(fd, 2)
            sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115 whatever pytest put there
            os.chdir(cwd)
            for k, v in env.items():
                os.environ[k] = v
            signal.alarm(SECONDS)
            resource.setrlimit(resource.RLIMIT_AS, (4 * LIMIT, 4 * LIMIT))  # threads reserve stacks; what is used is measured
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            import rt0.__main__ as entry

            sys.argv = ["rt0", *args]
            entry.main()
        except SystemExit as e:
            os._exit(e.code if isinstance(e.code, int) else 1)
        except BaseException as e:
            os.write(2, f"Traceback escaped: {e!r}\n".encode())
            os._exit(99)
        os._exit(98)
    _, status, usage = os.wait4(pid, 0)
    return status, usage.ru_maxrss


def complaint(status: int, text: str, expect_ok: bool) -> str:
    """What is wrong with how a try ended, "" for nothing."""
    if os.WIFSIGNALED(status):
        return "hang" if os.WTERMSIG(status) == signal.SIGALRM else f"signal {os.WTERMSIG(status)}"
    code = os.WEXITSTATUS(status)
    for word in ("Traceback", "internal error", "MemoryError", "out of memory"):
        if word in text:
            return word
    if code not in (0, 1, 2):
        return f"exit {code}"
    if code and not text.strip():
        return "no message"
    return "damage not mended" if code and expect_ok else ""


def try_door(door: Door, seed: int, count: int, base: Path, report: Callable[[str], None]) -> int:
    """count mutants of a door; the number of complaints."""
    work = base / door.name
    cache = base / "cache"
    log = base / f"{door.name}.log"
    bad = 0
    for name, data in door.files.items():
        p = work / name
        p.parent.mkdir(parents=True, exist_ok=True)
        p.write_bytes(data)
    entries: list[Path] = []
    if door.name == "cache":
        rt0(["build", "-O1", "-o", "out.exe", "."], work, cache)
        shutil.copytree(cache, base / "cache.good")
        entries = sorted(p for p in (base / "cache.good").rglob("*") if p.is_file())
    for k in range(seed, seed + count):
        rnd = Random(f"{door.name}/{k}")
        args = rnd.choice(door.commands)
        env = {"RT0CACHE": str(cache)}
        data = b""
        if door.name == "cache":
            e = rnd.choice(entries)
            data = mutate_bytes(rnd, e.read_bytes())
            target = cache / e.relative_to(base / "cache.good")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            target.write_bytes(data)
            (work / "main.go").write_text(HELLO.replace("hi", f"hi{k}"))
        elif not door.target:
            for _ in range(rnd.choice((1, 1, 2))):
                v = rnd.choice(VALUES) if rnd.random() < 0.7 else mutate_text(rnd, rnd.choice(VALUES).encode("utf-8", "surrogateescape")).replace(b"\x00", b"").decode("utf-8", "surrogateescape")
                env[rnd.choice(ENV)] = v
            data = repr(env).encode()
        else:
            original = door.files[door.target]
            data = mutate_text(rnd, original) if door.text else mutate_bytes(rnd, original)
            (work / door.target).write_bytes(data)
        status, peak = run_in_fork(args, work, env, log)
        text = log.read_text(errors="replace")
        why = complaint(status, text, door.name == "cache")
        if not why and peak > LIMIT >> 10:
            why = f"{peak >> 10} MB"
        if door.name == "cache":
            if target.exists():
                shutil.copyfile(e, target)
        if why:
            bad += 1
            keep = base / "kept" / f"{door.name}-{k}"
            keep.parent.mkdir(exist_ok=True)
            keep.write_bytes(data)
            last = [line for line in text.strip().split("\n") if line][-3:]
            report(f"{door.name} {k} {why}: {' '.join(args)}: {' | '.join(last)[:400]}")
    return bad


def preload() -> None:
    """Import what the commands import, once."""
    import rt0.__main__
    import rt0.asm.cli
    import rt0.build.builder
    import rt0.cmd.build
    import rt0.cmd.env
    import rt0.cmd.report
    import rt0.cmd.tool
    import rt0.cmd.verbs
    import rt0.cmd.version
    import rt0.link.linker
    import rt0.llvm.codegen
    import rt0.obj.objdump  # noqa: F401


def fuzz_doors(seed: int, count: int, only: list[str], report: Callable[[str], None]) -> int:
    """count mutants for every door (or those in only); complaints go to report, their number is returned."""
    preload()
    sys.path[:] = [str(ROOT), *sys.path]
    base = Path(tempfile.mkdtemp(prefix="rt0-doors"))
    bad = 0
    for door in make_doors(base):
        if only and door.name not in only:
            continue
        start = time.monotonic()
        n = try_door(door, seed, count, base, report)
        bad += n
        used = time.monotonic() - start
        print(f"# {door.name}: {count} tried, {n} wrong, {count * 60 / used:.0f} a minute ({base})", file=sys.stderr, flush=True)
    if not bad:
        shutil.rmtree(base, ignore_errors=True)
    return bad


def doors_command(seed: int, count: int, only: list[str]) -> int:
    return 1 if fuzz_doors(seed, min(count, 20000), only, lambda s: print(s, flush=True)) else 0
