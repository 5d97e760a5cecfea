"""Which unexported names of a package its importers can see: for the wording of one error only.

gc checks importers against export data, which holds the exported names, what their types mention, and what the bodies of functions
small enough to be inlined use. Naming an unexported object is "name x not exported by package p" when x is among these and
"undefined: p.x" when not. We have the sources instead and estimate: a body counts as inlined when it is short.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rt0.syntax import nodes as ast
from rt0.syntax.positions import end
from rt0.types.objects import Func, Object, Package, TypeName

if TYPE_CHECKING:
    from rt0.types.check import Checker

INLINE_BYTES = 80  # a body up to this length, with one call at most, is taken to be inlined
_IDENT = re.compile(rb"(?<![\w.])[A-Za-z_]\w*")  # not the name behind a selector's dot


def in_export_data(pkg: Package, name: str) -> bool:
    """Whether the unexported object `name` of pkg would be in its export data (an estimate)."""
    check: Checker | None = pkg.checker
    if check is None:
        return True
    methods: dict[str, list[Func]] = {}
    for key, f in pkg.funcs.items():
        if "." in key:
            methods.setdefault(key.partition(".")[0].strip("(*)"), []).append(f)
    todo: list[Object] = [o for o in pkg.scope.elems.values() if o.exported()]
    seen = set(todo)
    while todo:
        obj = todo.pop()
        texts = [_text(check, obj)]
        if isinstance(obj, TypeName):
            texts += [_text(check, m) for m in methods.get(obj.name, ()) if m.exported()]
        for word in _IDENT.findall(b" ".join(texts).replace(b"...", b" ")):
            o = pkg.scope.elems.get(word.decode())
            if o is not None and o not in seen:
                if o.name == name:
                    return True
                seen.add(o)
                todo.append(o)
    return False


def _text(check: Checker, obj: Object) -> bytes:
    """What of obj's declaration is exported with it, as source text."""
    if isinstance(obj, Func):
        d = obj.decl
        if d is None:
            return b""
        lo, hi = d.typ.pos, max([end(f.type) for part in (d.typ.params, d.typ.results) if part is not None for f in part.list], default=0)
        text = _source(check, lo, hi)
        body = b""
        if d.lazy is not None:
            body = d.file.data[d.lazy[0] : d.lazy[1]]
        elif d.body is not None:
            body = _source(check, d.body.pos, d.body.rbrace)
        return text + b" " + body if len(body) <= INLINE_BYTES and body.count(b"(") <= 1 else text
    info = check.obj_map.get(obj)
    if info is None:
        return b""
    typ: ast.Expr | None = info.tdecl.type if info.tdecl is not None else info.vtyp
    if isinstance(typ, ast.StructType):  # the names of fields are no objects of the package
        return b" ".join(_source(check, f.type.pos, _close(f.type)) for f in typ.fields.list)
    return _source(check, typ.pos, _close(typ)) if typ is not None else b""


def _close(t: ast.Expr) -> int:
    if isinstance(t, ast.StructType):
        return t.fields.closing or end(t)
    if isinstance(t, ast.InterfaceType):
        return t.methods.closing or end(t)
    return end(t)


def _source(check: Checker, lo: int, hi: int) -> bytes:
    f = check.fset.file(lo)
    return f.data[lo - f.base : hi - f.base] if f is not None and hi > lo else b""
