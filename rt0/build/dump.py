"""Every stage's result as text: `-d=STAGE[:FUNC]`, and `-stop=STAGE`, `-check`. STAGES of rt0/pipeline.py names them.

    load     packages in initialisation order with their files and imports
    syntax   the tree, a node per line
    types    objects with their types; in functions every expression with mode, type and constant value
    lower    LLVM IR as lower wrote it
    llvm     LLVM IR after optimisation
    asm      Plan 9 assembly
    obj      sections, symbols and relocations of the object
    link     the map: address, size, kind and name of every symbol of the executable

FUNC picks one function (with its closures) of the packages on the command line: `f`, `T.m`, `(*T).m`; with a package, of any package of the
program: `fmt.Fprintf`, `main.f`. Without it, all of the packages on the command line.

A dump is text that can be diffed: it names no folder of the machine and does not depend on the cache. Below `lower` the functions that were asked
for form a module of their own, so what LLVM inlines into them may differ a little from the build's larger units.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from rt0.build.listing import compile_module, root_packages
from rt0.diag import CompileError, fatal
from rt0.pipeline import STAGES
from rt0.syntax import nodes as ast

if TYPE_CHECKING:
    from rt0.build.builder import Builder
    from rt0.lower.unit import Unit

NAMES = [s[0] for s in STAGES]


def help_text() -> str:
    """-d=help."""
    lines = ["-d=STAGE[:FUNC] prints what a stage made; -stop=STAGE ends the build after it. The stages:", ""]
    lines += [f"\t{name:<8} {DUMPS[name][0]}" for name in NAMES]
    lines += ["", "FUNC is f, T.m, (*T).m, or with the path of any package of the program: fmt.Println."]
    return "\n".join(lines)


def parse(text: str) -> tuple[str, str]:
    """(stage, function or "") of a -d flag."""
    stage, _, func = text.partition(":")
    if stage == "help":
        raise fatal(help_text(), 0)
    if stage not in NAMES:
        raise fatal(f'invalid value "{text}" for flag -d: no stage "{stage}"; see -d=help', 2)
    return stage, func


def stage_number(stage: str) -> int:
    """0 for load ...; used to compare with -stop."""
    if stage not in NAMES:
        raise fatal(f'invalid value "{stage}" for flag -stop: want one of {" ".join(NAMES)}', 2)
    return NAMES.index(stage)


def dump(builder: Builder, stage: str, func: str, exe: bytes | None = None) -> str:
    """The text of -d=STAGE:FUNC. exe: the executable, for link."""
    text: str = DUMPS[stage][1](builder, func, exe)
    return text


def run_until(builder: Builder, stage: str) -> None:
    """-stop: carry the packages of the command line through the stages up to this one; nothing is written."""
    n = stage_number(stage)
    if n >= NAMES.index("types"):
        builder.check_user_packages()
    elif n >= NAMES.index("syntax"):
        for path in root_packages(builder):
            _parsed(builder, path)
    if n >= NAMES.index("lower"):
        for unit in _units(builder, ""):
            if n >= NAMES.index("llvm"):
                compile_module(builder, unit.path, unit.ir, {"llvm": "ir", "asm": "asm", "obj": "obj"}.get(stage, "obj"))


# ---------------------------------------------------------------- choosing


def _split(builder: Builder, func: str) -> tuple[list[str], str]:
    """(packages, name within the package) of FUNC."""
    if not func:
        return root_packages(builder), ""
    head, slash, tail = func.rpartition("/")
    for i, c in enumerate(tail):
        if c == ".":
            path = f"{head}/{tail[:i]}" if slash else tail[:i]
            if path == "main":
                path = builder.loaded.main
            if path in builder.loaded.packages:
                return [path], tail[i + 1 :]
        elif c == "(":
            break
    return root_packages(builder), func


def _name(d: ast.FuncDecl) -> str:
    """f, T.m or (*T).m."""
    if d.recv is None or not d.recv.list:
        return d.name.name
    typ: Any = d.recv.list[0].type
    star = isinstance(typ, ast.StarExpr)
    if star:
        typ = typ.x
    while isinstance(typ, (ast.IndexExpr, ast.ParenExpr)):
        typ = typ.x
    name = getattr(typ, "name", "?")
    return f"(*{name}).{d.name.name}" if star else f"{name}.{d.name.name}"


def _none(func: str) -> CompileError:
    return fatal(f"-d: no function {func} in the packages of the command line")


def _parsed(builder: Builder, path: str) -> list[ast.File]:
    """The package's files, parsed whole; syntax errors are raised."""
    from rt0.syntax.parser import parse_file

    errors: list[Any] = []
    info = builder.loaded.packages[path]
    files = []
    for name, filename in info.go_files:
        with open(filename, "rb") as f:
            files.append(parse_file(builder.fset.add(name, f.read(), info.dir, info.record), errors, lazy=False, std=info.standard))
    if errors:
        raise CompileError(errors, package=path)
    return files


