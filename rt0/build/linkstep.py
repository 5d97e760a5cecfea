"""The last step of a build: what the linker is given, and the executable."""

from __future__ import annotations

from rt0.abi.linksyms import INITTASKS_MAIN, INITTASKS_RUNTIME
from rt0.build.errors import link_error
from rt0.build.kept import KEPT
from rt0.build.options import Options
from rt0.build.product import Product, x_symbol
from rt0.link.linker import Linked, link_whole
from rt0.link.state import LinkJob
from rt0.load.load import LoadedProgram
from rt0.lower.program import Program

InitSteps = list[tuple[str, str, list[str]]]  # (package, symbol of the step, variables that it is for)

ENTRY = "_rt0_amd64_linux"


def init_tables(loaded: LoadedProgram, steps: InitSteps, live: set[str]) -> dict[str, list[int | str]]:
    """What runs at start, as word tables: a count, then the live steps; the runtime and what it imports has a table of its own."""
    early = runtime_packages(loaded)
    tables: dict[str, list[int | str]] = {INITTASKS_RUNTIME: [0], INITTASKS_MAIN: [0]}
    for path, symbol, _ in steps:
        if symbol in live:
            tables[INITTASKS_RUNTIME if path in early else INITTASKS_MAIN].append(symbol)
    for table in tables.values():
        table[0] = len(table) - 1
    return tables


def runtime_packages(loaded: LoadedProgram) -> set[str]:
    """runtime and everything it imports."""
    out: set[str] = set()
    work = ["runtime"]
    while work:
        p = work.pop()
        if p not in out and p in loaded.packages:
            out.add(p)
            work += loaded.packages[p].imports.values()
    return out


def check_x_values(loaded: LoadedProgram, options: Options, program: Program) -> None:
    """-X sets variables of type string only; names that no package of the program has as a variable are passed over (cmd/link, addstrdata).
    Raises CompileError."""
    bad = []
    for name in dict(options.x_values):
        head, _, last = name.rpartition(".")
        path = loaded.main if head == "main" else head
        if path not in loaded.packages or path == "unsafe" or head == loaded.main != "main":
            continue
        if (kind := program.variable_type(path, last)) not in ("", "string"):
            bad.append(f"{x_symbol(name)}: cannot set with -X: not a var of type string (type:{kind})")
    if bad:
        raise link_error(loaded.main, *bad)


def link_program(product: Product, objects: list[tuple[str, bytes]], live: set[str], tables: dict[str, list[int | str]]) -> Linked:
    """The executable, and the state of the link that made it. Raises CompileError."""
    o = product.options
    return link_whole(LinkJob(
        objects=objects, live=live, entry=ENTRY, tables=tables, strip_symbols=o.strip_symbols, strip_dwarf=o.strip_dwarf, x_values=product.variables,
        build_info=product.build_info, go_version=product.loaded.context.release, sources=product.sources, build_id=o.build_id,
        gnu_build_id=product.gnu_build_id, gdb_script=product.gdb_script, read=KEPT.object_of,
    ))  # fmt: skip
