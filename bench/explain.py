"""Times of `rt0 explain` on examples/hello, in pairs with the build it goes beside.

    python bench/explain.py [--pairs N]

    cold    empty cache: rt0 build, and rt0 explain, alternately; what explain costs beyond the build (aim: < 1.5 s)
    warm    everything in the cache: rt0 explain (aim: < 2 s)
    edit    -serve, once warm: hello with another string, until the whole report is there (aim: < 1 s)

Seconds on the wall, and seconds of processor of all processes together, which tell more on a machine that is busy. The best and the median of N.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HELLO = os.path.join(ROOT, "examples", "hello", "main.go")


def timed(cmd: list[str], env: dict[str, str], cwd: str) -> tuple[float, float]:
    """(wall seconds, seconds of processor)"""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "rt0", *cmd], env=env, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def line(what: str, found: list[tuple[float, float]]) -> None:
    walls, cpus = zip(*found)
    print(f"{what:22} wall best {min(walls):6.2f} median {statistics.median(walls):6.2f}   processor best {min(cpus):6.2f} median {statistics.median(cpus):6.2f}", flush=True)


def edits(env: dict[str, str], cwd: str, n: int) -> list[tuple[float, float]]:
    p = subprocess.Popen([sys.executable, "-m", "rt0", "explain", "-serve", HELLO], env=env, cwd=cwd, stdout=subprocess.PIPE, text=True)
    try:
        assert p.stdout is not None
        found = re.search(r"http://\S+", p.stdout.readline())
        assert found is not None
        with open(HELLO, encoding="utf-8") as f:
            text = f.read()
        out = []
        for i in range(n + 1):
            body = json.dumps({"sources": {HELLO: text.replace("world", f"world {i} {time.time()}")}, "args": "", "stdin": ""}).encode()
            start = time.perf_counter()
            with urllib.request.urlopen(urllib.request.Request(found[0] + "explain", body, {"Content-Type": "application/json"})) as r:
                data = r.read()
            assert b'"report"' in data
            out.append((time.perf_counter() - start, 0.0))
        return out[1:]
    finally:
        p.terminate()
        p.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description="Times of rt0 explain on hello.")
    parser.add_argument("--pairs", type=int, default=5)
    n = parser.parse_args().pairs
    env = dict(os.environ, PYTHONPATH=ROOT, RT0RESIDENT="off")
    with tempfile.TemporaryDirectory() as cwd:
        builds: list[tuple[float, float]] = []
        explains: list[tuple[float, float]] = []
        for i in range(n):
            for what, found in (("build", builds), ("explain", explains)):
                e = dict(env, RT0CACHE=os.path.join(cwd, f"{what}{i}"))
                args = ["build", "-o", os.path.join(cwd, "hello"), HELLO] if what == "build" else ["explain", HELLO]
                found.append(timed(args, e, cwd))
        line("cold build", builds)
        line("cold explain", explains)
        line("  beyond the build", [(b[0] - a[0], b[1] - a[1]) for a, b in zip(builds, explains)])
        env["RT0CACHE"] = os.path.join(cwd, "explain0")
        line("warm explain", [timed(["explain", HELLO], env, cwd) for _ in range(n)])
        line("edit, served", edits(env, cwd, n))


if __name__ == "__main__":
    main()
