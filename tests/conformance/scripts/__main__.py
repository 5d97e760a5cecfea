"""The command line: scripts in groups side by side, one line each, then a summary. Exit code 1 when a script fails that no list names."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from rt0.load.goroot import find_goroot
from tests.conformance.scripts import engine
from tests.conformance.scripts.place import Command, environment, folders, remove
from tests.conformance.scripts.proxy import Proxy
from tests.filetest import Archive

HERE = Path(__file__).parent
NO_FEATURES = {"go": frozenset[str](), "rt0": frozenset({"cgo", "fuzz-instrumented", "archive", "c-archive", "c-shared", "pie", "plugin", "shared"})}


@dataclass(slots=True)
class Verdict:
    """kind: pass, fail, skip. text: why, with the line's number. log: all that happened."""

    name: str
    kind: str
    seconds: float
    text: str = ""
    log: str = ""


def script_folder() -> Path:
    return Path(find_goroot()[0]) / "src" / "cmd" / "go" / "testdata"


def entries(name: str) -> dict[str, str]:
    """script -> reason, of a list in this folder."""
    out = {}
    for line in (HERE / name).read_text().splitlines():
        if line and line[0] != "#":
            script, _, reason = line.partition("  # ")
            out[script] = reason
    return out


class Runner:
    """Runs scripts with one command, one proxy and one folder for all their $WORK."""

    def __init__(self, kind: str, cache: str, timeout: float = 60, short: bool = False, gocache: str = "", keep: bool = False) -> None:
        self.data = script_folder()
        self.top = Path(tempfile.mkdtemp(prefix="scripts-", dir=os.environ.get("TMPDIR")))
        self.command = Command.make(kind, self.top / "bin", cache, gocache)
        self.proxy = Proxy(self.data / "mod")
        self.proxy.start()
        self.timeout, self.short, self.keep = timeout, short, keep

    def close(self) -> None:
        self.proxy.close()
        if not self.keep:
            with suppress(OSError):
                remove(self.top)

    def run(self, name: str) -> Verdict:
        start = time.monotonic()
        text = (self.data / "script" / f"{name}.txt").read_bytes().decode("utf-8", "surrogateescape")
        archive = Archive.parse(text)
        work = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.top)) / "work"
        work.mkdir()
        env = environment(self.command, self.proxy.url) | folders(work)
        script = engine.Script(work, env, start + self.timeout, self.short, NO_FEATURES[self.command.kind])
        kind, why = "pass", ""
        try:
            script.extract(archive)
            script.run(archive.comment)
        except engine.Skip as e:
            kind, why = "skip", str(e)
        except (engine.Failed, engine.TimedOut) as e:
            kind, why = "fail", str(e)
        except Exception as e:
            kind, why = "fail", f"{type(e).__name__}: {e}"
        finally:
            script.close()
            if not self.keep:
                with suppress(OSError):
                    remove(work.parent)
        log = "\n".join(script.log).replace(str(work), "$WORK")
        return Verdict(name, kind, time.monotonic() - start, why.replace(str(work), "$WORK"), log)


def select(patterns: list[str]) -> list[str]:
    """The scripts that a pattern names, sorted; all without one."""
    names = sorted(p.stem for p in (script_folder() / "script").glob("*.txt"))
    return [n for n in names if not patterns or any(fnmatch(n, p.removesuffix(".txt")) for p in patterns)]


def main() -> int:
    ap = argparse.ArgumentParser(prog="python -m tests.conformance.scripts")
    ap.add_argument("names", nargs="*")
    ap.add_argument("--go", choices=("rt0", "go"), default="rt0")
    ap.add_argument("-j", type=int, default=2)
    ap.add_argument("--timeout", type=float, default=60, help="seconds a script may take")
    ap.add_argument("--short", action="store_true", help="[short] holds")
    ap.add_argument("--all", action="store_true", help="also what notapplicable.txt names")
    ap.add_argument("--cache", default="", help="RT0CACHE of the scripts")
    ap.add_argument("--gocache", default="", help="GOCACHE of the scripts")
    ap.add_argument("--results", help="write the lines there, with the logs of what failed")
    ap.add_argument("--work", action="store_true", help="keep the folders")
    ap.add_argument("-v", action="store_true", help="show the log of each script that failed")
    args = ap.parse_args()

    from rt0.build.cachedir import cache_dir

    left_out, known = entries("notapplicable.txt"), entries("xfail.txt") if args.go == "rt0" else {}
    runner = Runner(args.go, args.cache or cache_dir(), args.timeout, args.short, args.gocache, args.work)
    counts = dict.fromkeys(("pass", "fail", "xfail", "xpass", "skip", "notapplicable"), 0)
    names = select(args.names)
    if not args.all:
        counts["notapplicable"] = sum(n in left_out for n in names)
        names = [n for n in names if n not in left_out]
    out = open(args.results, "w") if args.results else None  # noqa: SIM115
    with ThreadPoolExecutor(args.j) as pool:
        for v in pool.map(runner.run, names):
            kind = {"fail": "xfail", "pass": "xpass"}.get(v.kind, v.kind) if v.name in known else v.kind
            counts[kind] += 1
            line = f"{kind.upper():5} {v.name} {v.seconds:.1f}s {v.text.strip()}"
            print(line.splitlines()[0], flush=True)
            if v.kind == "fail" and args.v:
                print(v.log)
            if out:
                out.write(f"{line}\n" + (f"{v.log}\n{'-' * 40}\n" if v.kind == "fail" else ""))
                out.flush()
    runner.close()
    if args.work:
        print(f"kept: {runner.top}")
    elif shutil.rmtree.avoids_symlink_attacks and runner.top.exists():
        shutil.rmtree(runner.top, ignore_errors=True)
    print(", ".join(f"{n} {kind}" for kind, n in counts.items()))
    return 1 if counts["fail"] else 0


if __name__ == "__main__":
    sys.exit(main())
