"""`//go:embed` patterns -> files, as the go command resolves them (cmd/go/internal/load/pkg.go, resolveEmbed, go1.27).

A pattern is matched against paths below the package's directory with path.Match's rules: `*` and `?` do not cross a slash, `[a-z]` is a class, `\\` takes
the next character as it is. A directory stands for all regular files below it, except those whose names begin with "." or "_", unless the
pattern has the prefix `all:`. What would not be part of a module (links, version control, other modules, names that not every system can hold) is refused.
"""

from __future__ import annotations

import os
import re

from rt0.load.replaced import Files

_ESCAPE = re.compile(r"\\(?:([abfnrtv\\\"])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3}))")
_LETTERS = dict(zip('abfnrtv\\"', '\a\b\f\n\r\t\v\\"', strict=True))
_PUNCTUATION = frozenset("!#$%&()+,-.=@[]^_{}~ ")
WINDOWS_NAMES = frozenset(["con", "prn", "aux", "nul", *(f"com{i}" for i in range(1, 10)), *(f"lpt{i}" for i in range(1, 10))])
_VCS = frozenset((".bzr", ".hg", ".git", ".svn"))


class EmbedError(Exception):
    """A pattern that cannot be resolved; the text names it and says why."""


class BadPattern(Exception):
    """A pattern with a malformed class or a trailing backslash."""


def unquote(text: str) -> str | None:
    """What stands between double quotes, as strconv.Unquote has it; None when it is no Go string."""
    out = bytearray()
    i = 0
    while i < len(text):
        if text[i] != "\\":
            out += text[i].encode("utf-8", "surrogatepass")
            i += 1
            continue
        m = _ESCAPE.match(text, i)
        if m is None:
            return None
        i = m.end()
        if m[1]:
            out += _LETTERS[m[1]].encode()
        elif m[2] or m[5]:
            value = int(m[2], 16) if m[2] else int(m[5], 8)
            if value > 255:
                return None
            out.append(value)
        else:
            value = int(m[3] or m[4], 16)
            if value > 0x10FFFF or 0xD800 <= value < 0xE000:
                return None
            out += chr(value).encode()
    return out.decode("utf-8", "surrogateescape")


def parse_args(text: str) -> tuple[list[tuple[str, int]], str]:
    """([(pattern, its offset in text)], what is wrong) of the words after //go:embed: bare, "quoted" or `raw`. With an error there are no patterns."""
    out: list[tuple[str, int]] = []
    i, n = 0, len(text)

    def bad(rest: str) -> tuple[list[tuple[str, int]], str]:
        return [], f"invalid quoted string in //go:embed: {rest.strip()}"

    while True:
        while i < n and text[i].isspace():
            i += 1
        if i >= n:
            return out, ""
        start = i
        if text[i] == "`":
            end = text.find("`", i + 1)
            if end < 0:
                return bad(text[i:])
            word: str | None = text[i + 1 : end]
            i = end + 1
        elif text[i] == '"':
            i += 1
            while i < n and text[i] != '"':
                i += 2 if text[i] == "\\" else 1
            if i >= n:
                return bad(text[start:])
            word = unquote(text[start + 1 : i])
            i += 1
            if word is None:
                return bad(text[start:i])
        else:
            while i < n and not text[i].isspace():
                i += 1
            word = text[start:i]
        if i < n and not text[i].isspace():
            return bad(text[i:])
        assert word is not None
        out.append((word, start))


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """The pattern as a regular expression for whole names. Raises BadPattern.

    What stands between two stars has a fixed length, so its first place is as good as any: no star but the last is ever tried again (`*a*a*a*x` on
    a long name took for ever).
    """
    parts: list[list[str]] = [[]]  # between the stars
    out = parts[0]
    i, n = 0, len(pattern)

    def char(i: int) -> tuple[str, int]:
        """A character of a class and where the next begins."""
        if i >= n or pattern[i] in "-]":
            raise BadPattern
        if pattern[i] == "\\":
            i += 1
        if i >= n or i + 1 >= n:
            raise BadPattern
        return pattern[i], i + 1

    while i < n:
        c = pattern[i]
        i += 1
        if c == "*":
            out = []
            parts.append(out)
        elif c == "?":
            out.append("[^/]")
        elif c == "\\":
            if i >= n:
                raise BadPattern
            out.append(re.escape(pattern[i]))
            i += 1
        elif c == "[":
            negated = pattern[i : i + 1] == "^"
            i += negated
            ranges: list[str] = []
            while True:
                if i < n and pattern[i] == "]" and ranges:
                    i += 1
                    break
                lo, i = char(i)
                hi = lo
                if pattern[i] == "-":
                    hi, i = char(i + 1)
                ranges.append(f"{re.escape(lo)}-{re.escape(hi)}" if lo <= hi else "")
            inside = "".join(ranges)
            out.append((f"[^{inside}]" if negated else f"[{inside}]") if inside else (r"[\s\S]" if negated else r"(?!)"))
        else:
            out.append(re.escape(c))
    first, *middle = ("".join(p) for p in parts)
    last = f"[^/]*{middle.pop()}" if middle else ""
    return re.compile(first + "".join(f"(?>[^/]*?{m})" for m in middle) + last + r"\Z", re.DOTALL)


