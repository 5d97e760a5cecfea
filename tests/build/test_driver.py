"""The driver: what names an executable in the cache, and that one found there costs no compiler."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rt0.build.cache import Cache
from rt0.build.keys import Keys
from rt0.build.options import Options
from rt0.build.product import Product
from rt0.load.load import BuildContext, LoadedProgram, load_program
from tests.conftest import ROOT, Rt0

HELLO = "package main\n\nfunc main() { println(1) }\n"
COMPILER = ("rt0.build.builder", "rt0.build.frontend", "rt0.link", "rt0.lower", "rt0.types")

# Builds with the arguments and prints which modules of the compiler that took.
LOADED = f"""
import sys
from rt0.__main__ import guarded
assert guarded(sys.argv[1:]) == 0
print(*[m for m in {COMPILER!r} if m in sys.modules])
"""


def test_executable_in_the_cache_needs_no_compiler(tmp_path: Path, cache_dir: str, rt0: Rt0, goroot: Path) -> None:
    (tmp_path / "x.go").write_text(HELLO)
    assert rt0("build", "-O0", "-o", "first", "x.go", cwd=tmp_path).code == 0
    env = dict(os.environ, RT0CACHE=cache_dir, PYTHONPATH=str(ROOT))
    # another command line, for which there is no record in the cache: the executable is found by its key
    p = subprocess.run([sys.executable, "-c", LOADED, "build", "-O0", "-o", "second", "x.go"], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert (p.stdout.split(), p.stderr, p.returncode) == ([], "", 0)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


@pytest.fixture
def loaded(tmp_path: Path, goroot: Path) -> LoadedProgram:
    (tmp_path / "x.go").write_text(HELLO)
    return load_program(BuildContext.default(), [str(tmp_path / "x.go")])


def key(loaded: LoadedProgram, options: Options) -> str:
    cache = Cache("")
    return Product(loaded, options, Keys(loaded, options, cache), cache).key


@pytest.mark.parametrize("options", [
    Options(opt=1), Options(strip_symbols=True), Options(x_values=(("main.x", "1"),)), Options(trimpath=True), Options(build_id="x"),
    Options(check_linkname=False), Options(pgo="off", tags=("x",)),
])  # fmt: skip
def test_options_that_change_the_program_change_its_key(loaded: LoadedProgram, options: Options) -> None:
    assert key(loaded, options) != key(loaded, Options())


@pytest.mark.parametrize("options", [Options(jobs=7), Options(verbose=True), Options(commands=True), Options(bench=True), Options(all_errors=True)])
def test_options_that_only_show_do_not(loaded: LoadedProgram, options: Options) -> None:
    assert key(loaded, options) == key(loaded, Options())
