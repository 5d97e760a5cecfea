"""Tokens -> syntax tree: a recursive descent parser, one method per production of the specification.

`parse_file` parses a whole file; with `lazy=True` function bodies (and the elements of large composite literals in package
variables) are left out and parsed by `parse_body` (or on first use) from their byte range. Error recovery, the choice
of tokens to go on at, and every message follow cmd/compile/internal/syntax/parser.go of go1.27, because the order in
which a parser gives up is part of what a user sees: the same wrong program gets the same list of errors. As in gc, at most
one "syntax error" is reported per line, and break, continue, goto and labels are checked here (branches.py), not by
the Checker.

How it stays fast: the token lists of the scanner are indexed with `i`; `tok` is the kind at `i`. Names, literals, calls
and binary operators, which make up most of a program, are handled inside `binary_expr` and `primary_expr` without further
calls. Nesting is limited only by Python's recursion limit, which the command raises; when it is exceeded that is a
normal error of the source, not a crash.

Pragmas: a `//go:` comment belongs to the declaration whose first token follows it; one that no declaration takes is
"misplaced". What gc reports only after type checking (a directive on the wrong kind of declaration) is left in
`File.late_errors`.

A syntax error (its text begins with "syntax error") means that the Checker should not run; other errors reported here,
such as an unused label or a bad literal, are printed together with the Checker's.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

from rt0.diag import NO_POS, CompileError, Diagnostic, Pos, SourceFile
from rt0.load.constraint import file_go_version
from rt0.syntax import pragma
from rt0.syntax.branches import check_branches
from rt0.syntax.nodes import (
    ArrayType,
    AssignStmt,
    BadExpr,
    BasicLit,
    BinaryExpr,
    BlockStmt,
    BranchStmt,
    CallExpr,
    CaseClause,
    ChanDir,
    ChanType,
    CommClause,
    CompositeLit,
    ConstSpec,
    Decl,
    DeclStmt,
    DeferStmt,
    Ellipsis,
    EmptyStmt,
    Expr,
    ExprStmt,
    Field,
    FieldList,
    File,
    ForStmt,
    FuncDecl,
    FuncLit,
    FuncType,
    GenDecl,
    GoStmt,
    Ident,
    IfStmt,
    ImportSpec,
    IncDecStmt,
    IndexExpr,
    InterfaceType,
    KeyValueExpr,
    LabeledStmt,
    MapType,
    ParenExpr,
    RangeStmt,
    ReturnStmt,
    SelectorExpr,
    SelectStmt,
    SendStmt,
    SliceExpr,
    StarExpr,
    Stmt,
    StructType,
    SwitchStmt,
    TypeAssertExpr,
    TypeSpec,
    TypeSwitchStmt,
    UnaryExpr,
    VarSpec,
    unparen,
)
from rt0.syntax.positions import start as start_pos
from rt0.syntax.printer import expr_string
from rt0.syntax.scanner import KEYWORD_SET, PREC, Tokens, scan

# keywords that begin a statement: good places to go on after an error inside a function
_STOPSET = frozenset(["break", "const", "continue", "defer", "fallthrough", "for", "go", "goto", "if", "return", "select", "switch", "type", "var"])
_UNARY = frozenset(["*", "+", "-", "!", "^", "~", "&"])
_SUFFIX = frozenset((".", "(", "[", "{"))
_SIMPLE_START = frozenset(["literal", "func", "(", "[", "struct", "map", "chan", "interface", "<-", *["+", "-", "*", "&", "^", "!"]])
_TYPE_TOKENS = frozenset(("[", "chan", "map", "struct", "interface"))
_END_OF_LIST = frozenset(("EOF", "}", "case", "default"))


class _RangeClause(Stmt):
    """`lhs := range x` in the header of a for statement; the parser's own, it becomes a RangeStmt."""

    __slots__ = ("define", "lhs", "x")

    def __init__(self, pos: Pos, lhs: list[Expr], define: bool, x: Expr) -> None:
        self.pos = pos
        self.lhs = lhs
        self.define = define
        self.x = x


class _Param:
    """One parameter while the list is still ambiguous: `a` may be a name or a type."""

    __slots__ = ("name", "pos", "typ")

    def __init__(self, pos: Pos, name: Ident | None = None, typ: Expr | None = None) -> None:
        self.pos = pos
        self.name = name
        self.typ = typ


def tokstring(tok: str) -> str:
    """The token in words, for messages."""
    if tok == ",":
        return "comma"
    if tok == ";":
        return "semicolon or newline"
    return "keyword " + tok if tok in KEYWORD_SET else tok


