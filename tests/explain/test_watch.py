"""Steps 12 to 20 against what others say of the same program: readelf, gdb, strace, the runtime's own inittrace; and programs that end in every way."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from rt0.explain.steps import NAMES
from rt0.explain.trace import syscalls
from rt0.explain.trace.executable import Executable
from tests.conftest import ROOT, Rt0
from tests.run.test_executable import START_SEQUENCE

MODES = Path(__file__).parent / "modes.go"

# Run by the interpreter before rt0: ptrace is refused, as many containers do. <linux/seccomp.h>, <linux/filter.h>; the number of ptrace is 101.
NO_PTRACE = """
import ctypes, struct, runpy, sys
code = struct.pack("<HBBI", 0x20, 0, 0, 0) + struct.pack("<HBBI", 0x15, 0, 1, 101) + struct.pack("<HBBI", 6, 0, 0, 0x50001) + struct.pack("<HBBI", 6, 0, 0, 0x7fff0000)
buf = ctypes.create_string_buffer(code)
prog = ctypes.create_string_buffer(struct.pack("<HxxxxxxQ", 4, ctypes.addressof(buf)))
libc = ctypes.CDLL(None)
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, ctypes.byref(prog), 0, 0) == 0
sys.argv = ["rt0", *sys.argv[1:]]
runpy.run_module("rt0", run_name="__main__")
"""


@pytest.fixture(scope="module")
def modes(rt0: Rt0, tmp_path_factory: pytest.TempPathFactory) -> Path:
    d = tmp_path_factory.mktemp("modes")
    shutil.copy(MODES, d / "main.go")
    r = rt0("build", "-o", "modes", "main.go", cwd=d)
    assert (r.err, r.code) == ("", 0)
    return d / "modes"


@pytest.fixture(scope="module")
def gc_modes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same program, built by gc."""
    if not shutil.which("go"):
        pytest.skip("no go")
    d = tmp_path_factory.mktemp("gcmodes")
    shutil.copy(MODES, d / "main.go")
    subprocess.run(["go", "build", "-o", "modes", "main.go"], cwd=d, check=True, timeout=300)
    return d / "modes"


def explain(rt0: Rt0, exe: Path, *args: str, timeout: str = "20s", stdin: bytes = b"", env: dict[str, str] | None = None, steps: str = "") -> dict[str, Any]:
    """Facts of each step, by name; the step's sentence of what is missing as `missing`."""
    flags = ["-step", steps] if steps else []
    r = rt0("explain", "-json", "-timeout", timeout, *flags, "-exe", str(exe), *args, stdin=stdin, env=env, cwd=exe.parent)
    assert r.code == 0, r.err
    report = json.loads(r.out)
    assert [s["name"] for s in report["steps"]] == NAMES
    return {s["name"]: (s["facts"] or {}) | {"missing": s["missing"]} for s in report["steps"]}


