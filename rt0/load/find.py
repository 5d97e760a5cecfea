"""From import paths and patterns to directories: load.py's text says in which order packages are looked for."""

from __future__ import annotations

import os
import re
import sys

from rt0.diag import fatal, go_quote
from rt0.load.embed import WINDOWS_NAMES
from rt0.load.gomod import Module, compare_versions
from rt0.load.model import PackageInfo
from rt0.load.workspace import Workspace

Place = tuple[str, str, bool, str]  # (package path, directory, standard, module path)


class PathError(Exception):
    """An import path that cannot be resolved; `msg` goes after the position of the import."""

    def __init__(self, msg: str) -> None:
        self.msg = msg


class Finder:
    """Looks for the packages of one load."""

    __slots__ = ("ws",)

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws

    # ------------------------------------------------------------ an import path

    def resolve(self, spec: str, importer: PackageInfo | None) -> tuple[str, str, bool, str]:
        """(package path, directory, standard, module path) of an import string; importer: None for the command line. Raises PathError."""
        first, _, _ = spec.partition("/")
        if importer is not None and importer.standard:
            if "." in first:
                # the commands of GOROOT are a module of their own, with a vendor directory of its own
                vendor = "cmd/vendor/" if importer.path.startswith("cmd/") else "vendor/"
                if self.ws.std_dir(vendor + spec):
                    spec = vendor + spec
            return spec, os.path.join(self.ws.src, spec), True, ""
        if spec.startswith(("./", "../")) or spec in (".", ".."):
            raise PathError(f'"{spec}" is relative, but relative import paths are not supported in module mode')
        if spec.startswith("/"):
            raise PathError(f"\"{spec}\" is not a package path; see 'go help packages'")
        bad = bad_element(spec)
        if bad:
            raise PathError(f'malformed import path {go_quote(spec)}: {bad}')
        modules = self.ws.modules
        if modules is not None:
            from rt0.mod.path import ModError

            try:
                return modules.find(spec)
            except ModError as e:
                raise PathError(str(e)) from None
        mod = self.ws.module
        if mod is not None and (spec == mod.path or spec.startswith(mod.path + "/")):
            d = os.path.join(mod.dir, spec[len(mod.path) + 1 :]) if spec != mod.path else mod.dir
            if self.has_go_files(d, mod.dir):
                return spec, d, False, mod.path
        if mod is not None and self.ws.vendor is not None:
            d = os.path.join(mod.dir, "vendor", spec)
            if self.has_go_files(d, d):
                if spec in self.ws.vendor.packages:
                    return spec, d, False, self.ws.vendor.packages[spec][0]
                if compare_versions(mod.go_version, "1.23") < 0:
                    return spec, d, False, self.required(spec) or spec
                print(f"go: ignoring package {spec} which exists in the vendor directory but is missing from vendor/modules.txt. "
                      "To sync the vendor directory run go mod vendor.", file=sys.stderr)  # fmt: skip
        if "." not in first:
            if self.ws.std_dir(spec):
                return spec, os.path.join(self.ws.src, spec), True, ""
            raise PathError(f"package {spec} is not in std ({os.path.join(self.ws.src, spec)})")
        if mod is None:
            raise PathError(
                f"no required module provides package {spec}: go.mod file not found in current directory or any parent directory; "
                "see 'go help modules'"
            )
        owner = self.required(spec)
        if self.ws.vendor is not None or (self.ws.ctx.mod == "readonly" and not owner):
            reason = f"\n\t({self.ws.mod_reason})" if self.ws.mod_reason else ""
            raise PathError(f"cannot find module providing package {spec}: import lookup disabled by -mod={self.ws.mod}{reason}")
        if owner:
            to = mod.replaces.get(owner, "")
            if to.startswith(("./", "../", "/")):
                root = os.path.normpath(os.path.join(mod.dir, to))
                d = os.path.join(root, spec[len(owner) + 1 :]) if spec != owner else root
                if self.has_go_files(d, root):
                    return spec, d, False, owner
                raise PathError(f"module {owner}@latest found ({mod.requires.get(owner, '')}, replaced by {to}), but does not contain package {spec}")
            raise PathError(f"package {spec} is in module {owner}, and rt0 does not download modules: `go mod vendor` puts it where rt0 finds it")
        raise PathError(f"no required module provides package {spec}; to add it:\n\tgo get {spec}")

    def required(self, spec: str) -> str:
        """The required or replaced module that would contain the package; the longest path wins."""
        mod = self.ws.module
        if mod is None:
            return ""
        owners = [m for m in (*mod.requires, *mod.replaces) if spec == m or spec.startswith(m + "/")]
        return max(owners, key=len, default="")

    def has_go_files(self, d: str, root: str) -> bool:
        """d is a directory of the module at root (no go.mod of its own on the way) with at least one .go file."""
        try:
            names = self.ws.fs.names(d)
        except OSError:
            return False
        if not any(n.endswith(".go") for n in names):
            return False
        while d != root:
            if self.ws.fs.is_file(os.path.join(d, "go.mod")):
                return False
            d = os.path.dirname(d)
        return True

    # ------------------------------------------------------------ a pattern

    def expand(self, pattern: str) -> list[tuple[str, str, bool, str]]:
        """(path, directory, standard, module) of every package a pattern names."""
        local = pattern in (".", "..") or pattern.startswith(("./", "../", "/"))
        mod = self.ws.module
        if self.ws.modules is not None and pattern in self.ws.modules.matches and not self.in_std(pattern):
            try:
                return [self.resolve(path, None) for path in self.ws.modules.matches[pattern]]
            except PathError as e:
                raise fatal(e.msg) from None
        if local:
            base = pattern.partition("...")[0]
            d = os.path.normpath(os.path.join(self.ws.ctx.cwd, base))
            if d == self.ws.src or d.startswith(self.ws.src + "/"):
                if "..." not in pattern:
                    return [(d[len(self.ws.src) + 1 :], d, True, "")]
            if "..." in pattern:
                if mod is None:
                    raise fatal(f"pattern {pattern}: directory prefix {base.rstrip('/') or '.'} does not contain main module or its selected dependencies")
                if not os.path.isdir(os.path.dirname(d) if not base.endswith("/") and not os.path.isdir(d) else d):
                    raise fatal(f"pattern {pattern}: lstat {base}: no such file or directory")
                rx = wildcard(os.path.normpath(os.path.join(self.ws.ctx.cwd, pattern)))
                return [x for x in self.module_packages(mod) if rx.match(x[1])]
            if not self.ws.fs.is_dir(d):
                raise fatal(f"stat {d}: directory not found")
            if mod is None:
                raise fatal("go: go.mod file not found in current directory or any parent directory; see 'go help modules'")
            path = self.ws.package_path(d)
            if not path or self.inside_other_module(d, mod.dir):
                raise fatal(f"directory {pattern} outside main module or its selected dependencies")
            return [(path, d, False, mod.path)]
        if pattern in ("all", "std", "cmd") or "..." in pattern:
            rx = wildcard(pattern)
            found = [x for x in (self.module_packages(mod) if mod else []) if pattern == "all" or rx.match(x[0])]
            if pattern == "std" or (not found and "." not in pattern.partition("/")[0]):
                found += [x for x in self.std_packages() if pattern == "std" or rx.match(x[0])]
            return found
        try:
            return [self.resolve(pattern, None)]
        except PathError as e:
            raise fatal(e.msg) from None

    def in_std(self, pattern: str) -> bool:
        """Whether a pattern names packages of the standard library only."""
        return pattern in ("std", "cmd") or ("..." in pattern and "." not in pattern.partition("/")[0] and pattern[0] not in "./" and self.ws.std_dir(pattern.partition("/")[0]))

    def inside_other_module(self, d: str, root: str) -> bool:
        while d != root:
            if self.ws.fs.is_file(os.path.join(d, "go.mod")):
                return True
            d = os.path.dirname(d)
        return False

    def module_packages(self, mod: Module) -> list[tuple[str, str, bool, str]]:
        """All directories of the module with Go files, in the order of their paths."""
        out = []
        for d, dirs, files in self.ws.fs.walk(mod.dir):
            if d != mod.dir and "go.mod" in files:
                dirs[:] = []
                continue
            dirs[:] = [x for x in dirs if x[0] not in "_." and x != "testdata" and not (d == mod.dir and x == "vendor")]
            if any(f.endswith(".go") for f in files):
                out.append((self.ws.package_path(d), d, False, mod.path))
        return out

    def std_packages(self) -> list[tuple[str, str, bool, str]]:
        out = []
        for d, dirs, files in os.walk(self.ws.src):
            dirs[:] = sorted(x for x in dirs if x[0] not in "_." and x != "testdata" and not (d == self.ws.src and x in ("cmd", "vendor")))
            if d != self.ws.src and any(f.endswith(".go") and not f.endswith("_test.go") for f in files):
                out.append((d[len(self.ws.src) + 1 :], d, True, ""))
        return out