class Parser:
    """The state of one parse: where we are in the tokens, and what has been reported."""

    __slots__ = (
        "base",
        "branch_errors",
        "embeds",
        "fnest",
        "guard_lhs",
        "i",
        "late",
        "lits",
        "next_pragma",
        "npragma",
        "offs",
        "reported",
        "src",
        "std",
        "tok",
        "tokens",
        "toks",
        "xnest",
    )

    def __init__(self, src: SourceFile, tokens: Tokens, std: bool) -> None:
        self.src = src
        self.base = src.base
        self.tokens = tokens
        self.toks = tokens.kinds
        self.offs = tokens.offs
        self.lits = tokens.lits
        self.i = 0
        self.tok = self.toks[0]
        self.reported: list[tuple[Pos, str]] = []  # in the order of reporting
        self.branch_errors = 0  # how many of them are branches.py's
        self.late: list[tuple[Pos, str]] = []
        self.fnest = 0  # function nesting, for error recovery
        self.xnest = 0  # expression nesting; < 0 in a control clause, where "{" begins the block
        self.guard_lhs: Ident | None = None  # x of `switch x := y.(type)`
        self.std = std
        self.npragma = 0
        self.next_pragma = 1 << 60  # index of the token that follows the first directive nobody took yet
        # //go:embed directives taken by variables: (position, spec, inside a function)
        self.embeds: list[tuple[Pos, VarSpec, bool]] = []
        self._set_next_pragma()

    # ------------------------------------------------------------ tokens and errors

    def next(self) -> None:
        i = self.i + 1
        self.i = i
        self.tok = self.toks[i]

    def pos(self) -> Pos:
        return self.base + self.offs[self.i]

    def got(self, tok: str) -> bool:
        if self.tok == tok:
            i = self.i + 1
            self.i = i
            self.tok = self.toks[i]
            return True
        return False

    def want(self, tok: str) -> None:
        if not self.got(tok):
            self.syntax_error("expected " + tokstring(tok))
            self.advance()

    def got_assign(self) -> bool:
        """`=`, or `:=` with a complaint."""
        if self.tok == ":=":
            self.syntax_error("expected =")
        elif self.tok != "=":
            return False
        self.next()
        return True

    def error_at(self, pos: Pos, msg: str) -> None:
        self.reported.append((pos, msg))

    def error(self, msg: str) -> None:
        self.reported.append((self.pos(), msg))

    def branch_error(self, pos: Pos, msg: str) -> None:
        """An error of branches.py: gc's parser does not hear of it."""
        self.branch_errors += 1
        self.reported.append((pos, msg))

    def error_count(self) -> int:
        """Errors so far, the scanner's up to the current token included, those of branches not."""
        scanned = self.tokens.errors
        return len(self.reported) - self.branch_errors + (bisect_right(scanned, (self.offs[self.i], "￿")) if scanned else 0)

    def syntax_error(self, msg: str) -> None:
        self.syntax_error_at(self.pos(), msg)

    def syntax_error_at(self, pos: Pos, msg: str) -> None:
        if self.tok == "EOF" and self.error_count():
            return  # a follow-up
        if msg.startswith(("in ", "at ", "after ")):
            msg = " " + msg
        elif msg.startswith("expected "):
            msg = ", " + msg
        else:
            self.reported.append((pos, "syntax error: " + msg))
            return
        tok = self.tok
        lit = self.lits[self.i]
        if tok == "name":
            found = f"name {lit}"
        elif tok == "literal":
            assert isinstance(lit, tuple)
            found = "literal " + lit[1].decode("utf-8", "replace")
        elif tok in (";", "op="):
            found = str(lit)
        else:
            found = tokstring(tok)
        self.reported.append((pos, "syntax error: unexpected " + found + msg))

    def advance(self, *follow: str) -> None:
        """Skip to a token of `follow` (inside functions also to one that begins a statement); without `follow`, skip one token."""
        if not follow:
            if self.tok != "EOF":
                self.next()
            return
        stop = {"EOF", *follow}
        if self.fnest > 0:
            stop |= _STOPSET
        while self.tok not in stop:
            self.next()

    def list_(self, context: str, sep: str, close: str, f: Callable[[], bool]) -> Pos:
        """[ f { sep f } [ sep ] ] close; f returns True when no more elements may follow. Returns the position of close."""
        done = False
        while self.tok != "EOF" and self.tok != close and not done:
            done = f()
            if not self.got(sep) and self.tok != close:
                self.syntax_error(f"in {context}; possibly missing {tokstring(sep)} or {tokstring(close)}")
                self.advance(")", "]", "}")
                if self.tok != close:
                    return self.pos()
        pos = self.pos()
        self.want(close)
        return pos

    # ------------------------------------------------------------ pragmas

    def _set_next_pragma(self) -> None:
        d = self.tokens.directives
        self.next_pragma = d[self.npragma][0] if self.npragma < len(d) else 1 << 60

    def take_pragma(self) -> list[tuple[Pos, str]]:
        """The directives in front of the current token that nobody took: (position, text)."""
        if self.next_pragma > self.i:
            return []
        d, out = self.tokens.directives, []
        while self.npragma < len(d) and d[self.npragma][0] <= self.i:
            _, off, text, blank = d[self.npragma]
            if blank:
                out.append((self.base + off, text))
            self.npragma += 1
        self._set_next_pragma()
        return out

    def clear_pragma(self) -> None:
        for pos, text in self.take_pragma():
            msg = pragma.misplaced(text)
            if msg:
                self.error_at(pos, msg)

    def _decl_pragma(self, allowed: frozenset[str], embed: bool = False) -> tuple[str, ...]:
        """Take the pragmas of a declaration; those it does not accept are remembered as late errors."""
        found = self.take_pragma()
        for pos, text in found:
            msg = pragma.misplaced(text)
            if msg and text.split()[0] not in allowed and not (embed and msg == pragma.MISPLACED_EMBED):
                self.late.append((pos, msg))
        return tuple(text[3:] for _, text in found)

    # ------------------------------------------------------------ files and declarations

    def file(self) -> File | None:
        """SourceFile = PackageClause ";" { ImportDecl ";" } { TopLevelDecl ";" } ."""
        pos = self.pos()
        if not self.got("package"):
            self.syntax_error("package statement must be first")
            return None
        self._decl_pragma(pragma.FILE)
        name = self.name()
        self.want(";")
        # gc has scanned the token behind the clause: an error anywhere in a literal counts, the one at its end included, where a line's semicolon is put
        end = self.offs[self.i + 1] if self.tok == "literal" else -1
        if self.error_count() or (self.tokens.errors and self.tokens.errors[0][0] <= end):
            return None
        decls: list[Decl] = []
        imports: list[ImportSpec] = []
        f = File(pos, self.src, name, decls, imports)
        prev = "import"
        while self.tok != "EOF":
            tok = self.tok
            if tok == "import" and prev != "import":
                self.syntax_error("imports must appear before other declarations")
            prev = tok
            if tok == "func":
                self.next()
                decls.append(self.func_decl())
            elif tok in ("import", "const", "type", "var"):
                d = self.gen_decl()
                decls.append(d)
                if tok == "import":
                    imports.extend(s for s in d.specs if isinstance(s, ImportSpec))
            else:
                last = decls[-1] if decls else None
                if tok == "{" and isinstance(last, FuncDecl) and not last.has_body:
                    self.syntax_error("unexpected semicolon or newline before {")
                else:
                    self.syntax_error("non-declaration statement outside function body")
                self.advance("import", "const", "type", "var", "func")
                continue
            if self.next_pragma <= self.i:
                self.clear_pragma()
            if self.tok != "EOF" and not self.got(";"):
                self.syntax_error("after top level declaration")
                self.advance("import", "const", "type", "var", "func")
        self.clear_pragma()
        return f

    def gen_decl(self) -> GenDecl:
        """`import`, `const`, `type` or `var`, followed by one spec or a group in parentheses."""
        pos, tok = self.pos(), self.tok
        self.next()
        specs: list[ImportSpec | ConstSpec | VarSpec | TypeSpec] = []
        d = GenDecl(pos, tok, specs)
        last: ConstSpec | None = None  # the const spec that later ones repeat

        def one() -> bool:
            nonlocal last
            if tok == "const":
                c = self.const_spec(len(specs))
                if c.type is None and not c.values:
                    c.inherited = last
                else:
                    last = c
                specs.append(c)
            elif tok == "var":
                specs.append(self.var_spec())
            elif tok == "type":
                specs.append(self.type_spec())
            else:
                s = self.import_spec()
                if s:
                    specs.append(s)
            return False

        if self.tok == "(":
            if self.next_pragma <= self.i:
                self.clear_pragma()
            self.next()
            self.list_("grouped declaration", ";", ")", one)
        else:
            one()
        return d

    def import_spec(self) -> ImportSpec | None:
        """ImportSpec = [ "." | PackageName ] ImportPath ."""
        pos = self.pos()
        self._decl_pragma(pragma.NONE)
        name = None
        if self.tok == "name":
            name = self.name()
        elif self.tok == ".":
            name = Ident(self.pos(), ".")
            self.next()
        path = self.oliteral()
        if path is None:
            self.syntax_error("missing import path")
            self.advance(";", ")")
            return None
        if not path.bad and path.kind != "string":
            self.syntax_error_at(path.pos, "import path must be a string")
            path.bad = True
        return ImportSpec(pos, name, path)

    def const_spec(self, iota: int) -> ConstSpec:
        """ConstSpec = IdentifierList [ [ Type ] "=" ExpressionList ] ."""
        pos = self.pos()
        if self.next_pragma <= self.i:
            self._decl_pragma(pragma.NONE)
        names = self.name_list(self.name())
        typ = None
        values: list[Expr] = []
        if self.tok not in ("EOF", ";", ")"):
            typ = self.type_or_none()
            if self.got_assign():
                values = self.expr_list()
        return ConstSpec(pos, names, typ, values, iota)

    def var_spec(self) -> VarSpec:
        """VarSpec = IdentifierList ( Type [ "=" ExpressionList ] | "=" ExpressionList ) ."""
        pos = self.pos()
        embed: list[str] | None = None
        embed_pos = NO_POS
        if self.next_pragma <= self.i:
            directives = self.tokens.directives[self.npragma :]
            for text in self._decl_pragma(pragma.NONE, embed=True):
                if text == "embed" or text.startswith(("embed ", "embed\t")):
                    if embed is None:
                        embed_pos = self.base + next(off for _, off, t, blank in directives if blank and t[3:] == text)
                    embed = (embed or []) + pragma.parse_embed(text[5:])[0]
        names = self.name_list(self.name())
        typ = None
        values: list[Expr] = []
        if self.got_assign():
            values = self.expr_list()
        else:
            typ = self.type_()
            if self.got_assign():
                values = self.expr_list()
        spec = VarSpec(pos, names, typ, values, embed)
        if embed is not None:
            self.embeds.append((embed_pos, spec, self.fnest > 0))
        return spec

    def type_spec(self) -> TypeSpec:
        """TypeSpec = identifier [ TypeParams ] [ "=" ] Type ."""
        pos = self.pos()
        pragmas = self._decl_pragma(pragma.NONE) if self.next_pragma <= self.i else ()
        name = self.name()
        tparams: FieldList | None = None
        alias = False
        typ: Expr | None
        if self.tok == "[":
            lbrack = self.pos()
            self.next()
            if self.tok == "name":
                # An array length or a type parameter list: parse an expression and see whether it splits into a name and a
                # constraint. A name followed by "[" must be a type parameter with an array or slice constraint.
                x: Expr = self.name()
                if self.tok != "[":
                    self.xnest += 1
                    x = self.binary_expr(0, self.primary_expr(x))
                    self.xnest -= 1
                pname, ptype = _extract_name(x, self.tok == ",")
                if pname is not None and (ptype is not None or self.tok != "]"):
                    tparams = self.param_list(lbrack, pname, ptype, "]", True, False)
                    alias = self.got_assign()
                    typ = self.type_or_none()
                else:
                    typ = self.array_type(lbrack, x)
            elif self.tok == "]":
                self.next()
                typ = ArrayType(lbrack, None, self.type_())
            else:
                typ = self.array_type(lbrack, None)
        else:
            alias = self.got_assign()
            typ = self.type_or_none()
        if typ is None:
            typ = BadExpr(self.pos())
            self.syntax_error("in type declaration")
            self.advance(";", ")")
        return TypeSpec(pos, name, tparams, alias, typ, pragmas)

    def func_decl(self) -> FuncDecl:
        """FunctionDecl = "func" [ Receiver ] identifier [ TypeParams ] Signature [ FunctionBody ] ."""
        pragmas = self._decl_pragma(pragma.FUNC) if self.next_pragma <= self.i else ()
        recv: FieldList | None = None
        if self.tok == "(":
            lparen = self.pos()
            self.next()
            recv = self.param_list(lparen, None, None, ")", False, False)
            n = sum(len(f.names) or 1 for f in recv.list)
            if n == 0:
                self.error("method has no receiver")
                recv = None
            elif n > 1:
                self.error("method has multiple receivers")
                first = recv.list[0]
                first.names = first.names[:1]
                recv.list = [first]
            has_recv = True
        else:
            has_recv = False
        if self.tok == "name":
            name = self.name()
            typ = self.func_type("")
        else:
            name = Ident(self.pos(), "_")
            typ = FuncType(self.pos(), None, FieldList(self.pos(), []), None)
            self.syntax_error("expected name" if has_recv else "expected name or (")
            self.advance("{", ";")
        d = FuncDecl(name.pos, name, recv, typ, None, False, self.src, pragmas)
        if self.tok == "{":
            d.has_body = True
            if self.toks[self.i + 1] == "lazy":
                rng = self.lits[self.i + 1]
                assert isinstance(rng, tuple)
                d.lazy = (rng[0] - 1, rng[1] + 1)
                self.i += 2
                self.next()
            else:
                d.body = self.func_body()
        return d

    def func_body(self) -> BlockStmt:
        self.fnest += 1
        count = self.error_count()
        body = self.block_stmt("")
        self.fnest -= 1
        if count == self.error_count():
            check_branches(body, self.src, self.branch_error)
        return body

    # ------------------------------------------------------------ expressions

    def expr(self) -> Expr:
        return self.binary_expr(0)

    def binary_expr(self, prec: int, x: Expr | None = None) -> Expr:
        """Expression = UnaryExpr | Expression binary_op Expression . Precedence climbing above `prec`."""
        if x is None:
            tok = self.tok
            if tok == "name" or tok == "literal" or (tok != "<-" and tok not in _UNARY):
                x = self.primary_expr(None)
            else:
                x = self.unary_expr()
        get = PREC.get
        while True:
            op = self.tok
            tprec = get(op, 0)
            if tprec <= prec:
                return x
            i = self.i
            pos = self.base + self.offs[i]
            i += 1
            self.i = i
            self.tok = self.toks[i]
            x = BinaryExpr(pos, op, x, self.binary_expr(tprec))

    def unary_expr(self) -> Expr:
        """UnaryExpr = PrimaryExpr | unary_op UnaryExpr ."""
        tok = self.tok
        if tok in _UNARY:
            pos = self.pos()
            self.next()
            if tok == "*":
                return StarExpr(pos, self.unary_expr())
            x = self.unary_expr()
            return UnaryExpr(pos, tok, unparen(x) if tok == "&" else x)
        if tok != "<-":
            return self.primary_expr(None)
        # <-x, or the type <-chan E: known only when the operand has been seen; then the arrow belongs to the channel type
        # and, in <-chan<- E, every following arrow moves one to the left
        pos = self.pos()
        self.next()
        x = self.unary_expr()
        if not isinstance(x, ChanType):
            return UnaryExpr(pos, "<-", x)
        direction: ChanDir = "send"
        t: Expr = x
        while direction == "send":
            if not isinstance(t, ChanType):
                break
            direction = t.dir
            if direction == "recv":
                self.syntax_error("unexpected <-, expected chan")
            t.dir = "recv"
            t = t.elt
        if direction == "send":
            self.syntax_error(f"unexpected {expr_string(t)}, expected chan")
        return x

    def operand(self) -> Expr:
        """Operand = Literal | OperandName | MethodExpr | "(" Expression ")" . Names and literals are done by primary_expr."""
        tok = self.tok
        if tok == "(":
            pos = self.pos()
            self.next()
            self.xnest += 1
            x = self.binary_expr(0)
            self.xnest -= 1
            rparen = self.pos()
            self.want(")")
            return ParenExpr(pos, x, rparen)
        if tok == "func":
            pos = self.pos()
            self.next()
            ftyp = self.func_type("function type")
            if self.tok == "{":
                self.xnest += 1
                f = FuncLit(pos, ftyp, self.func_body())
                self.xnest -= 1
                return f
            return ftyp
        if tok in _TYPE_TOKENS:
            return self.type_()
        bad = BadExpr(self.pos())
        self.syntax_error("expected expression")
        self.advance(")", "]", "}")
        return bad

    def primary_expr(self, x: Expr | None) -> Expr:
        """PrimaryExpr = Operand { Selector | Index | Slice | TypeAssertion | Arguments | LiteralValue } ."""
        i = self.i
        tok = self.tok
        if x is None:
            if tok == "name":
                x = Ident(self.base + self.offs[i], self.lits[i])  # type: ignore[arg-type]
                i += 1
                self.i = i
                self.tok = tok = self.toks[i]
            elif tok == "literal":
                x = BasicLit(self.base + self.offs[i], *self.lits[i])  # type: ignore[misc]
                i += 1
                self.i = i
                self.tok = tok = self.toks[i]
            else:
                x = self.operand()
                tok = self.tok
        while tok in _SUFFIX:
            i = self.i
            if tok == ".":
                i += 1
                tok = self.toks[i]
                if tok == "name":
                    pos = self.base + self.offs[i]
                    x = SelectorExpr(self.base + self.offs[i - 1], x, Ident(pos, self.lits[i]))  # type: ignore[arg-type]
                    i += 1
                    self.i = i
                    self.tok = tok = self.toks[i]
                    continue
                pos = self.base + self.offs[i - 1]
                self.i = i
                self.tok = tok
                if tok == "(":
                    self.next()
                    x = TypeAssertExpr(pos, x, None if self.got("type") else self.type_())
                    self.want(")")
                else:
                    self.syntax_error("expected name or (")
                    self.advance(";", ")")
            elif tok == "(":
                lparen = self.base + self.offs[i]
                i += 1
                self.i = i
                self.tok = tok = self.toks[i]
                if tok == ")":  # f()
                    x = CallExpr(lparen, x, [], NO_POS, self.base + self.offs[i])
                    i += 1
                    self.i = i
                    self.tok = tok = self.toks[i]
                    continue
                self.xnest += 1
                args: list[Expr] = []
                ellipsis = NO_POS
                while True:
                    # one argument; the arms below are list_("argument list", ",", ")", ...) written out
                    if self.tok == "EOF" or self.tok == ")" or ellipsis:
                        rparen = self.base + self.offs[self.i]
                        self.want(")")
                        break
                    args.append(self.binary_expr(0))
                    tok = self.tok
                    if tok == "...":
                        ellipsis = self.base + self.offs[self.i]
                        self.next()
                        tok = self.tok
                    if tok == ",":
                        i = self.i + 1
                        self.i = i
                        self.tok = self.toks[i]
                    elif tok != ")":
                        self.syntax_error("in argument list; possibly missing comma or )")
                        self.advance(")", "]", "}")
                        if self.tok != ")":
                            rparen = self.pos()
                            break
                self.xnest -= 1
                x = CallExpr(lparen, x, args, ellipsis, rparen)
            elif tok == "[":
                x = self.index_or_slice(x)
            else:  # "{": a composite literal, or the block of a control clause
                t = unparen(x)
                if isinstance(t, (Ident, SelectorExpr)):
                    ok = self.xnest >= 0
                elif isinstance(t, IndexExpr):
                    ok = self.xnest >= 0 and not _is_value(t)
                else:
                    ok = isinstance(t, (ArrayType, StructType, MapType))
                if not ok:
                    return x
                if t is not x:
                    self.syntax_error("cannot parenthesize type in composite literal")
                x = self.literal_value(x)
            tok = self.tok
        return x

    def index_or_slice(self, x: Expr) -> Expr:
        """Index = "[" Expression "]" ; Slice = "[" [ Expression ] ":" [ Expression ] [ ":" Expression ] "]" ; or type arguments."""
        pos = self.pos()
        self.next()
        lo: Expr | None = None
        if self.tok != ":":
            comma = False
            if self.tok == "]":
                self.syntax_error("expected operand")
                indices: list[Expr] = [BadExpr(self.pos())]
            else:
                indices, comma = self.type_list(False)
            if comma or self.tok == "]":
                rbrack = self.pos()
                self.want("]")
                return IndexExpr(pos, x, indices, rbrack)
            lo = indices[0]
        if not self.got(":"):
            self.syntax_error("expected comma, : or ]")
            self.advance(",", ":", "]")
        self.xnest += 1
        hi: Expr | None = None
        limit: Expr | None = None
        slice3 = False
        if self.tok != ":" and self.tok != "]":
            hi = self.binary_expr(0)
        if self.tok == ":":
            slice3 = True
            if hi is None:
                self.error("middle index required in 3-index slice")
                hi = BadExpr(self.pos())
            self.next()
            if self.tok != "]":
                limit = self.binary_expr(0)
            else:
                self.error("final index required in 3-index slice")
                limit = BadExpr(self.pos())
        self.xnest -= 1
        self.want("]")
        return SliceExpr(pos, x, lo, hi, limit, slice3)

    def literal_value(self, typ: Expr | None) -> CompositeLit:
        """LiteralValue = "{" [ ElementList [ "," ] ] "}" ."""
        lbrace = self.pos()
        pos = lbrace if typ is None else start_pos(typ)
        i = self.i
        if self.tok == "{" and self.toks[i + 1] == "lazy":
            rng = self.lits[i + 1]
            assert isinstance(rng, tuple)
            x = CompositeLit(pos, typ, lbrace, [], self.base + rng[1])
            x.lazy = _LazyElements(self.src, rng[0], rng[1], self.std)
            self.i = i + 2
            self.next()
            return x
        self.xnest += 1
        self.want("{")
        elts: list[Expr] = []
        rbrace = self.elements(elts)
        self.xnest -= 1
        return CompositeLit(pos, typ, lbrace, elts, rbrace)

    def elements(self, elts: list[Expr]) -> Pos:
        """{ Element "," } "}" with Element = [ Key ":" ] ( Expression | LiteralValue ) . Returns the position of the brace."""
        while True:
            tok = self.tok
            if tok == "}" or tok == "EOF":
                pos = self.pos()
                self.want("}")
                return pos
            e: Expr = self.literal_value(None) if tok == "{" else self.binary_expr(0)
            if self.tok == ":":
                colon = self.base + self.offs[self.i]
                self.next()
                e = KeyValueExpr(colon, e, self.literal_value(None) if self.tok == "{" else self.binary_expr(0))
            elts.append(e)
            tok = self.tok
            if tok == ",":
                i = self.i + 1
                self.i = i
                self.tok = self.toks[i]
            elif tok != "}":
                self.syntax_error("in composite literal; possibly missing comma or }")
                self.advance(")", "]", "}")
                if self.tok != "}":
                    return self.pos()

    # ------------------------------------------------------------ types

    def type_(self) -> Expr:
        typ = self.type_or_none()
        if typ is None:
            typ = BadExpr(self.pos())
            self.syntax_error("expected type")
            self.advance(",", ":", ";", ")", "]", "}")
        return typ

    def type_or_none(self) -> Expr | None:
        """Type = TypeName | TypeLit | "(" Type ")" ; None, without an error, when there is no type here."""
        tok = self.tok
        if tok == "name":
            return self.qualified_name(None)
        if tok == "*":
            pos = self.pos()
            self.next()
            return StarExpr(pos, self.type_())
        if tok == "[":
            pos = self.pos()
            self.next()
            if self.got("]"):
                return ArrayType(pos, None, self.type_())
            return self.array_type(pos, None)
        if tok == "func":
            self.next()
            return self.func_type("function type")
        if tok == "map":
            pos = self.pos()
            self.next()
            self.want("[")
            key = self.type_()
            self.want("]")
            return MapType(pos, key, self.type_())
        if tok == "struct":
            return self.struct_type()
        if tok == "interface":
            return self.interface_type()
        if tok == "chan":
            pos = self.pos()
            self.next()
            direction: ChanDir = "send" if self.got("<-") else "both"
            return ChanType(pos, direction, self.chan_elem())
        if tok == "<-":
            pos = self.pos()
            self.next()
            self.want("chan")
            return ChanType(pos, "recv", self.chan_elem())
        if tok == "(":
            self.next()
            t = self.type_()
            self.want(")")
            return t
        return None

    def type_instance(self, typ: Expr) -> Expr:
        """TypeName TypeArgs, at "["."""
        pos = self.pos()
        self.want("[")
        if self.tok == "]":
            self.syntax_error("expected type argument list")
            indices: list[Expr] = [BadExpr(self.pos())]
        else:
            indices, _ = self.type_list(True)
        rbrack = self.pos()
        self.want("]")
        return IndexExpr(pos, typ, indices, rbrack)

    def func_type(self, context: str) -> FuncType:
        """[ TypeParams ] Parameters [ Result ]. With a context, type parameters are an error. pos is that of "(" or "["."""
        pos = self.pos()
        tparams: FieldList | None = None
        if self.got("["):
            if context:
                self.syntax_error_at(pos, context + " must have no type parameters")
            if self.tok == "]":
                self.syntax_error("empty type parameter list")
                self.next()
            else:
                tparams = self.param_list(pos, None, None, "]", True, False)
        lparen = self.pos()
        self.want("(")
        params = self.param_list(lparen, None, None, ")", False, True)
        results: FieldList | None = None
        tok = self.tok
        if tok == "(":
            lparen = self.pos()
            self.next()
            results = self.param_list(lparen, None, None, ")", False, False)
        elif tok != "{" and tok != ";":
            rpos = self.pos()
            typ = self.type_or_none()
            if typ is not None:
                results = FieldList(rpos, [Field(rpos, [], typ)])
        return FuncType(pos, None if context else tparams, params, results)

    def array_type(self, pos: Pos, length: Expr | None) -> Expr:
        """ArrayType after its "[" (at pos); length, when it has been parsed already."""
        if length is None:
            if self.tok == "...":
                length = Ellipsis(self.pos(), None)
                self.next()
            else:
                self.xnest += 1
                length = self.binary_expr(0)
                self.xnest -= 1
        if self.tok == ",":
            self.syntax_error("unexpected comma; expected ]")
            self.next()
        self.want("]")
        return ArrayType(pos, length, self.type_())

    def chan_elem(self) -> Expr:
        typ = self.type_or_none()
        if typ is None:
            typ = BadExpr(self.pos())
            self.syntax_error("missing channel element type")
        return typ

    def struct_type(self) -> StructType:
        """StructType = "struct" "{" { FieldDecl ";" } "}" ."""
        pos = self.pos()
        self.next()
        fields: list[Field] = []
        fl = FieldList(self.pos(), fields)
        self.want("{")

        def one() -> bool:
            self.field_decl(fields)
            return False

        fl.closing = self.list_("struct type", ";", "}", one)
        return StructType(pos, fl)

    def field_decl(self, fields: list[Field]) -> None:
        """FieldDecl = ( IdentifierList Type | EmbeddedField ) [ Tag ] ."""
        pos = self.pos()
        tok = self.tok
        if tok == "name":
            name = self.name()
            if self.tok in (".", "literal", ";", "}"):
                typ = self.qualified_name(name)
                fields.append(Field(pos, [], typ, self.oliteral()))
                return
            names = self.name_list(name)
            if len(names) == 1 and self.tok == "[":
                # a field of array or slice type, or an embedded instantiated type
                typ = self.array_or_targs(name)
                if isinstance(typ, IndexExpr):
                    fields.append(Field(pos, [], typ, self.oliteral()))
                    return
            else:
                typ = self.type_()
            fields.append(Field(pos, names, typ, self.oliteral()))
        elif tok == "*":
            self.next()
            if self.tok == "(":
                self.syntax_error("cannot parenthesize embedded type")
                self.next()
                typ = self.qualified_name(None)
                self.got(")")
            else:
                typ = self.qualified_name(None)
            fields.append(Field(pos, [], StarExpr(pos, typ), self.oliteral()))
        elif tok == "(":
            self.syntax_error("cannot parenthesize embedded type")
            self.next()
            if self.tok == "*":
                star = self.pos()
                self.next()
                typ = StarExpr(star, self.qualified_name(None))
            else:
                typ = self.qualified_name(None)
            self.got(")")
            fields.append(Field(pos, [], typ, self.oliteral()))
        else:
            self.syntax_error("expected field name or embedded type")
            self.advance(";", "}")

    def array_or_targs(self, name: Ident) -> Expr:
        """After a name, at "[": an array or slice type, or name[type arguments]."""
        pos = self.pos()
        self.want("[")
        if self.got("]"):
            return ArrayType(pos, None, self.type_())
        indices, comma = self.type_list(False)
        rbrack = self.pos()
        self.want("]")
        if not comma:
            elem = self.type_or_none()
            if elem is not None:
                return ArrayType(pos, indices[0], elem)
        return IndexExpr(pos, name, indices, rbrack)

    def oliteral(self) -> BasicLit | None:
        if self.tok == "literal":
            x = BasicLit(self.pos(), *self.lits[self.i])  # type: ignore[misc]
            self.next()
            return x
        return None

    def interface_type(self) -> InterfaceType:
        """InterfaceType = "interface" "{" { ( MethodSpec | EmbeddedElem ) ";" } "}" ."""
        pos = self.pos()
        self.next()
        methods: list[Field] = []
        fl = FieldList(self.pos(), methods)
        self.want("{")

        def one() -> bool:
            fpos = self.pos()
            if self.tok == "name":
                f = self.method_spec()
                if not f.names:
                    f.type = self.embedded_elem(f.type)
            else:
                f = Field(fpos, [], self.embedded_elem(None))
            methods.append(f)
            return False

        fl.closing = self.list_("interface type", ";", "}", one)
        return InterfaceType(pos, fl)

    def method_spec(self) -> Field:
        """MethodSpec = MethodName Signature | TypeName [ TypeArgs ] ."""
        pos = self.pos()
        name = self.name()
        context = "interface method"
        if self.tok == "(":
            return Field(pos, [name], self.func_type(context))
        if self.tok != "[":
            return Field(pos, [], self.qualified_name(name))
        # m[T C](x T), which is an error, or the embedded T[P1, P2]
        lbrack = self.pos()
        self.next()
        if self.tok == "]":
            rbrack = self.pos()
            self.next()
            if self.tok == "(":
                self.error_at(rbrack, "empty type parameter list")
                return Field(pos, [name], self.func_type(context))
            self.error_at(rbrack, "empty type argument list")
            return Field(pos, [], name)
        args = self.param_list(lbrack, None, None, "]", False, False).list
        if not args:
            if self.tok == "(":
                return Field(pos, [name], self.func_type(context))
            return Field(pos, [], name)
        if args[0].names:
            f = Field(pos, [name], self.func_type(context))
            self.error_at(lbrack, "interface method must have no type parameters")
            return f
        return Field(pos, [], IndexExpr(lbrack, name, [a.type for a in args]))

    def embedded_elem(self, typ: Expr | None) -> Expr:
        """EmbeddedElem = EmbeddedTerm { "|" EmbeddedTerm } ; typ: the first term, when it has been parsed."""
        if typ is None:
            typ = self.embedded_term()
        while self.tok == "|":
            pos = self.pos()
            self.next()
            typ = BinaryExpr(pos, "|", typ, self.embedded_term())
        return typ

    def embedded_term(self) -> Expr:
        """EmbeddedTerm = [ "~" ] Type ."""
        if self.tok == "~":
            pos = self.pos()
            self.next()
            return UnaryExpr(pos, "~", self.type_())
        t = self.type_or_none()
        if t is None:
            t = BadExpr(self.pos())
            self.syntax_error("expected ~ term or type")
            self.advance(*(op for op in PREC if op != "*"), "!", "~", ";", ")", "]", "}")
        return t

    def param_decl(self, name: Ident | None, follow: str) -> _Param | None:
        """ParameterDecl = [ IdentifierList ] [ "..." ] Type ; one name at a time, `param_list` sorts them out."""
        sets_ok = follow == "]"  # type sets are allowed in type parameter lists
        tok = self.tok
        par = _Param(self.pos() if name is None else name.pos)
        if name is None and sets_ok and tok == "~":
            par.typ = self.embedded_elem(None)
            return par
        if name is not None or tok == "name":
            if name is None:
                name = self.name()
            tok = self.tok
            if tok == "," or tok == ")":
                par.name = name
                return par
            if tok == "[":
                par.typ = self.array_or_targs(name)
                if not isinstance(par.typ, IndexExpr):
                    par.name = name
                if sets_ok and self.tok == "|":
                    par.typ = self.embedded_elem(par.typ)
                return par
            if tok == ".":
                par.typ = self.qualified_name(name)
                if sets_ok and self.tok == "|":
                    par.typ = self.embedded_elem(par.typ)
                return par
            if sets_ok and tok == "|":
                par.typ = self.embedded_elem(name)
                return par
            par.name = name
        if tok == "...":
            pos = self.pos()
            self.next()
            elem = self.type_or_none()
            if elem is None:
                par.typ = BadExpr(self.pos())
                self.syntax_error("... is missing type")
            else:
                par.typ = Ellipsis(pos, elem)
            return par
        if sets_ok and tok == "~":
            par.typ = self.embedded_elem(None)
            return par
        par.typ = self.type_or_none()
        if sets_ok and self.tok == "|" and par.typ is not None:
            par.typ = self.embedded_elem(par.typ)
        if par.name is not None or par.typ is not None:
            return par
        self.syntax_error("expected " + tokstring(follow))
        self.advance(",", follow)
        return None

    def param_list(
        self, opening: Pos, name: Ident | None, typ: Expr | None, close: str, require_names: bool, dots_ok: bool
    ) -> FieldList:
        """Parameters = "(" [ ParameterList [ "," ] ] ")" ; the opening bracket has been consumed.

        name, typ      what the caller has consumed of the first parameter
        require_names  a type parameter list
        dots_ok        `...T` is allowed for the last parameter
        """
        if self.tok == close:
            end = self.pos()
            self.next()
            if name is None:
                return FieldList(opening, [], end)
            if typ is not None:
                return FieldList(opening, [Field(name.pos, [name], typ)], end)
            self.i -= 1
            self.tok = close
        pars: list[_Param] = []
        named = typed = 0

        def one() -> bool:
            nonlocal name, typ, named, typed
            if typ is not None:
                assert name is not None
                par: _Param | None = _Param(name.pos, name, typ)
            else:
                par = self.param_decl(name, close)
            name = typ = None
            if par is not None:
                if par.typ is not None:
                    typed += 1
                    if par.name is not None:
                        named += 1
                pars.append(par)
            return False

        end = self.list_("parameter list", ",", close, one)
        if not pars:
            return FieldList(opening, [], end)
        if named == 0 and not require_names:
            for par in pars:  # what looked like names are types
                if par.name is not None:
                    par.typ = par.name
                    par.name = None
        elif named != len(pars):
            self.distribute_types(pars, named, typed, end, require_names)
        self.check_dots(pars, dots_ok)
        fields: list[Field] = []
        for k, par in enumerate(pars):
            assert par.typ is not None
            if par.name is None:
                fields.append(Field(par.pos, [], par.typ))
            elif k and fields[-1].names and fields[-1].type is par.typ:
                fields[-1].names.append(par.name)
            else:
                fields.append(Field(par.pos, [par.name], par.typ))
        return FieldList(opening, fields, end)

    def distribute_types(self, pars: list[_Param], named: int, typed: int, end: Pos, require_names: bool) -> None:
        """Give every name of `a, b T` its type, from right to left; all must have a name now."""
        err: Pos = NO_POS
        typ: Expr | None = None
        for par in reversed(pars):
            if par.typ is not None:
                typ = par.typ
                if par.name is None:
                    err = start_pos(typ)
                    par.name = Ident(err, "_")
            elif typ is not None:
                par.typ = typ
            else:
                assert par.name is not None
                err = par.name.pos
                par.typ = BadExpr(err)
        if err:
            if named == typed:
                err = end
                msg = "missing type constraint" if require_names else "missing parameter type"
            elif require_names:
                msg = "missing type parameter name"
                if len(pars) == 1:
                    msg += " or invalid array length"
            else:
                msg = "missing parameter name"
            self.syntax_error_at(err, msg)

    def check_dots(self, pars: list[_Param], dots_ok: bool) -> None:
        first = True
        for k, par in enumerate(pars):
            t = par.typ
            if isinstance(t, Ellipsis) and (not dots_ok or k + 1 < len(pars)):
                if first:
                    first = False
                    self.error_at(t.pos, "can only use ... with final parameter" if dots_ok else "invalid use of ...")
                par.typ = t.elt

    # ------------------------------------------------------------ statements

    def simple_stmt(self, lhs: list[Expr] | None, keyword: str) -> Stmt:
        """SimpleStmt = ExpressionStmt | SendStmt | IncDecStmt | Assignment | ShortVarDecl . keyword: "for", "switch", "if" or ""."""
        if keyword == "for" and self.tok == "range":
            return self.range_clause([], False)
        if lhs is None:
            lhs = self.expr_list()
        tok = self.tok
        pos = self.base + self.offs[self.i]
        if tok == "=" or tok == ":=":
            self.next()
            if keyword == "for" and self.tok == "range":
                return self.range_clause(lhs, tok == ":=")
            rhs = self.expr_list()
            if keyword == "switch" and tok == ":=" and len(rhs) == 1 and len(lhs) == 1:
                x, name = rhs[0], lhs[0]
                if isinstance(x, TypeAssertExpr) and x.typ is None and isinstance(name, Ident):
                    self.guard_lhs = name
                    return ExprStmt(x.pos, x)
            return AssignStmt(pos, lhs, tok, rhs)
        if len(lhs) > 1:
            self.syntax_error("expected := or = or comma")
            self.advance(";", "}")
            return ExprStmt(lhs[0].pos, lhs[0])
        if tok == "op=":
            op = self.lits[self.i]
            self.next()
            return AssignStmt(pos, lhs, op, [self.binary_expr(0)])  # type: ignore[arg-type]
        if tok == "++" or tok == "--":
            self.next()
            return IncDecStmt(pos, lhs[0], tok)
        if tok == "<-":
            self.next()
            return SendStmt(pos, lhs[0], self.binary_expr(0))
        return ExprStmt(lhs[0].pos, lhs[0])

    def range_clause(self, lhs: list[Expr], define: bool) -> _RangeClause:
        pos = self.pos()
        self.next()
        return _RangeClause(pos, lhs, define, self.binary_expr(0))

    def labeled_stmt(self, label: Ident) -> Stmt | None:
        pos = self.pos()
        self.want(":")
        if self.tok == "}":
            # a statement is needed; the semicolon of the empty one may be left out before "}"
            return LabeledStmt(pos, label, EmptyStmt(self.pos()))
        s = self.stmt_or_none()
        if s is not None:
            return LabeledStmt(pos, label, s)
        self.syntax_error_at(pos, "missing statement after label")
        return None

    def block_stmt(self, context: str) -> BlockStmt:
        """Block = "{" StatementList "}" ; context may be "" only when we are at "{"."""
        pos = self.pos()
        if not self.got("{"):
            self.syntax_error("expected { after " + context)
            self.advance("name", "}")
            rbrace = self.pos()
            if self.got("}"):
                return BlockStmt(pos, [], rbrace)
        stmts = self.stmt_list()
        rbrace = self.pos()
        self.want("}")
        return BlockStmt(pos, stmts, rbrace)

    def header(self, keyword: str) -> tuple[Stmt | None, Expr | None, Stmt | None]:
        """The part of an if, switch or for statement before "{": (init, condition or tag, post). A range clause comes as init."""
        self.next()
        if self.tok == "{":
            if keyword == "if":
                self.syntax_error("missing condition in if statement")
                return None, BadExpr(self.pos()), None
            return None, None, None
        outer = self.xnest
        self.xnest = -1
        init: Stmt | None = None
        if self.tok != ";":
            if self.got("var"):
                self.syntax_error(f"var declaration not allowed in {keyword} initializer")
            init = self.simple_stmt(None, keyword)
            if isinstance(init, _RangeClause):
                self.xnest = outer
                return init, None, None
        cond_stmt: Stmt | None = None
        post: Stmt | None = None
        semi_pos, semi_lit = NO_POS, ""
        if self.tok != "{":
            if self.tok == ";":
                semi_pos = self.pos()
                semi_lit = str(self.lits[self.i])
                self.next()
            else:
                self.want("{")
                if self.tok != "{":
                    self.advance("{", "}")
            self.guard_lhs = None
            if keyword == "for":
                done = False
                if self.tok != ";":
                    if self.tok == "{":
                        self.syntax_error("expected for loop condition")
                        done = True
                    else:
                        cond_stmt = self.simple_stmt(None, "")
                if not done:
                    self.want(";")
                    if self.tok != "{":
                        post = self.simple_stmt(None, "")
                        if isinstance(post, AssignStmt) and post.op == ":=":
                            self.syntax_error_at(post.pos, "cannot declare in post statement of for loop")
            elif self.tok != "{":
                cond_stmt = self.simple_stmt(None, keyword)
        else:
            cond_stmt = init
            init = None
        cond: Expr | None = None
        if cond_stmt is None:
            if keyword == "if" and semi_pos:
                if semi_lit != "semicolon":
                    self.syntax_error_at(semi_pos, f"unexpected {semi_lit}, expected {{ after if clause")
                else:
                    self.syntax_error_at(semi_pos, "missing condition in if statement")
                cond = BadExpr(semi_pos)
        elif isinstance(cond_stmt, ExprStmt):
            cond = cond_stmt.x
        else:
            if isinstance(cond_stmt, AssignStmt) and cond_stmt.op == "=":
                what = f"assignment {_emphasize(cond_stmt.lhs)} = {_emphasize(cond_stmt.rhs)}"
            else:
                what = expr_string(cond_stmt)
            self.syntax_error_at(cond_stmt.pos, f"cannot use {what} as value")
        self.xnest = outer
        return init, cond, post

    def if_stmt(self) -> IfStmt:
        """IfStmt = "if" [ SimpleStmt ";" ] Expression Block [ "else" ( IfStmt | Block ) ] . A chain of else-ifs is a loop."""
        first: IfStmt | None = None
        prev: IfStmt | None = None
        while True:
            pos = self.pos()
            init, cond, _ = self.header("if")
            body = self.block_stmt("if clause")
            s = IfStmt(pos, init, BadExpr(pos) if cond is None else cond, body, None)
            if prev is None:
                first = s
            else:
                prev.els = s
            assert first is not None
            if not self.got("else"):
                return first
            if self.tok == "if":
                prev = s
                continue
            if self.tok == "{":
                s.els = self.block_stmt("")
            else:
                self.syntax_error("else must be followed by if or statement block")
                self.advance("name", "}")
            return first

    def for_stmt(self) -> Stmt:
        """ForStmt = "for" [ Condition | ForClause | RangeClause ] Block ."""
        pos = self.pos()
        init, cond, post = self.header("for")
        body = self.block_stmt("for clause")
        if isinstance(init, _RangeClause):
            lhs = init.lhs
            key = lhs[0] if lhs else None
            value = lhs[1] if len(lhs) > 1 else None
            return RangeStmt(pos, key, value, init.define, init.x, body, extra=lhs[2] if len(lhs) > 2 else None)
        return ForStmt(pos, init, cond, post, body)

    def switch_stmt(self) -> Stmt:
        """SwitchStmt = "switch" [ SimpleStmt ";" ] [ Expression | TypeSwitchGuard ] "{" { CaseClause } "}" ."""
        pos = self.pos()
        init, tag, _ = self.header("switch")
        lhs, self.guard_lhs = self.guard_lhs, None
        if not self.got("{"):
            self.syntax_error("missing { after switch clause")
            self.advance("case", "default", "}")
        body: list[CaseClause] = []
        while self.tok != "EOF" and self.tok != "}":
            body.append(self.case_clause())
        rbrace = self.pos()
        self.want("}")
        if isinstance(tag, TypeAssertExpr) and tag.typ is None:
            return TypeSwitchStmt(pos, init, lhs, tag.x, body, rbrace)
        return SwitchStmt(pos, init, tag, body, rbrace)

    def select_stmt(self) -> SelectStmt:
        """SelectStmt = "select" "{" { CommClause } "}" ."""
        pos = self.pos()
        self.next()
        if not self.got("{"):
            self.syntax_error("missing { after select clause")
            self.advance("case", "default", "}")
        body: list[CommClause] = []
        while self.tok != "EOF" and self.tok != "}":
            body.append(self.comm_clause())
        rbrace = self.pos()
        self.want("}")
        return SelectStmt(pos, body, rbrace)

    def case_clause(self) -> CaseClause:
        pos = self.pos()
        exprs: list[Expr] | None = None
        if self.tok == "case":
            self.next()
            exprs = self.expr_list()
        elif self.tok == "default":
            self.next()
        else:
            self.syntax_error("expected case or default or }")
            self.advance(":", "case", "default", "}")
        colon = self.pos()
        self.want(":")
        return CaseClause(pos, exprs, self.stmt_list(), colon)

    def comm_clause(self) -> CommClause:
        pos = self.pos()
        comm: Stmt | None = None
        if self.tok == "case":
            self.next()
            comm = self.simple_stmt(None, "")
        elif self.tok == "default":
            self.next()
        else:
            self.syntax_error("expected case or default or }")
            self.advance(":", "case", "default", "}")
        colon = self.pos()
        self.want(":")
        return CommClause(pos, comm, self.stmt_list(), colon)

    def stmt_or_none(self) -> Stmt | None:
        """Statement, or None when none begins here."""
        tok = self.tok
        if tok == "name":
            if self.next_pragma <= self.i:
                self.clear_pragma()
            lhs = self.expr_list()
            if self.tok == ":" and len(lhs) == 1 and isinstance(lhs[0], Ident):
                return self.labeled_stmt(lhs[0])
            return self.simple_stmt(lhs, "")
        if tok == "var" or tok == "const" or tok == "type":
            d = self.gen_decl()
            return DeclStmt(d.pos, d)
        if self.next_pragma <= self.i:
            self.clear_pragma()
        if tok == "if":
            return self.if_stmt()
        if tok == "return":
            pos = self.pos()
            self.next()
            return ReturnStmt(pos, self.expr_list() if self.tok != ";" and self.tok != "}" else [])
        if tok == "for":
            return self.for_stmt()
        if tok in _SIMPLE_START:
            return self.simple_stmt(None, "")
        if tok == "{":
            return self.block_stmt("")
        if tok == "switch":
            return self.switch_stmt()
        if tok == "select":
            return self.select_stmt()
        pos = self.pos()
        if tok == ";":
            return EmptyStmt(pos)
        if tok == "go" or tok == "defer":
            self.next()
            x = self.primary_expr(None)
            t = unparen(x)
            if t is not x:
                self.error_at(x.pos, f"expression in {tok} must not be parenthesized")
            return GoStmt(pos, t) if tok == "go" else DeferStmt(pos, t)
        if tok == "break" or tok == "continue":
            self.next()
            return BranchStmt(pos, tok, self.name() if self.tok == "name" else None)
        if tok == "fallthrough":
            self.next()
            return BranchStmt(pos, tok, None)
        if tok == "goto":
            self.next()
            return BranchStmt(pos, tok, self.name())
        return None

    def stmt_list(self) -> list[Stmt]:
        """StatementList = { Statement ";" } ."""
        out: list[Stmt] = []
        while self.tok not in _END_OF_LIST:
            s = self.stmt_or_none()
            if self.next_pragma <= self.i:
                self.clear_pragma()
            if s is None:
                break
            out.append(s)
            tok = self.tok
            if tok == ";":
                i = self.i + 1
                self.i = i
                self.tok = self.toks[i]
            elif tok != "}":
                self.syntax_error("at end of statement")
                self.advance(";", "}", "case", "default")
                self.got(";")
        return out

    # ------------------------------------------------------------ common productions

    def name(self) -> Ident:
        i = self.i
        if self.tok == "name":
            n = Ident(self.base + self.offs[i], self.lits[i])  # type: ignore[arg-type]
            i += 1
            self.i = i
            self.tok = self.toks[i]
            return n
        n = Ident(self.pos(), "_")
        self.syntax_error("expected name")
        self.advance()
        return n

    def name_list(self, first: Ident) -> list[Ident]:
        names = [first]
        while self.tok == ",":
            self.next()
            names.append(self.name())
        return names

    def qualified_name(self, name: Ident | None) -> Expr:
        """TypeName = identifier | QualifiedIdent, with type arguments. name: the identifier, when it has been parsed."""
        x: Expr
        if name is not None:
            x = name
        elif self.tok == "name":
            x = self.name()
        else:
            x = Ident(self.pos(), "_")
            self.syntax_error("expected name")
            self.advance(".", ";", "}")
        if self.tok == ".":
            pos = self.pos()
            self.next()
            x = SelectorExpr(pos, x, self.name())
        if self.tok == "[":
            x = self.type_instance(x)
        return x

    def expr_list(self) -> list[Expr]:
        """ExpressionList = Expression { "," Expression } ."""
        out = [self.binary_expr(0)]
        while self.tok == ",":
            i = self.i + 1
            self.i = i
            self.tok = self.toks[i]
            out.append(self.binary_expr(0))
        return out

    def type_list(self, strict: bool) -> tuple[list[Expr], bool]:
        """arg { "," arg } [ "," ]: types; without `strict` the first may be any expression. Also: was there a comma?"""
        self.xnest += 1
        out = [self.type_() if strict else self.binary_expr(0)]
        comma = False
        while self.tok == ",":
            self.next()
            comma = True
            t = self.type_or_none()
            if t is None:
                break
            out.append(t)
        self.xnest -= 1
        return out, comma


