"""Functions of the overlay take the place of GOROOT's of the same name.

A file of rt0/goroot/src/P replaces GOROOT's file of that name; a function declared in any overlay file of P also replaces the one
GOROOT's files declare, so that one function of a large file can be ours. Methods are matched by receiver type and name.
"""

from __future__ import annotations

from collections.abc import Sequence

from rt0.syntax import nodes as ast


def _key(d: ast.FuncDecl) -> str:
    """F or T.M."""
    if d.recv is None or not d.recv.list:
        return d.name.name
    x = ast.unparen(d.recv.list[0].type)
    if isinstance(x, ast.StarExpr):
        x = ast.unparen(x.x)
    if isinstance(x, ast.IndexExpr):
        x = ast.unparen(x.x)
    return f"{x.name if isinstance(x, ast.Ident) else '?'}.{d.name.name}"


def apply_overlay(files: Sequence[ast.File], ours: Sequence[bool]) -> None:
    """Remove from GOROOT's files what the overlay's (ours[i]) declare."""
    if not any(ours) or all(ours):
        return
    have: set[str] = set()
    for f, mine in zip(files, ours, strict=True):
        if mine:
            have.update(_key(d) for d in f.decls if isinstance(d, ast.FuncDecl))
    have -= {"init", "_"}
    for f, mine in zip(files, ours, strict=True):
        if not mine:
            f.decls = [d for d in f.decls if not (isinstance(d, ast.FuncDecl) and _key(d) in have)]
