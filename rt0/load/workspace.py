"""Where a load takes place: working directory, GOROOT with the overlay, the main module; and how files are named in messages."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from rt0.diag import fatal
from rt0.load import godebug
from rt0.load.godebug import read_table
from rt0.load.gomod import Module, find_gomod, read_gomod
from rt0.load.model import COMMAND_LINE, BuildContext
from rt0.load.vendor import Vendor, build_mod, check_consistent, load_vendor

if TYPE_CHECKING:
    from rt0.load.modules import Modules


class Workspace:
    """The surroundings of one load.

    src        GOROOT/src
    fs         files, as -overlay has them
    gomod      path of the main module's go.mod, "" outside one
    mod        the value of -mod that counts, and mod_reason why it does
    vendor     what the module's vendor directory has, when that counts
    modules    where packages of other modules are, when there are any
    gowork     path of the go.work that counts, "" for none
    looked_at  directories and files whose change may change the result
    """

    __slots__ = ("ctx", "dirs", "fs", "gomod", "gowork", "looked_at", "mod", "mod_reason", "module", "modules", "src", "vendor")

    def __init__(self, ctx: BuildContext) -> None:
        self.ctx = ctx
        self.src = os.path.join(ctx.goroot, "src")
        self.fs = ctx.files
        self.looked_at: list[str] = []
        self.dirs: dict[str, bool] = {}
        self.mod = ""
        self.mod_reason = ""
        self.vendor: Vendor | None = None
        self.modules: Modules | None = None
        self.gomod = "" if ctx.at else find_gomod(ctx.cwd, self.fs)
        self.gowork = self.find_gowork() if ctx.verb != "compile" and not ctx.at else ""
        self.module: Module | None = None
        if self.gowork:
            self.enter_workspace()
        elif self.gomod:
            self.module = self.main_module()
            self.check_godebug()
            self.mod, self.mod_reason = build_mod(self.module, ctx.mod, self.fs)
            if self.mod == "vendor":
                self.vendor = load_vendor(self.module, self.fs)
                check_consistent(self.module, self.vendor, self.show(self.gomod))
            if ctx.mod in ("", "vendor"):
                vendor = os.path.join(self.module.dir, "vendor")
                self.looked_at += [p for p in (self.module.dir, vendor, os.path.join(vendor, "modules.txt")) if self.fs.exists(p)]
        elif ctx.modfile:
            raise fatal("go: -modfile cannot be used with commands that ignore the current module")

    def main_module(self) -> Module:
        """The module of the go.mod that was found, or of the file that -modfile names in its place."""
        name = self.ctx.modfile
        if not name:
            return read_gomod(self.fs.actual(self.gomod), self.show(self.gomod), self.ctx.release)
        if not name.endswith(".mod"):
            raise fatal(f"go: -modfile={name}: file does not have .mod extension")
        path = os.path.join(self.ctx.cwd, name)
        if not self.fs.is_file(path):
            raise fatal(f"go: open {name}: no such file or directory")
        mod = read_gomod(self.fs.actual(path), self.show(path), self.ctx.release)
        mod.dir = os.path.dirname(self.gomod)
        self.looked_at.append(self.fs.actual(path))
        return mod

    def find_gowork(self) -> str:
        """Path of the go.work that counts, "" for none. Raises CompileError."""
        d = self.ctx.cwd
        found = os.environ.get("GOWORK", "") not in ("", "off")
        while True:
            path = os.path.join(d, "go.work")
            found = found or self.fs.is_file(path)
            if self.gomod:
                self.looked_at.append(path)
            up = os.path.dirname(d)
            if up == d or found:
                break
            d = up
        if not found:
            return ""
        from rt0.mod.settings import find_gowork

        try:
            return find_gowork(self.ctx.cwd)
        except ValueError as e:
            raise fatal(f"go: {e}") from None

    def enter_workspace(self) -> None:
        """The main modules are those of the go.work; the one that we stand in, or the first, is `module`. Raises CompileError."""
        from rt0.mod.path import ModError

        self.mod = self.ctx.mod or "readonly"
        if self.mod == "vendor":
            raise fatal("go: -mod=vendor in a workspace: rt0 does not support vendor directories of workspaces")
        modules = self.modules_of_build()
        try:
            modules.session.load()
        except ModError as e:
            raise fatal(f"go: {e}") from None
        mains = modules.session.state.main
        if not mains:
            return
        here = modules.main_of(self.ctx.cwd)
        main = next((m for m in mains if m.mod == here), mains[0])
        self.gomod = main.gomod
        self.module = read_gomod(self.fs.actual(main.gomod), self.show(main.gomod), self.ctx.release)
        self.module.required, self.module.requires = [], {}

    def modules_of_build(self) -> Modules:
        from rt0.load.modules import Modules

        if self.modules is None:
            self.modules = Modules(self.ctx, self.gowork)
        return self.modules

    def needs_modules(self) -> bool:
        """Whether packages may come from other modules than the main one."""
        if self.gowork or self.ctx.at:
            return True
        mod = self.module
        return mod is not None and self.vendor is None and self.ctx.verb != "compile" and bool(mod.required or mod.replaced or self.ctx.mod == "mod")

    def load_modules(self, patterns: list[str], files: bool = False, tests: bool = False) -> None:
        """Find the modules of all packages that patterns name, or that named files import. Raises CompileError."""
        if not self.needs_modules():
            return
        modules = self.modules_of_build()
        if self.ctx.at:
            modules.load_at(patterns, self.ctx.at)
        elif files:
            modules.load_files(patterns, tests)
        else:
            modules.load(patterns, tests)
        self.looked_at += modules.files()

    def check_godebug(self) -> None:
        """The main module's godebug lines. Raises CompileError."""
        mod = self.module
        if mod is None or not mod.godebug:
            return
        table = read_table(self.ctx.goroot)
        wrong = []
        for (key, value), at in zip(mod.godebug, mod.godebug_at, strict=True):
            try:
                godebug.check(table, "godebug", key, value, self.ctx.release.removeprefix("go"))
            except godebug.BadSetting as e:
                wrong.append(f"go: error loading {at.partition(':')[0]}:\n{at}: {e}")
        if wrong:
            raise fatal("\n".join(wrong))

    def language(self, standard: bool, module: str) -> str:
        mod = self.module
        if standard or (mod is None and self.modules is None):
            return self.ctx.release.removeprefix("go").rsplit(".", 1)[0] if self.ctx.release.count(".") > 1 else self.ctx.release.removeprefix("go")
        if self.modules is not None and module:
            return self.modules.language(module)
        if mod is None:
            return self.language(True, "")
        if module == mod.path:
            return ".".join(mod.go_version.split(".")[:2])
        return self.other_language(module)

    def other_language(self, module: str) -> str:
        """Language version of a vendored or replaced module."""
        mod = self.module
        assert mod is not None
        if self.vendor is not None:
            return self.vendor.language(module) or "1.16"
        to = mod.replaces.get(module, "")
        if to.startswith(("./", "../", "/")):
            gomod = os.path.join(mod.dir, to, "go.mod")
            if self.fs.is_file(gomod):
                return ".".join(read_gomod(self.fs.actual(gomod), self.show(gomod), self.ctx.release).go_version.split(".")[:2])
        return "1.16"

    # ------------------------------------------------------------ names

    def show(self, path: str) -> str:
        """A path as the go command prints it: relative to the working directory when that is shorter."""
        rel = os.path.relpath(path, self.ctx.cwd)
        return rel if len(rel) < len(path) else path

    def display(self, path: str) -> str:
        """The name of a user's file in errors: ./x.go in the working directory, dir/x.go below it."""
        rel = self.show(path)
        return "./" + rel if os.sep not in rel and not os.path.isabs(rel) else rel

    def trimmed(self, path: str, module: str) -> str:
        """What takes the place of a package's directory under -trimpath: `module@version/dir`, or the import path in the main module
        (cmd/go/internal/work/gc.go, trimpath, go1.27)."""
        if path == COMMAND_LINE:
            return "."
        if self.modules is not None and module:
            m = self.modules.module(module)
            version = m.version if m is not None else ""
        else:
            version = self.module.version(module) if self.module is not None else ""
        return f"{module}@{version}{path[len(module) :]}" if version else path

    def at(self, p: str, offset: int, data: bytes | None = None) -> str:
        """file:line:col of an offset, the file as the go command shows it."""
        if data is None:
            with open(self.fs.actual(p), "rb") as f:
                data = f.read()
        # go/token does not begin a line at the very end of a file
        stop = offset - 1 if offset == len(data) and data.endswith(b"\n") else offset
        line, col = data.count(b"\n", 0, stop) + 1, offset - data.rfind(b"\n", 0, stop)
        return f"{self.show(p)}:{line}:{col}"

    def display_at(self, p: str, offset: int, data: bytes) -> str:
        """file:line:col as the compiler's errors have it."""
        return self.display(p) + self.at(p, offset, data)[len(self.show(p)) :]

    # ------------------------------------------------------------ directories

    def is_dir(self, d: str) -> bool:
        known = self.dirs.get(d)
        if known is None:
            known = self.dirs[d] = self.fs.is_dir(d)
        return known

    def std_dir(self, path: str) -> bool:
        return self.is_dir(os.path.join(self.src, path)) or self.is_dir(os.path.join(self.ctx.overlay, path))

    def package_path(self, d: str) -> str:
        """Import path of a directory of the main module; "" when it is not one."""
        mod = self.module
        if mod is None:
            return ""
        rel = os.path.relpath(d, mod.dir)
        if rel == ".":
            return mod.path
        return "" if rel.startswith("..") else f"{mod.path}/{rel}"
