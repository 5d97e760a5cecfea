"""What `rt0 list` shows of a package: as JSON in the layout of go's encoding/json, and as values of templates."""

from __future__ import annotations

import os

from rt0.cmd.gotemplate import Struct, Value
from rt0.load.gojson import indented
from rt0.load.listing import FIELDS, FLAGS, POINTERS, TEXTS, Module, Package, PackageError
from rt0.load.model import BuildContext

Json = str | bool | list["Json"] | dict[str, "Json"]


def module_json(m: Module) -> dict[str, Json]:
    out: dict[str, Json] = {"Path": m.path}
    if m.version:
        out["Version"] = m.version
    if m.replace is not None:
        out["Replace"] = module_json(m.replace)
    for name, on in (("Main", m.main), ("Indirect", m.indirect)):
        if on:
            out[name] = True
    for name, text in (("Dir", m.dir), ("GoMod", m.gomod), ("GoVersion", m.go_version)):
        if text:
            out[name] = text
    return out


def _error_json(e: PackageError) -> dict[str, Json]:
    return {"ImportStack": [p for p, _ in e.stack], "Pos": e.pos, "Err": e.err}


def package_json(p: Package, wanted: frozenset[str] | None) -> str:
    """The fields that are not empty. wanted: None for all"""
    out: dict[str, Json] = {}
    for name in FIELDS:
        v = p.fields.get(name)
        if not v or (wanted is not None and name not in wanted):
            continue
        if isinstance(v, Module):
            out[name] = module_json(v)
        elif isinstance(v, PackageError):
            out[name] = _error_json(v)
        elif isinstance(v, list):
            out[name] = [x if isinstance(x, str) else _error_json(x) for x in v]
        elif isinstance(v, dict):
            out[name] = dict(sorted(v.items()))
        else:
            out[name] = v
    return indented(out)


def module_text(m: Module) -> str:
    text = m.path + (f" {m.version}" if m.version else "")
    if m.replace is not None:
        text += f" => {m.replace.path}" + (f" {m.replace.version}" if m.replace.version else "")
    return text


def module_value(m: Module | None) -> Value:
    if m is None:
        return None
    text = module_text(m)
    values: dict[str, Value] = {"Path": m.path, "Version": m.version, "Query": "", "Versions": [], "Replace": module_value(m.replace), "Time": None,
                                "Update": None, "Main": m.main, "Indirect": m.indirect, "Dir": m.dir, "GoMod": m.gomod, "GoVersion": m.go_version,
                                "Retracted": [], "Deprecated": "", "Error": None, "Sum": "", "GoModSum": "", "Origin": None, "Reuse": False}  # fmt: skip
    return Struct("*modinfo.ModulePublic", values, text, {"String": lambda _: text})


def _error_value(e: PackageError) -> Struct:
    return Struct("*load.PackageError", {"ImportStack": [p for p, _ in e.stack], "Pos": e.pos, "Err": e.err, "IsImportCycle": e.cycle}, str(e),
                  {"Error": lambda _: str(e)})  # fmt: skip


def package_value(p: Package) -> Struct:
    """A package as templates see it: all fields, also those that are empty."""
    out: dict[str, Value] = {}
    for name in FIELDS:
        v = p.fields.get(name)
        if isinstance(v, Module):
            out[name] = module_value(v)
        elif isinstance(v, PackageError):
            out[name] = _error_value(v)
        elif isinstance(v, list):
            out[name] = [x if isinstance(x, str) else _error_value(x) for x in v]
        elif v is None:
            empty: Value = "" if name in TEXTS else None if name in POINTERS else {} if name == "ImportMap" else []
            out[name] = False if name in FLAGS else empty
        else:
            out[name] = v
    return Struct("*load.PackagePublic", out)


def context_value(ctx: BuildContext) -> Struct:
    """`{{context}}`: what go/build's Context says."""
    from rt0.cmd.buildflags import platform
    from rt0.cmd.goenv import get

    minor = int(ctx.release.removeprefix("go").split(".")[1])
    tags: list[Value] = list(ctx.tags.extra)
    goos, goarch = platform()
    return Struct("*list.Context", {
        "GOARCH": goarch, "GOOS": goos, "GOROOT": ctx.goroot, "GOPATH": get("GOPATH"), "CgoEnabled": False, "UseAllFiles": False, "Compiler": "gc",
        "BuildTags": tags, "ToolTags": [], "ReleaseTags": [f"go1.{i}" for i in range(1, minor + 1)], "InstallSuffix": "", "Dir": os.getcwd(),
    })  # fmt: skip
