"""Speed of generated code: CPU seconds of bench/programs/*.go built by rt0 -O3 and by go, alternated in one run.

    python bench/programs.py [--repeat N] [NAME...]

Prints the ratio of medians per program (below 1: rt0's is faster) and their geometric mean; outputs must be equal.
"""

from __future__ import annotations

import argparse
import glob
import math
import os
import resource
import statistics
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def cpu_seconds(exe: str) -> tuple[float, bytes]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    out = subprocess.run([exe], capture_output=True, check=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, out


def main() -> None:
    ap = argparse.ArgumentParser()
    ap.add_argument("--repeat", type=int, default=5)
    ap.add_argument("-O", default="3")
    ap.add_argument("names", nargs="*")
    args = ap.parse_args()
    env = dict(os.environ, GO111MODULE="off", PYTHONPATH=ROOT)
    ratios = []
    with tempfile.TemporaryDirectory() as work:
        print(f"{'program':<14}{'rt0 s':>8}{'go s':>8}{'ratio':>8}{'rt0 KB':>9}{'go KB':>8}")
        for src in sorted(glob.glob(os.path.join(ROOT, "bench", "programs", "*.go"))):
            name = os.path.basename(src)[:-3]
            if args.names and name not in args.names:
                continue
            a, b = os.path.join(work, name + "-rt0"), os.path.join(work, name + "-go")
            subprocess.run([sys.executable, "-m", "rt0", "build", f"-O{args.O}", "-o", a, src], env=env, check=True)
            subprocess.run(["go", "build", "-o", b, src], env=env, check=True)
            times: dict[str, list[float]] = {a: [], b: []}
            for _ in range(args.repeat):
                outs = []
                for exe in (a, b):
                    seconds, out = cpu_seconds(exe)
                    times[exe].append(seconds)
                    outs.append(out)
                if outs[0] != outs[1]:
                    sys.exit(f"{name}: outputs differ")
            ma, mb = statistics.median(times[a]), statistics.median(times[b])
            ratios.append(ma / mb)
            print(f"{name:<14}{ma:>8.3f}{mb:>8.3f}{ma / mb:>8.2f}{os.path.getsize(a) // 1024:>9}{os.path.getsize(b) // 1024:>8}")
    print(f"geometric mean {math.exp(sum(map(math.log, ratios)) / len(ratios)):.2f}")


if __name__ == "__main__":
    main()
