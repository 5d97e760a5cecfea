"""Who may import whom (the table of contents is rt0/pipeline.py), and that a stage has one name everywhere.

A stage imports rt0.abi, rt0.diag, rt0.version and the stages before it; rt0.build drives the stages; rt0.cmd is above all. Imports for
annotations only (`if TYPE_CHECKING:`) do not count: nothing is loaded by them.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from rt0.build.dump import DUMPS
from rt0.build.dumpflags import DETAILS, help_text
from rt0.pipeline import STAGES

RT0 = Path(__file__).parents[1] / "rt0"
NAMES = [s[0] for s in STAGES]
BELOW_ALL = {"abi", "diag", "version"}  # import nothing of rt0 themselves, except one another
OUTSIDE = {"abi", "build", "cmd", "explain", "goroot", "mod", "test", "zygote"}  # folders that are no stages

# part of rt0 -> parts it may import, besides itself
ALLOWED: dict[str, set[str]] = {
    **dict.fromkeys(BELOW_ALL, BELOW_ALL),
    "mod": BELOW_ALL,
    **{stage: BELOW_ALL | {"mod"} | set(NAMES[:i]) for i, stage in enumerate(NAMES)},
    "pipeline": set(),
    "zygote": set(),
    "build": BELOW_ALL | set(NAMES) | {"pipeline", "zygote"},
    "explain": BELOW_ALL | set(NAMES) | {"pipeline", "build"},
    "test": BELOW_ALL | set(NAMES) | {"build"},
    "cmd": BELOW_ALL | set(NAMES) | {"pipeline", "build", "explain", "mod", "test", "zygote"},
    "__main__": {"cmd"},
    "resident": {"__main__", "build", "cmd", "llvm", "zygote"},
    "__init__": set(),
}

# (file, part) against the order, and why
EXCEPTIONS = {
    ("asm/assemble.py", "obj"): "an assembled object is not whole before obj/pctab.py gave it line tables",
}

# Inside these folders a file imports files of the floors below its own, never one beside it, but for the circles below.
FLOORS: dict[str, tuple[str, ...]] = {
    "build": (
        "cachedir dumpflags frontend goasm messages options progress symbols vcs",
        "asmtexts cache log modinfo worker workers",
        "kept",
        "errors modules toolchain units",
        "demand keys references runindex",
        "asmunits product usercheck",
        "linkstep unitsource",
        "builder",
        "inits listing",
        "dump",
    ),
    "cmd": (
        "chdir gotemplate output pkgflags platforms report",
        "stages verbs",
        "flags help",
        "clean goenv linkflags version",
        "buildflags env",
        "listvalues program",
        "official",
        "fmt modargs tool",
        "modedit testflags",
        "build explain generate install mod run test workedit",
        "modsession work",
        "get listmod moddownload modgraph modvendor worksync",
        "list",
    ),
    "load": (
        "constraint gojson",
        "replaced",
        "embed goroot linkname",
        "header",
        "dirfiles",
        "gomod",
        "godebug vendor",
        "model",
        "source stdrecords",
        "modules",
        "workspace",
        "find read",
        "graph",
        "load",
        "listing tests",
    ),
    "mod": (
        "semver",
        "gover path",
        "lockedfile settings syntax",
        "cache ed25519 modfile web zips",
        "proxies workfile",
        "sumdb",
        "sums",
        "fetch",
        "mvs state",
        "importing",
        "query",
        "graph",
        "editing packages",
        "resolve",
        "getting",
    ),
    "types": (
        "codes goversion return_ types",
        "constant objects",
        "exportdata sizes subst",
        "identity toolarge",
        "predicates restrictions universe",
        "typestring",
        "embed mono operand",
        "const errors record",
        "lookup",
        "implements instantiate unify",
        "assignable infer validtype",
        "conversions",
        "assignments builtins call decl expr index interface literals operators range_ signature stmt struct typexpr",
        "initorder resolver",
        "check",
    ),
    "lower": (
        "deadcode escapetrace floats generic layout methodset unit value",
        "escapetypes names",
        "debugvars literal tempstring traceargs typedesc",
        "facts func",
        "chans debugtypes inline intrinsics itab locals maps purity",
        "convert debuginfo escapegraph order select wrappers",
        "alg closure consts escape",
        "places",
        "composite index operators",
        "expr static",
        "call embed switch",
        "defer",
        "builtin",
        "assign",
        "rangefor",
        "stmt",
        "features",
        "program",
    ),
    "link": (
        "state",
        "dwarf frame mark pcln relocate resolve symtab tables",
        "layout",
        "image",
        "linker",
        "sizes",
    ),
}

# (folder, floor) whose files may import one another, as modules only: what they say of the language is one recursion. A literal of a function is an
# expression with statements in it, the length of an array type is an expression, a declaration stands in a statement.
CIRCLES = {("types", 12)}

# Where nothing is imported inside a function, with the exceptions.
EAGER = {"build", "link", "lower", "types"}

# (file, module) that a function of these folders imports, and why
LAZY = {
    ("build/asmunits.py", "rt0.build.asmtexts"): "the assembler, 10 ms, where load could not tell what a .s file defines",
    ("build/runindex.py", "hashlib"): "the hottest path: 4 ms of 35, and only `store` needs it",
    ("build/runindex.py", "time"): "the same",
    ("build/runindex.py", "rt0.build.toolchain"): "the same",
    ("build/worker.py", "rt0.asm.assemble"): "the same, in each worker; most see IR only",
    ("build/worker.py", "traceback"): "for bugs of ours only",
    ("build/toolchain.py", "importlib.metadata"): "30 ms, needed when rt0 itself has changed",
}

# package from outside the standard library -> the only places that import it
OTHERS = {"llvmlite": "llvm/", "capstone": "obj/objdump.py"}


class Import(NamedTuple):
    file: str  # below rt0/
    module: str  # with all dots
    line: int
    lazy: bool  # inside a function
    whole: bool  # the module, no names from it


def imports_of(tree: ast.AST, file: str, lazy: bool = False) -> Iterator[Import]:
    for n in ast.iter_child_nodes(tree):
        if isinstance(n, ast.If) and isinstance(n.test, ast.Name) and n.test.id == "TYPE_CHECKING":
            continue
        if isinstance(n, ast.Import):
            for a in n.names:
                yield Import(file, a.name, n.lineno, lazy, True)
        elif isinstance(n, ast.ImportFrom):
            assert n.level == 0 and n.module, f"{file}:{n.lineno}: relative import"
            folder = n.module == "rt0" or (n.module.startswith("rt0.") and n.module.count(".") == 1 and (RT0 / n.module[4:]).is_dir())
            if folder:
                for a in n.names:
                    yield Import(file, f"{n.module}.{a.name}", n.lineno, lazy, True)
            else:
                yield Import(file, n.module, n.lineno, lazy, False)
        else:
            yield from imports_of(n, file, lazy or isinstance(n, (ast.FunctionDef, ast.Lambda)))


def all_imports() -> Iterator[Import]:
    for path in sorted(RT0.rglob("*.py")):
        if path.name == "runtime_gdb.py":  # runs inside gdb
            continue
        yield from imports_of(ast.parse(path.read_bytes()), path.relative_to(RT0).as_posix())


def test_order() -> None:
    bad = []
    used = set()
    for i in all_imports():
        part, other = i.file.removesuffix(".py").split("/")[0], i.module.split(".")
        if other[0] != "rt0" or other[1] == part or other[1] in ALLOWED[part]:
            continue
        if (i.file, other[1]) in EXCEPTIONS:
            used.add((i.file, other[1]))
        else:
            bad.append(f"rt0/{i.file}:{i.line}: {part} imports {i.module}")
    assert not bad
    assert used == set(EXCEPTIONS), "an exception is needed no more"


@pytest.mark.parametrize("folder", FLOORS)
def test_floors(folder: str) -> None:
    floor = {name: i for i, names in enumerate(FLOORS[folder]) for name in names.split()}
    assert sorted(floor) == sorted(p.stem for p in (RT0 / folder).glob("*.py") if p.stem != "__init__")
    bad = []
    for i in all_imports():
        name, other = Path(i.file), i.module.split(".")
        if name.parts[0] != folder or name.stem == "__init__" or other[:2] != ["rt0", folder] or len(other) < 3:
            continue
        if floor[other[2]] >= floor[name.stem] and not (i.whole and floor[other[2]] == floor[name.stem] and (folder, floor[name.stem]) in CIRCLES):
            bad.append(f"rt0/{i.file}:{i.line}: floor {floor[name.stem]} imports {i.module} of floor {floor[other[2]]}")
    assert not bad


def test_imports_inside_functions() -> None:
    """A file that imports when it is called hides what it needs: only for what is heavy and seldom needed."""
    lazy = {(i.file, i.module) for i in all_imports() if i.lazy and i.file.split("/")[0] in EAGER}
    assert lazy == set(LAZY)


def test_packages_from_outside() -> None:
    bad = []
    for i in all_imports():
        name = i.module.split(".")[0]
        if name != "rt0" and name not in sys.stdlib_module_names and not (name in OTHERS and i.file.startswith(OTHERS[name]) and i.lazy):
            bad.append(f"rt0/{i.file}:{i.line}: {i.module}")
    assert not bad


def test_a_stage_has_one_name() -> None:
    folders = {p.parent.name for p in RT0.glob("*/__init__.py")}
    assert folders - OUTSIDE == set(NAMES)
    assert list(DUMPS) == [*NAMES, *DETAILS]
    shown = [line.split()[0] for line in help_text().splitlines() if line.startswith("\t")]
    assert shown == [*NAMES, *DETAILS]
    assert {stage for stage, _ in DETAILS.values()} <= set(NAMES)
    tests = {p.parent.name for p in Path(__file__).parent.glob("*/test_*.py")}
    assert tests <= set(NAMES) | OUTSIDE | {"run", "diff", "runtime", "conformance", "fuzz"}


def test_files_open_with_an_essay() -> None:
    bare = [p.relative_to(RT0).as_posix() for p in sorted(RT0.rglob("*.py")) if not ast.get_docstring(ast.parse(p.read_bytes()))]
    assert not bare


# -S and -E keep what this Python has installed out of it; os, importlib and __future__ are there anyhow or nearly free.
LOADED = """
import importlib, os, sys, __future__
sys.path.insert(0, sys.argv.pop(1))
os._exit = lambda code: None
before = set(sys.modules)
import rt0.__main__
rt0.__main__.main()
print(*sorted(set(sys.modules) - before))
"""


@pytest.mark.parametrize("verb", ["version", "help"])
def test_quick_verbs_import_next_to_nothing(verb: str) -> None:
    """They answer at once (the whole of it in some 30 ms) because nothing is loaded for them but a few lines of rt0."""
    p = subprocess.run([sys.executable, "-S", "-E", "-c", LOADED, str(RT0.parent), verb], capture_output=True, text=True, check=True)
    loaded = set(p.stdout.splitlines()[-1].split())
    assert loaded <= {"rt0", "rt0.__main__", "rt0.cmd", "rt0.cmd.verbs", "rt0.cmd.version", "rt0.cmd.help", "rt0.version"}


def test_circles_can_be_entered_anywhere() -> None:
    """Whichever file of a circle is imported first."""
    names = [f"rt0.{folder}.{name}" for folder, i in sorted(CIRCLES) for name in FLOORS[folder][i].split()]
    script = f"""
import importlib, sys
for name in {names!r}:
    importlib.import_module(name)
    for m in [m for m in sys.modules if m.startswith("rt0.")]:
        del sys.modules[m]
"""
    subprocess.run([sys.executable, "-P", "-c", script], check=True, env={"PYTHONPATH": str(RT0.parent)})