def bad_name(name: str) -> bool:
    """A file or folder name that cannot be in a module (golang.org/x/mod/module, CheckFilePath)."""
    if not name or name.strip(".") == "" or name[-1] == "." or name in _VCS:
        return True
    if name.partition(".")[0].lower() in WINDOWS_NAMES:
        return True
    return any(not (c.isalnum() or c in _PUNCTUATION) if c < "\x80" else not c.isalpha() for c in name)


def _valid(pattern: str) -> bool:
    """io/fs.ValidPath, and not "."."""
    return all(p not in ("", ".", "..") for p in pattern.split("/"))


def _glob(fs: Files, d: str, pattern: str) -> list[str]:
    """Paths below d that match, relative."""
    found = [""]
    parts = pattern.split("/")
    for k, part in enumerate(parts):
        last = k == len(parts) - 1
        nxt: list[str] = []
        for f in found:
            base = os.path.join(d, f) if f else d
            if not re.search(r"[*?\[\\]", part):
                p = os.path.join(base, part)
                if fs.exists(p) if last else fs.is_dir(p):
                    nxt.append(f"{f}/{part}" if f else part)
                continue
            rx = compile_pattern(part)
            try:
                names = fs.names(base)
            except OSError:
                continue
            nxt += [f"{f}/{n}" if f else n for n in names if rx.match(n) and (last or fs.is_dir(os.path.join(base, n)))]
        found = nxt
    return found


def _check_parents(fs: Files, d: str, rel: str, what: str) -> None:
    """Neither the file nor a folder on the way to it is in another module, behind a link, or badly named."""
    path = rel
    while path:
        if fs.is_file(os.path.join(d, path, "go.mod")):
            raise EmbedError(f"cannot embed {what} {rel}: in different module")
        if path != rel and fs.is_link(os.path.join(d, path)):
            raise EmbedError(f"cannot embed {what} {rel}: in non-directory {path}")
        name = os.path.basename(path)
        if bad_name(name):
            where = "invalid name" if path == rel else "in invalid directory"
            raise EmbedError(f"cannot embed {what} {rel}: {where} {name}")
        path = os.path.dirname(path)


def _below(fs: Files, d: str, rel: str, hidden: bool) -> list[str]:
    """The embeddable files below a directory, relative to d."""
    out: list[str] = []
    for root, dirs, names in fs.walk(os.path.join(d, rel)):
        inside = os.path.relpath(root, d)
        dirs[:] = [x for x in dirs if not bad_name(x) and (hidden or x[0] not in "._") and not fs.is_file(os.path.join(root, x, "go.mod"))]
        for n in names:
            p = os.path.join(root, n)
            if bad_name(n) or (n[0] in "._" and not hidden):
                if n[0] not in "._":
                    raise EmbedError(f"cannot embed file {inside}/{n}: invalid name {n}")
                continue
            if fs.is_file(p) and not fs.is_link(p):
                out.append(f"{inside}/{n}")
    return out


def match_embed(fs: Files, d: str, pattern: str) -> list[tuple[str, str]]:
    """[(name in the file system, absolute path of the content)] that a pattern stands for, sorted. Raises EmbedError."""
    try:
        return _match(fs, d, pattern)
    except EmbedError as e:
        raise EmbedError(f"pattern {pattern}: {e}") from None


def _match(fs: Files, d: str, pattern: str) -> list[tuple[str, str]]:
    glob = pattern.removeprefix("all:")
    hidden = glob != pattern
    try:
        compile_pattern(glob)
        if not _valid(glob):
            raise BadPattern
    except BadPattern:
        raise EmbedError("invalid pattern syntax") from None
    try:
        matches = _glob(fs, d, glob)
    except BadPattern:
        raise EmbedError("syntax error in pattern") from None
    found: set[str] = set()
    for rel in matches:
        full = os.path.join(d, rel)
        folder = fs.is_dir(full) and not fs.is_link(full)
        _check_parents(fs, d, rel, "directory" if folder else "file")
        if folder:
            below = _below(fs, d, rel, hidden)
            if not below:
                raise EmbedError(f"cannot embed directory {rel}: contains no embeddable files")
            found.update(below)
        elif fs.is_file(full) and not fs.is_link(full):
            found.add(rel)
        else:
            raise EmbedError(f"cannot embed irregular file {rel}")
    if not found:
        raise EmbedError("no matching files found")
    return [(rel, fs.actual(os.path.join(d, rel))) for rel in sorted(found)]
