"""The preprocessor: bytes of a `.s` file -> statements of plain tokens.

A statement is one instruction, label or directive: tokens up to a newline or `;`, with every macro expanded and every
`#if` decided. Tokens are strings, told apart by their first character. The text is cut by one regular expression per
file; macros work on token lists, as in Go's assembler: an argument is substituted as it was written and the result is scanned again,
a newline escaped by `\\` inside a definition separates statements, a function-like macro without `(` behind it stays a plain name.

Keeps true: a statement carries the file and line where it *begins*; a macro's statements carry the line of its use.
Source: cmd/asm/internal/lex (go1.27) for the behaviour.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field

from rt0.diag import Diagnostic, Position

TOKEN = re.compile(
    r"""
    (?P<skip>[ \t\r\f]+|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)
  | (?P<cont>\\[ \t\r]*\n)
  | (?P<nl>\n)
  | (?P<id>[^\W\d][\w·∕]*|[·∕][\w·∕]*)
  | (?P<num>0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][-+]?\d+)?|0[bBoO][0-9_]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)
  | (?P<str>"(?:\\.|[^"\\\n])*"|`[^`]*`)
  | (?P<chr>'(?:\\.[^'\n]*|[^'\\\n])')
  | (?P<op><<|>>|->|@>|.)
    """,
    re.X,
)
MAX_DEPTH = 100


@dataclass(slots=True)
class Macro:
    """`#define name(params) body`; params None for an object-like macro. body: tokens, ";" between its lines."""

    params: list[str] | None
    body: list[str]


@dataclass(slots=True)
class Statement:
    """One instruction or directive: file name as shown to the user, line, tokens."""

    file: str
    line: int
    tokens: list[str]


class AsmErrors(Exception):
    """Raised when the list of errors must end here (too many, or nothing sensible can follow)."""


@dataclass(slots=True)
class Preprocessor:
    """State while one `.s` file and its includes are read.

    macros    name -> Macro
    files     every file read, for the cache's list of inputs: (path, bytes)
    """

    include_dirs: list[str]
    macros: dict[str, Macro] = field(default_factory=dict)
    errors: list[Diagnostic] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    files: list[tuple[str, bytes]] = field(default_factory=list)
    virtual: dict[str, bytes] = field(default_factory=dict)  # include name -> text (go_asm.h)
    depth: int = 0
    max_errors: int = 10  # 0: no limit

    def error(self, file: str, line: int, msg: str) -> None:
        self.errors.append(Diagnostic(Position(file, line, 0), msg))
        if len(self.errors) == self.max_errors:
            self.errors.append(Diagnostic(Position("", 0, 0), "too many errors"))
            raise AsmErrors

    def define(self, name: str, value: str) -> None:
        """-D name=value: object-like macro."""
        self.macros[name] = Macro(None, [t for k, t in tokenize(value) if k != "nl"])

    # -- files ------------------------------------------------------------------------------------------------------

    def read(self, shown: str, path: str, data: bytes) -> None:
        """Scan one file; append its statements."""
        text = data.decode("utf-8", "surrogateescape")
        if not text.endswith("\n"):
            text += "\n"
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.error(shown, 1, "#include nesting too deep")
            raise AsmErrors
        line = 1
        start = 1
        cur: list[str] = []  # tokens of the current statement
        depth = 0  # () nesting: a macro call may not span lines, so reset at each newline
        active = [True]  # stack of #if states
        taken = [True]
        at_line_start = True
        saw_code = False
        macros = self.macros
        pos = 0
        end = len(text)
        match = TOKEN.match
        directory = os.path.dirname(path)
        while pos < end:
            m = match(text, pos)
            assert m is not None
            kind = m.lastgroup
            tok = m.group()
            pos = m.end()
            if kind == "skip":
                if tok[0] == "/":
                    if tok[1] == "*":
                        line += tok.count("\n")
                    elif saw_code and tok.startswith("//go:build") and active[-1]:
                        self.error(shown, line, "misplaced //go:build comment")
                continue
            if kind == "nl":
                if cur and active[-1]:
                    self.emit(shown, start, cur)
                cur = []
                depth = 0
                line += 1
                at_line_start = True
                continue
            if kind == "cont":
                line += 1
                continue
            if tok == "#" and at_line_start and not cur:
                stop, body, nlines = self.directive_text(text, pos)
                saw_code = True
                self.directive(shown, directory, line, body, active, taken)
                line += nlines
                pos = stop
                continue
            at_line_start = False
            if not active[-1]:
                cur = []
                continue
            saw_code = True
            if not cur:
                start = line
            if tok == ";" and not depth:
                if cur:
                    self.emit(shown, start, cur)
                cur = []
                continue
            if tok == "(":
                depth += 1
            elif tok == ")":
                depth -= 1
            if kind == "op" and tok in "\"'`":
                self.error(shown, line, "literal not terminated")
                continue
            cur.append(tok)
        if cur and active[-1]:
            self.emit(shown, start, cur)
        if len(active) > 1:
            self.error(shown, line, "unclosed #ifdef or #ifndef")
        self.depth -= 1
        del macros

    def emit(self, shown: str, line: int, toks: list[str]) -> None:
        """Expand macros in a raw statement and cut it at the `;` they bring."""
        macros = self.macros
        if not any(t in macros for t in toks):
            self.statements.append(Statement(shown, line, toks))
            return
        out = self.expand(shown, line, toks)
        start = 0
        for i, t in enumerate(out):
            if t == ";":
                if i > start:
                    self.statements.append(Statement(shown, line, out[start:i]))
                start = i + 1
        if start < len(out):
            self.statements.append(Statement(shown, line, out[start:]))

    def expand(self, shown: str, line: int, toks: list[str]) -> list[str]:
        out: list[str] = []
        macros = self.macros
        stack: list[tuple[list[str], int]] = [(toks, 0)]
        budget = 2_000_000
        while stack:
            toks, i = stack.pop()
            n = len(toks)
            while i < n:
                t = toks[i]
                i += 1
                mac = macros.get(t)
                if mac is None:
                    out.append(t)
                    continue
                body = mac.body
                if mac.params is not None:
                    if i >= n or toks[i] != "(":
                        out.append(t)
                        continue
                    args, i = self.macro_args(shown, line, t, toks, i + 1)
                    if len(args) != len(mac.params) and not (not mac.params and args == [[]]):
                        self.error(shown, line, f"wrong arg count for macro {t}")
                        continue
                    if mac.params:
                        bind = dict(zip(mac.params, args))
                        new: list[str] = []
                        for b in body:
                            a = bind.get(b)
                            if a is None:
                                new.append(b)
                            else:
                                new += a
                        body = new
                stack.append((toks, i))
                budget -= len(body) + 1
                if len(stack) > MAX_DEPTH or budget < 0:
                    self.error(shown, line, "recursive macro invocation")
                    raise AsmErrors
                toks, i, n = body, 0, len(body)
        return out

    def macro_args(self, shown: str, line: int, name: str, toks: list[str], i: int) -> tuple[list[list[str]], int]:
        args: list[list[str]] = [[]]
        nest = 0
        while i < len(toks):
            t = toks[i]
            i += 1
            if t == "(":
                nest += 1
            elif t == ")":
                if nest == 0:
                    return args, i
                nest -= 1
            elif t == "," and nest == 0:
                args.append([])
                continue
            args[-1].append(t)
        self.error(shown, line, f"unterminated arg list invoking macro {name}")
        return args, i

    # -- directives -------------------------------------------------------------------------------------------------

    def directive_text(self, text: str, pos: int) -> tuple[int, str, int]:
        """The logical line behind `#`: (offset of the newline, text, physical newlines inside)."""
        end = pos
        nlines = 0
        while True:
            nl = text.find("\n", end)
            if nl < 0:
                nl = len(text)
            raw = text[end:nl].rstrip(" \t\r")
            cut = raw.find("//")
            if not raw.endswith("\\") or (cut >= 0 and '"' not in raw):
                if cut >= 0 and raw.endswith("\\"):
                    # `// comment \`: the comment ends the line in Go, the definition too
                    pass
                return nl, text[pos:nl], nlines
            end = nl + 1
            nlines += 1

    def directive(self, shown: str, directory: str, line: int, body: str, active: list[bool], taken: list[bool]) -> None:
        toks = [(k, t) for k, t in tokenize(body)]
        if not toks:
            return
        word = toks[0][1]
        on = active[-1]
        if word in ("ifdef", "ifndef"):
            if len(toks) < 2 or toks[1][0] != "id":
                if on:
                    self.error(shown, line, f"expected macro name after #{word}")
                active.append(False)
                taken.append(True)
                return
            have = (toks[1][1] in self.macros) == (word == "ifdef")
            active.append(on and have)
            taken.append(have)
        elif word == "else":
            if len(active) < 2:
                self.error(shown, line, "unmatched #else")
                return
            active[-1] = active[-2] and not taken[-1]
            taken[-1] = True
        elif word == "endif":
            if len(active) < 2:
                self.error(shown, line, "unmatched #endif")
                return
            active.pop()
            taken.pop()
        elif not on:
            return
        elif word == "define":
            self.define_directive(shown, line, body, toks)
        elif word == "undef":
            if len(toks) < 2:
                self.error(shown, line, "expected identifier in #undef")
            elif self.macros.pop(toks[1][1], None) is None:
                self.error(shown, line, f"#undef for undefined macro: {toks[1][1]}")
        elif word == "include":
            if len(toks) < 2 or toks[1][0] != "str":
                self.error(shown, line, "expected string after #include")
                return
            self.include(shown, directory, line, toks[1][1][1:-1])
        elif word == "line":
            return
        else:
            self.error(shown, line, f"unrecognized: #{word}")

    def define_directive(self, shown: str, line: int, body: str, toks: list[tuple[str, str]]) -> None:
        if len(toks) < 2 or toks[1][0] != "id":
            self.error(shown, line, "expected identifier in #define")
            return
        name = toks[1][1]
        if name in self.macros:
            self.error(shown, line, f"redefinition of macro: {name}")
            return
        params: list[str] | None = None
        i = 2
        if re.match(r"\s*define\s+" + re.escape(name) + r"\(", body):
            params = []
            i = 3
            while i < len(toks) and toks[i][1] != ")":
                if toks[i][0] != "id":
                    if toks[i][1] != ",":
                        self.error(shown, line, f"bad definition for macro: {name}")
                        return
                elif toks[i][1] in params:
                    self.error(shown, line, f"duplicate argument {toks[i][1]} in definition for macro: {name}")
                    return
                else:
                    params.append(toks[i][1])
                i += 1
            i += 1
        self.macros[name] = Macro(params, [";" if k == "nl" else t for k, t in toks[i:]])

    def include(self, shown: str, directory: str, line: int, name: str) -> None:
        if name in self.virtual:
            self.read(name, name, self.virtual[name])
            return
        for d in [directory, *self.include_dirs]:
            path = os.path.join(d, name)
            try:
                with open(path, "rb") as f:
                    data = f.read()
            except OSError:
                continue
            self.files.append((path, data))
            shown_dir = os.path.dirname(shown)
            self.read(os.path.join(shown_dir, name) if d == directory else path, path, data)
            return
        self.error(shown, line, f"#include: open {name}: no such file or directory")
        raise AsmErrors


def tokenize(text: str) -> list[tuple[str, str]]:
    """(kind, token) of a directive or a -D value; kind "nl" for an escaped newline."""
    out: list[tuple[str, str]] = []
    for m in TOKEN.finditer(text):
        kind = m.lastgroup or ""
        if kind == "cont":
            out.append(("nl", "\n"))
        elif kind == "nl":
            out.append(("nl", "\n"))
        elif kind != "skip":
            out.append((kind, m.group()))
    return out
