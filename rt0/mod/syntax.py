"""The grammar of go.mod and go.work: a tree of lines and blocks that keeps comments, edited in place, and its printer.

    File      = { Comment | Statement newline } .
    Statement = verb { word } | verb "(" newline { word { word } newline } ")" .
    word      = anything printable without spaces and ( ) [ ] { } , | one of those characters | "string" | `string` .

A comment begins with // and ends the line. One on a line of its own belongs to what follows it, one behind words to them. What directives mean is modfile.py's
matter. A wrong token ends the reading: such a file has one error. Source: golang.org/x/mod/modfile, read.go and print.go, go1.27.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from rt0.diag import go_quote
from rt0.mod.path import ModError, quote_rune

_SINGLE = frozenset("()[]{},")


class Pos(NamedTuple):
    """A place in the file: line and column from 1, the column in characters; offset from 0. Line 0: nowhere, for what edits add."""

    line: int = 0
    col: int = 0
    offset: int = 0


NOWHERE = Pos()


# Plain classes: sixteen data classes here and in modfile.py would cost every build of a module 15 ms.


class Comment:
    """token: the text with //; "" for an empty line."""

    __slots__ = ("start", "suffix", "token")

    def __init__(self, token: str, start: int = 0, suffix: bool = False) -> None:
        self.token = token
        self.start = start
        self.suffix = suffix


class CommentBlock:
    """Comments that belong to no statement."""

    __slots__ = ("after", "before", "start", "suffix")

    def __init__(self, start: Pos, before: list[Comment] | None = None) -> None:
        self.start = start
        self.before = before or []
        self.suffix: list[Comment] = []
        self.after: list[Comment] = []

    @property
    def end(self) -> Pos:
        return self.start


class Line:
    """A statement, or a line of a block, then without the verb. tokens: none for a line that was removed."""

    __slots__ = ("after", "before", "end", "in_block", "start", "suffix", "tokens")

    def __init__(self, tokens: list[str], start: Pos = NOWHERE, end: Pos = NOWHERE, in_block: bool = False) -> None:
        self.tokens = tokens
        self.start = start
        self.end = end
        self.in_block = in_block
        self.before: list[Comment] = []
        self.suffix: list[Comment] = []
        self.after: list[Comment] = []

    def remove(self) -> None:
        self.tokens = []
        self.suffix = []

    def moved(self, tokens: list[str]) -> Line:
        """The same line with other words, for a block."""
        new = Line(tokens, self.start, self.end, True)
        new.before, new.suffix, new.after = self.before, self.suffix, self.after
        return new


class Paren:
    """One of a block's parentheses."""

    __slots__ = ("after", "before", "start", "suffix", "text")

    def __init__(self, text: str, start: Pos = NOWHERE) -> None:
        self.text = text
        self.start = start
        self.before: list[Comment] = []
        self.suffix: list[Comment] = []
        self.after: list[Comment] = []

    @property
    def end(self) -> Pos:
        return Pos(self.start.line, self.start.col + 1, self.start.offset + 1)


class Block:
    __slots__ = ("after", "before", "lines", "lparen", "rparen", "start", "suffix", "tokens")

    def __init__(
        self, tokens: list[str], start: Pos = NOWHERE, lines: list[Line] | None = None, lparen: Paren | None = None, rparen: Paren | None = None
    ) -> None:
        self.tokens = tokens
        self.start = start
        self.lines = lines or []
        self.lparen = lparen or Paren("(")
        self.rparen = rparen or Paren(")")
        self.before: list[Comment] = []
        self.suffix: list[Comment] = []
        self.after: list[Comment] = []

    @property
    def end(self) -> Pos:
        return self.rparen.end


Statement = CommentBlock | Line | Block
Node = CommentBlock | Line | Block | Paren


class SyntaxFailure(ModError):
    """The file cannot be read further; the text begins with the position."""


