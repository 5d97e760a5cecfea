"""What a package outside std names in others, by //go:linkname or from assembly, must be free to be named (load/linkname.py has go's rule)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from rt0.build.errors import link_error
from rt0.build.options import Options
from rt0.build.symbols import Symbols
from rt0.load.linkname import StdSymbols
from rt0.load.load import LoadedProgram
from rt0.types.objects import Func, Package, Var


class References:
    """Judges references of one program. GOROOT's sources are read when the first one has to be judged."""

    def __init__(self, loaded: LoadedProgram, options: Options, symbols: Symbols) -> None:
        self.loaded = loaded
        self.options = options
        self.symbols = symbols

    @cached_property
    def std_symbols(self) -> StdSymbols:
        ctx = self.loaded.context
        return StdSymbols(ctx.goroot, ctx.tags, [p for p, info in self.loaded.packages.items() if info.standard])

    def check(self, path: str, symbols: Iterable[str], by: str = "") -> None:
        """Raises CompileError for the first of the symbols that the package may not name: that ends the link, as with go.

        by  the assembly function that refers to them; it reaches Go functions through entries that go makes for marked functions only
        """
        if not self.options.check_linkname:
            return
        for symbol in symbols:
            if self.std_symbols.may_refer(symbol):
                continue
            if by and not self.std_symbols.is_assembly(symbol):
                raise link_error(self.loaded.main, f"{by}: relocation target {symbol} not defined for ABI0 (but is defined for ABIInternal)")
            raise link_error(self.loaded.main, f"link: {self.symbols.prefix(path)[:-1]}: invalid reference to {symbol}")


def linkname_pulls(pkg: Package, linknames: dict[str, str]) -> list[str]:
    """Symbols of others that a checked package refers to by //go:linkname: variables without a value, and functions without a body that it uses."""
    decls = pkg.checker.obj_map.values() if pkg.checker is not None else ()
    used = {o for d in decls for o in d.deps}
    variables, functions = [], []
    for local, symbol in linknames.items():
        obj = pkg.scope.lookup(local)
        if type(obj) is Var and obj.decl is not None and obj.decl.init is None:
            variables.append(symbol)
        elif type(obj) is Func and obj.decl is not None and not obj.decl.has_body and obj in used:
            functions.append(symbol)
    return variables + functions