class _LazyElements:
    """Parses the elements of a composite literal that was skipped; see CompositeLit.lazy."""

    __slots__ = ("end", "src", "start", "std")

    def __init__(self, src: SourceFile, start: int, end: int, std: bool) -> None:
        self.src = src
        self.start = start
        self.end = end
        self.std = std

    def __call__(self) -> list[Expr]:
        p = Parser(self.src, scan(self.src, self.start, self.end + 1), self.std)
        p.xnest = 1
        elts: list[Expr] = []
        p.elements(elts)
        if p.reported or p.tokens.errors:
            errors: list[Diagnostic] = []
            _report(p, errors)
            raise CompileError(errors)
        return elts


def _is_value(x: Expr) -> bool:
    """x can only be a value, never a type."""
    if isinstance(x, (BasicLit, CompositeLit, FuncLit, SliceExpr, TypeAssertExpr, CallExpr, UnaryExpr, BinaryExpr)):
        return True
    if isinstance(x, ParenExpr):
        return _is_value(x.x)
    if isinstance(x, IndexExpr):
        return _is_value(x.x) or (len(x.indices) == 1 and _is_value(x.indices[0]))
    return False


def _is_type_elem(x: Expr) -> bool:
    """x can only be a type element, never an ordinary expression."""
    if isinstance(x, (ArrayType, StructType, FuncType, InterfaceType, MapType, ChanType)):
        return True
    if isinstance(x, BinaryExpr):
        return _is_type_elem(x.x) or _is_type_elem(x.y)
    if isinstance(x, UnaryExpr):
        return x.op == "~" or _is_type_elem(x.x)
    if isinstance(x, (StarExpr, ParenExpr)):
        return _is_type_elem(x.x)
    return False


