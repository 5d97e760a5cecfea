"""The assembler: one `.s` file -> one ELF object.

    assemble(path, data, pkg_path=..., include_dirs=..., defines=..., debug_name=...) -> bytes

Reads the file through the preprocessor, translates every statement to AT&T, has MC encode the text in a child process, and adds the
line tables that tracebacks read (`.rt0.pctab`). MC stops at its first error: the bad line is noted under its `.s` position, taken out, and the rest
assembled again, so one run reports up to ten errors as Go's assembler does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rt0.asm.lex import AsmErrors, Preprocessor
from rt0.asm.mc import McError, assemble_gas
from rt0.asm.translate import GasText, Translator, source
from rt0.diag import CompileError, Diagnostic, InternalError

TARGET_DEFINES = {"GOOS_linux": "1", "GOARCH_amd64": "1"}

# MC's words -> Go's. Anything not listed is "invalid instruction".
UNRECOGNIZED = "invalid instruction mnemonic"


def go_asm_header(macros: Mapping[str, str]) -> dict[str, bytes]:
    """The file that `#include "go_asm.h"` finds."""
    return {"go_asm.h": "".join(f"#define {name} {text}\n" for name, text in macros.items()).encode()}


def preprocess(
    path: str,
    data: bytes,
    *,
    include_dirs: Sequence[str] = (),
    defines: Mapping[str, str] | None = None,
    headers: Mapping[str, bytes] | None = None,
    debug_name: str = "",
    goamd64: str = "v1",
    max_errors: int = 10,
) -> Preprocessor:
    """Statements of the file, and every file read; errors are in the result."""
    pp = Preprocessor(list(include_dirs), max_errors=max_errors)
    for k, v in {**TARGET_DEFINES, f"GOAMD64_{goamd64}": "1", **(defines or {})}.items():
        pp.define(k, v)
    if headers:
        pp.virtual.update(headers)
    try:
        pp.read(debug_name or path, path, data)
    except AsmErrors:
        pass
    return pp


def translate(pp: Preprocessor, pkg_path: str, debug_name: str, func_values: bool = False) -> GasText:
    """GAS text of the preprocessed file. Errors in single statements stay in pp.errors; CompileError when nothing sensible can follow."""
    tr = Translator(pp, pkg_path, debug_name, func_values)
    if pp.errors:
        raise CompileError(sort_errors(pp.errors))
    try:
        return tr.run()
    except AsmErrors:
        raise CompileError(sort_errors(pp.errors)) from None


def encode(gas: GasText, pp: Preprocessor) -> bytes:
    """Object bytes; every line MC rejects becomes an error at its `.s` line, beside those already in pp.errors."""
    lines = list(gas.lines)
    while True:
        try:
            obj = assemble_gas("\n".join(lines) + "\n")
        except McError as e:
            i = e.line - 1
            s = gas.where[i] if 0 <= i < len(lines) else None
            if s is None or not lines[i]:
                if pp.errors:
                    break
                raise InternalError(f"asm: {e.msg}: {lines[i] if 0 <= i < len(lines) else ''}") from None
            try:
                pp.error(s.file, s.line, go_message(e.msg, source(s), s.tokens[0], lines[i]))
            except AsmErrors:
                break
            lines[i] = ""
            continue
        if not pp.errors:
            return obj
        break
    raise CompileError(sort_errors(pp.errors))


def go_message(msg: str, text: str, mnemonic: str, line: str) -> str:
    """MC's message in the words of Go's assembler."""
    if UNRECOGNIZED in msg:
        return f'unrecognized instruction "{mnemonic}"'
    for x in text.split(" ")[0].split(".")[1:] if mnemonic[0] == "V" else ():
        what = "broadcast" if x == "BCST" else "SAE" if x == "SAE" else "zeroing" if x == "Z" else "rounding"
        return f"{'illegal ' + what + ' with memory argument' if '(' in line and x.endswith('SAE') else 'unsupported ' + what}: {text}"
    if msg.startswith(("symbol", "invalid symbol redefinition")):
        return msg
    return f"invalid instruction: {text}"


def sort_errors(errors: list[Diagnostic]) -> list[Diagnostic]:
    """By position; those without one (too many errors) last."""
    return sorted(errors, key=lambda d: (d.position.filename == "", d.position.filename, d.position.line))


def assemble(
    path: str,
    data: bytes,
    *,
    pkg_path: str,
    include_dirs: Sequence[str] = (),
    defines: Mapping[str, str] | None = None,
    headers: Mapping[str, bytes] | None = None,
    debug_name: str = "",
    recorded: str = "",
    goamd64: str = "v1",
    func_values: bool = False,
) -> bytes:
    """One `.s` file -> ELF object bytes.

    path          where it lies (its directory is searched first by #include)
    data          its bytes
    pkg_path      import path of its package: `·f` is `pkg_path.f`
    include_dirs  searched by #include after the file's own directory
    defines       macros as -D gives them (go_asm.h constants may come this way)
    headers       files that exist only in memory, name -> bytes: {"go_asm.h": b"#define ..."}
    debug_name    file name for errors; default `path`
    recorded      file name for line tables; default `debug_name`
    goamd64       the macro GOAMD64_vN that is defined
    func_values   indirect calls may be of Go's func values (translate.py)
    raises        CompileError with the file's errors
    """
    name = debug_name or path
    pp = preprocess(path, data, include_dirs=include_dirs, defines=defines, headers=headers, debug_name=name, goamd64=goamd64)
    return finish(encode(translate(pp, pkg_path, recorded or name, func_values), pp))


def finish(obj: bytes) -> bytes:
    """Add the `.rt0.pctab` sections."""
    from rt0.obj.pctab import add_pctab

    return add_pctab(obj)