def bad_element(spec: str) -> str:
    """What makes an import path malformed; "" when nothing does (golang.org/x/mod/module, CheckImportPath)."""
    if spec.startswith("-"):
        return "leading dash"
    if "//" in spec:
        return "double slash"
    if spec.endswith("/"):
        return "trailing slash"
    for part in spec.split("/"):
        if not part:
            return "empty path element"
        if part.strip(".") == "":
            return f"invalid path element {go_quote(part)}"
        if part[-1] == ".":
            return "trailing dot in path element"
        for c in part:
            if not (c.isascii() and (c.isalnum() or c in "-._~+")):
                return f"invalid char '{c}'"
        short = part.partition(".")[0]
        if short.lower() in WINDOWS_NAMES:
            return f"{go_quote(short)} disallowed as path element component on Windows"
        if re.search(r"~[0-9]+\Z", short):
            return "trailing tilde and digits in path element"
    return ""


def wildcard(pattern: str) -> re.Pattern[str]:
    """`...` matches any string; `x/...` matches x as well. What stands between two of them is found at its first place only."""
    below = pattern.endswith("/...")
    first, *middle = map(re.escape, (pattern[:-4] if below else pattern).split("..."))
    last = f".*{middle.pop()}" if middle else ""
    return re.compile(first + "".join(f"(?>.*?{m})" for m in middle) + last + (r"(?:/.*)?\Z" if below else r"\Z"))
