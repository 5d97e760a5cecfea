"""go.mod: what its lines mean, and edits that leave the rest of the file as it was.

`parse` for the main module's file, where everything must be right; `parse_lax` for those of dependencies, which may have been written for a later go: of them only
the lines that count for others are read. Lists hold entries that were removed until `cleanup`; such an entry has no path (or key).
Source: golang.org/x/mod/modfile/rule.go, go1.27.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from rt0.diag import go_quote
from rt0.mod import semver
from rt0.mod.path import InvalidVersion, ModError, Version, VersionError, check_major, major_prefix, split_path_version
from rt0.mod.syntax import (
    Block,
    Comment,
    CommentBlock,
    FileSyntax,
    Line,
    Pos,
    Statement,
    auto_quote,
    format_file,
    parse_string,
    place,
)
from rt0.mod.syntax import parse as parse_syntax

GO_VERSION = re.compile(r"([1-9][0-9]*)\.(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))?([a-z]+[0-9]+)?\Z")
TOOLCHAIN = re.compile(r"default\Z|go1(\Z|\.)")
_LAX_GO_VERSION = re.compile(r"v?(([1-9][0-9]*)\.(0|[1-9][0-9]*))([^0-9].*)\Z", re.DOTALL)
_DEPRECATED = re.compile(r"(?:^|\n\n)Deprecated: *(.*?)(?:$|\n\n)", re.DOTALL)
_BLOCKS = frozenset(("module", "godebug", "require", "exclude", "replace", "retract", "tool", "ignore"))

# (module path, version as written) -> the version it stands for
Fixer = Callable[[str, str], str]


class FileErrors(ModError):
    """All that is wrong with a file, a line each (with its position)."""

    def __init__(self, errors: list[str]) -> None:
        ModError.__init__(self, "\n".join(errors))
        self.errors = errors


class ModuleLine:
    __slots__ = ("deprecated", "path", "syntax")

    def __init__(self, path: str, deprecated: str, syntax: Line) -> None:
        self.path = path
        self.deprecated = deprecated
        self.syntax = syntax


class Word:
    """A `go`, `toolchain`, `tool` or `ignore` line. text: its one word."""

    __slots__ = ("syntax", "text")

    def __init__(self, text: str, syntax: Line) -> None:
        self.text = text
        self.syntax = syntax


class Godebug:
    __slots__ = ("key", "syntax", "value")

    def __init__(self, key: str, value: str, syntax: Line) -> None:
        self.key = key
        self.value = value
        self.syntax = syntax


class Exclude:
    __slots__ = ("mod", "syntax")

    def __init__(self, mod: Version, syntax: Line) -> None:
        self.mod = mod
        self.syntax = syntax


class Replace:
    """old.version: "" for any; new.version: "" for a directory."""

    __slots__ = ("new", "old", "syntax")

    def __init__(self, old: Version, new: Version, syntax: Line) -> None:
        self.old = old
        self.new = new
        self.syntax = syntax


class Retract:
    __slots__ = ("high", "low", "rationale", "syntax")

    def __init__(self, low: str, high: str, rationale: str, syntax: Line) -> None:
        self.low = low
        self.high = high
        self.rationale = rationale
        self.syntax = syntax


class Require:
    __slots__ = ("indirect", "mod", "syntax")

    def __init__(self, mod: Version, indirect: bool, syntax: Line | None = None) -> None:
        self.mod = mod
        self.indirect = indirect
        self.syntax = syntax

    def remove(self) -> None:
        if self.syntax is not None:
            self.syntax.remove()
        self.mod = Version("")

    def set_version(self, v: str) -> None:
        self.mod = Version(self.mod.path, v)
        line = self.syntax
        if line is None or not line.tokens:
            return
        if line.in_block and len(line.before) == 1 and not line.before[0].token:
            line.before = []
        at = 1 if line.in_block else 2
        if len(line.tokens) > at:
            line.tokens[at] = v

    def set_indirect(self, indirect: bool) -> None:
        self.indirect = indirect
        line = self.syntax
        if line is None or is_indirect(line) == indirect:
            return
        if indirect:
            text = line.suffix[0].token.removeprefix("//").strip() if line.suffix else ""
            token = f"// indirect; {text}" if text else "// indirect"
            line.suffix[:1] = [Comment(token, suffix=True)]
            return
        c = line.suffix[0]
        if c.token.removeprefix("//").strip() == "indirect":
            line.suffix = []
        else:
            c.token = "//" + c.token[c.token.index("indirect;") + len("indirect;") :]


def is_indirect(line: Line) -> bool:
    if not line.suffix:
        return False
    f = line.suffix[0].token.removeprefix("//").split()
    return (len(f) == 1 and f[0] == "indirect") or (len(f) > 1 and f[0] == "indirect;")


# ---------------------------------------------------------------- words of lines


def is_directory_path(s: str) -> bool:
    return s in (".", "..") or s.startswith(("./", "../", ".\\", "..\\", "/", "\\")) or re.match(r"[A-Za-z]:", s) is not None


def _word(tokens: list[str], at: int) -> str:
    """The text of a token, which is put back with quotes only where they are needed. Raises ModError."""
    try:
        t = parse_string(tokens[at])
    except ModError as e:
        raise ModError(f"invalid quoted string: {e}") from None
    tokens[at] = auto_quote(t)
    return t


def _version(verb: str, path: str, tokens: list[str], at: int, fix: Fixer | None) -> str:
    """The version a token stands for, which takes its place. Raises ModError."""
    prefix = f"{verb} {path}: " if path else f"{verb}: "
    try:
        t = parse_string(tokens[at])
    except ModError as e:
        raise ModError(f"{prefix}{InvalidVersion(tokens[at], str(e))}") from None
    if fix is not None:
        try:
            v = fix(path, t)
        except VersionError as e:
            raise ModError(f"{prefix}{e.cause}") from None
    else:
        v = semver.canonical_version(t)
        if not v:
            raise ModError(f"{prefix}{InvalidVersion(t, 'must be of the form v1.2.3')}")
    tokens[at] = v
    return v


def _check_major(verb: str, path: str, version: str) -> None:
    s = split_path_version(path)
    if s is None:
        raise ModError("invalid module path")
    try:
        check_major(version, s[1])
    except ModError as e:
        raise ModError(f"{verb} {path}: {e}") from None


def parse_replace(line: Line, at: int, verb: str, fix: Fixer | None) -> Replace:
    """A replace line whose words begin at `at`. Raises ModError."""
    args = line.tokens
    n = len(args) - at
    arrow = 1 if n >= 2 and args[at + 1] == "=>" else 2
    if not arrow + 2 <= n <= arrow + 3 or args[at + arrow] != "=>":
        raise ModError(f"usage: {verb} module/path [v1.2.3] => other/module v1.4\n\t or {verb} module/path [v1.2.3] => ../local/directory")
    path = _word(args, at)
    if split_path_version(path) is None:
        raise ModError(f"{verb} {path}: invalid module path")
    v = ""
    if arrow == 2:
        v = _version(verb, path, args, at + 1, fix)
        _check_major(verb, path, v)
    to = _word(args, at + arrow + 1)
    to_version = ""
    if n == arrow + 2:
        if not is_directory_path(to):
            if "@" in to:
                raise ModError("replacement module must match format 'path version', not 'path@version'")
            raise ModError("replacement module without version must be directory path (rooted or starting with . or ..)")
        if "\\" in to:
            raise ModError("replacement directory appears to be Windows path (on a non-windows system)")
    else:
        to_version = _version(verb, to, args, at + arrow + 2, fix)
        if is_directory_path(to):
            raise ModError(f"replacement module directory path {go_quote(to)} cannot have version")
    return Replace(Version(path, v), Version(to, to_version), line)


def _interval(path: str, tokens: list[str], at: int, fix: Fixer) -> tuple[str, str, int]:
    """(low, high, index of what follows) of `v` or `[v, w]`. Raises ModError."""
    if at >= len(tokens) or tokens[at] == "(":
        raise ModError("expected '[' or version")
    if tokens[at] != "[":
        v = _version("retract", path, tokens, at, fix)
        return v, v, at + 1
    found = []
    for want, said in (("", "after '['"), (",", "after version"), ("", "after ','"), ("]", "after version")):
        at += 1
        if not want:
            if at >= len(tokens):
                raise ModError(f"expected version {said}")
            found.append(_version("retract", path, tokens, at, fix))
        elif tokens[at : at + 1] != [want]:
            raise ModError(f"expected '{want}' {said}")
    return found[0], found[1], at + 1


def _comment_of(block: Block | None, line: Line) -> str:
    """The text of a line's comments, of its block's when it has none."""
    of: Line | Block = block if block is not None and not line.before and not line.suffix else line
    return "\n".join(c.token[2:].strip() for c in (*of.before, *of.suffix) if c.token.startswith("//"))


# ---------------------------------------------------------------- the file


class ModFile:
    __slots__ = ("exclude", "go", "godebug", "ignore", "module", "replace", "require", "retract", "syntax", "tool", "toolchain")

    def __init__(self, syntax: FileSyntax | None = None) -> None:
        self.syntax = syntax or FileSyntax()
        self.module: ModuleLine | None = None
        self.go: Word | None = None
        self.toolchain: Word | None = None
        self.godebug: list[Godebug] = []
        self.require: list[Require] = []
        self.exclude: list[Exclude] = []
        self.replace: list[Replace] = []
        self.retract: list[Retract] = []
        self.tool: list[Word] = []
        self.ignore: list[Word] = []

    @property
    def path(self) -> str:
        return self.module.path if self.module is not None else ""

    def format(self) -> bytes:
        return format_file(self.syntax)

    # ------------------------------------------------------------ single lines

    def add_module(self, path: str) -> None:
        if self.module is None:
            self.module = ModuleLine(path, "", self.syntax.add_line(None, "module", auto_quote(path)))
        else:
            self.module.path = path
            self.syntax.update_line(self.module.syntax, "module", auto_quote(path))

    def add_comment(self, text: str) -> None:
        self.syntax.statements.append(CommentBlock(Pos(), before=[Comment(text)]))

    def add_go(self, version: str) -> None:
        """Raises ModError."""
        if not GO_VERSION.match(version):
            raise ModError(f"invalid language version {go_quote(version)}")
        if self.go is None:
            self.go = Word(version, self.syntax.add_line(self.module.syntax if self.module is not None else None, "go", version))
        else:
            self.go.text = version
            self.syntax.update_line(self.go.syntax, "go", version)

    def drop_go(self) -> None:
        if self.go is not None:
            self.go.syntax.remove()
            self.go = None

    def add_toolchain(self, name: str) -> None:
        """Raises ModError."""
        if not TOOLCHAIN.match(name):
            raise ModError(f"invalid toolchain name {go_quote(name)}")
        if self.toolchain is None:
            hint = self.go.syntax if self.go is not None else self.module.syntax if self.module is not None else None
            self.toolchain = Word(name, self.syntax.add_line(hint, "toolchain", name))
        else:
            self.toolchain.text = name
            self.syntax.update_line(self.toolchain.syntax, "toolchain", name)

    def drop_toolchain(self) -> None:
        if self.toolchain is not None:
            self.toolchain.syntax.remove()
            self.toolchain = None

    # ------------------------------------------------------------ requirements

    def add_require(self, path: str, v: str) -> None:
        need = True
        for r in self.require:
            if r.mod.path == path and r.syntax is not None:
                if need:
                    r.mod = Version(path, v)
                    self.syntax.update_line(r.syntax, "require", auto_quote(path), v)
                    need = False
                else:
                    r.remove()
        if need:
            self.add_new_require(path, v, False)

    def add_new_require(self, path: str, v: str, indirect: bool) -> None:
        r = Require(Version(path, v), False, self.syntax.add_line(None, "require", auto_quote(path), v))
        r.set_indirect(indirect)
        self.require.append(r)

    def drop_require(self, path: str) -> None:
        for r in self.require:
            if r.mod.path == path:
                r.remove()

    def set_require(self, wanted: list[Require]) -> None:
        """Exactly these requirements, old lines kept where they are."""
        need = {r.mod.path: r for r in wanted}
        for r in self.require:
            new = need.pop(r.mod.path, None)
            if new is not None:
                r.set_version(new.mod.version)
                r.set_indirect(new.indirect)
            else:
                r.remove()
        for new in need.values():
            self.add_new_require(new.mod.path, new.mod.version, new.indirect)
        self.sort_blocks()

    def set_require_separate_indirect(self, wanted: list[Require], at_most_two: bool = False) -> None:
        """The same; direct and indirect requirements stand in blocks of their own. at_most_two: all of a kind in one (go 1.27 and later)."""
        _Separate(self, wanted, at_most_two).run()

    # ------------------------------------------------------------ the others

    def add_exclude(self, path: str, v: str) -> None:
        """Raises ModError."""
        _check_canonical(path, v)
        hint = None
        for x in self.exclude:
            if x.mod == (path, v):
                return
            if x.mod.path == path:
                hint = x.syntax
        self.exclude.append(Exclude(Version(path, v), self.syntax.add_line_beside(hint, "exclude", auto_quote(path), v)))

    def drop_exclude(self, path: str, v: str) -> None:
        for x in self.exclude:
            if x.mod == (path, v):
                x.syntax.remove()
                x.mod = Version("")

    def add_retract(self, low: str, high: str, rationale: str = "") -> None:
        """Raises ModError."""
        _check_canonical(self.path, high)
        _check_canonical(self.path, low)
        words = [auto_quote(low)] if low == high else ["[", auto_quote(low), ",", auto_quote(high), "]"]
        line = self.syntax.add_line(None, "retract", *words)
        line.before += [Comment("// " + text) for text in rationale.split("\n") if rationale]

    def drop_retract(self, low: str, high: str) -> None:
        for r in self.retract:
            if (r.low, r.high) == (low, high):
                r.syntax.remove()
                r.low = r.high = ""

    def add_word(self, verb: str, of: list[Word], text: str) -> None:
        """A `tool` or `ignore` line, unless there is one."""
        if all(t.text != text for t in of):
            of.append(Word(text, self.syntax.add_line(None, verb, text)))
            self.sort_blocks()

    @staticmethod
    def drop_word(of: list[Word], text: str) -> None:
        for t in of:
            if t.text == text:
                t.syntax.remove()
                t.text = ""

    # ------------------------------------------------------------ order

    def cleanup(self) -> None:
        """Forget what was removed."""
        self.godebug = [g for g in self.godebug if g.key]
        self.require = [r for r in self.require if r.mod.path]
        self.exclude = [x for x in self.exclude if x.mod.path]
        self.replace = [r for r in self.replace if r.old.path]
        self.retract = [r for r in self.retract if r.low or r.high]
        self.syntax.cleanup()

    def sort_blocks(self) -> None:
        kill: set[Line] = set()
        seen: set[Version] = set()
        for x in self.exclude:
            if x.mod in seen:
                kill.add(x.syntax)
            seen.add(x.mod)
        self.exclude = [x for x in self.exclude if x.syntax not in kill]
        kill |= duplicate_replaces(self.replace)
        self.replace = [r for r in self.replace if r.syntax not in kill]
        for of in (self.tool, self.ignore):
            words: set[str] = set()
            for t in of:
                if t.text in words:
                    kill.add(t.syntax)
                words.add(t.text)
            of[:] = [t for t in of if t.syntax not in kill]
        self.syntax.drop(kill)
        by_version = self.go is not None and semver.compare("v" + self.go.text, "v1.21") >= 0
        for s in self.syntax.statements:
            if isinstance(s, Block):
                sort_block(s, by_version)


def duplicate_replaces(replace: list[Replace]) -> set[Line]:
    """Lines of replacements that a later one overrides."""
    kill: set[Line] = set()
    seen: set[Version] = set()
    for r in reversed(replace):
        if r.old in seen:
            kill.add(r.syntax)
        seen.add(r.old)
    return kill


class _RetractKey:
    """Later versions first."""

    __slots__ = ("high", "low")

    def __init__(self, line: Line) -> None:
        t = line.tokens
        self.low = self.high = t[0] if len(t) == 1 else ""
        if len(t) == 5 and (t[0], t[2], t[4]) == ("[", ",", "]"):
            self.low, self.high = t[1], t[3]

    def __lt__(self, other: _RetractKey) -> bool:
        return (semver.compare(self.low, other.low) or semver.compare(self.high, other.high)) > 0


class _ExcludeKey:
    __slots__ = ("tokens",)

    def __init__(self, line: Line) -> None:
        self.tokens = line.tokens

    def __lt__(self, other: _ExcludeKey) -> bool:
        a, b = self.tokens, other.tokens
        if len(a) != 2 or len(b) != 2 or a[0] != b[0]:
            return a < b
        return semver.compare(a[1], b[1]) < 0


def sort_block(b: Block, by_version: bool = False) -> None:
    """by_version: excludes of a module in the order of their versions, not of the text."""
    if b.tokens[0] == "exclude" and by_version:
        b.lines.sort(key=_ExcludeKey)
    elif b.tokens[0] == "retract":
        b.lines.sort(key=_RetractKey)
    else:
        b.lines.sort(key=lambda line: line.tokens)


def _check_canonical(path: str, v: str) -> None:
    s = split_path_version(path)
    suffix = s[1] if s is not None else ""
    if not v or v != semver.canonical_version(v):
        raise InvalidVersion(v, f"must be of the form {major_prefix(suffix)}.2.3" if suffix else "must be of the form v1.2.3")
    if s is not None:
        try:
            check_major(v, suffix)
        except ModError:
            if not suffix:
                raise InvalidVersion(v, f"should be {v}+incompatible (or module {path}/{semver.major(v)})") from None
            raise


# ---------------------------------------------------------------- edits that go.mod and go.work share


def add_godebug(f: FileSyntax, of: list[Godebug], key: str, value: str) -> None:
    need = True
    for g in of:
        if g.key == key:
            if need:
                g.value = value
                f.update_line(g.syntax, "godebug", f"{key}={value}")
                need = False
            else:
                g.syntax.remove()
                g.key = ""
    if need:
        of.append(Godebug(key, value, f.add_line(None, "godebug", f"{key}={value}")))


def drop_godebug(of: list[Godebug], key: str) -> None:
    for g in of:
        if g.key == key:
            g.syntax.remove()
            g.key = ""


def add_replace(f: FileSyntax, of: list[Replace], old: Version, new: Version) -> None:
    """A replacement of all versions (old.version is "") takes the place of those of one."""
    words = ["replace", auto_quote(old.path), *([old.version] if old.version else []), "=>", auto_quote(new.path), *([new.version] if new.version else [])]
    need, hint = True, None
    for r in of:
        if r.old.path == old.path and old.version in ("", r.old.version):
            if need:
                r.new = new
                f.update_line(r.syntax, *words)
                need = False
                continue
            r.syntax.remove()
            r.old = Version("")
        if r.old.path == old.path:
            hint = r.syntax
    if need:
        of.append(Replace(old, new, f.add_line_beside(hint, *words)))


def drop_replace(of: list[Replace], old: Version) -> None:
    for r in of:
        if r.old == old:
            r.syntax.remove()
            r.old = Version("")


# ---------------------------------------------------------------- separate blocks of requirements


def _has_comments(x: Statement) -> bool:
    return bool(x.before or x.after or len(x.suffix) > 1) or (len(x.suffix) == 1 and x.suffix[0].token.removeprefix("//").strip() != "indirect")


class _Separate:
    """One run of set_require_separate_indirect: which blocks there are, and who goes where."""

    def __init__(self, f: ModFile, wanted: list[Require], simplify: bool) -> None:
        self.f = f
        self.statements = f.syntax.statements
        self.need = {r.mod.path: r for r in wanted}
        self.simplify = simplify
        self.direct = self.indirect = self.last = -1  # index of the last statement of each kind, and of any
        self.count = 0
        self.block_of: dict[Line, Block] = {}
        self.direct_comments: list[Comment] = []
        self.indirect_comments: list[Comment] = []

    def look(self) -> None:
        line_indirect = {r.syntax: self.need[r.mod.path].indirect for r in self.f.require if r.mod.path in self.need}
        for i, s in enumerate(self.statements):
            if isinstance(s, CommentBlock) or not s.tokens or s.tokens[0] != "require":
                continue
            self.last = i
            self.count += 1
            if isinstance(s, Line):
                if not _has_comments(s):
                    if is_indirect(s):
                        self.indirect = i
                    else:
                        self.direct = i
                continue
            plain = bool(s.lines) and not _has_comments(s)
            all_direct = plain and all(not _has_comments(x) and not is_indirect(x) for x in s.lines)
            all_indirect = plain and all(not _has_comments(x) and is_indirect(x) for x in s.lines)
            for x in s.lines:
                self.block_of[x] = s
            if all_direct:
                self.direct = i
            if all_indirect:
                self.indirect = i
            if self.simplify:
                any_direct = any(line_indirect.get(x) is False for x in s.lines)
                target = self.indirect_comments if not any_direct and s.lines else self.direct_comments
                if target and s.before:
                    target.append(Comment("//"))
                target += s.before
                s.before = []

    def insert(self, i: int) -> Block:
        b = Block(["require"])
        self.statements.insert(i, b)
        return b

    def ensure(self, i: int) -> Block:
        """The block at i, made of a line if need be."""
        s = self.statements[i]
        if isinstance(s, Block):
            return s
        assert isinstance(s, Line)
        b = Block(["require"], lines=[s])
        s.tokens, s.in_block = s.tokens[1:], True
        self.statements[i] = b
        return b

    @staticmethod
    def move(r: Require, b: Block) -> None:
        old = r.syntax
        if old is None:
            r.syntax = Line([auto_quote(r.mod.path), r.mod.version])
            if r.indirect:
                r.set_indirect(True)
        else:
            tokens = old.tokens[1:] if not old.in_block and old.tokens[:1] == ["require"] else old.tokens
            r.syntax = old.moved(tokens)
            old.tokens = []
        r.syntax.in_block = True
        b.lines.append(r.syntax)

    def run(self) -> None:
        f = self.f
        self.look()
        one_flat = self.count == 1 and not _has_comments(self.statements[self.last])
        if self.direct < 0:
            if self.indirect >= 0:
                self.direct = self.indirect
                self.indirect += 1
            else:
                self.direct = self.last + 1 if self.last >= 0 else len(self.statements)
            direct = self.insert(self.direct)
        else:
            direct = self.ensure(self.direct)
        if self.indirect < 0:
            self.indirect = self.direct + 1
            indirect = self.insert(self.indirect)
        else:
            indirect = self.ensure(self.indirect)
        direct.before += self.direct_comments
        indirect.before += self.indirect_comments
        have: set[str] = set()
        for r in f.require:
            path = r.mod.path
            new = self.need.get(path)
            if new is None or path in have:
                r.remove()
                continue
            have.add(path)
            r.set_version(new.mod.version)
            r.set_indirect(new.indirect)
            own = self.block_of.get(r.syntax) if r.syntax is not None else None
            if new.indirect and (self.simplify or one_flat or own is direct):
                self.move(r, indirect)
            elif not new.indirect and (self.simplify or one_flat or own is indirect):
                self.move(r, direct)
        for path, new in self.need.items():
            if path not in have:
                r = Require(new.mod, new.indirect)
                self.move(r, indirect if r.indirect else direct)
                f.require.append(r)
        f.sort_blocks()


# ---------------------------------------------------------------- reading

_LAX = frozenset(("go", "module", "retract", "require", "ignore"))


class _Parser:
    """Takes the lines of one file."""

    def __init__(self, syntax: FileSyntax, fix: Fixer | None, strict: bool) -> None:
        self.f = ModFile(syntax)
        self.fix = fix
        self.strict = strict
        self.errors: list[str] = []

    def wrong(self, pos: Pos, text: str) -> None:
        self.errors.append(f"{place(self.f.syntax.name, pos)}: {text}")

    def run(self) -> ModFile:
        for s in self.f.syntax.statements:
            if isinstance(s, Line):
                self.take(None, s, s.tokens[0], 1)
            elif isinstance(s, Block):
                if len(s.tokens) == 1 and s.tokens[0] in _BLOCKS:
                    for line in s.lines:
                        self.take(s, line, s.tokens[0], 0)
                elif self.strict:
                    self.wrong(s.start, f"unknown block type: {' '.join(s.tokens)}")
        self.fix_retract()
        if self.errors:
            raise FileErrors(self.errors)
        return self.f

    def take(self, block: Block | None, line: Line, verb: str, at: int) -> None:
        if not self.strict and verb not in _LAX:
            return
        try:
            self.directive(block, line, verb, at)
        except ModError as e:
            self.wrong(line.start, str(e))

    def directive(self, block: Block | None, line: Line, verb: str, at: int) -> None:
        """Take one line, whose words begin at `at`. Raises ModError with what is wrong with it."""
        f, args = self.f, line.tokens
        n = len(args) - at
        match verb:
            case "go":
                if f.go is not None:
                    raise ModError("repeated go statement")
                self.go_line(line, at)
            case "toolchain":
                f.toolchain = toolchain_line(f.toolchain, line, at)
            case "module":
                if f.module is not None:
                    raise ModError("repeated module statement")
                m = _DEPRECATED.search(_comment_of(block, line))
                f.module = ModuleLine("", m[1] if m else "", line)
                if n != 1:
                    raise ModError("usage: module module/path")
                f.module.path = _word(args, at)
            case "godebug":
                f.godebug.append(godebug_line(line, at))
            case "require" | "exclude":
                if n != 2:
                    raise ModError(f"usage: {verb} module/path v1.2.3")
                path = _word(args, at)
                v = _version(verb, path, args, at + 1, self.fix)
                _check_major(verb, path, v)
                if verb == "require":
                    f.require.append(Require(Version(path, v), is_indirect(line), line))
                else:
                    f.exclude.append(Exclude(Version(path, v), line))
            case "replace":
                f.replace.append(parse_replace(line, at, verb, self.fix))
            case "retract":
                self.retract_line(block, line, at)
            case "tool" | "ignore":
                if n != 1:
                    raise ModError(f"{verb} directive expects exactly one argument")
                (f.tool if verb == "tool" else f.ignore).append(Word(_word(args, at), line))
            case _:
                raise ModError(f"unknown directive: {verb}")

    def go_line(self, line: Line, at: int) -> None:
        args = line.tokens
        if len(args) - at != 1:
            raise ModError("go directive expects exactly one argument")
        if not GO_VERSION.match(args[at]):
            m = None if self.strict else _LAX_GO_VERSION.match(args[at])
            if m is None:
                raise ModError(f"invalid go version '{args[at]}': must match format 1.23.0")
            args[at] = m[1]
        self.f.go = Word(args[at], line)

    def retract_line(self, block: Block | None, line: Line, at: int) -> None:
        rationale = _comment_of(block, line)
        try:
            low, high, end = _interval("", line.tokens, at, lambda _, v: v)
        except ModError:
            if self.strict:
                raise
            return
        if end < len(line.tokens) and self.strict:
            raise ModError(f"unexpected token after version: {go_quote(line.tokens[end])}")
        self.f.retract.append(Retract(low, high, rationale, line))

    def fix_retract(self) -> None:
        """Versions of retract lines can be looked up only when the module's path is known."""
        if self.fix is None:
            return
        for r in self.f.retract:
            if not self.f.path:
                self.wrong(r.syntax.start, "no module directive found, so retract cannot be used")
                return
            try:
                r.low, r.high, _ = _interval(self.f.path, r.syntax.tokens, 1 if r.syntax.tokens[0] == "retract" else 0, self.fix)
            except ModError as e:
                self.wrong(r.syntax.start, str(e))
                r.low = r.high = ""


