"""go_asm.h: constants and struct layouts of a Go package, as macros for its `.s` files (go tool compile -asmhdr).

    const_NAME     constants that are integers, booleans or strings
    T__size        size of struct type T in bytes;  T_field  offset of a field
"""

from __future__ import annotations

import json

from rt0.lower.layout import field_offsets, sizeof
from rt0.types.objects import Const, Package, TypeName, resolve
from rt0.types.types import Alias, Named, Struct, under


def go_asm_defines(pkg: Package) -> dict[str, str]:
    """Macro name -> text."""
    out: dict[str, str] = {}
    for name in pkg.scope.names():
        obj = resolve(pkg.scope.elems[name])
        if isinstance(obj, Const):
            if isinstance(obj.val, bool):
                out[f"const_{name}"] = "true" if obj.val else "false"
            elif isinstance(obj.val, int):
                out[f"const_{name}"] = str(obj.val)
            elif isinstance(obj.val, str):
                out[f"const_{name}"] = json.dumps(obj.val, ensure_ascii=False)
        elif isinstance(obj, TypeName) and obj.type is not None and not (isinstance(obj.type, (Named, Alias)) and obj.type.tparams):
            st = under(obj.type)
            if isinstance(st, Struct):
                out[f"{name}__size"] = str(sizeof(obj.type))
                for f, off in zip(st.fields, field_offsets(st)):
                    if f.name != "_":
                        out[f"{name}_{f.name}"] = str(off)
    return out
