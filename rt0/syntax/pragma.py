"""The `//go:` comments: which declarations take which, and what is wrong with one in itself.

Messages and sets follow cmd/compile/internal/noder (noder.go, lex.go, go1.27). Only verbs that mean something to the compiler can be
misplaced; an unknown verb is ignored, as gc ignores it outside the standard library.
"""

from __future__ import annotations

from rt0.load.embed import parse_args

MISPLACED = "misplaced compiler directive"
MISPLACED_EMBED = "misplaced go:embed directive"

NONE: frozenset[str] = frozenset()
FILE = frozenset(("go:build",))
FUNC = frozenset(
    ["go:noescape", "go:norace", "go:nosplit", "go:noinline", "go:nocheckptr", "go:registerparams", "go:cgo_unsafe_args", "go:uintptrkeepalive", "go:uintptrescapes", "go:systemstack", "go:nowritebarrier", "go:nowritebarrierrec", "go:yeswritebarrierrec"]
)
_KNOWN = FILE | FUNC
_RUNTIME = frozenset(["go:systemstack", "go:nowritebarrier", "go:nowritebarrierrec", "go:yeswritebarrierrec"])

def misplaced(text: str) -> str:
    """The message for a directive that no declaration took; "" when it may stand anywhere."""
    verb = text.split()[0]
    if verb in _KNOWN:
        return MISPLACED
    return MISPLACED_EMBED if verb == "go:embed" else ""


def parse_embed(args: str) -> tuple[list[str], str]:
    """The patterns after //go:embed, and an error message or ""."""
    found, err = parse_args(args)
    return [word for word, _ in found], err


def check(text: str, std: bool) -> list[str]:
    """What is wrong with the directive itself, wherever it stands."""
    verb = text.split()[0]
    fields = text.split()
    if verb in ("go:linkname", "go:linknamestd") and text.startswith(verb + " "):
        if not 2 <= len(fields) <= 3:
            return [f"usage: //{verb} localname [linkname]"]
    elif verb == "go:embed":
        patterns, err = parse_embed(text[8:])
        out = [err] if err else []
        if not patterns:
            out.append("usage: //go:embed pattern...")
        return out
    elif verb == "go:wasmimport" and len(fields) != 3:
        return ["usage: //go:wasmimport importmodule importname"]
    elif verb == "go:wasmexport" and len(fields) != 2:
        return ["usage: //go:wasmexport exportname"]
    elif std:
        return []
    elif verb.startswith("go:cgo_") and not (verb == "go:cgo_import_dynamic" and len(fields) >= 4):
        return [f"//{text} only allowed in cgo-generated code"]
    elif verb in _RUNTIME:
        return [f"//{verb} only allowed in runtime"]
    elif verb == "go:uintptrkeepalive":
        return [f"//{verb} is only allowed in the standard library"]
    return []
