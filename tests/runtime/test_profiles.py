"""What profiles of a program say: functions, lines, labels and counts, decoded from what runtime/pprof wrote (profile.proto)."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from rt0.abi.pclntab import read_uvarint
from tests.conftest import ROOT

SOURCE = Path(__file__).parent / "profiles" / "profiles.go"
LEVELS = [0, 2]


@pytest.fixture(scope="module", params=LEVELS, ids=lambda n: f"O{n}")
def program(request: pytest.FixtureRequest, cache_dir: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    exe = tmp_path_factory.mktemp("profiles") / "program"
    command = [sys.executable, "-m", "rt0", "build", f"-O{request.param}", "-o", str(exe), SOURCE.name]
    built = subprocess.run(command, cwd=SOURCE.parent, env=dict(os.environ, RT0CACHE=cache_dir, PYTHONPATH=str(ROOT)), capture_output=True, text=True, timeout=600)
    assert (built.stderr, built.returncode) == ("", 0)
    return exe


def run(exe: Path, mode: str, folder: Path) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([exe, mode, folder], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done


@dataclass(slots=True)
class Sample:
    """A stack, innermost function first, as (function, line), with what was counted and its labels."""

    stack: list[tuple[str, int]]
    values: list[int]
    labels: dict[str, str]

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.stack]


def fields(data: bytes) -> list[tuple[int, int | bytes]]:
    """A protobuf message's fields: (number, value). Only the two wire types that profile.proto's writer uses."""
    out: list[tuple[int, int | bytes]] = []
    i = 0
    while i < len(data):
        key, i = read_uvarint(data, i)
        n, i = read_uvarint(data, i)
        if key & 7 == 2:
            out.append((key >> 3, data[i : i + n]))
            i += n
        else:
            assert key & 7 == 0
            out.append((key >> 3, n))
    return out


def packed(value: int | bytes) -> list[int]:
    """A repeated integer field, packed or not."""
    if isinstance(value, int):
        return [value]
    return [n for _, n in fields(b"".join(b"\x08" + part for part in re.findall(rb"[\x80-\xff]*[\x00-\x7f]", value, re.S))) if isinstance(n, int)]


def decode(path: Path) -> list[Sample]:
    """Samples of a profile.proto. Fields: Profile sample 2, location 4, function 5, string_table 6; Sample location_id 1, value 2, label 3;
    Label key 1, str 2; Location id 1, line 4; Line function_id 1, line 2; Function id 1, name 2."""
    top = fields(gzip.decompress(path.read_bytes()))
    strings = [v.decode() for k, v in top if k == 6 and isinstance(v, bytes)]

    def messages(number: int) -> list[list[tuple[int, int | bytes]]]:
        return [fields(v) for k, v in top if k == number and isinstance(v, bytes)]

    def ints(message: list[tuple[int, int | bytes]]) -> dict[int, int]:
        return {k: v for k, v in message if isinstance(v, int)}

    functions = {f[1]: strings[f[2]] for f in map(ints, messages(5))}
    locations: dict[int, list[tuple[str, int]]] = {}
    for m in messages(4):
        lines = [ints(fields(v)) for k, v in m if k == 4 and isinstance(v, bytes)]
        locations[ints(m)[1]] = [(functions[line[1]], line.get(2, 0)) for line in lines]
    samples = []
    for m in messages(2):
        stack = [frame for k, v in m if k == 1 for n in packed(v) for frame in locations[n]]
        values = [n for k, v in m if k == 2 for n in packed(v)]
        labels = [ints(fields(v)) for k, v in m if k == 3 and isinstance(v, bytes)]
        samples.append(Sample(stack, values, {strings[x[1]]: strings[x[2]] for x in labels}))
    return samples


def lines_of(function: str) -> range:
    """The lines of a function of the program."""
    source = SOURCE.read_text().splitlines()
    first = next(i for i, line in enumerate(source) if line.startswith(f"func {function}("))
    return range(first + 1, source.index("}", first) + 2 if source[first].endswith("{") else first + 2)


def test_cpu(program: Path, tmp_path: Path) -> None:
    run(program, "cpu", tmp_path)
    samples = decode(tmp_path / "first")
    by_job: dict[str, list[Sample]] = {}
    for s in samples:
        assert s.values[1] == s.values[0] * 10_000_000  # the period
        by_job.setdefault(s.labels.get("job", ""), []).append(s)
    count = {job: sum(s.values[0] for s in of) for job, of in by_job.items()}
    assert set(count) >= {"hot", "copies", "clocks", "deep", "grow"}
    # 200 ms of each: about 20. A busy machine may lose some.
    assert all(3 <= count[job] <= 50 for job in ("hot", "copies", "clocks", "deep", "grow")), count
    assert count.get("", 0) <= 10

    hot = [s for s in by_job["hot"] if s.names[0] == "main.hot"]
    assert sum(s.values[0] for s in hot) > count["hot"] * 0.7
    for s in hot:
        # Whatever instruction of hot was interrupted, each of its callers is there.
        assert s.names[:5] == ["main.hot", "main.inlined", "main.outer", "main.burn", "main.cpuMode.func1.1"]
        assert {"runtime/pprof.Do", "main.profileCPU", "main.main", "runtime.main"} <= set(s.names)
        for (name, line), function in zip(s.stack, ("hot", "inlined", "outer", "burn"), strict=False):
            assert line in lines_of(function), (name, line)
    # Assembly without a frame does not lose its caller.
    moves = [s for s in by_job["copies"] if s.names[0] == "runtime.memmove"]
    assert sum(s.values[0] for s in moves) > count["copies"] * 0.5
    assert all(s.names[1] == "main.copies" for s in moves)
    # The kernel's code for clocks has no frame pointers.
    assert any("runtime._VDSO" in s.names[0] for s in by_job["clocks"]) and all("main.burn" in s.names for s in by_job["clocks"])
    # Through segments of the stack, also while one is entered.
    deep = [s for s in by_job["deep"] if s.names[0] == "main.hot"]
    assert deep and all(Counter(s.names)["main.deep"] == 21 for s in deep)
    grow = [s.names for s in by_job["grow"] if "main.grow" in s.names]
    assert grow
    for names in grow:
        i, n = names.index("main.grow"), Counter(names)["main.grow"]
        assert names[i : i + n] == ["main.grow"] * n and names[i + n : i + n + 1] in ([], ["main.cpuMode.func1.5.1"]), names

    threads = decode(tmp_path / "threads")
    assert sum(s.values[0] for s in threads if s.labels == {"job": "thread"} and "main.outer" in s.names) >= 10
    assert sum(s.values[0] for s in decode(tmp_path / "sleep")) <= 3


def test_cpu_without_timers(program: Path, tmp_path: Path) -> None:
    run(program, "itimer", tmp_path)
    assert any(s.names[:3] == ["main.hot", "main.inlined", "main.outer"] for s in decode(tmp_path / "itimer"))


BLOCKED = {
    ("runtime.chanrecv1", "main.blockRecv"), ("runtime.chanrecv2", "main.blockRecv2"), ("runtime.chansend1", "main.blockSend"),
    ("runtime.selectgo", "main.blockSelect"), ("sync.(*Mutex).Lock", "main.blockMutex"), ("sync.(*RWMutex).RLock", "main.blockRead"),
    ("sync.(*RWMutex).Lock", "main.blockWrite"), ("sync.(*Cond).Wait", "main.blockCond"), ("sync.(*WaitGroup).Wait", "main.blockGroup"),
}  # fmt: skip
CONTENDED = {("sync.(*Mutex).Unlock", "main.unlock"), ("sync.(*RWMutex).Unlock", "main.unlockWriter"), ("sync.(*RWMutex).RUnlock", "main.unlockReader")}


def test_events(program: Path, tmp_path: Path) -> None:
    run(program, "events", tmp_path)
    for name, want in (("block", BLOCKED), ("mutex", CONTENDED)):
        count: Counter[tuple[str, str]] = Counter()
        for s in decode(tmp_path / f"{name}0"):
            assert s.values[0] >= 1 and s.values[1] >= 1
            count[s.names[0], s.names[1]] += s.values[0]
        assert want <= set(count)
        assert all(count[pair] == 3 for pair in want), count
        text = (tmp_path / f"{name}1").read_text()
        assert text.startswith("--- contention:\ncycles/second=" if name == "block" else "--- mutex:\ncycles/second=")
        for leaf, caller in want:
            assert re.search(rf"#\t0x\w+\t{re.escape(leaf)}\+.*\n#\t0x\w+\t{re.escape(caller)}\+", text), (leaf, text)
    assert (tmp_path / "goroutine1").read_text().startswith("goroutine profile: total ")
    assert "main.eventsMode" in (tmp_path / "goroutine1").read_text()
    assert "goroutine 1 [running]:" in (tmp_path / "goroutine2").read_text()
    assert (tmp_path / "heap1").read_text().startswith("heap profile: ")
    assert any("main.eventsMode" in s.names for s in decode(tmp_path / "goroutine0"))


def test_stress(program: Path, tmp_path: Path) -> None:
    assert run(program, "stress", tmp_path).stdout == "done\n"


def test_trace(program: Path, tmp_path: Path) -> None:
    """Started, stopped, and started again by a flight recorder (what is in a trace: test_trace.py)."""
    assert run(program, "trace", tmp_path).stdout == "false false\n"