def alive(tid: int) -> bool:
    """Whether a thread is there and no zombie, whom its new parent has not asked for yet."""
    try:
        return Path(f"/proc/{tid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.fixture(scope="module")
def ok(rt0: Rt0, modes: Path) -> dict[str, Any]:
    return explain(rt0, modes, "ok", "second")


def gdb(exe: Path, *commands: str, args: str = "ok second") -> str:
    script = ["set confirm off", "set pagination off", "set startup-with-shell off", "set width 0", f"set args {args}", "starti", *commands, "kill"]
    cmd = ["gdb", "-nx", "-batch", *[x for c in script for x in ("-ex", c)], str(exe)]
    return subprocess.run(cmd, cwd=exe.parent, capture_output=True, text=True, timeout=60).stdout


def test_nothing_is_missing(ok: dict[str, Any]) -> None:
    assert [ok[n]["missing"] for n in NAMES[11:]] == [""] * 9
    assert all("executable" in ok[n]["missing"] for n in NAMES[:9])


def test_execve(ok: dict[str, Any], modes: Path) -> None:
    f = ok["execve"]
    head = subprocess.run(["readelf", "-hlW", str(modes)], capture_output=True, text=True, check=True).stdout
    assert f["entry"] == f["rip"] == int(re.search(r"Entry point address:\s+(0x[0-9a-f]+)", head)[1], 16)  # type: ignore[index]
    segments = re.findall(r"LOAD +(0x\w+) (0x\w+) 0x\w+ (0x\w+) (0x\w+) (.{3})", head)
    assert [(s["offset"], s["vaddr"], s["filesz"], s["memsz"], s["flags"]) for s in f["loads"]] == [(*(int(x, 16) for x in s[:4]), s[4]) for s in segments]
    seen = {(m["start"], m["end"], m["perms"], m["offset"]) for s in f["loads"] for m in s["mappings"] if m["path"]}
    told = re.findall(r"^ *(0x\w+) +(0x\w+) +0x\w+ +(0x\w+) +(\S{4}) +/.*/modes", gdb(modes, "info proc mappings"), re.M)
    assert seen == {(int(a, 16), int(b, 16), perms, int(offset, 16)) for a, b, offset, perms in told} and seen
    assert {"[stack]", "[vdso]"} <= {m["path"] for m in f["others"]}
    assert (f["argv"][1:], f["pid"], f["threads"], f["policy"]) == (["ok", "second"], f["tid"], 1, "SCHED_OTHER")


def test_stack_and_auxv(ok: dict[str, Any], modes: Path) -> None:
    f = ok["stack"]
    said = gdb(modes, "info auxv", 'printf "argc %ld\\n", *(long*)$sp', 'printf "arg2 %s\\n", *(char**)($sp+24)', 'printf "env %d\\n", *(char**)($sp+40) != 0')
    auxv = {int(k): value.split()[0] for k, value in re.findall(r"^(\d+) +AT_\S+.*?((?:0x[0-9a-f]+|\d+)(?: .*)?)$", said, re.M)}
    mine = {a["key"]: a["value"] for a in f["auxv"]}
    assert list(mine)[-1] == 0 and len(mine) > 15
    for key in (3, 4, 5, 6, 9, 11, 16, 17, 23):  # those that are not drawn at random
        assert mine[key] == int(auxv[key], 0), key
    texts = [w["text"] for w in f["words"] if w["what"].startswith("argv")]
    assert [f["argc"], *texts[1:]] == [3, "ok", "second"] and "argc 3\n" in said and "arg2 second\n" in said
    assert f["words"][0]["addr"] == f["rsp"] == ok["execve"]["rsp"]
    assert [w["addr"] - f["rsp"] for w in f["words"]] == [8 * i for i in range(len(f["words"]))]
    assert next(a["text"] for a in f["auxv"] if a["name"] == "AT_RANDOM") == ok["check"]["random"]
    assert sum(w["what"].startswith("envp") for w in f["words"]) == ok["schedinit"]["environment"] == len(os.environ | {"RT0CACHE": "", "PYTHONPATH": ""})


def test_entry(ok: dict[str, Any], modes: Path) -> None:
    """The instructions are those of the file, in the order of their execution; DI and SI get argc and argv."""
    f = ok["entry"]
    assert f["path"] == ["_rt0_amd64_linux", "_rt0_amd64", "runtime.rt0_go"]
    listing = subprocess.run(["objdump", "-d", str(modes), "--disassemble=runtime.rt0_go"], capture_output=True, text=True, check=True).stdout
    file = {int(a, 16): b.replace(" ", "") for a, b in re.findall(r"^ +([0-9a-f]+):\t((?:[0-9a-f]{2} )+)", listing, re.M)}
    own = [i for i in f["instructions"] if i["function"].startswith("runtime.rt0_go")]
    assert len(own) > 20 and all(i["code"].startswith(file[i["addr"]]) for i in own)
    assert (f["argc"], f["argv"]) == (3, ok["execve"]["rsp"] + 8)
    assert f["fs"] == f["m0"] == f["g0_m"] and f["g0"]
    changed = {r for i in f["instructions"] for r in i["changed"]}
    assert {"rdi", "rsi", "rsp", "fs_base"} <= changed
    calls = [i["call"] for i in own if i["call"].endswith(" ran")]
    assert calls == [f"runtime.{n} ran" for n in ("check", "args", "osinit", "schedinit", "newproc")]


def test_start_sequence(ok: dict[str, Any]) -> None:
    at: dict[str, float] = {"_rt0_amd64_linux": 0.0, "runtime.rt0_go": 1e-12}
    for s in [ok["schedinit"]["whole"], *ok["schedinit"]["children"], ok["newproc"]["span"], *ok["main"]["spans"]]:
        at[s["name"]] = s["at"]
    at |= {a["function"]: a["at"] for a in ok["mstart"]["arrivals"]}
    at |= {"runtime.main": ok["main"]["at"], "main.main": ok["run"]["at"]}
    assert sorted(START_SEQUENCE, key=lambda n: at[n]) == START_SEQUENCE


def test_schedinit_and_after(ok: dict[str, Any]) -> None:
    f = ok["schedinit"]
    ncpu = len(os.sched_getaffinity(0))
    assert f["after"]["maxmcount"] == 10000 and f["after"]["ms"] == 1 and len(f["ps"]) == f["after"]["ps"] == ncpu
    assert f["before"]["maxmcount"] == 0 and f["before"]["heap_reserved"] == 0 < f["after"]["heap_ready"] < f["after"]["heap_reserved"]
    malloc = next(c for c in f["children"] if c["name"] == "runtime.mallocinit")
    reserved = next(c["text"] for c in malloc["calls"] if c["name"] == "mmap")
    assert f", {f['after']['heap_reserved']}, PROT_NONE" in reserved and reserved.endswith(f"= {f['after']['heap_start']:#x}")
    assert ok["check"]["ncpu"] == ncpu and ok["check"]["page_size"] == os.sysconf("SC_PAGE_SIZE")
    flags = {w.upper().replace("_", "") for w in re.search(r"^flags\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.M)[1].split()}  # type: ignore[index]
    assert {"AES", "AVX2", "BMI2", "SSSE3"} & set(ok["check"]["cpu_features"]) == {"AES", "AVX2", "BMI2", "SSSE3"} & flags
    g = ok["newproc"]["g"]
    assert (g["goid"], g["parent"], g["status"], g["entry"], g["queue"]) == (1, 0, "runnable", "runtime.main", "P0.runnext")
    m = ok["mstart"]
    assert m["goid"] == 1 and g["stack_low"] < m["g_sp"] <= g["stack_high"] and ok["stack"]["low"] < m["g0_sp"] < ok["stack"]["high"]
    assert ok["main"]["sysmon_tid"] in [t["tid"] for t in ok["run"]["threads"]] and "CLONE_THREAD" in ok["main"]["clone_flags"]


def test_gomaxprocs(rt0: Rt0, modes: Path) -> None:
    f = explain(rt0, modes, "ok", env={"GOMAXPROCS": "5"}, steps="schedinit")["schedinit"]
    assert len(f["ps"]) == 5 and f["ps_why"] == "the environment says GOMAXPROCS=5"


def test_inits_as_inittrace_tells(rt0: Rt0, modes: Path, cache_dir: str, ok: dict[str, Any]) -> None:
    """Both runs have the same variables: package syscall copies them."""
    env = {"GODEBUG": "inittrace=1"}
    watched = explain(rt0, modes, "ok", "second", env=env, steps="main")["main"]["inits"]
    alone = dict(os.environ, RT0CACHE=cache_dir, PYTHONPATH=str(ROOT)) | env
    said = subprocess.run([str(modes), "ok", "second"], env=alone, capture_output=True, text=True, check=True).stderr
    lines = re.findall(r"^init (\S+) @(\S+) ms, (\S+) ms clock, (\d+) bytes, (\d+) allocs$", said, re.M)
    assert [(i["package"], i["bytes"], i["allocs"]) for i in watched] == [(p, int(b), int(n)) for p, _, _, b, n in lines]
    assert [i["package"] for i in ok["main"]["inits"]] == [i["package"] for i in watched]
    main = ok["main"]["inits"][-1]
    assert main["package"] == "main" and main["allocs"] > 40 and main["bytes"] > 2000


def test_inittrace_as_go_prints_it(modes: Path, gc_modes: Path) -> None:
    """The format, and for the program's own package the same allocations."""
    lines = []
    for exe in (modes, gc_modes):
        said = subprocess.run([str(exe), "ok"], env=dict(os.environ, GODEBUG="inittrace=1"), capture_output=True, text=True, check=True).stderr
        assert all(re.fullmatch(r"init \S+ @(\d+|\d+\.\d{1,3}) ms, (\d+|\d+\.\d{1,3}) ms clock, \d+ bytes, \d+ allocs", line) for line in said.splitlines())
        lines.append([line for line in said.splitlines() if line.startswith("init main ")])
    assert len(lines[0]) == len(lines[1]) == 1


def test_system_calls_as_strace_counts_them(ok: dict[str, Any], modes: Path, tmp_path: Path) -> None:
    """Of the main thread, in order; those that depend on how threads happen to meet are left out."""
    subprocess.run(["strace", "-f", "-qq", "-o", str(tmp_path / "log"), str(modes), "ok", "second"], capture_output=True, check=True, timeout=60)
    stable = {"arch_prctl", "sched_getaffinity", "getrandom", "rt_sigaction", "prlimit64", "fcntl", "write", "exit_group", "sigaltstack", "gettid"}
    log = [line.split(None, 1) for line in (tmp_path / "log").read_text().splitlines()]
    first = log[0][0]
    told = [text.split("(")[0] for tid, text in log if tid == first and "resumed>" not in text][1:]  # without execve
    mine = [c["name"] for n in ("check", "schedinit", "mstart") for s in _calls(ok, n) for c in [s]]
    counts = {c["name"]: c["count"] for c in ok["run"]["counts"]}
    everything = Counter(text.split("(")[0] for _, text in log if re.match(r"\w+\(", text))
    for name in ("arch_prctl", "sched_getaffinity", "rt_sigaction", "prlimit64", "fcntl", "write", "exit_group"):
        assert counts[name] == everything[name], name
    start = told[: told.index("clone")]
    assert [n for n in mine if n in stable] == [n for n in start if n in stable and n != "arch_prctl"]
    assert ok["run"]["calls"][-1]["name"] == "exit_group" and 'write(1, "fine\\n", 5) = 5' in [c["text"] for c in ok["run"]["calls"]]


def test_system_calls_of_each_thread_as_strace_counts_them(rt0: Rt0, modes: Path, tmp_path: Path) -> None:
    """Three goroutines, each locked to a thread, make 11, 12 and 13 calls that nobody else makes."""
    subprocess.run(["strace", "-f", "-qq", "-o", str(tmp_path / "log"), str(modes), "threads"], capture_output=True, check=True, timeout=60)
    told = Counter(line.split()[0] for line in (tmp_path / "log").read_text().splitlines() if re.search(r" getppid\(", line))
    f = explain(rt0, modes, "threads", steps="run")["run"]
    mine = Counter(c["tid"] for c in f["calls"] if c["name"] == "getppid")
    assert sorted(told.values()) == sorted(mine.values()) == [11, 12, 13]
    assert set(mine) <= {t["tid"] for t in f["threads"]}
    assert sum(t["calls"] for t in f["threads"]) == sum(c["count"] for c in f["counts"])
    told_in_all = Counter(m[1] for line in (tmp_path / "log").read_text().splitlines() if (m := re.match(r"\d+ +(\w+)\(", line)))
    counts = {c["name"]: c["count"] for c in f["counts"]}
    for name in ("rt_sigaction", "getppid", "arch_prctl", "exit_group", "prlimit64"):
        assert counts[name] == told_in_all[name], name


def _calls(ok: dict[str, Any], step: str) -> list[dict[str, Any]]:
    f = ok[step]
    calls = f.get("calls", [])
    for s in [f.get("whole"), *f.get("children", []), *f.get("spans", [])]:
        calls = calls + (s["calls"] if s else [])
    return sorted(calls, key=lambda c: c["at"])


@pytest.mark.parametrize("which", ["modes", "gc_modes"])
@pytest.mark.parametrize(
    ("mode", "code", "end"),
    [
        ("ok", 0, "exit code 0"),
        ("panic", 2, "A panic that nobody recovered: panic: no way; exit code 2."),
        ("deadlock", 2, "The runtime gave up: fatal error: all goroutines are asleep - deadlock!; exit code 2."),
        ("exit3", 3, "exit code 3"),
        ("killed", None, "ended by the signal SIGKILL"),
        ("stdin", 0, "exit code 0"),
        ("child", 0, "exit code 0"),
        ("orphan", 0, "left behind were ended: 1"),
        ("exec", 0, "It had become /"),
    ],
)
def test_ends(rt0: Rt0, request: pytest.FixtureRequest, which: str, mode: str, code: int | None, end: str) -> None:
    exe = request.getfixturevalue(which)
    alone = subprocess.run([str(exe), mode], input="some text", capture_output=True, text=True, timeout=30) if mode not in ("orphan", "killed") else None
    f = explain(rt0, exe, mode, stdin=b"some text", steps="run")["run"]
    assert f["exit_code"] == code and end in f["ending"], f["ending"]
    if alone is not None:
        assert f["out"] == alone.stdout and f["out_bytes"] == len(alone.stdout)
        assert f["panic"].split("\n")[:3] == (alone.stderr.split("\n")[:3] if code == 2 else [""])
    if mode == "child":
        assert "echo" in f["children"][0]
    if mode == "orphan":
        assert not alive(int(f["out"]))


@pytest.mark.parametrize("which", ["modes", "gc_modes"])
def test_goroutines(rt0: Rt0, request: pytest.FixtureRequest, which: str) -> None:
    f = explain(rt0, request.getfixturevalue(which), "goroutines", steps="run")["run"]
    own = [g for g in f["goroutines"] if g["creator"] == "main.main"]
    line = next(i for i, text in enumerate(MODES.read_text().splitlines(), 1) if "go worker(" in text)
    assert len(own) == 50 and {(g["parent"], g["made_line"], g["made_file"].rpartition("/")[2]) for g in own} == {(1, line, "main.go")}
    assert len({g["goid"] for g in own}) == 50 and all(g["ended"] is None or g["ended"] >= g["at"] for g in own)
    assert sum(g["ended"] is not None for g in own) >= 45  # the last ones may still be on their way out when main.main returns
    assert f["out"] == "1225\n" and f["made_user"] == 51
    ran = {s["goid"] for s in f["slices"]}
    assert {g["goid"] for g in own} <= ran and all(s["end"] >= s["start"] for s in f["slices"])
    for tid in {s["tid"] for s in f["slices"]}:  # a thread runs one goroutine at a time
        lane = [s for s in f["slices"] if s["tid"] == tid]
        assert all(a["end"] <= b["start"] for a, b in itertools.pairwise(lane))
    assert {s["m"] for s in f["slices"]} == {t["m"] for t in f["threads"] if t["tid"] in {s["tid"] for s in f["slices"]}}


def test_collections(rt0: Rt0, modes: Path) -> None:
    f = explain(rt0, modes, "gc", steps="run")["run"]
    assert f["ncollections"] == 3 and [c["number"] for c in f["collections"]] == [1, 2, 3] and f["gc_pause"] > 0


@pytest.mark.parametrize("mode", ["sleep", "spin"])
def test_timeout(rt0: Rt0, modes: Path, mode: str) -> None:
    """A program that does not end by itself is ended, and the report says so and what its goroutines did."""
    f = explain(rt0, modes, mode, timeout="1s", steps="run")["run"]
    assert "still running" in f["ending"] and f["exit_code"] is None and f["signal"] == "SIGKILL"
    assert not any(alive(t["tid"]) for t in f["threads"])
    if mode == "sleep" and f["out"]:
        waiting = {w["entry"]: (w["reason"], w["where"], w["line"]) for w in f["waiting"]}
        lines = MODES.read_text().splitlines()
        assert waiting["runtime.main"][0] == "sleep" and "time.Sleep" in lines[waiting["runtime.main"][2] - 1]
        assert [w["reason"] for w in f["waiting"] if w["where"].startswith("main.") and w["entry"] != "runtime.main"] == ["chan receive"]


def test_many_stops_are_bounded(rt0: Rt0, modes: Path) -> None:
    f = explain(rt0, modes, "busy", timeout="60s", steps="run")["run"]
    assert f["exit_code"] == 0 and f["calls_until"] > 0 and f["slices_until"] > 0 and f["stops"] < 60_000


def test_interrupt(modes: Path, cache_dir: str) -> None:
    """ctrl-C, which a terminal sends to both: a report, and nothing left."""
    env = dict(os.environ, RT0CACHE=cache_dir, PYTHONPATH=str(ROOT))
    cmd = [sys.executable, "-m", "rt0", "explain", "-step", "run", "-timeout", "60s", "-exe", str(modes), "sleep"]
    p = subprocess.Popen(cmd, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    assert p.stderr is not None
    assert p.stderr.readline() == "sleeping\n"
    os.killpg(p.pid, signal.SIGINT)
    out, err = p.communicate(timeout=30)
    assert "You interrupted it" in out and "Traceback" not in err
    time.sleep(0.1)
    assert subprocess.run(["pgrep", "-s", str(p.pid)], capture_output=True).returncode == 1


def test_killed_explain_leaves_nothing(modes: Path, cache_dir: str) -> None:
    env = dict(os.environ, RT0CACHE=cache_dir, PYTHONPATH=str(ROOT))
    cmd = [sys.executable, "-m", "rt0", "explain", "-step", "run", "-timeout", "60s", "-exe", str(modes), "sleep"]
    p = subprocess.Popen(cmd, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True)
    assert p.stderr is not None
    assert p.stderr.readline() == "sleeping\n"
    p.kill()
    p.wait()
    for _ in range(100):
        if subprocess.run(["pgrep", "-s", str(p.pid)], capture_output=True).returncode == 1:
            return
        time.sleep(0.05)
    raise AssertionError("the program outlived its watcher")


def test_gc_executable(rt0: Rt0, gc_modes: Path) -> None:
    """Names and fields are found in what gc built: by its symbols, its line table, its DWARF."""
    f = explain(rt0, gc_modes, "ok")
    assert [f[n]["missing"] for n in NAMES[11:]] == [""] * 9
    assert f["entry"]["path"] == ["_rt0_amd64_linux", "_rt0_amd64", "runtime.rt0_go"] and f["entry"]["g0_m"] == f["entry"]["m0"] != 0
    assert f["schedinit"]["after"]["maxmcount"] == 10000
    assert f["newproc"]["g"]["queue"] == "P0.runnext" and f["newproc"]["g"]["creator"] == "runtime.rt0_go"
    assert f["mstart"]["goid"] == 1 and f["mstart"]["lands"] == "runtime.main"
    said = subprocess.run([str(gc_modes), "ok"], env=dict(os.environ, GODEBUG="inittrace=1"), capture_output=True, text=True, check=True).stderr
    assert [i["package"] for i in f["main"]["inits"]] == re.findall(r"^init (\S+) @", said, re.M)
    assert f["run"]["out"] == "fine\n"


def test_fields_of_gc_as_gdb_finds_them(gc_modes: Path) -> None:
    exe = Executable(str(gc_modes))
    paths = {"g": ("goid", "atomicstatus", "stack.hi", "sched.bp", "startpc"), "m": ("procid", "curg"), "p": ("runnext",), "schedt": ("maxmcount",)}
    wanted = [(s, f) for s, fields in paths.items() for f in fields]
    asks = [x for s, f in wanted for x in ("-ex", f"print/d (long)&(('runtime.{s}' *)0)->{f}")]
    out = subprocess.run(["gdb", "-nx", "-batch", "-ex", "set language c", *asks, str(gc_modes)], capture_output=True, text=True, timeout=60).stdout
    assert [exe.field(s, f) for s, f in wanted] == [int(n) for n in re.findall(r"^\$\d+ = (\d+)$", out, re.M)]


def test_position_independent(rt0: Rt0, tmp_path: Path) -> None:
    """gc's executable that the dynamic loader starts somewhere else: the loader first, then the same functions."""
    if not shutil.which("go"):
        pytest.skip("no go")
    shutil.copy(MODES, tmp_path / "main.go")
    subprocess.run(["go", "build", "-buildmode=pie", "-o", "modes", "main.go"], cwd=tmp_path, check=True, timeout=300)
    f = explain(rt0, tmp_path / "modes", "ok")
    assert f["execve"]["bias"] > 0 and f["entry"]["path"][-1] == "runtime.rt0_go" and f["mstart"]["lands"] == "runtime.main"
    assert f["run"]["out"] == "fine\n" and f["main"]["inits"][-1]["package"] == "main"


def test_stripped(rt0: Rt0, modes: Path, tmp_path: Path) -> None:
    """Without symbols the line table still names functions."""
    exe = tmp_path / "modes"
    subprocess.run(["strip", "-o", str(exe), str(modes)], check=True)
    f = explain(rt0, exe, "panic")
    assert f["entry"]["path"] == ["_rt0_amd64_linux", "_rt0_amd64", "runtime.rt0_go"]
    assert f["run"]["exit_code"] == 2 and f["newproc"]["g"]["entry"] == "runtime.main"


def test_not_go(rt0: Rt0) -> None:
    """An executable of no Go compiler: the kernel's part, and a sentence."""
    f = explain(rt0, Path("/bin/echo"), "hi")
    assert "only what the kernel sees is shown" in f["main"]["missing"] and f["run"]["out"] == "hi\n"
    assert f["execve"]["loads"] and f["stack"]["argc"] == 2


@pytest.mark.parametrize(("exe", "want"), [("nothere", "no such file"), ("text", "not an ELF executable")])
def test_no_executable(rt0: Rt0, tmp_path: Path, exe: str, want: str) -> None:
    (tmp_path / "text").write_text("text " * 40)
    r = rt0("explain", "-exe", exe, cwd=tmp_path)
    assert r.code == 1 and want in r.err and r.err.count("\n") == 1


def test_without_ptrace(modes: Path, cache_dir: str) -> None:
    """One sentence why, and what the runtime itself tells."""
    env = dict(os.environ, RT0CACHE=cache_dir, PYTHONPATH=str(ROOT))
    cmd = [sys.executable, "-c", NO_PTRACE, "explain", "-json", "-exe", str(modes), "panic"]
    p = subprocess.run(cmd, env=env, capture_output=True, text=True, timeout=60)
    steps = {s["name"]: s for s in json.loads(p.stdout)["steps"]}
    assert "does not let a process trace the program it starts (ptrace: operation not permitted)" in steps["entry"]["missing"] and not steps["entry"]["facts"]
    assert steps["main"]["facts"]["inits"][-1]["package"] == "main"
    run = steps["run"]["facts"]
    assert run["exit_code"] == 2 and run["panic"].startswith("panic: no way") and "init main" not in run["err"]


def test_system_call_texts() -> None:
    n = syscalls.NUMBERS
    assert syscalls.shown(n["mmap"], (0, 4096, 3, 0x22, 2**64 - 1, 0), (), 0x7F00) == "mmap(nil, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0x0) = 0x7f00"
    memory = b"/etc/hosts\0" + bytes(300)
    texts = syscalls.pointed(n["openat"], (2**64 - 100, 5, 0x80000, 0), lambda a, size: memory[a - 5 : a - 5 + size])
    assert syscalls.shown(n["openat"], (2**64 - 100, 5, 0x80000, 0), texts, -2) == 'openat(AT_FDCWD, "/etc/hosts", O_RDONLY|O_CLOEXEC) = -1 ENOENT'
    assert syscalls.shown(n["exit_group"], (3,), (), None) == "exit_group(3)"
    assert syscalls.quoted(b'a"\\\n\xff' + b"x" * 40, 8) == '"a\\"\\\\\\n\\\\xffxxx"...'
    assert syscalls.name_of(9999) == "syscall_9999"


def test_system_call_names() -> None:
    """As the kernel's header numbers them, where it is installed."""
    header = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
    if not header.exists():
        pytest.skip("no kernel headers")
    told = dict(re.findall(r"#define __NR_(\w+)\s+(\d+)", header.read_text()))
    assert {name: syscalls.NUMBERS.get(name) for name in told} == {name: int(number) for name, number in told.items()}


def test_trace(rt0: Rt0, modes: Path, tmp_path: Path) -> None:
    """GOROOT's internal/trace reads and validates the trace that the lanes are drawn from, and counts the same goroutines, slices and collections."""
    if not shutil.which("go"):
        pytest.skip("no go")
    for mode in ("goroutines", "gc", "busy", "deadlock", "killed"):
        r = rt0("explain", "-json", "-step", "run", "-timeout", "30s", "-trace", str(tmp_path / mode), "-exe", str(modes), mode, cwd=tmp_path)
        assert r.code == 0, r.err
        f = json.loads(r.out)["steps"][19]["facts"]
        p = subprocess.run(["go", "tool", "trace", "-d=parsed", str(tmp_path / mode)], capture_output=True, text=True, timeout=60)
        assert p.returncode == 0, p.stderr
        told = [line for line in p.stdout.splitlines() if line.startswith("M=")]
        made = {int(m[1]) for line in told if (m := re.search(r"GoID=(\d+) NotExist->Runnable", line))}
        assert f["traced"] and made <= {g["goid"] for g in f["goroutines"]} and len(made) == len(f["goroutines"]) - 1  # runtime.main was there before
        ended = {int(m[1]) for line in told if (m := re.search(r"GoID=(\d+) Running->NotExist", line))}
        assert ended == {g["goid"] for g in f["goroutines"] if g["ended"] is not None}
        runs = sum(bool(re.search(r"GoID=\d+ (Runnable|Syscall|Undetermined)->Running", line)) for line in told)
        whole = not f["slices_until"]
        assert not whole or runs == sum(not s["syscall"] for s in f["slices"])
        assert sum('RangeBegin' in line and '"GC concurrent mark phase"' in line for line in told) == len(f["collections"]) == (3 if mode == "gc" else 0)
        assert mode != "gc" or (all(s["took"] >= 0 and s["reason"].startswith("GC") for s in f["world_stops"]) and f["world_stops"])
        parents = {g["goid"]: g["parent"] for g in f["goroutines"]}
        for line in told:
            if (m := re.search(r"G=(\d+) .*GoID=(\d+) NotExist->Runnable", line)) and int(m[2]) in parents:
                assert parents[int(m[2])] == int(m[1])


def test_trace_of_a_program_that_traces_itself(rt0: Rt0, tmp_path: Path) -> None:
    """Its own trace is whole, and ours ends where it begins."""
    (tmp_path / "main.go").write_text('package main\n\nimport (\n\t"bytes"\n\t"fmt"\n\t"runtime/trace"\n)\n\nfunc main() {\n\tvar b bytes.Buffer\n'
                                      '\terr := trace.Start(&b)\n\ttrace.Stop()\n\tfmt.Println(err, b.Len() > 100, b.String()[:11])\n}\n')  # fmt: skip
    r = rt0("explain", "-json", "-step", "run", "main.go", cwd=tmp_path)
    f = json.loads(r.out)["steps"][19]["facts"]
    assert f["out"] == "<nil> true go 1.26 tra\n" and f["traced"] and f["slices_until"] > 0 and f["slices"]
