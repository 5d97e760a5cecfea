"""The story of a link, step by step: state.py says what the steps leave behind.

    load      parse objects; one definition per name              resolve.py
    mark      sections reachable from the roots                   mark.py
    tables    what the linker writes itself, and how large        tables.py
    layout    addresses of every live section; pclntab            layout.py, pcln.py
    image     references filled in, headers, symbol table, DWARF  image.py, relocate.py, symtab.py, dwarf.py, frame.py

Order of everything: by symbol name (which begins with the package path). How functions are spread over objects does not show in the result.
"""

from __future__ import annotations

import gc
from dataclasses import dataclass

from rt0.link.image import write_image
from rt0.link.layout import Layout
from rt0.link.mark import mark
from rt0.link.resolve import load
from rt0.link.state import Link, LinkJob
from rt0.link.tables import Tables


@dataclass(slots=True)
class Linked:
    """A finished link: the executable's bytes, and what the steps left behind."""

    exe: bytes
    state: Link
    layout: Layout


def link(job: LinkJob) -> bytes:
    """The executable. CompileError lists undefined and duplicate symbols."""
    return link_whole(job).exe


def link_whole(job: LinkJob) -> Linked:
    """The same, with the state it leaves."""
    collecting = gc.isenabled()
    gc.disable()  # a link makes hundreds of thousands of tuples and no garbage cycles: -30 % time
    try:
        return _link(job)
    finally:
        if collecting:
            gc.enable()


def _link(job: LinkJob) -> Linked:
    ln = Link(job)
    load(ln)
    # Every global name has one definition, or is the linker's own.
    mark(ln)
    # No section and no symbol is added below this line.
    layout = Layout(ln, Tables(ln))
    layout.run()
    # No address changes below this line.
    return Linked(write_image(ln, layout), ln, layout)