def _units(builder: Builder, func: str) -> Iterator[Unit]:
    """A lowered unit per package, with what was asked for."""
    program = builder.program()
    paths, name = _split(builder, func)
    found = False
    for path in paths:
        if not name:
            yield program.lower_all(path)
            found = True
            continue
        prefix = builder.symbol_prefix(path)
        st = program.state(path)
        program.initializers(st)
        symbol = prefix + name
        if symbol not in st.table and name.startswith("init") and prefix + "init.0" in st.table and name == "init":
            symbol = prefix + "init.0"
        unit = program.lower(path, [symbol])
        if symbol in unit.defs:
            found = True
            yield unit
    if not found:
        raise _none(func)


# ---------------------------------------------------------------- the dumps


def _load(builder: Builder, func: str, exe: bytes | None) -> str:
    out = []
    for path, info in builder.loaded.packages.items():
        out.append(f"{path} ({info.name}){' std' if info.standard else ''} go{info.go_version}")
        for group in (info.go_files, info.s_files):
            out += [f"\t{name}" for name, _ in group]
        if info.imports:
            out.append("\timports " + " ".join(sorted(set(info.imports.values()))))
    return "".join(line + "\n" for line in out)


def _syntax(builder: Builder, func: str, exe: bytes | None) -> str:
    from rt0.syntax.printer import dump as tree

    paths, name = _split(builder, func)
    out = []
    for path in paths:
        for file in _parsed(builder, path):
            if not name:
                out.append(f"{file.source.name}\n{tree(file, file.source)}")
                continue
            out += [tree(d, file.source) for d in file.decls if isinstance(d, ast.FuncDecl) and _name(d) == name]
    if not out:
        raise _none(func)
    return "".join(out)


def _types(builder: Builder, func: str, exe: bytes | None) -> str:
    from rt0.types.objects import resolve
    from rt0.types.typestring import make_qualifier, object_string

    paths, name = _split(builder, func)
    out: list[str] = []
    for path in paths:
        pkg = builder.package(path)
        qf = make_qualifier(pkg)
        if not name:
            for n in pkg.scope.names():
                obj = pkg.scope.elems[n]
                resolve(obj)
                out.append(f"{builder.fset.position(obj.pos)}: {object_string(obj, qf)}")
        for file in pkg.files:
            for d in file.decls:
                if isinstance(d, ast.FuncDecl) and d.has_body and (not name or _name(d) == name):
                    pkg.checker.check_body(d)
                    out.append(f"func {_name(d)}")
                    out += _expressions(builder, d.body, qf)
    if not out:
        raise _none(func)
    return "".join(line + "\n" for line in out)