class FileSyntax:
    """A whole file. name: as messages call it."""

    __slots__ = ("after", "before", "name", "statements")

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.statements: list[Statement] = []
        self.before: list[Comment] = []
        self.after: list[Comment] = []

    # ------------------------------------------------------------ edits

    def add_line(self, hint: Line | Block | None, *tokens: str) -> Line:
        """A new line after hint: in its block if that has the same verb, which it becomes when it is none. Without a hint: after the last one of this verb, or
        at the end of the file."""
        words = list(tokens)
        if hint is None:
            hint = next((s for s in reversed(self.statements) if not isinstance(s, CommentBlock) and s.tokens and s.tokens[0] == words[0]), None)
        for i, s in enumerate(self.statements) if hint is not None else ():
            if isinstance(s, Line) and s is hint:
                if not s.tokens or s.tokens[0] != words[0]:
                    return self._insert(i + 1, words)
                new = Line(words[1:], in_block=True)
                self.statements[i] = Block(s.tokens[:1], lines=[s, new])
                s.in_block, s.tokens = True, s.tokens[1:]
                return new
            if isinstance(s, Block):
                at = len(s.lines) if s is hint else next((j + 1 for j, line in enumerate(s.lines) if line is hint), 0)
                if s is not hint and not at:
                    continue
                if s.tokens[0] != words[0]:
                    return self._insert(i + 1, words)
                new = Line(words[1:], in_block=True)
                s.lines.insert(at, new)
                return new
        return self._insert(len(self.statements), words)

    def add_line_beside(self, hint: Line | None, *tokens: str) -> Line:
        """The same, but without a hint at the end of the file, beside no other."""
        return self.add_line(hint, *tokens) if hint is not None else self._insert(len(self.statements), list(tokens))

    def _insert(self, at: int, words: list[str]) -> Line:
        new = Line(words)
        self.statements.insert(at, new)
        return new

    @staticmethod
    def update_line(line: Line, *tokens: str) -> None:
        line.tokens = list(tokens[1:] if line.in_block else tokens)

    def cleanup(self) -> None:
        """Drop removed lines, and blocks that have none left; a block of one line becomes that line."""
        kept: list[Statement] = []
        for s in self.statements:
            if isinstance(s, Line) and not s.tokens:
                continue
            if isinstance(s, Block):
                s.lines = [line for line in s.lines if line.tokens]
                if not s.lines:
                    continue
                if len(s.lines) == 1 and not s.rparen.before:
                    line = s.lines[0]
                    line.before = [*s.before, *line.before]
                    line.suffix = [*line.suffix, *s.suffix]
                    line.after = [*line.after, *s.after]
                    line.tokens = [*s.tokens, *line.tokens]
                    line.in_block, line.start, line.end = False, NOWHERE, NOWHERE
                    kept.append(line)
                    continue
            kept.append(s)
        self.statements = kept

    def drop(self, kill: set[Line]) -> None:
        """Take lines out, and blocks left empty."""
        kept: list[Statement] = []
        for s in self.statements:
            if isinstance(s, Line) and s in kill:
                continue
            if isinstance(s, Block):
                s.lines = [line for line in s.lines if line not in kill]
                if not s.lines:
                    continue
            kept.append(s)
        self.statements = kept


# ---------------------------------------------------------------- reading


