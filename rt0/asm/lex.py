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


class _Tokens:
    """A source of tokens onto which the bodies of macros are pushed: a body's end and what follows it are one sequence."""

    __slots__ = ("stack",)

    def __init__(self, toks: list[str]) -> None:
        self.stack: list[list[str]] = [toks[::-1]]

    def push(self, toks: list[str]) -> None:
        if toks:
            self.stack.append(toks[::-1])

    def peek(self) -> str:
        stack = self.stack
        while stack and not stack[-1]:
            stack.pop()
        return stack[-1][-1] if stack else ""

    def next(self) -> str | None:
        stack = self.stack
        while stack:
            if stack[-1]:
                return stack[-1].pop()
            stack.pop()
        return None


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
    main: str = ""  # the first file, as shown
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
        given = len(text)
        if not text.endswith("\n"):
            text += "\n"
        self.depth += 1
        self.main = self.main or shown
        if self.depth > MAX_DEPTH:
            self.error(shown, 1, "#include nesting too deep")
            raise AsmErrors
        line = 1
        start = 1
        cur: list[str] = []  # tokens of the current statement
        depth = 0  # () nesting: a macro call may not span lines, so reset at each newline
        active = [True]  # stack of #if states
        at_line_start = True
        saw_code = False
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
            if tok == "#":
                if not at_line_start and active[-1]:
                    self.error(shown, line, "'#' must be first item on line")
                    raise AsmErrors
                toks, pos, nlines = self.directive_tokens(shown, line, text, pos)
                saw_code = True
                if pos >= given and toks and toks[0][1] == "define" and active[-1]:
                    self.error(shown, line, f"missing newline in definition for macro: {toks[1][1] if len(toks) > 1 else ''}")
                    raise AsmErrors
                at = self.directive(shown, directory, line, line + nlines + 1, toks, active)
                line += nlines
                if at is not None:
                    shown, line = at[0], at[1] - 1  # #line: the next line's number
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
        source = _Tokens(toks)
        budget = 2_000_000
        nesting = 0  # macros begun since the last token that stayed
        while (t := source.next()) is not None:
            mac = macros.get(t)
            if mac is None:
                out.append(t)
                nesting = 0
                continue
            nesting += 1
            budget -= len(mac.body) + 1
            if nesting > MAX_DEPTH or budget < 0:
                self.error(shown, line, "recursive macro invocation")
                raise AsmErrors
            body = mac.body
            if mac.params is not None:
                if source.peek() != "(":
                    out.append(t)
                    continue
                source.next()
                args = self.macro_args(shown, line, t, source)
                if not mac.params and args == [[]]:
                    args = []
                if len(args) != len(mac.params):
                    self.error(shown, line, f"wrong arg count for macro {t}")
                    raise AsmErrors
                bind = dict(zip(mac.params, args))
                body = []
                for b in mac.body:
                    a = bind.get(b)
                    if a is None:
                        body.append(b)
                    else:
                        body += a
                budget -= len(body)
            source.push(body)
        return out

    def macro_args(self, shown: str, line: int, name: str, source: _Tokens) -> list[list[str]]:
        """The arguments behind `name(`, as they are written."""
        args: list[list[str]] = [[]]
        nest = 0
        while (t := source.next()) is not None:
            if t == "(":
                nest += 1
            elif t == ")":
                if nest == 0:
                    return args
                nest -= 1
            elif t == "," and nest == 0:
                args.append([])
                continue
            args[-1].append(t)
        self.error(shown, line, f"unterminated arg list invoking macro: {name}")
        raise AsmErrors

    # -- directives -------------------------------------------------------------------------------------------------

    def directive_tokens(self, shown: str, line: int, text: str, pos: int) -> tuple[list[tuple[str, str, bool]], int, int]:
        """The tokens behind `#` up to the newline that ends the directive: (kind, token, whether space is before it); kind "nl" for an
        escaped newline. Also the offset of the ending newline, and how many newlines lie before it: escaped ones and those of comments.

        A comment is as nothing: `\\ // why` still escapes its newline, a backslash inside a comment does not.
        """
        out: list[tuple[str, str, bool]] = []
        nlines = 0
        space = False
        escaped = False
        while True:
            m = TOKEN.match(text, pos)
            if m is None:
                return out, pos, nlines
            kind, tok = m.lastgroup or "", m.group()
            if kind == "nl" and not escaped:
                return out, pos, nlines
            pos = m.end()
            if kind == "skip":
                nlines += tok.count("\n")
                space = True
                continue
            if kind == "cont" or kind == "nl":
                out.append(("nl", "\n", space))
                nlines += 1
                escaped = False
            elif tok == "\\" and not escaped:
                escaped = True
                continue
            else:
                if escaped and tok != "\\":
                    if len(out) > 1 and out[0][1] == "define":
                        self.error(shown, line, f"can only escape \\ or \\n in definition for macro: {out[1][1]}")
                        raise AsmErrors
                escaped = False
                nlines += tok.count("\n")
                out.append((kind, tok, space))
            space = False

    def directive(
        self, shown: str, directory: str, line: int, after: int, toks: list[tuple[str, str, bool]], active: list[bool]
    ) -> tuple[str, int] | None:
        """Carry out one directive. #line gives (file, line number of the next line). after: the line behind it, where Go sees some errors."""
        word = toks[0][1] if toks else ""
        on = active[-1]
        if not toks or toks[0][0] != "id":
            self.error(shown, line, f'expected identifier after \'#\' ; got "{word}"')
            raise AsmErrors
        name = toks[1][1] if len(toks) > 1 and toks[1][0] == "id" else ""
        if not on and word not in ("else", "endif", "ifdef", "ifndef", "line"):
            return None
        if word in ("ifdef", "ifndef", "undef", "define") and not name:
            self.error(shown, line if len(toks) > 1 else after, f'expected identifier after # directive ; got "{toks[1][1] if len(toks) > 1 else chr(10)}"'.replace("\n", "\\n"))
            raise AsmErrors
        extra = toks[2][1] if word in ("ifdef", "ifndef", "undef") and len(toks) > 2 else toks[1][1] if word in ("else", "endif") and len(toks) > 1 else ""
        if extra:
            said = f"syntax error in #undef for macro: {name}" if word == "undef" else (
                f'expected newline after #{"if[n]def" if word.startswith("if") else word} ; got "{extra}"')  # fmt: skip
            self.error(shown, line, said)
            raise AsmErrors
        if word in ("ifdef", "ifndef"):
            active.append(on and (name in self.macros) == (word == "ifdef"))
        elif word in ("else", "endif"):
            if len(active) < 2:
                self.error(shown, after, f"unmatched #{word}")
                raise AsmErrors
            if word == "endif":
                active.pop()
            elif active[-2]:
                active[-1] = not active[-1]
        elif word == "define":
            self.define_directive(shown, line, after, name, toks[2:])
        elif word == "undef":
            if self.macros.pop(name, None) is None:
                self.error(shown, line, f"#undef for undefined macro: {name}")
                raise AsmErrors
        elif word == "include":
            if len(toks) != 2 or toks[1][0] != "str":
                self.error(shown, line, f'expected string after #include ; got "{toks[1][1]}"' if len(toks) > 1 else "expected string after #include")
                raise AsmErrors
            self.include(shown, directory, line, toks[1][1][1:-1])
        elif word == "line":
            if len(toks) < 2 or not toks[1][1].isdecimal():
                self.error(shown, line, f'expected line number after #line ; got "{toks[1][1] if len(toks) > 1 else ""}"')
                raise AsmErrors
            if len(toks) != 3 or toks[2][0] != "str":
                self.error(shown, line, f'expected file name in #line ; got "{toks[2][1] if len(toks) > 2 else ""}"')
                raise AsmErrors
            return toks[2][1][1:-1], int(toks[1][1])
        else:
            self.error(shown, line, f"unexpected token after '#': {word}")
            raise AsmErrors
        return None

    def define_directive(self, shown: str, line: int, after: int, name: str, toks: list[tuple[str, str, bool]]) -> None:
        if name in self.macros:
            self.error(shown, after, f"redefinition of macro: {name}")
            raise AsmErrors
        params: list[str] | None = None
        i = 0
        if toks and toks[0][1] == "(" and not toks[0][2]:
            params = []
            accept = True
            i = 1
            while True:
                kind, t, _ = toks[i] if i < len(toks) else ("", "", False)
                i += 1
                if t == ")":
                    break
                if (t == "," and accept) or (kind == "id" and not accept):
                    self.error(shown, line, f"bad syntax in definition for macro: {name}")
                    raise AsmErrors
                if t == ",":
                    accept = True
                elif kind != "id":
                    self.error(shown, line, f"bad definition for macro: {name}")
                    raise AsmErrors
                elif t in params:
                    self.error(shown, line, f"duplicate argument {t} in definition for macro: {name}")
                    raise AsmErrors
                else:
                    params.append(t)
                    accept = False
        self.macros[name] = Macro(params, [";" if k == "nl" else t for k, t, _ in toks[i:]])

    def include(self, shown: str, directory: str, line: int, name: str) -> None:
        if name in self.virtual:
            self.read(name, name, self.virtual[name])
            return
        for d in [directory, *self.include_dirs] if "\0" not in name else []:
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
        self.error(shown, line + 1, f"#include: open {name}: no such file or directory")
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