def _expressions(builder: Builder, node: Any, qf: Any) -> Iterator[str]:
    """A line per expression below node, outer before inner: position, text, mode, type, value."""
    from rt0.syntax.printer import _parts, expr_string
    from rt0.types.typestring import type_string

    stack = [node]
    while stack:
        x = stack.pop()
        if isinstance(x, ast.Expr) and x.mode and not isinstance(x, ast.ParenExpr):
            at = builder.fset.position(x.pos)
            typ = type_string(x.type, qf) if x.type is not None else "-"
            value = f" = {_constant(x.val)}" if x.mode == "constant" else ""
            yield f"\t{at.line}:{at.col}\t{expr_string(x)}\t{x.mode} {typ}{value}"
        children: list[Any] = []
        for _, v in _parts(x)[1]:
            children += v if isinstance(v, list) else [v]
        stack += reversed(children)


def _constant(val: Any) -> str:
    from rt0.diag import go_quote

    if isinstance(val, bytes):
        return go_quote(val.decode("utf-8", "surrogateescape"))
    if isinstance(val, bool):
        return "true" if val else "false"
    return str(val)


def _lower(builder: Builder, func: str, exe: bytes | None) -> str:
    return "\n".join(unit.ir for unit in _units(builder, func))


def _llvm(builder: Builder, func: str, exe: bytes | None) -> str:
    return "\n".join(compile_module(builder, u.path, u.ir, "ir").decode() for u in _units(builder, func))


def _asm(builder: Builder, func: str, exe: bytes | None) -> str:
    from rt0.asm.printer import plan9_listing

    return "\n".join(plan9_listing(compile_module(builder, u.path, u.ir, "asm").decode()) for u in _units(builder, func))


def _obj(builder: Builder, func: str, exe: bytes | None) -> str:
    return "\n".join(object_text(compile_module(builder, u.path, u.ir, "obj")) for u in _units(builder, func))


def object_text(data: bytes) -> str:
    """Sections, the symbols in them, and their relocations."""
    from rt0.obj import elf

    obj = elf.read_object(data)
    kinds = {v: k for k, v in vars(elf).items() if k.startswith("R_") and isinstance(v, int)}
    symbols: dict[int, list[str]] = {}
    for name, (_, _, _, section, value, size) in zip(obj.names, obj.symbols):
        if name:
            symbols.setdefault(section, []).append(f"\tsymbol {value:x} size {size} {name}" if section else name)
    out = []
    for i, s in enumerate(obj.sections):
        relocations = list(obj.relocations(s))
        if not i or (i not in symbols and not relocations) or s.name.startswith(".debug_"):
            continue
        out.append(f"{s.name} size {s.size} align {s.align}")
        out += sorted(symbols.get(i, []))
        for offset, info, addend in relocations:
            target = info >> 32
            name = obj.names[target] or obj.sections[obj.symbols[target][3]].name
            out.append(f"\treloc {offset:x} {kinds.get(info & 0xFFFFFFFF, info & 0xFFFFFFFF)} {name}{addend:+d}")
    out += [f"undefined {name}" for name in sorted(symbols.get(0, []))]
    return "".join(line + "\n" for line in out)


def _link(builder: Builder, func: str, exe: bytes | None) -> str:
    from rt0.obj.nm import symbols

    paths, name = _split(builder, func)
    prefix = builder.symbol_prefix(paths[0]) + name if name else ""
    rows = sorted(symbols(exe if exe is not None else builder.build()))
    lines = [f"{s.addr:12x} {s.size:8} {s.code} {s.name}" for s in rows if not prefix or s.name == prefix or s.name.startswith(prefix + ".")]
    if not lines:
        raise _none(func)
    return "".join(line + "\n" for line in lines)


DUMPS: dict[str, tuple[str, Callable[[Builder, str, bytes | None], str]]] = {
    "load": ("packages in initialisation order, with files and imports", _load),
    "syntax": ("the tree, a node per line", _syntax),
    "types": ("objects and expressions with their types and constant values", _types),
    "lower": ("LLVM IR as rt0 writes it", _lower),
    "llvm": ("LLVM IR after optimisation", _llvm),
    "asm": ("Plan 9 assembly", _asm),
    "obj": ("sections, symbols and relocations of the object", _obj),
    "link": ("address, size, kind and name of every symbol of the executable", _link),
}
