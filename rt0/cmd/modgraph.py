"""`rt0 mod tidy`, `rt0 mod graph` and `rt0 mod why`."""

from __future__ import annotations

import sys

from rt0.cmd.flags import FlagSet
from rt0.cmd.modargs import stop
from rt0.cmd.modedit import local_version
from rt0.cmd.modsession import guarded, new_flags, new_session
from rt0.diag import go_quote
from rt0.mod import gover, modfile
from rt0.mod.resolve import Session, Wanted


def _go_flag(fs: FlagSet, name: str, help: str) -> None:
    def check(text: str) -> None:
        if not text:
            return
        if not modfile.GO_VERSION.match(text):
            raise ValueError(f"expecting a Go version like {go_quote(local_version())}")
        if gover.compare(text, local_version()) > 0:
            raise ValueError(f"maximum supported Go version is {local_version()}")

    fs.add(name, "", help, "version", check=check)


def tidy(args: list[str]) -> int:
    fs = new_flags("rt0 mod tidy [-e] [-v] [-x] [-diff] [-go=version] [-compat=version]", "Makes go.mod and go.sum fit the source.")
    fs.add("e", False, "go on after errors")
    fs.add("v", False, "say which modules were dropped")
    fs.add("diff", False, "print the changes, write nothing; exit code 1 when there are any")
    _go_flag(fs, "go", "set the go line")
    _go_flag(fs, "compat", "keep what this Go version needs in go.sum")
    values, rest = fs.parse(args)
    if rest:
        raise stop("'go mod tidy' accepts no arguments")

    def run() -> int:
        s = new_session(values, "mod tidy", work=False)
        s.need_root()
        wanted = Wanted(
            any_tags=True, tidy=True, tidy_go=values.text("go"), compat=values.text("compat"), resolve_missing=True, load_tests=True,
            allow_errors=values.switch("e"), silence_missing_std=True, vendor_in_std=True,
        )  # fmt: skip
        before = s.load(wanted.tidy_go)
        s.load_packages(wanted, ["all"], explicit_write=values.switch("diff"))
        if values.switch("v"):
            rs = s.requirements
            for m in before.roots:
                unused = rs.graph().selected(m.path) == "none" if rs.pruning == "unpruned" else rs.root_selected(m.path) is None
                if unused:
                    print(f"unused {m.path}", file=sys.stderr)
        return _diff(s) if values.switch("diff") else 0

    return guarded(run)


def _diff(s: Session) -> int:
    """Print what tidy would change."""
    main = s.state.single()
    assert s.loader is not None
    old = main.data or b""
    new = s.updated_for_diff()
    s.state.sums.trim(s.tidy_keep)
    sums = s.state.sums.tidied(s.keep_sums(s.requirements, True, s.loader) if gover.compare(s.compat, "1.16") > 0 else s.tidy_keep)
    code = 0
    for name, a, b in (("go.mod", old, new), ("go.sum", *sums)):
        if a != b:
            code = 1
            print(unified(f"current/{name}", a, f"tidy/{name}", b))
    return code


def unified(old_name: str, old: bytes, new_name: str, new: bytes) -> str:
    """A diff as internal/diff prints it."""
    import difflib

    a, b = old.decode("utf-8", "replace").splitlines(True), new.decode("utf-8", "replace").splitlines(True)
    lines = list(difflib.unified_diff(a, b, old_name, new_name))
    return f"diff {old_name} {new_name}\n" + "".join(line if line.endswith("\n") else line + "\n\\ No newline at end of file\n" for line in lines)


def graph(args: list[str]) -> int:
    fs = new_flags("rt0 mod graph [-go=version] [-x]", "Prints the module graph: a module and one that it requires, a pair a line.")
    _go_flag(fs, "go", "the graph as this Go version reads it")
    values, rest = fs.parse(args)
    if rest:
        raise stop("'go mod graph' accepts no arguments")

    def run() -> int:
        s = new_session(values, "mod graph")
        s.need_root()
        mg = s.graph(values.text("go"))
        out = [f"{m} {r}\n" for m in mg.g.breadth_first() for r in mg.g.required.get(m, ())]
        sys.stdout.write("".join(out))
        return 0

    return guarded(run)


def why(args: list[str]) -> int:
    fs = new_flags("rt0 mod why [-m] [-vendor] packages...", "Prints the shortest chain of imports from the main module to each package, or module (-m).")
    fs.add("m", False, "the arguments are modules")
    fs.add("vendor", False, "leave out tests of dependencies")
    values, rest = fs.parse(args)

    def run() -> int:
        s = new_session(values, "mod why")
        s.need_root()
        vendor = values.switch("vendor")
        wanted = Wanted(any_tags=True, load_tests=not vendor, silence=True, vendor_in_std=True, vendor_all=vendor)
        to_vendor = " to vendor" if vendor else ""
        blocks: list[str] = []
        if values.switch("m"):
            for arg in rest:
                if "@" in arg:
                    raise stop(f"{arg}: 'go mod why' requires a module path, not a version query")
            mods = [m.path for m in s.graph().build_list() if not gover.is_toolchain(m.path)]
            named = [m for arg in rest for m in (mods if arg == "all" else [arg])]
            s.load_packages(wanted, ["all"], explicit_write=True)
            assert s.loader is not None
            for path in named:
                packages = sorted((p for p in s.loader.packages if p.mod.path == path and p.test_of is None), key=lambda p: p.path)
                best = min(packages, key=lambda p: len(p.chain()), default=None)
                blocks.append(f"# {path}\n" + (best.why() if best is not None else f"(main module does not need{to_vendor} module {path})\n"))
        else:
            matches = s.load_packages(wanted, rest, explicit_write=True)
            s.load_packages(wanted, ["all"], explicit_write=True)
            for path in [p for m in matches for p in m.packages]:
                pkg = s.package(path)
                blocks.append(f"# {path}\n" + (pkg.why() if pkg is not None else f"(main module does not need{to_vendor} package {path})\n"))
        sys.stdout.write("\n".join(blocks))
        return 0

    return guarded(run)
