"""vendor/modules.txt: which modules and packages the vendor directory of the main module holds, and whether go.mod agrees.

    # x.com/y v1.0.0 => ../y            a module, with the replacement that applies to it
    ## explicit; go 1.20                go.mod requires it; its language version
    x.com/y/z                           a package of it that is there
    # x.com/y => ../y                   a replacement of go.mod for any version

The first line `## workspace` marks a directory made for a go.work. Rules and texts: cmd/go/internal/modload/vendor.go and init.go (setDefaultBuildMod), go1.27.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rt0.diag import fatal
from rt0.load.gomod import compare_versions

if TYPE_CHECKING:
    from rt0.load.gomod import Module
    from rt0.load.replaced import Files

_VALID = re.compile(r"v\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?\Z", re.ASCII)

Version = tuple[str, str]  # module path, version ("": any, or a directory)


@dataclass(slots=True)
class _Meta:
    explicit: bool = False
    replacement: Version | None = None
    go_version: str = ""


@dataclass(slots=True)
class Vendor:
    """What a modules.txt says.

    packages   import path -> module that holds it
    modules    modules with packages, in the order of the file
    replaced   modules with a replacement, in the order of the file
    """

    workspace: bool = False
    packages: dict[str, Version] = field(default_factory=dict)
    modules: list[Version] = field(default_factory=list)
    replaced: list[Version] = field(default_factory=list)
    meta: dict[Version, _Meta] = field(default_factory=dict)

    def version(self, path: str) -> str:
        """Version of the module whose packages are vendored; "" for none."""
        return next((v for p, v in self.modules if p == path), "")

    def language(self, path: str) -> str:
        """Language version of a vendored module: major and minor; "" when the file does not say."""
        for (p, _), m in self.meta.items():
            if p == path and m.go_version:
                return ".".join(m.go_version.split(".")[:2])
        return ""


def read_vendor(text: str) -> Vendor:
    """Parse a modules.txt; lines that are none of the above are passed over, as go does."""
    v = Vendor(workspace=text.split("\n", 1)[0].removeprefix("## ").split(";")[0].strip() == "workspace")
    mod: Version | None = None
    for line in text.split("\n"):
        if line.startswith("# "):
            f = line.split()
            mod = None
            if len(f) < 3:
                continue
            if _VALID.match(f[2]):
                mod, rest = (f[1], f[2]), f[3:]
            elif f[2] == "=>":
                mod, rest = (f[1], ""), f[2:]
            else:
                continue
            if rest[:1] == ["=>"] and (len(rest) == 2 or (len(rest) == 3 and _VALID.match(rest[2]))):
                v.meta.setdefault(mod, _Meta()).replacement = (rest[1], rest[2] if len(rest) == 3 else "")
                v.replaced.append(mod)
        elif mod is None:
            continue
        elif line.startswith("## "):
            m = v.meta.setdefault(mod, _Meta())
            for entry in line[3:].split(";"):
                word = entry.strip()
                m.explicit = m.explicit or word == "explicit"
                if word.startswith("go "):
                    m.go_version = word[3:]
        elif len(f := line.split()) == 1:
            v.packages[f[0]] = mod
            if mod not in v.modules:
                v.modules.append(mod)
    return v


def build_mod(mod: Module, explicit: str, fs: Files) -> tuple[str, str]:
    """(the value of -mod that counts, why it is so when no flag says it: a sentence or ""). explicit: the flag, "" without one."""
    if explicit:
        return explicit, ""
    d = os.path.join(mod.dir, "vendor")
    if not fs.is_dir(d):
        return "readonly", ""
    if not mod.go_line:
        return "readonly", "Go version in go.mod is unspecified, so vendor directory was not used."
    if compare_versions(mod.go_version, "1.14") < 0:
        return "readonly", f"Go version in go.mod is {mod.go_version}, so vendor directory was not used."
    if load_vendor(mod, fs).workspace:
        return "readonly", "Outside workspace mode, but vendor directory is for a workspace."
    return "vendor", "Go version in go.mod is at least 1.14 and vendor directory exists."


def load_vendor(mod: Module, fs: Files) -> Vendor:
    """The main module's modules.txt; one without lines when there is no such file."""
    path = os.path.join(mod.dir, "vendor", "modules.txt")
    if not fs.is_file(path):
        return Vendor()
    with open(fs.actual(path), encoding="utf-8", errors="replace") as f:
        return read_vendor(f.read())


def check_consistent(mod: Module, v: Vendor, gomod: str) -> None:
    """Raises CompileError with every way in which go.mod (shown as `gomod`) and modules.txt differ."""
    old = compare_versions(mod.go_version, "1.14") < 0
    errors: list[str] = []

    def wrong(m: Version, text: str) -> None:
        errors.append(f"\n\t{_describe(m)}: {text}")

    none = _Meta()
    for m in mod.required:
        if not v.meta.get(m, none).explicit:
            have = v.version(m[0])
            if not old:
                wrong(m, "is explicitly required in go.mod, but not marked as explicit in vendor/modules.txt")
            elif have and have != m[1]:
                wrong(m, f"is explicitly required in go.mod, but vendor/modules.txt indicates {m[0]}@{have}")
    for m, to in mod.replaced.items():
        there = v.meta.get(m, none).replacement
        if there is None:
            if not old or (m[1] and v.version(m[0]) == m[1]):
                wrong(m, f"is replaced in {gomod}, but not marked as replaced in vendor/modules.txt")
        elif there != to:
            wrong(m, f"is replaced by {_describe(to)} in {gomod}, but marked as replaced by {_describe(there)} in vendor/modules.txt")
    for m in v.modules:
        if v.meta.get(m, none).explicit and m not in mod.required:
            wrong(m, "is marked as explicit in vendor/modules.txt, but not explicitly required in go.mod")
    for m in v.replaced:
        if mod.replacement(m) is None:
            wrong(m, "is marked as replaced in vendor/modules.txt, but not replaced in go.mod")
    if errors:
        raise fatal(
            f"go: inconsistent vendoring in {mod.dir}:{''.join(errors)}\n\n\tTo ignore the vendor directory, use -mod=readonly or -mod=mod.\n"
            "\tTo sync the vendor directory, run:\n\t\tgo mod vendor"
        )


def _describe(m: Version) -> str:
    return f"{m[0]}@{m[1]}" if m[1] else m[0]
