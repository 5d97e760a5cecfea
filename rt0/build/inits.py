"""How the variables of a package get their values, for `-d=inits` and step 5 of `rt0 explain`.

The order is the Checker's (types/initorder.py), the manner lower's (lower/static.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from rt0.build.builder import Builder
from rt0.diag import Position
from rt0.lower import static
from rt0.syntax import nodes as ast
from rt0.syntax.printer import expr_string
from rt0.types.initorder import forced_by

HOW = {
    "static": "ready in the file",
    "pure": "computed at start if something uses it",
    "dynamic": "computed at start",
}


@dataclass(slots=True)
class Initialisation:
    """One initialiser, or one init function.

    names   its variables; empty for a function
    symbol  of the code that runs at start; "" when none does
    kind    static pure dynamic function
    after   chains: variable, functions ..., the variable that has to come before
    """

    position: Position
    names: list[str]
    text: str
    symbol: str
    kind: str
    how: str
    after: list[list[str]] = field(default_factory=list)


def initialisations(builder: Builder, path: str) -> list[Initialisation]:
    """In order; those of init functions last. Raises CompileError."""
    program = builder.program
    st = program.state(path)
    fset = builder.frontend.fset
    prefix = builder.symbols.prefix(path)
    out = []
    for i, init in enumerate(program.initializers(st)):
        kind = static.classify(program, init)
        chains: list[list[str]] = []
        for v in init.lhs:
            chains += [[o.name for o in chain] for chain in forced_by(st.pkg.checked_by(), v)]
        symbol = "" if kind == "static" else f"{prefix}init.v{i}"
        position = fset.position(init.lhs[0].pos)
        out.append(Initialisation(position, [v.name for v in init.lhs], expr_string(init.rhs), symbol, kind, HOW[kind], chains))
    for symbol, what in st.table.items():
        if isinstance(what, ast.FuncDecl):
            out.append(Initialisation(fset.position(what.name.pos), [], "", symbol, "function", "an init function, called at start"))
    return out