def toolchain_line(old: Word | None, line: Line, at: int) -> Word:
    if old is not None:
        raise ModError("repeated toolchain statement")
    if len(line.tokens) - at != 1:
        raise ModError("toolchain directive expects exactly one argument")
    if not TOOLCHAIN.match(line.tokens[at]):
        raise ModError(f"invalid toolchain version '{line.tokens[at]}': must match format go1.23.0 or default")
    return Word(line.tokens[at], line)


def godebug_line(line: Line, at: int) -> Godebug:
    args = line.tokens[at:]
    key, eq, value = args[0].partition("=") if len(args) == 1 else ("", "", "")
    if not eq or re.search("[\"`',]", args[0]):
        raise ModError("usage: godebug key=value")
    return Godebug(key, value, line)


def word_line(line: Line, at: int, usage: str) -> Word:
    if len(line.tokens) - at != 1:
        raise ModError(usage)
    return Word(_word(line.tokens, at), line)


def parse(name: str, data: bytes, fix: Fixer | None = None, full: str = "") -> ModFile:
    """A go.mod. fix: turns what is no canonical version into one; without it such is wrong. full: see syntax.parse. Raises SyntaxFailure, FileErrors."""
    return _Parser(parse_syntax(name, data, full), fix, True).run()


def parse_lax(name: str, data: bytes, fix: Fixer | None = None) -> ModFile:
    """A go.mod of a dependency."""
    return _Parser(parse_syntax(name, data), fix, False).run()