def _extract_name(x: Expr, force: bool) -> tuple[Ident | None, Expr | None]:
    """Split x into a type parameter name and its constraint, if it reads that way: `P *E`, `P (E)`, `P *E|F`.

    force  a comma follows, so it must be a type parameter list
    returns (name, constraint); (name, None) for a lone name; (None, x) when it does not split
    """
    if isinstance(x, Ident):
        return x, None
    if isinstance(x, BinaryExpr):
        if x.op == "*":
            if isinstance(x.x, Ident) and (force or _is_type_elem(x.y)):
                return x.x, StarExpr(x.pos, x.y)
        elif x.op == "|":
            name, lhs = _extract_name(x.x, force or _is_type_elem(x.y))
            if name is not None and lhs is not None:
                return name, BinaryExpr(x.pos, "|", lhs, x.y)
    elif isinstance(x, CallExpr):
        if isinstance(x.fun, Ident) and len(x.args) == 1 and not x.ellipsis and (force or _is_type_elem(x.args[0])):
            return x.fun, unparen(x.args[0])
    return None, x


def _emphasize(xs: list[Expr]) -> str:
    """Source of an expression list; a binary expression alone is put in parentheses."""
    s = ", ".join(expr_string(x) for x in xs)
    return f"({s})" if len(xs) == 1 and isinstance(xs[0], BinaryExpr) else s