class _Reader:
    """Tokens of the text with one token of look-ahead, as go's reader has it: errors are placed where it has read to.

    kind  "word", "\\n", "eol-comment" for one behind words, "comment" for one on its own line, "EOF", or a character of _SINGLE
    """

    __slots__ = ("comments", "end", "file", "full", "kind", "line", "name", "pos", "start", "start_of_line", "text", "word")

    def __init__(self, name: str, text: str, full: str) -> None:
        self.name = name
        self.full = full
        self.text = text
        self.file = FileSyntax(name)
        self.comments: list[Comment] = []
        self.pos = 0
        self.line = 1
        self.start_of_line = 0
        self.kind = ""
        self.word = ""
        self.start = NOWHERE
        self.end = NOWHERE
        self.read()

    def here(self) -> Pos:
        return Pos(self.line, self.pos - self.start_of_line + 1, self.pos)

    def fail(self, msg: str) -> SyntaxFailure:
        return SyntaxFailure(f"{place(self.name, self.here())}: {msg}")

    def newline(self) -> None:
        self.line += 1
        self.start_of_line = self.pos

    def read(self) -> None:
        text, n = self.text, len(self.text)
        while self.pos < n and text[self.pos] in " \t\r":
            self.pos += 1
        self.start = self.here()
        begin = self.pos
        if begin >= n:
            self.kind, self.word = "EOF", ""
        elif text.startswith("//", begin):
            self.comment()
        elif text.startswith("/*", begin):
            raise self.fail("mod files must use // comments (not /* */ comments)")
        elif (c := text[begin]) == "\n":
            self.pos += 1
            self.newline()
            self.kind, self.word = "\n", "\n"
        elif c in _SINGLE:
            self.pos += 1
            self.kind, self.word = c, c
        else:
            if c in "\"`":
                self.string(c)
            else:
                self.plain(c)
            self.kind, self.word = "word", text[begin : self.pos]
        self.end = self.here()

    def comment(self) -> None:
        text, begin = self.text, self.pos
        alone = not text[self.start_of_line : begin].strip()
        end = text.find("\n", begin)
        self.pos = len(text) if end < 0 else end + 1
        word = text[begin : self.pos]
        self.word = word[:-2] if word.endswith("\r\n") else word.removesuffix("\n")
        if end >= 0:
            self.newline()
        self.kind = "comment" if alone else "eol-comment"
        if not alone:
            self.comments.append(Comment(self.word, begin, True))

    def plain(self, c: str) -> None:
        text, n = self.text, len(self.text)
        if not _word_char(c):
            raise self.fail(f"unexpected input character {quote_rune(c)}")
        while self.pos < n and _word_char(text[self.pos]) and not text.startswith("//", self.pos):
            if text.startswith("/*", self.pos):
                raise self.fail("mod files must use // comments (not /* */ comments)")
            self.pos += 1

    def string(self, quote: str) -> None:
        text, n, begin = self.text, len(self.text), self.pos
        self.pos += 1
        while True:
            if self.pos >= n:
                self.pos = begin
                raise self.fail("unexpected EOF in string")
            c = text[self.pos]
            if c == "\n":
                raise self.fail("unexpected newline in string")
            self.pos += 1
            if c == quote:
                return
            if c == "\\" and quote == '"':
                if self.pos >= n:
                    self.pos = begin
                    raise self.fail("unexpected EOF in string")
                self.pos += 1
                if text[self.pos - 1] == "\n":
                    self.newline()

    @property
    def ends(self) -> bool:
        return self.kind in ("\n", "EOF", "eol-comment")

    # ------------------------------------------------------------ grammar

    def parse(self) -> FileSyntax:
        group: CommentBlock | None = None
        out = self.file.statements
        while self.kind != "EOF":
            if self.kind == "\n":
                self.read()
                if group is not None:
                    out.append(group)
                    group = None
            elif self.kind == "comment":
                group = group or CommentBlock(self.start)
                group.before.append(Comment(self.word, self.start.offset))
                self.read()
            else:
                out.append(self.statement())
                if group is not None:
                    out[-1].before = group.before
                    group = None
        if group is not None:
            out.append(group)
        self.assign()
        return self.file

    def statement(self) -> Statement:
        start, end, words = self.start, self.end, [self.word]
        self.read()
        while not self.ends:
            kind, word, at, stop = self.kind, self.word, self.start, self.end
            self.read()
            if kind == "(" and self.ends:
                return self.block(Block(words, start, lparen=Paren("(", at)))
            if kind == "(" and self.kind == ")":
                close = self.start
                self.read()
                if self.ends:
                    self.read()
                    return Block(words, start, lparen=Paren("(", at), rparen=Paren(")", close))
                words += [word, ")"]
                continue
            words.append(word)
            if kind != "(":
                end = stop
        self.read()
        return Line(words, start, end)

    def block(self, b: Block) -> Block:
        comments: list[Comment] = []
        while True:
            if self.kind == "eol-comment":
                self.read()
            elif self.kind == "\n":
                self.read()
                if (not comments and b.lines) or (comments and comments[-1].token):
                    comments.append(Comment(""))
            elif self.kind == "comment":
                comments.append(Comment(self.word, self.start.offset))
                self.read()
            elif self.kind == "EOF":
                raise self.fail(f"syntax error (unterminated block started at {self.full}:{b.start.line}:{b.start.col})")
            elif self.kind == ")":
                b.rparen.start = self.start
                self.read()
                if len(comments) == 1 and not comments[0].token:
                    comments = []
                b.rparen.before = comments
                if not self.ends:
                    raise self.fail("syntax error (expected newline after closing paren)")
                self.read()
                return b
            else:
                line = self.block_line()
                line.before = comments
                comments = []
                b.lines.append(line)

    def block_line(self) -> Line:
        line = Line([self.word], self.start, self.end, in_block=True)
        self.read()
        while not self.ends:
            line.tokens.append(self.word)
            line.end = self.end
            self.read()
        self.read()
        return line

    def assign(self) -> None:
        """Give the comments behind words to the last node that ends before them and is within one line."""
        nodes: list[Node] = []
        for s in self.file.statements:
            if isinstance(s, Block):
                nodes += [s.lparen, *s.lines, s.rparen]
            nodes.append(s)
        left = self.comments
        for x in reversed(nodes):
            if x.start.line != x.end.line:
                continue
            end = x.end.offset
            while left and end <= left[-1].start:
                x.suffix.append(left.pop())
        for x in nodes:
            x.suffix.reverse()
        self.file.before += left


def _word_char(c: str) -> bool:
    return c not in _SINGLE and not c.isspace() and c.isprintable()


def place(name: str, pos: Pos) -> str:
    """file:line:col; the column only where it is not the first."""
    return f"{name}:{pos.line}:{pos.col}" if pos.col > 1 else f"{name}:{pos.line}"


def parse(name: str, data: bytes, full: str = "") -> FileSyntax:
    """The tree of a file. name: for positions; full: where one message names the file whole. Raises SyntaxFailure."""
    return _Reader(name, data.decode("utf-8", "surrogateescape"), full or name).parse()


# ---------------------------------------------------------------- printing


