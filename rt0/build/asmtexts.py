"""What `.s` files define where their text does not say it for certain (PackageInfo.asm_exact): read off them after the assembler's preprocessor."""

from __future__ import annotations

from collections.abc import Iterable

from rt0.asm.assemble import go_asm_header, preprocess
from rt0.asm.translate import Translator
from rt0.build.messages import Request
from rt0.load.load import PackageInfo


def read_texts(info: PackageInfo, prefix: str, sources: Iterable[tuple[str, bytes, Request]]) -> None:
    """Fill info.asm_text and info.asm_data. Errors are left to the assembly itself.

    prefix   what the package's symbols begin with
    sources  (display name, text, what the assembler would be asked) of each file
    """
    for name, text, r in sources:
        pp = preprocess(r["path"], text, include_dirs=r["include_dirs"], headers=go_asm_header(r["go_asm"]), debug_name=name, goamd64=r["goamd64"])
        tr = Translator(pp, r["pkg_path"], name)
        for f in tr.texts_only():
            symbol = f.name.removesuffix(".abi0")
            if not f.static and "." in symbol:
                info.take_text(symbol.removeprefix(prefix), symbol == f.name, f.frame, f.args)
        info.asm_data.update(d.name.removeprefix(prefix) for d in tr.data.values() if not d.static and d.size >= 0)
