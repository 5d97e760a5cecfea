"""What gc says about `//go:embed` variables when all else of a package is right: their type, and how many files they get.

    string kind            one file's text            []T with T of kind uint8    one file's bytes
    embed.FS, or an alias  any number of files        anything else               an error

A type defined as embed.FS is another type, which its methods do not follow. Source: cmd/compile/internal/staticdata/embed.go, go1.27.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from rt0.diag import Diagnostic
from rt0.syntax.nodes import File, GenDecl, VarSpec
from rt0.types.objects import Package, Var
from rt0.types.types import Basic, Named, Slice, Type, unalias
from rt0.types.typestring import type_string


def embed_kind(typ: Type) -> str:
    """"files", "string", "bytes", or "" for a type that takes no files."""
    t = unalias(typ)
    if isinstance(t, Named) and t.obj.name == "FS" and t.obj.pkg is not None and t.obj.pkg.path == "embed":
        return "files"
    u = t.underlying()
    if isinstance(u, Basic):
        return "string" if u.kind == "string" else ""
    if isinstance(u, Slice):
        elem = unalias(u.elem).underlying()
        return "bytes" if isinstance(elem, Basic) and elem.kind == "uint8" else ""
    return ""


def embed_errors(files: list[File], pkg: Package, patterns: Mapping[str, list[tuple[str, str]]]) -> list[Diagnostic]:
    """patterns: pattern -> [(name, path)] of the files that it stands for."""
    variables = {o.pos: o for o in pkg.checked_by().obj_map if isinstance(o, Var)}
    out = []
    for f in files:
        for d in f.decls:
            for spec in d.specs if isinstance(d, GenDecl) and d.tok == "var" else ():
                if not isinstance(spec, VarSpec) or not spec.embed:
                    continue
                var = variables.get(spec.names[0].pos)
                if var is None or var.type is None:
                    continue
                kind = embed_kind(var.type)
                matched = {name for p in spec.embed for name, _ in patterns.get(p, ())}
                if not kind:
                    msg = f"go:embed cannot apply to var of type {_spelled(var.type, pkg)}"
                elif kind != "files" and len(matched) > 1:
                    msg = f"invalid go:embed: multiple files for type {_spelled(var.type, pkg)}"
                else:
                    continue
                out.append(Diagnostic(f.source.position(var.pos - f.source.base), msg))
    return out


def _spelled(t: Type, pkg: Package) -> str:
    """The type as gc's back end prints it: struct types have spaces inside their braces."""
    text = type_string(t, lambda p: "" if p is pkg else p.name)
    return re.sub(r"struct\{([^{}]*)\}", lambda m: f"struct {{ {m[1]} }}" if m[1] else "struct {}", text)