def _report(p: Parser, errors: list[Diagnostic]) -> None:
    """Hand over what was found: one syntax error per line, sorted by position."""
    base, src = p.base, p.src
    out: list[tuple[int, str]] = []
    last_syntax = last_line = -1
    last_msg = ""
    for off, msg in [*p.tokens.errors, *((pos - base, msg) for pos, msg in p.reported)]:
        line = src.raw_position(off).line
        if msg.startswith("syntax error"):
            if line == last_syntax:
                continue
            last_syntax = line
        else:
            if line == last_line and msg == last_msg:
                continue
            last_line, last_msg = line, msg
        out.append((off, msg))
    out.sort(key=lambda e: e[0])
    prev: tuple[int, str] | None = None
    for e in out:
        if e != prev:
            errors.append(Diagnostic(src.position(e[0]), e[1]))
        prev = e


def parse_file(src: SourceFile, errors: list[Diagnostic], lazy: bool = False, *, std: bool | None = None) -> File:
    """Parse one file.

    errors  errors found are appended, sorted by position
    lazy    leave out function bodies (FuncDecl.lazy) and the elements of large literals; used for dependencies
    std     the file belongs to the standard library: directives reserved for it are accepted (None: what is lazy does)
    returns the File; after an error in the package clause one named "_" without declarations
    """
    if std is None:
        std = lazy
    tokens = scan(src, lazy=lazy)
    p = Parser(src, tokens, std)
    try:
        f = p.file()
    except RecursionError:
        p.error("nesting depth limit exceeded")
        f = None
    if lazy and (p.reported or tokens.errors):
        # an unbalanced brace may have swallowed declarations: only a full parse gives the right errors
        return parse_file(src, errors, False, std=std)
    if f is None:
        # gc gives up here: what the scanner found further on stays unsaid
        tokens.errors = [e for e in tokens.errors if e[0] < p.offs[p.i + 1] + (tokens.kinds[p.i + 1] == ";")]
        f = File(src.base, src, Ident(src.base, "_"), [], [])
    if tokens.directives:
        _file_pragmas(p, f)
    if p.reported or tokens.errors:
        _report(p, errors)
    for pos, msg in p.late:
        f.late_errors.append(Diagnostic(src.position(pos - src.base), msg))
    return f


