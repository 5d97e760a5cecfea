"""`rt0 work init`, `rt0 work use` and `rt0 work edit`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from rt0.cmd.flags import FlagSet
from rt0.cmd.modargs import add_common, add_shared_edits, stop, version_flags
from rt0.cmd.modedit import change_dir, check_versions, indented, local_version, nonempty, set_versions, version_json
from rt0.diag import fatal
from rt0.load.model import working_dir
from rt0.mod import gover, modfile, workfile
from rt0.mod.path import ModError
from rt0.mod.settings import find_gowork, short

NO_WORK = "no go.work file found\n\t(run 'go work init' first or specify path using GOWORK environment variable)"


def current() -> str:
    """Path of the go.work that counts here, "" for none. Raises CompileError."""
    try:
        return find_gowork(working_dir())
    except ValueError as e:
        raise stop(str(e)) from None


def read(path: str, editing: bool = False) -> workfile.WorkFile:
    """Raises ModError, CompileError."""
    name = short(path)
    w = workfile.read(path, name)
    if w.go is not None and not editing and gover.compare(w.go.text, local_version()) > 0:
        raise stop(f"{name} requires go >= {w.go.text} (running go {local_version()}; GOTOOLCHAIN=local)")
    return w


def write(path: str, w: workfile.WorkFile) -> None:
    """Raises CompileError."""
    w.sort_blocks()
    w.cleanup()
    try:
        with open(path, "wb") as f:
            f.write(w.format())
    except OSError as e:
        raise stop(f"open {path}: {(e.strerror or str(e)).lower()}") from None


def directory_path(path: str) -> str:
    """The path with ./ in front unless it is one that go.work takes for a directory already."""
    return path if modfile.is_directory_path(path) else "./" + path


def module_at(d: str) -> modfile.ModFile:
    """The go.mod in a directory. Raises ModError."""
    path = os.path.join(d, "go.mod")
    try:
        with open(path, "rb") as f:
            data = f.read()
    except OSError as e:
        raise ModError(f"open {path}: {(e.strerror or str(e)).lower()}") from None
    try:
        file = modfile.parse(short(path), data, full=path)
    except ModError as e:
        raise ModError(f"errors parsing {short(path)}:\n{e}") from None
    if file.module is None:
        raise ModError(f"error reading {short(path)}: missing module declaration. To specify the module path:\n\tgo mod edit -module=example.com/mod")
    return file


def edit(args: list[str]) -> int:
    edits: list[Callable[[workfile.WorkFile], None]] = []

    def use(arg: str) -> None:
        def change(w: workfile.WorkFile) -> None:
            try:
                path = module_at(arg).path
            except ModError:
                path = ""
            w.add_use(directory_path(arg), path)
            w.add_use(directory_path(arg), "")

        edits.append(change)

    fs = FlagSet("rt0 work edit [editing flags] [go.work]", "Edits a go.work.")
    version_flags(fs)
    add_shared_edits(fs, lambda change: edits.append(lambda w: change((w.syntax, w.godebug, w.replace))), True)
    fs.add("use", [], "add a module's directory", "path", check=use)
    fs.add("dropuse", [], "drop a module's directory", "path", check=lambda arg: edits.append(lambda w: w.drop_use(directory_path(arg))))
    fs.add("C", "", "change to dir first; must be the first flag", "dir")
    values, rest = fs.parse(args)
    change_dir(values.text("C"))
    if values.switch("json") and values.switch("print"):
        raise stop("cannot use both -json and -print")
    if len(rest) > 1:
        raise stop("'go help work edit' accepts at most one argument")
    path = rest[0] if rest else current()
    if not path:
        raise stop(NO_WORK)
    go, toolchain = values.text("go"), values.text("toolchain")
    check_versions("work", go, toolchain)
    if not (go or toolchain or edits or any(values.switch(n) for n in ("fmt", "json", "print"))):
        raise stop("no flags specified (see 'go help work edit').")
    try:
        w = read(path, True)
    except ModError as e:
        raise stop(f"errors parsing {short(path)}:\n{e}") from None
    set_versions(w, go, toolchain)
    for change in edits:
        change(w)
    w.sort_blocks()
    w.cleanup()
    if values.switch("json"):
        print(indented(_json(w)))
    elif values.switch("print"):
        sys.stdout.flush()
        sys.stdout.buffer.write(w.format())
    else:
        write(path, w)
    return 0


def _json(w: workfile.WorkFile) -> dict[str, object]:
    return nonempty(
        Go=w.go.text if w.go is not None else "",
        Toolchain=w.toolchain.text if w.toolchain is not None else "",
        Godebug=[{"Key": g.key, "Value": g.value} for g in w.godebug],
        Use=[{"DiskPath": d.path, **nonempty(ModPath=d.module)} for d in w.use],
        Replace=[{"Old": version_json(r.old), "New": version_json(r.new)} for r in w.replace],
    )


def init(args: list[str]) -> int:
    fs = FlagSet("rt0 work init [moddirs]", "Writes a new go.work in the current directory.")
    add_common(fs, False)
    values, rest = fs.parse(args)
    change_dir(values.text("C"))
    path = current() or os.path.join(working_dir(), "go.work")
    if os.path.exists(path):
        raise stop(f"{path} already exists")
    w = workfile.WorkFile()
    w.add_go(local_version())
    _Use(path, w).run(rest, False)
    write(path, w)
    return 0


def use(args: list[str]) -> int:
    fs = FlagSet("rt0 work use [-r] [moddirs]", "Adds modules to the go.work, or drops those that are no more.")
    fs.add("r", False, "search the directories for modules")
    add_common(fs, False)
    values, rest = fs.parse(args)
    change_dir(values.text("C"))
    path = current()
    if not path:
        raise stop(NO_WORK)
    try:
        w = read(path)
    except ModError as e:
        raise stop(str(e)) from None
    _Use(path, w).run(rest, values.switch("r"))
    write(path, w)
    return 0


class _Use:
    """Adds and drops directories, and raises the go line to what their modules want.

    have  directory -> how the file calls it
    keep  directory -> how it is to be called, "" to drop it
    """

    def __init__(self, path: str, w: workfile.WorkFile) -> None:
        self.folder = os.path.dirname(path)
        self.w = w
        self.cwd = working_dir()
        self.errors: list[str] = []
        self.keep: dict[str, str] = {}
        self.have: dict[str, list[str]] = {}
        for u in w.use:
            self.have.setdefault(self.full(u), []).append(u.path)

    def full(self, u: workfile.Use) -> str:
        return os.path.normpath(os.path.join(self.folder, u.path))

    def named(self, d: str) -> tuple[str, str]:
        """(directory, its name in the file)."""
        if os.path.isabs(d):
            return os.path.normpath(d), os.path.normpath(d)
        full = os.path.normpath(os.path.join(self.cwd, d))
        return full, directory_path(os.path.relpath(full, self.folder))

    def look(self, d: str) -> None:
        full, name = self.named(d)
        file = os.path.join(full, "go.mod")
        if not os.path.exists(file):
            self.keep[full] = ""
        elif not os.path.isfile(file):
            self.errors.append(f"{short(file)} is not a regular file")
        else:
            if self.keep.get(full, name) not in ("", name):
                self.errors.append(f'already added "{name}" as "{self.keep[full]}"')
            self.keep[full] = name

    def below(self, arg: str, full: str) -> None:
        for d, dirs, files in os.walk(arg):
            dirs.sort()
            for name in sorted([*files, *dirs]):
                p = os.path.join(d, name)
                if os.path.islink(p) and os.path.isdir(p):
                    print(f"warning: ignoring symlink {short(os.path.normpath(p))}", file=sys.stderr)
            dirs[:] = [n for n in dirs if n != "vendor" and not os.path.islink(os.path.join(d, n))]
            self.look(os.path.normpath(d))
        for other in self.have:
            if other == full or other.startswith(full.rstrip("/") + "/"):
                self.keep.setdefault(other, "")

    def apply(self) -> None:
        for full, name in sorted(self.keep.items()):
            kept = 0
            for old in self.have.get(full, ()):
                if old == name:
                    kept += 1
                else:
                    self.w.drop_use(old)
            if name and kept != 1:
                if kept > 1:
                    self.w.drop_use(name)
                self.w.add_use(name, "")

    def version(self) -> str:
        """The newest go line of all modules and the file."""
        v = self.w.go.text if self.w.go is not None else gover.DEFAULT_GOWORK
        for u in self.w.use:
            if not u.path:
                continue
            try:
                f = module_at(self.full(u))
            except ModError as e:
                self.errors.append(str(e))
                continue
            own = f.go.text if f.go is not None else gover.DEFAULT_GOMOD
            if gover.compare(own, local_version()) > 0:
                where = short(os.path.join(self.full(u), "go.mod"))
                self.errors.append(f"{where} requires go >= {own} (running go {local_version()}; GOTOOLCHAIN=local)")
            v = gover.newest(v, own)
        return v

    def run(self, args: list[str], recursive: bool) -> None:
        """Raises CompileError."""
        for arg in args:
            full, _ = self.named(arg)
            if not os.path.exists(full):
                self.errors.append(f"directory {short(full)} does not exist")
            elif not os.path.isdir(full):
                self.errors.append(f"{short(full)} is not a directory")
            elif recursive:
                self.below(arg, full)
            else:
                self.look(arg)
        self.apply()
        v = self.version()
        if self.errors:
            raise fatal("\n".join(f"go: {e}" for e in self.errors))
        update_go(self.w, v)
        for u in list(self.w.use):
            if u.path and not u.module:
                try:
                    self.w.add_use(u.path, module_at(u.path).path)
                except ModError:
                    continue


def update_go(w: workfile.WorkFile, version: str) -> bool:
    """Raise the go line; a toolchain line that says no more than it goes. Whether anything changed."""
    old = w.go.text if w.go is not None else gover.DEFAULT_GOWORK
    if gover.compare(old, version) >= 0:
        return False
    w.add_go(version)
    if w.toolchain is not None:
        own = gover.from_toolchain(w.toolchain.text)
        if w.toolchain.text == f"go{version}" or gover.compare(own, version) < 0 or gover.compare(own, gover.STRICT) < 0:
            w.drop_toolchain()
    return True
