"""Every stage's result as text: `-d=STAGE[:FUNC]`, and `-stop=STAGE`, `-check`. STAGES of rt0/pipeline.py names them; DETAILS of
dumpflags.py more that a stage can tell.

    load     packages in initialisation order with their files and imports; of the user's also the files left out, and why
    tokens   what the scanner made of the files, with the values of literals
    syntax   the tree, a node per line
    inits    package variables in the order they are initialised, and init functions
    types    objects with their types; in functions every expression with mode, type and constant value
    escape   variables and allocations: stack or heap, and why
    lower    LLVM IR as lower wrote it
    llvm     LLVM IR after optimisation
    asm      Plan 9 assembly
    obj      sections, symbols and relocations of the object
    link     the map: address, size, kind and name of every symbol of the executable
    sizes    every byte of the executable
    why      the chain of references that keeps a symbol

FUNC picks one function (with its closures) of the packages on the command line: `f`, `T.m`, `(*T).m`; with a package, of any package of the
program: `fmt.Fprintf`, `main.f`. Without it, all of the packages on the command line.

A dump is text that can be diffed: it names no folder of the machine and does not depend on the cache. Below `lower` the functions that were asked
for form a module of their own, so what LLVM inlines into them may differ a little from the build's larger units.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rt0.asm.printer import plan9_listing
from rt0.build.builder import Builder
from rt0.build.dumpflags import NAMES, stage_number
from rt0.build.inits import initialisations
from rt0.build.listing import escape_decisions, root_packages
from rt0.diag import CompileError, Diagnostic, SourceFile, fatal, go_quote
from rt0.link.sizes import pieces
from rt0.lower.unit import Unit
from rt0.obj import elf
from rt0.obj.nm import symbols
from rt0.syntax import nodes as ast
from rt0.syntax.positions import end, start
from rt0.syntax.printer import dump as tree
from rt0.syntax.printer import expr_string, node_children
from rt0.syntax.tokens import Token, tokens
from rt0.types.constant import make_from_literal
from rt0.types.objects import resolve
from rt0.types.typestring import Qualifier, make_qualifier, object_string, type_string


def dump(builder: Builder, stage: str, func: str, exe: bytes | None = None) -> str:
    """The text of -d=STAGE:FUNC. exe: the executable, for link."""
    return DUMPS[stage](builder, func, exe)


def run_until(builder: Builder, stage: str) -> None:
    """-stop: carry the packages of the command line through the stages up to this one; nothing is written."""
    n = stage_number(stage)
    if n >= NAMES.index("types"):
        builder.user.packages()
    elif n >= NAMES.index("syntax"):
        for path in root_packages(builder):
            _parsed(builder, path)
    if n >= NAMES.index("lower"):
        for unit in _units(builder, ""):
            if n >= NAMES.index("llvm"):
                builder.modules.compile(unit.path, unit.ir, {"llvm": "ir", "asm": "asm", "obj": "obj"}.get(stage, "obj"))


# ---------------------------------------------------------------- choosing


def split(builder: Builder, func: str) -> tuple[list[str], str]:
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


def func_name(d: ast.FuncDecl) -> str:
    """f, T.m or (*T).m."""
    if d.recv is None or not d.recv.list:
        return d.name.name
    typ = d.recv.list[0].type
    star = isinstance(typ, ast.StarExpr)
    if isinstance(typ, ast.StarExpr):
        typ = typ.x
    while isinstance(typ, (ast.IndexExpr, ast.ParenExpr)):
        typ = typ.x
    name = typ.name if isinstance(typ, ast.Ident) else "?"
    return f"(*{name}).{d.name.name}" if star else f"{name}.{d.name.name}"


def _none(func: str) -> CompileError:
    return fatal(f"-d: no function {func} in the packages of the command line")


def _parsed(builder: Builder, path: str) -> list[ast.File]:
    """The package's files, parsed whole; syntax errors are raised."""
    errors: list[Diagnostic] = []
    files = builder.frontend.parse(builder.loaded.packages[path], errors, lazy=False)
    if errors:
        raise CompileError(errors, package=path)
    return files


