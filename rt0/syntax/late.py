"""What gc says about directives and missing bodies once a package has passed type checking.

Directives in the wrong place were noted by the parser (File.late_errors); here come the rules that look at a whole package: //go:linkname needs unsafe and a declared function or variable, a function without
a body needs assembly or a linkname. Follows cmd/compile/internal/noder/writer.go (collectDecls, funcExt, go1.27).
"""

from __future__ import annotations

from rt0.diag import Diagnostic, Pos
from rt0.syntax.nodes import File, FuncDecl, GenDecl, VarSpec


def late_errors(files: list[File], complete: bool, lang: tuple[int, int] = (0, 0)) -> list[Diagnostic]:
    """The errors of one package, file by file.

    complete  the package has no assembly: every function needs a body
    lang      the package's language version; (0, 0) for the newest
    """
    if lang == (0, 0):
        lang = (1, 99)
    out: list[Diagnostic] = []
    declared: set[str] = set()
    for f in files:
        for d in f.decls:
            if isinstance(d, FuncDecl):
                if d.recv is None:
                    declared.add(d.name.name)
            elif isinstance(d, GenDecl) and d.tok == "var":
                declared.update(n.name for s in d.specs if isinstance(s, VarSpec) for n in s.names)
    linked: set[str] = set()
    for f in files:
        base = f.source.base

        def error(pos: Pos, msg: str, f: File = f, base: Pos = base, out: list[Diagnostic] = out) -> None:
            out.append(Diagnostic(f.source.position(pos - base), msg))

        out.extend(f.late_errors)
        if lang < (1, 16):
            for pos in f.embeds:
                error(pos, f"go:embed requires go1.16 or later (-lang was set to go{lang[0]}.{lang[1]}; check go.mod)")
        imported = {s.path.value[1:-1] for s in f.imports}
        for pos, text in f.pragmas:
            words = text.split()
            if words and words[0] in ("linkname", "linknamestd") and len(words) in (2, 3):
                verb = "//go:" + words[0]
                target = words[-1] if len(words) == 3 else ""
                if b"unsafe" not in imported:
                    error(pos, f'{verb} only allowed in Go files that import "unsafe"')
                elif "[" in target and "]" in target:
                    error(pos, f"{verb} reference of an instantiation is not allowed")
                elif words[1] not in declared:
                    if lang >= (1, 18):
                        error(pos, f"{verb} must refer to declared function or variable")
                elif words[1] in linked:
                    error(pos, f"duplicate {verb} for {words[1]}")
                else:
                    linked.add(words[1])
    for f in files:
        for d in f.decls:
            if not isinstance(d, FuncDecl) or d.name.name == "_":
                continue
            pos = d.recv.pos if d.recv is not None else d.pos
            msg = ""
            if "systemstack" in d.pragmas and "nosplit" in d.pragmas:
                msg = "go:nosplit and go:systemstack cannot be combined"
            elif d.has_body and "noescape" in d.pragmas:
                msg = "can only use //go:noescape with external func implementations"
            elif not d.has_body and (complete or (d.name.name == "init" and d.recv is None)):
                if d.recv is not None or d.name.name not in linked:
                    msg = "missing function body"
            if msg:
                out.append(Diagnostic(f.source.position(pos - f.source.base), msg))
    return out

