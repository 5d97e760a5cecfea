"""`rt0 mod vendor` and `rt0 work vendor`: copies of all packages that a build or its tests need, and vendor/modules.txt (cmd/go/internal/modcmd/vendor.go, go1.27)."""

from __future__ import annotations

import os
import shutil
import sys

from rt0.cmd.modargs import stop
from rt0.cmd.modsession import guarded, new_flags, new_session
from rt0.diag import fatal, go_quote
from rt0.load.constraint import ConstraintError, Tags
from rt0.load.embed import EmbedError, match_embed, parse_args
from rt0.load.header import Header, HeaderError, read_header
from rt0.load.replaced import Files
from rt0.mod import gover
from rt0.mod.importing import no_root
from rt0.mod.path import Version
from rt0.mod.resolve import Session, Wanted

_METADATA = ("AUTHORS", "CONTRIBUTORS", "COPYLEFT", "COPYING", "COPYRIGHT", "LEGAL", "LICENSE", "NOTICE", "PATENTS")


def vendor(args: list[str]) -> int:
    return _run(args, False)


def work_vendor(args: list[str]) -> int:
    return _run(args, True)


def _run(args: list[str], work: bool) -> int:
    verb = "work vendor" if work else "mod vendor"
    fs = new_flags(f"rt0 {verb} [-e] [-v] [-o outdir]", "Copies all packages of other modules that are needed into the vendor folder.")
    fs.add("e", False, "go on after errors")
    fs.add("v", False, "print the names of modules and packages")
    fs.add("o", "", "write into this folder in place of vendor", "outdir")
    values, rest = fs.parse(args)
    if rest:
        raise stop("'go mod vendor' accepts no arguments")

    def run() -> int:
        s = new_session(values, verb)
        if s.state.in_work and not work:
            raise stop("'go mod vendor' cannot be run in workspace mode. Run 'go work vendor' to vendor the workspace or set 'GOWORK=off' to exit workspace mode.")
        if work and not s.state.in_work:
            raise stop("no go.work file found\n\t(run 'go work init' first or specify path using GOWORK environment variable)")
        s.load()
        if not s.state.has_root():
            if work:
                print("go: no dependencies to vendor", file=sys.stderr)
                return 0
            raise no_root(s.state)
        return _Vendor(s, values.text("o"), values.switch("e"), values.switch("v")).run()

    return guarded(run)


