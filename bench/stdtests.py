"""The standard library's own tests, with rt0: `python bench/stdtests.py [-O N] [-run RE] [-v] package...`

`rt0 test` does not exist yet. For each package this makes a GOROOT of links in which the package holds its internal _test.go files too (renamed, so that
they are compiled), a package beside it with the external ones, and a main package that hands their tests to package testing; builds that main and
runs it in the package's folder. Real go tells which files belong (`go list`); what fails is printed with the lines of its failure.

Examples are left out. A package whose tests change what package testing itself needs is compiled as a whole program would be: there is one strings, the tested one.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

TEST = re.compile(r"^func (Test\w*)\(\s*\w+ \*(?:testing\.)?T\)", re.M)
MAIN = re.compile(r"^func TestMain\(\s*\w+ \*(?:testing\.)?M\)", re.M)
TIMEOUT = 300


def goroot() -> Path:
    return Path(subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip())


def links(real: Path, path: str, root: Path) -> None:
    """A GOROOT at `root` that is `real` but for real folders down to src/path, whose files are links."""
    parts = ["src", *path.split("/")]
    src, dst = real, root
    dst.mkdir()
    for part in [*parts, ""]:
        for e in src.iterdir():
            if e.name != part:
                (dst / e.name).symlink_to(e)
        if part:
            src, dst = src / part, dst / part
            dst.mkdir()


def make(real: Path, path: str, root: Path) -> bool:
    """Fill `root`; False when the package has no tests."""
    info: dict[str, Any] = json.loads(subprocess.run(["go", "list", "-json", path], capture_output=True, text=True, check=True, env={**os.environ, "CGO_ENABLED": "0"}).stdout)
    inner, outer = info.get("TestGoFiles") or [], info.get("XTestGoFiles") or []
    embeds = info.get("TestEmbedPatterns") or info.get("XTestEmbedPatterns")
    src = real / "src" / path
    links(real, path, root)
    here = root / "src" / path
    beside = root / "src" / (path + "_test")
    rows: list[str] = []
    imports: list[str] = []
    main = ""
    for alias, folder, imported, files in (("_test", here, path, inner), ("_xtest", beside, path + "_test", outer)):
        used = False
        for f in files:
            text = (src / f).read_text()
            folder.mkdir(exist_ok=True)
            (folder / f"zz_{f.replace('_test.go', '.go')}").write_text(f"//line {f}:1\n{text}")
            for name in TEST.findall(text):
                if name == "Test" or not name[4].islower():
                    rows.append(f'{{"{name}", {alias}.{name}}},')
                    used = True
            if MAIN.search(text):
                main = alias
                used = True
        if files:
            imports.append(f'{alias if used else "_"} "{imported}"')
    if embeds and beside.is_dir():
        for e in src.iterdir():
            if not e.name.endswith(".go") and not (beside / e.name).exists():
                (beside / e.name).symlink_to(e)
    run = f"{main}.TestMain(m)" if main else "os.Exit(m.Run())"
    if main:
        run += "\n\tos.Exit(int(reflect.ValueOf(m).Elem().FieldByName(\"exitCode\").Int()))"
        imports.append('"reflect"')
    maindir = root / "src" / "zz_testmain"
    maindir.mkdir()
    (maindir / "main.go").write_text(f"""package main

import (
	"os"
	"testing"
	"testing/internal/testdeps"
	{(chr(10) + chr(9)).join(imports)}
)

func main() {{
	testdeps.ImportPath = "{path}"
	m := testing.MainStart(testdeps.TestDeps{{}}, []testing.InternalTest{{
		{(chr(10) + chr(9) + chr(9)).join(rows)}
	}}, nil, nil, nil)
	{run}
}}
""")
    return bool(rows)


def shown(out: str) -> list[str]:
    """What of a failing test's output says why."""
    keep = re.compile(r"^\s*(--- FAIL|panic|fatal error|SIG|exit status|signal|goroutine \d+ \[running|.*_test\.go:\d+:|FAIL)|unexpected|runtime error")
    return [line[:220] for line in out.splitlines() if keep.search(line)]


def main() -> int:
    ap = argparse.ArgumentParser()
    ap.add_argument("-O", type=int, default=1)
    ap.add_argument("-run", default="")
    ap.add_argument("-v", action="store_true")
    ap.add_argument("-long", action="store_true")
    ap.add_argument("packages", nargs="+")
    a = ap.parse_args()
    real = goroot()
    failed = 0
    for path in a.packages:
        with tempfile.TemporaryDirectory(prefix="stdtests") as tmp:
            root = Path(tmp) / "go"
            if not make(real, path, root):
                print(f"----  {path}: no tests")
                continue
            env = {**os.environ, "GOROOT": str(root)}
            start = time.time()
            exe = str(Path(tmp) / "test")
            b = subprocess.run(["rt0", "build", f"-O{a.O}", "-ldflags=-w", "-o", exe, "zz_testmain"], cwd=tmp, env=env, capture_output=True, text=True)
            built = time.time() - start
            if b.returncode:
                failed += 1
                print(f"BUILD {path}\n      " + "\n      ".join(b.stderr.splitlines()[:12]))
                continue
            args = [exe, f"-test.timeout={TIMEOUT}s", *(["-test.run", a.run] if a.run else []), *(["-test.v"] if a.v else []), *([] if a.long else ["-test.short"])]
            env["GOROOT"] = str(real)
            start = time.time()
            try:
                r = subprocess.run(args, cwd=real / "src" / path, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=TIMEOUT + 30)
                out, code = r.stdout + r.stderr, r.returncode
            except subprocess.TimeoutExpired as e:
                out, code = f"timeout\n{(e.stdout or b'').decode(errors='replace')}", -1
            took = f"{built:.0f} s + {time.time() - start:.0f} s"
            if code == 0:
                print(f"ok    {path} ({took})", flush=True)
                if a.v:
                    print(out)
                continue
            failed += 1
            print(f"FAIL  {path} ({took}), status {code}\n      " + "\n      ".join(out.splitlines() if a.v else shown(out)[:60]), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