class _Printer:
    """done: finished lines; cur: the line being written; comments: those waiting for its end."""

    __slots__ = ("comments", "cur", "done", "margin")

    def __init__(self) -> None:
        self.done: list[str] = []
        self.cur = ""
        self.comments: list[Comment] = []
        self.margin = 0

    def end_line(self) -> None:
        self.done.append(self.cur)
        self.cur = ""

    def newline(self) -> None:
        if self.comments:
            self.cur += " "
            for i, c in enumerate(self.comments):
                if i:
                    self.trim()
                    self.end_line()
                    self.cur = "\t" * self.margin
                self.cur += _stripped(c)
            self.comments = []
        self.trim()
        if self.cur or (self.done and not (len(self.done) > 1 and not self.done[-1])):
            self.end_line()
        self.cur += "\t" * self.margin

    def trim(self) -> None:
        self.cur = self.cur.rstrip("\t ")

    def comment_lines(self, comments: list[Comment]) -> None:
        for c in comments:
            self.cur += _stripped(c)
            self.newline()

    def file(self, f: FileSyntax) -> None:
        self.comment_lines(f.before)
        for i, s in enumerate(f.statements):
            self.node(s)
            if not isinstance(s, CommentBlock):
                self.newline()
            self.comment_lines(s.after)
            if i + 1 < len(f.statements):
                self.newline()

    def node(self, x: Node) -> None:
        if x.before:
            self.trim()
            if self.cur:
                self.end_line()
            self.cur += "\t" * self.margin
            self.comment_lines(x.before)
        match x:
            case Paren():
                self.cur += x.text
            case Line():
                self.words(x.tokens)
            case Block():
                self.words(x.tokens)
                self.cur += " "
                self.node(x.lparen)
                self.margin += 1
                for line in x.lines:
                    self.newline()
                    self.node(line)
                self.margin -= 1
                self.newline()
                self.node(x.rparen)
        self.comments += x.suffix

    def words(self, tokens: list[str]) -> None:
        sep = ""
        for t in tokens:
            if t in (",", ")", "]", "}"):
                sep = ""
            self.cur += sep + t
            sep = "" if t in ("(", "[", "{") else " "


def _stripped(c: Comment) -> str:
    return c.token.strip(" \t\n\v\f\r\x85\xa0")


def format_file(f: FileSyntax) -> bytes:
    """The text of a file, as go mod edit -fmt writes it."""
    p = _Printer()
    p.file(f)
    text = "\n".join([*p.done, p.cur])
    text = text.rstrip("\n") + "\n" if text.endswith("\n") else text
    return (text if text != "\n" else "").encode("utf-8", "surrogateescape")


# ---------------------------------------------------------------- words

_MUST_QUOTE = re.compile("[ \"'`]|//|/\\*")


def must_quote(s: str) -> bool:
    """Whether a text cannot stand as a word as it is."""
    return not s or _MUST_QUOTE.search(s) is not None or not s.isprintable() or (len(s) > 1 and any(c in _SINGLE for c in s))


def auto_quote(s: str) -> str:
    return go_quote(s) if must_quote(s) else s


_ESCAPE = re.compile(r"\\(?:([abfnrtv\\\"])|x([0-9a-fA-F]{2})|([0-3][0-7]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))")
_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", '"': '"'}


def _unescape(m: re.Match[str]) -> str:
    if m[1]:
        return _SIMPLE[m[1]]
    if m[2] or m[3]:
        return bytes([int(m[2], 16) if m[2] else int(m[3], 8)]).decode("utf-8", "surrogateescape")
    code = int(m[4] or m[5], 16)
    if code > 0x10FFFF or 0xD800 <= code < 0xE000:
        raise ModError("invalid syntax")
    return chr(code)


def parse_string(word: str) -> str:
    """A word without its quotes. Raises ModError."""
    if word.startswith('"'):
        body = word[1:-1]
        if len(word) < 2 or not word.endswith('"') or "\n" in body or re.search(r'["\\]', _ESCAPE.sub("", body)):
            raise ModError("invalid syntax")
        text = _ESCAPE.sub(_unescape, body)
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
    if re.search("[\"'`]", word):
        raise ModError("unquoted string cannot contain quote")
    return word


def module_path(data: bytes) -> str:
    """The path in the module line of a go.mod, without a look at the rest; "" when there is none."""
    for raw in data.decode("utf-8", "surrogateescape").split("\n"):
        line = raw.partition("//")[0].strip()
        rest = line.removeprefix("module")
        if rest == line or not rest or rest == rest.lstrip():
            continue
        word = rest.strip()
        if word[0] == "`":
            return word[1:-1] if len(word) > 1 and word[-1] == "`" and "`" not in word[1:-1] else ""
        if word[0] == '"':
            try:
                return parse_string(word)
            except ModError:
                return ""
        return word
    return ""