def _units(builder: Builder, func: str) -> Iterator[Unit]:
    """A lowered unit per package, with what was asked for."""
    program = builder.program
    paths, name = split(builder, func)
    found = False
    for path in paths:
        if not name:
            yield program.lower_all(path)
            found = True
            continue
        prefix = builder.symbols.prefix(path)
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
        if not info.standard:
            out += [f"\tleft out {name}: {why}" for name, why in info.left_out]
    return "".join(line + "\n" for line in out)


def _syntax(builder: Builder, func: str, exe: bytes | None) -> str:
    paths, name = split(builder, func)
    out = []
    for path in paths:
        for file in _parsed(builder, path):
            if not name:
                out.append(f"{file.source.name}\n{tree(file, file.source)}")
                continue
            out += [tree(d, file.source) for d in file.decls if isinstance(d, ast.FuncDecl) and func_name(d) == name]
    if not out:
        raise _none(func)
    return "".join(out)


def _tokens(builder: Builder, func: str, exe: bytes | None) -> str:
    paths, name = split(builder, func)
    out = []
    for path in paths:
        for file in [] if name else builder.loaded.packages[path].go_files:
            with open(file[1], "rb") as f:
                out.append(_token_text(tokens(SourceFile(file[0], f.read(), 0)), file[0]))
        for parsed in _parsed(builder, path) if name else []:
            src = parsed.source
            for d in parsed.decls:
                if isinstance(d, ast.FuncDecl) and func_name(d) == name:
                    first, last = (src.raw_position(p - src.base) for p in (start(d), end(d)))
                    found = tokens(src)
                    out.append(_token_text([t for t in found if first.line <= t.line <= last.line], src.name))
    if not out:
        raise _none(func)
    return "".join(out)


def _token_text(found: list[Token], name: str) -> str:
    lines = [name]
    for t in found:
        value = literal_value(t)
        text = t.text.decode("utf-8", "surrogateescape") or "(end of the line)"
        lines.append(f"\t{t.line}:{t.col}\t{t.kind}\t{text}{f' = {value}' if value else ''}")
    return "".join(line + "\n" for line in lines)


def literal_value(t: Token) -> str:
    """What a literal stands for, as the Checker computes it: a string in Go's quotes, a number; "" for what is no literal, or a bad one."""
    if t.bad or t.kind not in ("int", "float", "imag", "char", "string"):
        return ""
    value = make_from_literal(t.text, t.kind)
    return f"{chr(value)!r} {value}" if t.kind == "char" and isinstance(value, int) else constant_text(value)


def _inits(builder: Builder, func: str, exe: bytes | None) -> str:
    out = []
    for path in split(builder, func)[0]:
        out.append(path)
        for i in initialisations(builder, path):
            out.append(f"\t{i.position}: {', '.join(i.names) or i.symbol}: {i.how}")
            out += [f"\t\tafter {chain[-1]}{' through ' + ', '.join(chain[1:-1]) if chain[1:-1] else ''}" for chain in i.after]
    return "".join(line + "\n" for line in out)


def _types(builder: Builder, func: str, exe: bytes | None) -> str:
    paths, name = split(builder, func)
    out: list[str] = []
    for path in paths:
        pkg = builder.frontend.package(path)
        qf = make_qualifier(pkg)
        if not name:
            for n in pkg.scope.names():
                obj = pkg.scope.elems[n]
                resolve(obj)
                out.append(f"{builder.frontend.fset.position(obj.pos)}: {object_string(obj, qf)}")
        for file in pkg.files:
            for d in file.decls:
                if isinstance(d, ast.FuncDecl) and d.has_body and (not name or func_name(d) == name):
                    pkg.checked_by().check_body(d)
                    out.append(f"func {func_name(d)}")
                    out += _expressions(builder, d.body, qf)
    if not out:
        raise _none(func)
    return "".join(line + "\n" for line in out)


def _expressions(builder: Builder, node: ast.Node | None, qf: Qualifier) -> Iterator[str]:
    """A line per expression below node, outer before inner: position, text, mode, type, value."""
    stack = [node] if node is not None else []
    while stack:
        x = stack.pop()
        if isinstance(x, ast.Expr) and x.mode and not isinstance(x, ast.ParenExpr):
            at = builder.frontend.fset.position(x.pos)
            typ = type_string(x.type, qf) if x.type is not None else "-"
            value = f" = {constant_text(x.val)}" if x.mode == "constant" else ""
            yield f"\t{at.line}:{at.col}\t{expr_string(x)}\t{x.mode} {typ}{value}"
        stack += reversed(node_children(x))


