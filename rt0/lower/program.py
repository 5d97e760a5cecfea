"""Program: the state of lowering one build, and the way from a symbol to what defines it.

`lower(path, symbols)` makes one Unit that defines the demanded symbols of a package, and everything "once" that they need: instances of
generic functions, closures, wrappers, type descriptors of unnamed types. A symbol the package cannot define is left out: the demand
walk asks the next candidate (a function may be pushed by //go:linkname from another package).

`init_steps(path)` tells what runs at start: one step per package variable whose initialiser is code, in initialisation order, then
the init functions. A variable whose value static.py works out has no step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rt0.abi.pclntab import is_runtime
from rt0.diag import CompileError, Diagnostic, FileSet, SourceFile
from rt0.lower import intrinsics, static, typedesc, wrappers
from rt0.lower.composite import into
from rt0.lower.convert import assign_conv
from rt0.lower.escape import Escape
from rt0.lower.escapegraph import FuncFacts, Summary
from rt0.lower.expr import multi
from rt0.lower.facts import Facts, Walk, facts
from rt0.lower.features import Features
from rt0.lower.func import FuncBuilder
from rt0.lower.generic import Env, env_of
from rt0.lower.inline import can_carry
from rt0.lower.layout import layout
from rt0.lower.names import func_symbol, link_string, prefix
from rt0.lower.stmt import function_body
from rt0.lower.unit import Unit
from rt0.syntax import nodes as ast
from rt0.types.objects import Func, Initializer, Package, Var, resolve
from rt0.types.types import TYP, Signature, Type

if TYPE_CHECKING:
    from rt0.load.load import LoadedProgram, PackageInfo


MAX_INLINE_DEPTH = 3


@dataclass(slots=True)
class InitStep:
    """symbol: a function without parameters. vars: when not empty the step only computes these variables and runs if one of them is live."""

    symbol: str
    vars: list[str] = field(default_factory=list)


class PackageState:
    """What lower knows about one package.

    table    symbol -> the function or variable; of an init function its FuncDecl, of an init step its Initializer
    inits    Var -> its Initializer
    facts    of all package-level initialisers together
    unsafe   source file -> it may see memory under two types (Program.puns)
    """

    __slots__ = ("facts", "info", "inits", "pkg", "steps", "table", "unsafe")

    def __init__(self, pkg: Package, info: PackageInfo | None) -> None:
        self.pkg = pkg
        self.info = info
        self.table: dict[str, Func | Var | ast.FuncDecl | Initializer] = {}
        self.inits: dict[Var, Initializer] | None = None
        self.steps: list[Initializer] = []
        self.facts: Facts | None = None
        self.unsafe: dict[SourceFile, bool] = {}


class Program:
    """See the file's text."""

    __slots__ = ("carried", "embeds", "escape", "features", "fset", "get_package", "inline", "keep_args", "kinds", "loaded", "pin", "punning", "pushes", "states",
                 "summary_of", "symbols", "variables")  # fmt: skip

    def __init__(self, fset: FileSet, loaded: LoadedProgram, get_package: Callable[[str], Package],
                 summary_of: Callable[[str], list[list[int]] | None] = lambda symbol: None) -> None:
        self.fset = fset
        self.features = Features()
        self.loaded = loaded
        self.get_package = get_package
        self.states: dict[str, PackageState] = {}
        self.symbols: dict[Func, str] = {}
        self.summary_of = summary_of  # escape summary of a function that is in the cache
        self.escape = Escape(self.body_of, self.known_summary)
        self.embeds: dict[str, dict[str, list[str]]] = {}  # package path -> variable -> patterns of its //go:embed
        self.punning: dict[str, bool] = {}  # package path -> what `puns` says
        self.pushes: dict[str, list[tuple[str, str]]] | None = None  # symbol -> (package path, name) of linknames to it
        self.inline = True  # carry small functions across units
        self.variables = False  # describe variables and types for debuggers
        self.pin = False  # and keep those of the user's functions in memory
        self.keep_args = False  # keep the words of the arguments of the user's functions in memory, for tracebacks
        self.carried: dict[Func, bool] = {}
        self.kinds: dict[Initializer, static.Kind] = {}  # what static.classify has said

    # ------------------------------------------------------------ packages

    def puns(self, info: PackageInfo) -> bool:
        """Whether code of the package may meet memory that has two types: the package, or one outside of the standard library that it depends on, imports
        unsafe. In the standard library only the file itself counts: what it makes with unsafe has one type for its users."""
        if info.standard:
            return False
        known = self.punning
        r = known.get(info.path)
        if r is None:
            packages = self.loaded.packages
            work, seen, r = [info], {info.path}, False
            while work and not r:
                for path in work.pop().imports.values():
                    dep = packages.get(path)
                    r = r or path == "unsafe"
                    if dep is not None and not dep.standard and path not in seen:
                        seen.add(path)
                        work.append(dep)
            known[info.path] = r
        return r

    def info(self, pkg: Package) -> PackageInfo | None:
        packages = self.loaded.packages
        i = packages.get(pkg.path)
        if i is None and pkg.path == "main":
            i = packages.get(self.loaded.main)
        return i

    def user(self, path: str) -> bool:
        """The package is not of the standard library."""
        info = self.loaded.packages.get(path)
        return info is not None and not info.standard

    def pinned(self, path: str) -> bool:
        """Functions of the package keep their variables in memory."""
        return self.pin and self.user(path)

    def state(self, path: str) -> PackageState:
        st = self.states.get(path)
        if st is None:
            pkg = self.get_package(path)
            st = self.states[path] = PackageState(pkg, self.info(pkg))
            self._index(st)
        return st

    def state_of(self, pkg: Package) -> PackageState:
        return self.state(self.loaded.main if pkg.path == "main" else pkg.path)

    def _index(self, st: PackageState) -> None:
        """Fill the symbol table."""
        pkg = st.pkg
        pre = prefix(pkg)
        table = st.table
        for f in pkg.funcs.values():
            if f.decl is not None:
                table[self.func_symbol(f)] = f
        for obj in pkg.scope.elems.values():
            if type(obj) is Var:
                table[self.var_symbol(obj)] = obj
        n = 0
        puns = st.info is not None and self.puns(st.info)
        for file in pkg.files:
            st.unsafe[file.source] = puns or any(i.path.value == b'"unsafe"' for i in file.imports)
            for d in file.decls:
                if isinstance(d, ast.FuncDecl) and d.name.name == "init" and d.recv is None:
                    table[f"{pre}.init.{n}"] = d
                    n += 1

    def initializers(self, st: PackageState) -> list[Initializer]:
        """The package's initialisers in order, indexed by variable."""
        if st.inits is None:
            checker = st.pkg.checker
            st.steps = checker.init_order() if checker is not None else []
            st.inits = {}
            pre = prefix(st.pkg)
            for i, step in enumerate(st.steps):
                for v in step.lhs:
                    st.inits[v] = step
                st.table[f"{pre}.init.v{i}"] = step
        return st.steps

    def package_facts(self, st: PackageState) -> Facts:
        """Facts about the initialisers of package variables; their closures are numbered through the package."""
        if st.facts is None:
            f = st.facts = Facts()
            w = Walk(f, st)
            for file in st.pkg.files:
                for d in file.decls:
                    if isinstance(d, ast.GenDecl) and d.tok == "var":
                        for s in d.specs:
                            assert isinstance(s, ast.VarSpec)
                            w.nodes(s.values)
        return st.facts

    def initializer_facts(self, st: PackageState, e: ast.Expr, types: list[Type | None]) -> Facts:
        """The same, with the escape analysis of e, which initialises variables of these types; or which is a function literal in an initialiser."""
        f = self.package_facts(st)
        own = self.escape.initializer(e, types, f)
        if f.escape is None:
            f.escape = FuncFacts(e)
        f.escape.stack |= own.stack
        f.escape.boxes |= own.boxes
        return f

    # ------------------------------------------------------------ symbols

    def func_symbol(self, f: Func) -> str:
        """Symbol of a declared function or method that is no instance."""
        f = f.origin
        s = self.symbols.get(f)
        if s is None:
            s = func_symbol(f)
            if f.pkg is not None:
                info = self.info(f.pkg)
                if info is not None and info.linknames and f.name in info.linknames and s == f"{prefix(f.pkg)}.{f.name}":
                    s = info.linknames[f.name]
            self.symbols[f] = s
        return s

    def var_symbol(self, v: Var) -> str:
        if v.pkg is not None:
            info = self.info(v.pkg)
            if info is not None and v.name in info.linknames:
                return info.linknames[v.name]
        return f"{prefix(v.pkg)}.{v.name}"

    def variable_type(self, path: str, name: str) -> str:
        """Link string of a package variable's type; "" when the package has no such variable."""
        obj = self.get_package(path).scope.lookup(name)
        if type(obj) is not Var:
            return ""
        resolve(obj)
        return link_string(obj.type) if obj.type is not None else ""

    def var_ref(self, unit: Unit, v: Var) -> str:
        """Operand of a package variable's address."""
        resolve(v)
        if v.link is None:
            v.link = self.var_symbol(v)
        return unit.ref(v.link)

    def callee(self, unit: Unit, f: Func, recv_targs: Sequence[Type], targs: Sequence[Type]) -> str:
        """Symbol of a declared function or method for these type arguments; an instance is written in this unit."""
        if not recv_targs and not targs:
            sym = self.func_symbol(f)
            if self.inline and sym not in unit.started and unit.inline_depth < MAX_INLINE_DEPTH:
                self.carry(unit, f.origin, sym)
            return sym
        f = f.origin
        sym = func_symbol(f, recv_targs, targs)
        if unit.begin(sym):
            recv_targs, targs = list(recv_targs), list(targs)
            unit.need_later(lambda: self.lower_func(unit, f, sym, env_of(f, recv_targs, targs), True))
        return sym

    def carry(self, unit: Unit, f: Func, sym: str) -> None:
        """Put the body of a small function of another unit into this one, so that LLVM can inline it."""
        ok = self.carried.get(f)
        if ok is None:
            ok = self.carried[f] = can_carry(self, f)
        if ok and f.pkg is not None and f.pkg.path == "runtime" and not is_runtime(unit.path):
            return  # it may hold on to its M or P, which is safe only where no signal stops it
        if not ok or sym in unit.wanted or not unit.begin(sym):
            return
        depth = unit.inline_depth
        unit.need_later(lambda: self._lower_carried(unit, f, sym, depth))

    def _lower_carried(self, unit: Unit, f: Func, sym: str, depth: int) -> None:
        saved, unit.inline_depth = unit.inline_depth, depth
        try:
            self.lower_func(unit, f, sym, None, False, inline_only=True)
        finally:
            unit.inline_depth = saved

    def const_array(self, unit: Unit, items: Sequence[tuple[int, ast.Expr]], elem: Type, n: int, fb: FuncBuilder) -> str | None:
        return static.const_array(unit, items, elem, n, fb)

    # ------------------------------------------------------------ lowering

    def lower(self, path: str, symbols: Sequence[str]) -> Unit:
        """A unit that defines what it can of `symbols`."""
        st = self.state(path)
        unit = Unit(self, path)
        unit.wanted = frozenset(symbols)
        self._define_all(unit, st, symbols)
        unit.finish()
        return unit

    def lower_all(self, path: str) -> Unit:
        """A unit with every function and variable of the package that is not generic, and its init steps."""
        st = self.state(path)
        self.initializers(st)
        return self.lower(path, [s for s, what in st.table.items() if not (isinstance(what, Func) and is_generic(what))])

    def _define_all(self, unit: Unit, st: PackageState, symbols: Sequence[str]) -> None:
        errors: list[Diagnostic] = []
        for s in symbols:
            try:
                self.define(unit, st, s)
                unit.run_queue()
            except CompileError as e:
                errors += e.errors
        if errors:
            raise CompileError(errors, package=unit.path)
        self._check_errors(st)

    def _check_errors(self, st: PackageState) -> None:
        """Errors found while bodies were checked on demand."""
        checker = st.pkg.checker
        if checker is not None and checker.errors:
            raise CompileError(list(checker.errors), package=st.pkg.path)

    def define(self, unit: Unit, st: PackageState, symbol: str) -> None:
        """Write the definition of one symbol of the package, if it has one."""
        if symbol in unit.started:
            return
        entry = st.table.get(symbol)
        if entry is None and (".init.v" in symbol):
            self.initializers(st)
            entry = st.table.get(symbol)
        if entry is not None:
            if isinstance(entry, Func):
                self._define_func(unit, st, entry, symbol)
            elif isinstance(entry, Var):
                self._define_var(unit, st, entry, symbol)
            elif isinstance(entry, ast.FuncDecl):
                self._lower_init(unit, st, entry, symbol)
            else:
                self._lower_step(unit, st, entry, symbol)
            return
        if symbol.startswith("type:"):
            typedesc.lower_symbol(unit, symbol, st.pkg)
            return
        if symbol.endswith("·f"):
            wrappers.func_value(unit, symbol[:-2])
            return
        if symbol.endswith(".abi0"):
            if (f := self._function(st, symbol[:-5])) is not None:
                resolve(f)
                assert isinstance(f.type, Signature) and f.decl is not None
                if f.decl.recv is not None:  # gc's words
                    raise CompileError([Diagnostic(self.fset.position(f.decl.recv.pos), "makeABIWrapper support for wrapping methods not implemented")],
                                       package=unit.path)  # fmt: skip
                wrappers.abi0_entry(unit, symbol[:-5], f.type)
            return
        if wrappers.lower_symbol(unit, symbol, st.pkg):
            return
        # a closure: it comes with the function around it
        for mark in (".func", "-range", ".gowrap", ".deferwrap"):
            i = symbol.find(mark)
            if i > 0:
                outer = symbol[:i]
                if outer in st.table or outer.endswith(".init"):
                    if outer in st.table:
                        self.define(unit, st, outer)
                    else:
                        for step in [s for s, what in st.table.items() if isinstance(what, (Initializer, Var))]:
                            self.define(unit, st, step)
                    return

    def _function(self, st: PackageState, symbol: str) -> Func | None:
        f = st.table.get(symbol)
        return f if isinstance(f, Func) and not is_generic(f) else None

    def declares_function(self, path: str, symbol: str) -> bool:
        """Whether the package declares a function or method of this symbol that is not generic."""
        return self._function(self.state(path), symbol) is not None

    def _define_func(self, unit: Unit, st: PackageState, f: Func, symbol: str) -> None:
        decl = f.decl
        assert decl is not None
        if is_generic(f):
            return
        if decl.has_body:
            if unit.begin(symbol):
                self.lower_func(unit, f, symbol, None, False)
            return
        resolve(f)
        sig = f.type
        assert isinstance(sig, Signature)
        if intrinsics.define(unit, symbol, sig):
            return
        info = st.info
        if info is None or self.func_symbol(f) != f"{prefix(f.pkg)}.{f.name}":
            return
        asm = info.asm_text.get(f.name) or info.asm_text.get(symbol)  # complete: the demand walk has asked for the symbol
        if asm is not None and asm[0] == "0":
            wrappers.bridge(unit, symbol, [v.type or TYP["int"] for v in sig.params.vars], [v.type or TYP["int"] for v in sig.results.vars],
                            asm[1], trusted=info.standard)  # fmt: skip

    def body_of(self, f: Func) -> ast.FuncDecl | None:
        """The declaration of a function with its body checked; None when it has no Go body here."""
        f = f.origin
        decl = f.decl
        if decl is None or not decl.has_body or f.pkg is None:
            return None
        st = self.state_of(f.pkg)
        if st.pkg.checker is None:
            return None
        resolve(f)
        st.pkg.checker.check_body(decl)
        return decl

    def known_summary(self, f: Func) -> Summary | None:
        """The escape summary of a function that has been compiled before."""
        if f.pkg is None or f.decl is None or is_generic(f):
            return None
        s = self.summary_of(self.func_symbol(f))
        return None if s is None else [dict(zip(p[::2], p[1::2], strict=True)) for p in s]

    def func_facts(self, decl: ast.FuncDecl) -> Facts:
        """Facts of a function whose body has been checked, escape analysis included."""
        f = facts(decl)
        if f.escape is None:
            f.escape = self.escape.analyze(decl)
        return f

    def lower_func(self, unit: Unit, f: Func, symbol: str, env: Env | None, once: bool, inline_only: bool = False) -> None:
        """Write a declared function; env: for an instance."""
        f = f.origin
        decl = f.decl
        assert decl is not None and f.pkg is not None
        resolve(f)
        if not decl.has_body:
            return
        st = self.state_of(f.pkg)
        checker = st.pkg.checked_by()
        checker.check_body(decl)
        if checker.errors:
            self._check_errors(st)
        sig = f.type
        assert isinstance(sig, Signature) and decl.body is not None
        params: list[Type] = []
        if sig.recv is not None:
            params.append(sig.recv.type or TYP["int"])
        params += [v.type or TYP["int"] for v in sig.params.vars]
        results = [v.type or TYP["int"] for v in sig.results.vars]
        if env is not None:
            params = [env.subst(t) for t in params]
            results = [env.subst(t) for t in results]
        pragmas = decl.pragmas
        with unit.inlining(symbol) if inline_only else unit.defining(symbol, "once" if once else "strong"):
            fb = FuncBuilder(unit, symbol, params, results, once=once, nosplit="nosplit" in pragmas, noinline="noinline" in pragmas, pos=decl.pos,
                             env=env)  # fmt: skip
            fb.inline_only = inline_only
            fs = self.func_facts(decl)
            if env is None and fs.escape is not None:
                unit.cur.escape = [[x for kv in sorted(p.items()) for x in kv] for p in fs.escape.summary]
            fb.facts = fs
            fb.decl = decl
            fb.tbaa = not st.unsafe.get(decl.file, True)
            if symbol in wrappers.PASS_ON:
                wrappers.wrap_whole(fb)
            function_body(fb, decl, decl.typ, decl.recv, decl.body)
            fb.finish()

    def _lower_init(self, unit: Unit, st: PackageState, decl: ast.FuncDecl, symbol: str) -> None:
        if not unit.begin(symbol):
            return
        st.pkg.checked_by().check_body(decl)
        self._check_errors(st)
        assert decl.body is not None
        with unit.defining(symbol):
            fb = FuncBuilder(unit, symbol, [], [], pos=decl.pos)
            fb.facts = self.func_facts(decl)
            fb.decl = decl
            fb.tbaa = not st.unsafe.get(decl.file, True)
            function_body(fb, decl, decl.typ, None, decl.body)
            fb.finish()

    def _define_var(self, unit: Unit, st: PackageState, v: Var, symbol: str) -> None:
        resolve(v)
        if symbol != f"{prefix(v.pkg)}.{v.name}" and v.decl is not None and v.decl.init is None:
            # //go:linkname to another package's variable: that package defines it
            owner = symbol.rpartition(".")[0]
            if owner in self.loaded.packages and owner != st.pkg.path:
                if self.get_package(owner).scope.lookup(symbol.rpartition(".")[2]) is not None:
                    return
        elif v.decl is not None and v.decl.init is None and self._pushed_with_value(symbol, st):
            return
        self.initializers(st)
        assert st.inits is not None
        static.define_var(unit, v, st.inits.get(v), symbol)

    def _pushed_with_value(self, symbol: str, st: PackageState) -> bool:
        """Another package gives this variable its initial value by //go:linkname: that package defines it."""
        pushes = self.pushes
        if pushes is None:
            pushes = self.pushes = {}
            for path, info in self.loaded.packages.items():
                for local, sym in info.linknames.items():
                    pushes.setdefault(sym, []).append((path, local))
        for path, local in pushes.get(symbol, ()):
            if path != st.pkg.path:
                obj = self.get_package(path).scope.lookup(local)
                if type(obj) is Var and obj.decl is not None and obj.decl.init is not None:
                    return True
        return False

    def _lower_step(self, unit: Unit, st: PackageState, init: Initializer, symbol: str) -> None:
        """One initialiser as a function."""
        if not unit.begin(symbol):
            return
        pos = init.lhs[0].pos
        with unit.defining(symbol):
            fb = FuncBuilder(unit, symbol, [], [], pos=pos, name=f"{prefix(st.pkg)}.init")
            fb.facts = self.initializer_facts(st, init.rhs, [None if v.name == "_" else v.type for v in init.lhs])
            fb.closure_base = f"{prefix(st.pkg)}.init"
            fb.real_results = []
            fb.tbaa = False
            fb.dbg(pos)
            if len(init.lhs) == 1:
                v = init.lhs[0]
                assert v.type is not None
                if v.name == "_":
                    fb.expr_as(init.rhs, v.type)
                elif layout(v.type).is_flat:
                    fb.store(self.var_ref(unit, v), v.type, fb.expr_as(init.rhs, v.type))
                else:
                    into(fb, init.rhs, self.var_ref(unit, v), v.type)
            else:
                vals = multi(fb, init.rhs, len(init.lhs))
                for v, val in zip(init.lhs, vals, strict=True):
                    if v.name != "_":
                        assert v.type is not None
                        fb.store(self.var_ref(unit, v), v.type, assign_conv(fb, val, v.type, pos))
            fb.ret([])
            fb.finish()

    # ------------------------------------------------------------ initialisation

    def init_steps(self, path: str) -> list[InitStep]:
        """What runs when the package is initialised, in order."""
        st = self.state(path)
        pre = prefix(st.pkg)
        out = []
        for i, init in enumerate(self.initializers(st)):
            kind = static.classify(self, init)
            if kind == "static":
                continue
            names = [self.var_symbol(v) for v in init.lhs if v.name != "_"]
            out.append(InitStep(f"{pre}.init.v{i}", names if kind == "pure" else []))
            if kind == "pure" and not names:
                out.pop()
        n = 0
        while f"{pre}.init.{n}" in st.table:
            out.append(InitStep(f"{pre}.init.{n}"))
            n += 1
        self._check_errors(st)
        return out


def is_generic(f: Func) -> bool:
    """Needs type arguments."""
    resolve(f)
    sig = f.type
    return isinstance(sig, Signature) and bool(sig.tparams or sig.recv_tparams)