def _file_pragmas(p: Parser, f: File) -> None:
    """Record every //go: line in the file, and report what is wrong with it in itself."""
    top = f.pos - p.base
    for _, off, text, blank in p.tokens.directives:
        pos = p.base + off
        if text.startswith("go:build ") and off < top:
            f.go_version = file_go_version(text[9:]) or f.go_version
        if not blank:
            p.error_at(pos, pragma.MISPLACED)
            continue
        f.pragmas.append((pos, text[3:]))
        for msg in pragma.check(text, p.std):
            p.error_at(pos, msg)
    for pos, spec, local in p.embeds:
        if all(i.path.value[1:-1] != b"embed" for i in f.imports):
            p.late.append((pos, 'go:embed requires import "embed" (or import _ "embed", if package is not used)'))
        elif len(spec.names) > 1:
            p.late.append((pos, "go:embed cannot apply to multiple vars"))
        elif spec.values:
            p.late.append((pos, "go:embed cannot apply to var with initializer"))
        elif local:
            p.late.append((pos, "go:embed cannot apply to var inside func"))
        else:
            f.embeds.append(pos)


def stops_checking(errors: list[Diagnostic], files: list[File]) -> bool:
    """After these errors gc does not type-check the package: there is a syntax error, or a file has no package clause."""
    return any(e.msg.startswith("syntax error") for e in errors) or (bool(errors) and any(f.name.name == "_" and not f.decls for f in files))


def parse_body(decl: FuncDecl, errors: list[Diagnostic]) -> BlockStmt:
    """The body of a function whose parse was put off; fills decl.body. Does nothing when it is there already."""
    if decl.body is not None:
        return decl.body
    assert decl.lazy is not None, "function without a body"
    start, end = decl.lazy
    p = Parser(decl.file, scan(decl.file, start, end), False)
    p.next_pragma = 1 << 60
    try:
        body = p.func_body()
    except RecursionError:
        p.error("nesting depth limit exceeded")
        body = BlockStmt(p.base + start, [], p.base + end - 1)
    if p.reported or p.tokens.errors:
        _report(p, errors)
    decl.body = body
    decl.lazy = None
    return body
