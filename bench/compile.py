"""Compile-time benchmark: rt0 and go side by side, in one run, as ratios.

    python bench/compile.py [--repeat N] [--skip-cold]

Scenarios, each in a fresh folder with examples/hello:
    cold        empty cache (go: empty GOCACHE)
    std cached  another program has been built before; hello is new
    edit        hello was just run; one string in it changed; without and with the process that `rt0 run` leaves behind
    unchanged   run again as it is
Prints wall seconds (the median of N for the short ones, turn and turn about; cold once), the ratio rt0/go, and the peak memory of the build.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HELLO = 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println("hello, world %d")\n}\n'
OTHER = 'package main\n\nimport (\n\t"fmt"\n\t"os"\n)\n\nfunc main() {\n\tfmt.Fprintln(os.Stderr, "other", 1, 2.5)\n\tfmt.Println("x")\n}\n'


def run(cmd: list[str], env: dict[str, str], cwd: str) -> float:
    start = time.perf_counter()
    p = subprocess.run(cmd, env=env, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    seconds = time.perf_counter() - start
    if p.returncode:
        sys.exit(f"{cmd} failed:\n{p.stderr.decode()}")
    return seconds


def peak_mb(cmd: list[str], env: dict[str, str], cwd: str) -> float:
    """Peak resident memory (MB) of the largest process of a command."""
    code = "import resource,subprocess,sys;subprocess.run(sys.argv[1:],stdout=-3,stderr=-3);print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    out = subprocess.run([sys.executable, "-c", code, *cmd], env=env, cwd=cwd, capture_output=True, text=True).stdout
    return int(out) / 1024


class Tool:
    """A toolchain with a cache and a folder of its own. resident: with a zygote (rt0/zygote/) behind, ready when the clock starts."""

    def __init__(self, name: str, cmd: list[str], cache_var: str, work: str, resident: bool = False) -> None:
        self.name, self.cmd, self.cache_var = name, cmd, cache_var
        self.cache = os.path.join(work, name + "-cache")
        self.dir = os.path.join(work, name + "-src")
        os.makedirs(self.dir)
        self.env = dict(os.environ, GO111MODULE="off", PYTHONPATH=ROOT, XDG_RUNTIME_DIR=work, RT0RESIDENT="on" if resident else "off", **{cache_var: self.cache})
        self.env.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed rt0 has its modules compiled

    def clear(self) -> None:
        shutil.rmtree(self.cache, ignore_errors=True)

    def write(self, text: str) -> None:
        with open(os.path.join(self.dir, "main.go"), "w") as f:
            f.write(text)
        time.sleep(0.2)  # the zygote learns in the meantime

    def go(self) -> float:
        return run([*self.cmd, "run", "main.go"], self.env, self.dir)

    def zygote(self, do: str) -> None:
        subprocess.run([sys.executable, "-c", f"from rt0.zygote import client; client.{do}()"], env=self.env, check=True)
        time.sleep(2)


def main() -> None:
    ap = argparse.ArgumentParser()
    ap.add_argument("--repeat", type=int, default=5)
    ap.add_argument("--skip-cold", action="store_true")
    args = ap.parse_args()
    rows: list[tuple[str, float, float]] = []
    with tempfile.TemporaryDirectory() as work:
        rt0 = [sys.executable, "-m", "rt0"]
        alone, resident, go = tools = Tool("rt0", rt0, "RT0CACHE", work), Tool("rt0-resident", rt0, "RT0CACHE", work, True), Tool("go", ["go"], "GOCACHE", work)
        cold, std, peak = [], [], []
        for t in (alone, go):
            t.clear()
            t.write(HELLO % 0)
            if not args.skip_cold:
                peak.append(peak_mb([*t.cmd, "run", "main.go"], t.env, t.dir))
                t.clear()
                cold.append(t.go())
            t.clear()
            t.write(OTHER)
            t.go()
            t.write(HELLO % 0)
            std.append(t.go())
        resident.zygote("start")
        edits: dict[str, list[float]] = {t.name: [] for t in tools}
        for i in range(args.repeat + 2):
            for t in tools:
                t.write(HELLO % (i + 1))
                edits[t.name].append(t.go())
        edit = {name: statistics.median(times[2:]) for name, times in edits.items()}  # the first two fill caches
        same = [statistics.median(t.go() for _ in range(args.repeat + 3)) for t in (alone, go)]
        resident.zygote("stop")
        rows += [("cold", cold[0], cold[1])] if cold else []
        rows += [("std cached", std[0], std[1]), ("edit then run", edit["rt0"], edit["go"]), ("same, resident", edit["rt0-resident"], edit["go"])]
        rows += [("unchanged", same[0], same[1])]
        print(f"{'scenario':<16}{'rt0 s':>9}{'go s':>9}{'ratio':>8}")
        for name, a, b in rows:
            print(f"{name:<16}{a:>9.3f}{b:>9.3f}{a / b:>8.2f}")
        if peak:
            print(f"{'peak MB, cold':<16}{peak[0]:>9.0f}{peak[1]:>9.0f}{peak[0] / peak[1]:>8.2f}")


if __name__ == "__main__":
    main()