def constant_text(val: object) -> str:
    if isinstance(val, bytes):
        return go_quote(val.decode("utf-8", "surrogateescape"))
    if isinstance(val, bool):
        return "true" if val else "false"
    return str(val)


def _escape(builder: Builder, func: str, exe: bytes | None) -> str:
    paths, name = split(builder, func)
    fset = builder.frontend.fset
    out: list[str] = []
    for path in paths:
        ranges = [(start(d), end(d)) for f in builder.frontend.package(path).files for d in f.decls if isinstance(d, ast.FuncDecl) and func_name(d) == name]
        if name and not ranges:
            continue
        out.append(path)
        for d in escape_decisions(builder, path):
            if not name or any(a <= d.pos <= b for a, b in ranges):
                leaks = f", reaches {', '.join(d.leaks)}" if d.leaks else ""
                out.append(f"\t{fset.position(d.pos)}: {d.name} ({d.kind}): {'heap' if d.heap else 'stack'}{leaks}")
                out += [f"\t\t{fset.position(pos)}: {text}" for pos, text in d.why]
    if not out:
        raise _none(func)
    return "".join(line + "\n" for line in out)


def _lower(builder: Builder, func: str, exe: bytes | None) -> str:
    return "\n".join(unit.ir for unit in _units(builder, func))


def _llvm(builder: Builder, func: str, exe: bytes | None) -> str:
    return "\n".join(builder.modules.compile(u.path, u.ir, "ir").decode() for u in _units(builder, func))


def _asm(builder: Builder, func: str, exe: bytes | None) -> str:
    return "\n".join(plan9_listing(builder.modules.compile(u.path, u.ir, "asm").decode()) for u in _units(builder, func))


def _obj(builder: Builder, func: str, exe: bytes | None) -> str:
    return "\n".join(object_text(builder.modules.compile(u.path, u.ir, "obj")) for u in _units(builder, func))


def object_text(data: bytes) -> str:
    """Sections, the symbols in them, and their relocations."""
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
    paths, name = split(builder, func)
    prefix = builder.symbols.prefix(paths[0]) + name if name else ""
    rows = sorted(symbols(exe if exe is not None else builder.build()))
    lines = [f"{s.addr:12x} {s.size:8} {s.code} {s.name}" for s in rows if not prefix or s.name == prefix or s.name.startswith(prefix + ".")]
    if not lines:
        raise _none(func)
    return "".join(line + "\n" for line in lines)


def _sizes(builder: Builder, func: str, exe: bytes | None) -> str:
    with builder.running():
        found = pieces(builder.linked())
    prefix = "" if not func else builder.symbols.prefix(split(builder, func)[0][0]) + split(builder, func)[1]
    return "".join(f"{p.offset:8x} {p.size:8} {p.section:14} {p.kind:20} {p.symbol}\n" for p in found if not prefix or p.symbol == prefix)


def _why(builder: Builder, func: str, exe: bytes | None) -> str:
    with builder.running():
        builder.linked()
    demand = builder.demand
    assert demand is not None
    reasons = demand.reasons()
    paths, name = split(builder, func)
    symbol = next((s for s in (func, builder.symbols.prefix(paths[0]) + name) if s in reasons), "")
    if not symbol:
        raise fatal(f"-d: no symbol {func} in the executable")
    out = []
    how = ""
    while symbol:
        out.append(f"{symbol}{f' {how}' if how else ''}\n")
        symbol, how = reasons[symbol]
    return "".join(reversed(out))


DUMPS: dict[str, Callable[[Builder, str, bytes | None], str]] = {
    "load": _load, "syntax": _syntax, "types": _types, "lower": _lower, "llvm": _llvm, "asm": _asm, "obj": _obj, "link": _link,
    "escape": _escape, "inits": _inits, "sizes": _sizes, "tokens": _tokens, "why": _why,
}  # fmt: skip