class _Vendor:
    def __init__(self, s: Session, out: str, keep_going: bool, verbose: bool) -> None:
        self.s = s
        self.state = s.state
        self.keep_going = keep_going
        self.verbose = verbose
        self.errors: list[str] = []
        root = os.path.dirname(s.o.work) if s.state.in_work else s.state.single().root
        self.out = os.path.join(s.o.cwd, out) if out else os.path.join(root, "vendor")
        self.lines: list[str] = []
        self.metadata: set[tuple[str, str]] = set()

    def write(self, line: str, shown: bool = True) -> None:
        self.lines.append(line)
        if self.verbose and shown:
            sys.stderr.write(line)

    def run(self) -> int:
        """Raises CompileError, ModError."""
        wanted = Wanted(any_tags=True, vendor_in_std=True, resolve_missing=True, vendor_all=True, allow_errors=self.keep_going, silence_missing_std=True)
        self.s.load_packages(wanted, ["all"])
        assert self.s.loader is not None
        if os.path.isdir(self.out) and not os.path.islink(self.out):
            shutil.rmtree(self.out)
        packages: dict[Version, list[str]] = {}
        for pkg in self.s.loader.packages:
            if pkg.external and pkg.test_of is None:
                packages.setdefault(pkg.mod, []).append(pkg.path)
        self._check_collisions(packages)
        go = self.state.go_version()
        explicit: set[Version] = set()
        everything = gover.compare(go, "1.14") >= 0 and (self.state.in_work or self.state.single().file.go is not None)
        if everything:
            explicit = {r.mod for m in self.state.main for r in m.file.require}
        if self.state.in_work:
            self.write("## workspace\n")
        written: set[Version] = set()
        for m in sorted({*explicit, *packages}, key=gover.sort_key):
            self.write(_module_line(m, self.state.replacement(m)))
            written.add(m)
            notes = ["explicit"] if m in explicit else []
            if gover.compare(go, "1.17") >= 0:
                selected = Version(m.path, self.s.graph().selected(m.path))
                v = self.s.module(selected).goversion if selected.version != "none" else ""
                notes += [f"go {v}"] if v else []
            if notes:
                self.write(f"## {'; '.join(notes)}\n")
            for path in sorted(packages.get(m, ())):
                self.write(f"{path}\n")
                self._package(path)
        if everything:
            replaces = [*self.state.work_replace, *(old for m in self.state.main for old in m.replace)]
            for old in replaces:
                new = self.state.replacement(old)
                if old not in written and new is not None:
                    written.add(old)
                    self.write(_module_line(old, new))
        if self.errors:
            raise fatal("\n".join(self.errors))
        if not self.lines:
            print("go: no dependencies to vendor", file=sys.stderr)
            return 0
        os.makedirs(self.out, exist_ok=True)
        with open(os.path.join(self.out, "modules.txt"), "w", encoding="utf-8") as f:
            f.write("".join(self.lines))
        return 0

    @staticmethod
    def _check_collisions(packages: dict[Version, list[str]]) -> None:
        seen: dict[str, str] = {}
        for m in packages:
            other = seen.setdefault(m.path.casefold(), m.path)
            if other != m.path:
                raise fatal(f"go.mod: case-insensitive import collision: {go_quote(m.path)} and {go_quote(other)}")

    # ------------------------------------------------------------ files

    def _package(self, path: str) -> None:
        pkg = self.s.package(path)
        assert pkg is not None
        dst = os.path.join(self.out, path)
        copied: set[str] = set()
        heads: list[Header] = []
        tests: list[Header] = []
        for name in sorted(os.listdir(pkg.dir)):
            src = os.path.join(pkg.dir, name)
            if not os.path.isfile(src) or os.path.islink(src):
                continue
            if name.endswith(".go"):
                head, wanted = _head(src)
                if head is not None:
                    (tests if name.endswith("_test.go") else heads).append(head)
                if name.endswith("_test.go") or not wanted:
                    continue
            if name in ("go.mod", "go.sum") and gover.compare(self.state.go_version(), "1.17") >= 0:
                continue
            self._copy(src, os.path.join(dst, name))
            copied.add(name)
        self._metadata(pkg.mod.path, path, dst, pkg.dir)
        if gover.compare(self.state.go_version(), "1.22") < 0:
            heads += tests
        self._embeds(path, pkg.dir, dst, heads, copied)

    def _embeds(self, path: str, src: str, dst: str, heads: list[Header], copied: set[str]) -> None:
        patterns = sorted({p for h in heads for text, _ in h.embeds for p, _ in parse_args(text)[0]})
        for pattern in patterns:
            try:
                found = match_embed(Files({}), src, pattern)
            except EmbedError as e:
                text = f"go: resolving embeds in {path}: pattern {pattern}: {e}".replace(f"pattern {pattern}: pattern {pattern}:", f"pattern {pattern}:")
                if self.keep_going:
                    print(text, file=sys.stderr)
                else:
                    self.errors.append(text)
                return
            for name, file in found:
                if name not in copied:
                    copied.add(name)
                    self._copy(file, os.path.join(dst, name))

    def _metadata(self, module: str, path: str, dst: str, src: str) -> None:
        """Licences and the like of the folders above, up to the module's."""
        first = True
        while (module, dst) not in self.metadata:
            self.metadata.add((module, dst))
            if not first:
                os.makedirs(dst, exist_ok=True)
                for name in sorted(os.listdir(src)):
                    file = os.path.join(src, name)
                    if name.startswith(_METADATA) and os.path.isfile(file) and not os.path.islink(file):
                        self._copy(file, os.path.join(dst, name))
            if path == module:
                return
            first = False
            path, dst, src = os.path.dirname(path), os.path.dirname(dst), os.path.dirname(src)

    @staticmethod
    def _copy(src: str, dst: str) -> None:
        os.makedirs(os.path.dirname(dst), exist_ok=True)
        with open(src, "rb") as f, open(dst, "wb") as g:
            shutil.copyfileobj(f, g)


def _head(path: str) -> tuple[Header | None, bool]:
    """(the head of a Go file, whether it is for any system at all)."""
    with open(path, "rb") as f:
        data = f.read()
    try:
        head = read_header(data)
        return head, not head.constraint or Tags.may_match(head.constraint)
    except (HeaderError, ConstraintError):
        return None, True


def _module_line(m: Version, r: Version | None) -> str:
    text = f"# {m.path} {m.version}" if m.version else f"# {m.path}"
    if r is not None:
        clean = os.path.normpath(r.path)
        if clean == "vendor" or clean.startswith("vendor/"):
            raise stop(f"replacement path {r.path} inside vendor directory")
        text += f" => {r.path} {r.version}" if r.version else f" => {r.path}"
    return text + "\n"
