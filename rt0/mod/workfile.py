"""go.work: the main modules of a workspace (golang.org/x/mod/modfile/work.go, go1.27)."""

from __future__ import annotations

from dataclasses import dataclass, field

from rt0.diag import go_quote
from rt0.mod.modfile import (
    GO_VERSION,
    TOOLCHAIN,
    FileErrors,
    Fixer,
    Godebug,
    Replace,
    Word,
    duplicate_replaces,
    godebug_line,
    parse_replace,
    sort_block,
    toolchain_line,
    word_line,
)
from rt0.mod.path import ModError, Version
from rt0.mod.syntax import Block, CommentBlock, FileSyntax, Line, Pos, auto_quote, format_file, place
from rt0.mod.syntax import parse as parse_syntax


@dataclass(slots=True)
class Use:
    """path: as written; "" once removed. module: path of the module there, as a comment of go's old tools said it."""

    path: str
    module: str
    syntax: Line


@dataclass(slots=True)
class WorkFile:
    syntax: FileSyntax = field(default_factory=FileSyntax)
    go: Word | None = None
    toolchain: Word | None = None
    godebug: list[Godebug] = field(default_factory=list)
    use: list[Use] = field(default_factory=list)
    replace: list[Replace] = field(default_factory=list)

    def format(self) -> bytes:
        return format_file(self.syntax)

    def _first(self) -> int:
        """Index of the first statement."""
        s = self.syntax.statements
        return next((i for i, x in enumerate(s) if not isinstance(x, CommentBlock)), len(s))

    def add_go(self, version: str) -> None:
        """Raises ModError."""
        if not GO_VERSION.match(version):
            raise ModError(f"invalid language version {go_quote(version)}")
        if self.go is None:
            self.go = Word(version, Line(["go", version]))
            self.syntax.statements.insert(self._first(), self.go.syntax)
        else:
            self.go.text = version
            self.syntax.update_line(self.go.syntax, "go", version)

    def add_toolchain(self, name: str) -> None:
        """Raises ModError."""
        if not TOOLCHAIN.match(name):
            raise ModError(f"invalid toolchain name {go_quote(name)}")
        if self.toolchain is None:
            s = self.syntax.statements
            after_go = next((i + 1 for i, x in enumerate(s) if isinstance(x, Line) and x.tokens[:1] == ["go"]), -1)
            self.toolchain = Word(name, Line(["toolchain", name]))
            s.insert(after_go if after_go >= 0 else self._first(), self.toolchain.syntax)
        else:
            self.toolchain.text = name
            self.syntax.update_line(self.toolchain.syntax, "toolchain", name)

    def drop_go(self) -> None:
        if self.go is not None:
            self.go.syntax.remove()
            self.go = None

    def drop_toolchain(self) -> None:
        if self.toolchain is not None:
            self.toolchain.syntax.remove()
            self.toolchain = None

    def add_use(self, path: str, module: str) -> None:
        need = True
        for d in self.use:
            if d.path == path:
                if need:
                    d.module = module
                    self.syntax.update_line(d.syntax, "use", auto_quote(path))
                    need = False
                else:
                    d.syntax.remove()
                    d.path = ""
        if need:
            self.use.append(Use(path, module, self.syntax.add_line(None, "use", auto_quote(path))))

    def drop_use(self, path: str) -> None:
        for d in self.use:
            if d.path == path:
                d.syntax.remove()
                d.path = ""

    def cleanup(self) -> None:
        self.godebug = [g for g in self.godebug if g.key]
        self.use = [d for d in self.use if d.path]
        self.replace = [r for r in self.replace if r.old.path]
        self.syntax.cleanup()

    def sort_blocks(self) -> None:
        kill = duplicate_replaces(self.replace)
        self.replace = [r for r in self.replace if r.syntax not in kill]
        self.syntax.drop(kill)
        for s in self.syntax.statements:
            if isinstance(s, Block):
                sort_block(s)


class _Parser:
    def __init__(self, syntax: FileSyntax, fix: Fixer | None) -> None:
        self.f = WorkFile(syntax)
        self.fix = fix
        self.errors: list[str] = []

    def wrong(self, pos: Pos, text: str) -> None:
        self.errors.append(f"{place(self.f.syntax.name, pos)}: {text}")

    def run(self) -> WorkFile:
        for s in self.f.syntax.statements:
            if isinstance(s, Line):
                self.take(s, s.tokens[0], 1)
            elif isinstance(s, Block):
                if len(s.tokens) > 1 or s.tokens[0] not in ("godebug", "use", "replace"):
                    self.wrong(s.start, f"unknown block type: {' '.join(s.tokens)}")
                    continue
                for line in s.lines:
                    self.take(line, s.tokens[0], 0)
        if self.errors:
            raise FileErrors(self.errors)
        return self.f

    def take(self, line: Line, verb: str, at: int) -> None:
        try:
            self.directive(line, verb, at)
        except ModError as e:
            self.wrong(line.start, str(e))

    def directive(self, line: Line, verb: str, at: int) -> None:
        f = self.f
        match verb:
            case "go":
                if f.go is not None:
                    raise ModError("repeated go statement")
                if len(line.tokens) - at != 1:
                    raise ModError("go directive expects exactly one argument")
                if not GO_VERSION.match(line.tokens[at]):
                    raise ModError(f"invalid go version '{line.tokens[at]}': must match format 1.23.0")
                f.go = Word(line.tokens[at], line)
            case "toolchain":
                f.toolchain = toolchain_line(f.toolchain, line, at)
            case "godebug":
                f.godebug.append(godebug_line(line, at))
            case "use":
                w = word_line(line, at, f"usage: {verb} local/dir")
                f.use.append(Use(w.text, "", line))
            case "replace":
                f.replace.append(parse_replace(line, at, verb, self.fix))
            case _:
                raise ModError(f"unknown directive: {verb}")


def parse(name: str, data: bytes, fix: Fixer | None = None, full: str = "") -> WorkFile:
    """A go.work. Raises SyntaxFailure, FileErrors."""
    return _Parser(parse_syntax(name, data, full), fix).run()


def read(path: str, name: str) -> WorkFile:
    """The go.work at path, called name in messages. Raises ModError, in the words of modload.ReadWorkFile."""
    try:
        with open(path, "rb") as f:
            data = f.read()
    except OSError as e:
        raise ModError(f"reading go.work: open {name}: {(e.strerror or str(e)).lower()}") from None
    try:
        return parse(name, data)
    except ModError as e:
        raise ModError(f"errors parsing go.work:\n{e}") from None


def replaces(f: WorkFile) -> dict[Version, Version]:
    return {r.old: r.new for r in f.replace}
