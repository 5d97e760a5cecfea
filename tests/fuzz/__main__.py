"""The fuzzers by hand.

    python -m tests.fuzz run [--seed N] [--count M] [--time S] [--batch K] [--without FEATURE,...] [--levels -O0,-O2] [--dir D]
    python -m tests.fuzz generate SEED [DIR]           one program, as a module in DIR
    python -m tests.fuzz reduce SEED [--level -O2] [--time S]     the smallest program that still differs
    python -m tests.fuzz mutate [--seed N] [--count M] [--time S]      mutated sources through both front ends
    python -m tests.fuzz doors [--seed N] [--count M] [--only DOOR,...]     mutated inputs of the other doors
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.fuzz.generate import generate, module, write
from tests.fuzz.runner import levels_of, run_batch


def run_command(a: argparse.Namespace) -> int:
    """Batches until count or time is reached; each difference on a line."""
    start = time.monotonic()
    seed, done, batch = a.seed, 0, 0
    illegal: list[int] = []
    bad = 0
    without = frozenset(filter(None, a.without.split(",")))
    while done < a.count and (not a.time or time.monotonic() - start < a.time):
        n = min(a.batch, a.count - done)
        levels = a.levels.split(",") if a.levels else levels_of(batch)
        old = batch % 8 == 7
        t = run_batch(list(range(seed, seed + n)), levels, Path(a.dir), without | ({"newexpr", "genmeth"} if old else set()), "1.23" if old else "1.27")
        for d in t.found:
            print(f"{d.seed} {d.level} {d.what}: {d.detail}", flush=True)
        bad += len({d.seed for d in t.found})
        illegal += t.illegal
        seed, done, batch = seed + n, done + n, batch + 1
        used = time.monotonic() - start
        print(f"# {done} programs, {bad} differ, {len(illegal)} illegal {t.illegal}, {done * 60 / used:.0f} a minute", file=sys.stderr, flush=True)
    return 1 if bad else 0


def main() -> int:
    p = argparse.ArgumentParser(prog="python -m tests.fuzz")
    p.add_argument("verb", choices=("run", "generate", "reduce", "mutate", "doors"))
    p.add_argument("rest", nargs="*")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--count", type=int, default=1 << 30)
    p.add_argument("--time", type=float, default=0)
    p.add_argument("--batch", type=int, default=30)
    p.add_argument("--without", default="")
    p.add_argument("--levels", default="")
    p.add_argument("--level", default="-O2")
    p.add_argument("--only", default="")
    p.add_argument("--dir", default="/tmp/rt0-fuzz")
    a = p.parse_args()
    if a.verb == "run":
        return run_command(a)
    if a.verb == "generate":
        seed = int(a.rest[0])
        write(module({f"p{seed}": generate(seed, f"p{seed}", frozenset(filter(None, a.without.split(","))))}), Path(a.rest[1] if len(a.rest) > 1 else a.dir))
        return 0
    if a.verb == "reduce":
        from tests.fuzz.reduce import reduce_seed

        return reduce_seed(int(a.rest[0]), a.level, Path(a.dir), frozenset(filter(None, a.without.split(","))), a.time)
    if a.verb == "mutate":
        from tests.fuzz.mutate import mutate_command

        return mutate_command(a.seed, a.count, a.time)
    from tests.fuzz.doors import doors_command

    return doors_command(a.seed, a.count, a.only.split(",") if a.only else [])


if __name__ == "__main__":
    sys.exit(main())
