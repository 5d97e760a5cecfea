"""All files of a package's folder, each in its list, as `go list` shows them (go/build, Context.Import, go1.27).

The build itself reads a folder with read.py, which takes only what is compiled. Here nothing is left out: files that constraints exclude are "ignored",
files that cannot be read as Go are "invalid", tests and external tests have their own imports. What is wrong is kept in `error`, the first of each folder.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field

from rt0.load.constraint import ConstraintError, Tags
from rt0.load.embed import parse_args
from rt0.load.header import Header, HeaderError, read_header
from rt0.load.replaced import Files

# extension -> list of Package; .go files apart
OTHER = {
    ".c": "CFiles", ".cc": "CXXFiles", ".cpp": "CXXFiles", ".cxx": "CXXFiles", ".m": "MFiles", ".h": "HFiles", ".hh": "HFiles", ".hpp": "HFiles",
    ".hxx": "HFiles", ".f": "FFiles", ".F": "FFiles", ".for": "FFiles", ".f90": "FFiles", ".s": "SFiles", ".S": "SFiles", ".sx": "SFiles",
    ".swig": "SwigFiles", ".swigcxx": "SwigCXXFiles", ".syso": "SysoFiles",
}  # fmt: skip
_NEEDS_CGO = frozenset(("CFiles", "CXXFiles", "MFiles", "SwigFiles", "SwigCXXFiles"))  # not shown without cgo
_PACKAGE_NAME = re.compile(rb"(?m)^package[ \t]+([A-Za-z_]\w*)")
_LAST_COMMENT = re.compile(rb"((?:^[ \t]*//[^\n]*\n)+|/\*(?:(?!\*/).)*\*/[ \t]*\n?)\Z", re.MULTILINE | re.DOTALL)
_ILLEGAL_PREFIXES = ("copyright", "all rights", "author")

Place = tuple[str, int]  # (absolute path, offset)


@dataclass(slots=True)
class DirError:
    """What is wrong with a folder. kind: "nogo", "syntax", "other". at: the place of a syntax error"""

    kind: str
    msg: str
    at: Place | None = None


@dataclass(slots=True)
class DirFiles:
    """lists: name of a list of go list's Package -> base names, sorted; imports of kind "", "Test", "XTest" -> path -> places; embeds likewise."""

    dir: str
    name: str = ""
    doc: str = ""
    lists: dict[str, list[str]] = field(default_factory=dict)
    imports: dict[str, dict[str, list[Place]]] = field(default_factory=lambda: {"": {}, "Test": {}, "XTest": {}})
    embeds: dict[str, dict[str, list[Place]]] = field(default_factory=lambda: {"": {}, "Test": {}, "XTest": {}})
    debug: list[str] = field(default_factory=list)  # //go:debug lines
    error: DirError | None = None

    def add(self, to: str, name: str) -> None:
        self.lists.setdefault(to, []).append(name)

    def wrong(self, name: str, error: DirError) -> None:
        if name not in self.lists.get("InvalidGoFiles", []):
            self.add("InvalidGoFiles", name)
        self.error = self.error or error


def read_dir(fs: Files, d: str, tags: Tags, only: list[str] | None = None) -> DirFiles:
    """Read the folder d. only: of its files these, taken whatever their names and constraints say. Raises OSError."""
    out = DirFiles(d)
    first = ""
    for name in only if only is not None else fs.names(d):
        path = os.path.join(d, name)
        actual = fs.actual(path)
        ext = os.path.splitext(name)[1] if not name.startswith(".") else os.path.splitext(name[1:])[1]
        if os.path.isdir(actual) or (ext != ".go" and ext not in OTHER):
            continue
        if name[0] in "_.":
            continue
        ignored = "IgnoredGoFiles" if ext == ".go" else "IgnoredOtherFiles"
        if only is None and not tags.name_matches(name):
            out.add(ignored, name)
            continue
        if ext == ".syso":
            out.add("SysoFiles", name)
            continue
        try:
            with open(actual, "rb") as f:
                data = f.read()
        except OSError as e:
            out.wrong(name, DirError("other", f"open {path}: {(e.strerror or str(e)).lower()}"))
            continue
        problem: DirError | None = None
        header: Header | None = None
        if ext == ".go":
            try:
                header = read_header(data)
            except HeaderError as e:
                problem = DirError("syntax" if e.offset >= 0 else "other", e.msg if e.offset >= 0 else f"read {path}: {e.msg}", (path, e.offset))
            bad = next((i for i in header.imports if not i.path), None) if header is not None else None
            if bad is not None:
                problem = DirError("syntax", 'invalid import path: ""', (path, bad.offset))
        try:
            taken = only is not None or tags.header_matches(data)
        except ConstraintError as e:
            out.wrong(name, DirError("other", f"{name}: {e}"))
            continue
        if not taken or (ext in (".S", ".sx")):
            out.add(ignored, name)
            continue
        if ext != ".go":
            out.add(OTHER[ext], name)
            continue
        if problem is not None:
            out.wrong(name, problem)
        first = _take(out, name, path, data, header, first)
    for to, names in out.lists.items():
        out.lists[to] = sorted(names)
    for to in _NEEDS_CGO & out.lists.keys():
        del out.lists[to]
    if out.error is None and not any(out.lists.get(k) for k in ("GoFiles", "CgoFiles", "TestGoFiles", "XTestGoFiles")):
        out.error = DirError("nogo", "")
    return out


def _take(out: DirFiles, name: str, path: str, data: bytes, header: Header | None, first: str) -> str:
    """A Go file that belongs to the package; returns the file that named the package."""
    m = _PACKAGE_NAME.search(data)
    pkg = header.package if header is not None else m[1].decode() if m is not None else ""
    if pkg == "documentation":
        out.add("IgnoredGoFiles", name)
        return first
    test = name.endswith("_test.go")
    external = test and pkg.endswith("_test") and out.name != pkg
    base = pkg.removesuffix("_test") if external else pkg
    if not out.name:
        out.name, first = base, name
    elif base and base != out.name:
        out.wrong(name, DirError("other", f"found packages {out.name} ({first}) and {base} ({name}) in {out.dir}"))
    if not out.doc and not test and header is not None:
        out.doc = synopsis(doc_text(data))
    kind = "XTest" if external else "Test" if test else ""
    if header is not None and any(i.path == "C" for i in header.imports):
        if test:
            out.wrong(name, DirError("other", f"use of cgo in test {name} not supported"))
        out.add("IgnoredGoFiles", name)
        return first
    out.add(f"{kind}GoFiles", name)
    if header is not None:
        for i in header.imports:
            out.imports[kind].setdefault(i.path, []).append((path, i.offset))
        for text, offset in header.embeds:
            for pattern, at in parse_args(text)[0]:
                out.embeds[kind].setdefault(pattern, []).append((path, offset + len(text[:at].encode("utf-8", "replace"))))
        if not test:
            out.debug += [text for text, _ in header.debug]
    return first


def doc_text(data: bytes) -> str:
    """The comment that stands directly in front of the package clause, without its marks (go/ast, CommentGroup.Text); "" when there is none."""
    m = re.compile(rb"(?m)^[ \t]*package[ \t]+\w").search(data)
    while m is not None and (b"/*" in data[: m.start()] and data.rfind(b"/*", 0, m.start()) > data.rfind(b"*/", 0, m.start())):
        m = re.compile(rb"(?m)^[ \t]*package[ \t]+\w").search(data, m.end())
    if m is None:
        return ""
    c = _LAST_COMMENT.search(data, 0, m.start())
    if c is None:
        return ""
    text = c[1].decode("utf-8", "replace")
    if text.startswith("/*"):
        return text.strip()[2:-2]
    lines = []
    for line in text.splitlines():
        body = line.strip()[2:]
        if re.match(r"[a-z0-9]+:[a-z0-9]|line |extern |export ", body):
            continue  # a directive
        lines.append(body.removeprefix(" "))
    return "\n".join(lines)


def synopsis(text: str) -> str:
    """The first sentence of a comment (go/doc, Package.Synopsis, go1.27)."""
    paragraph = re.split(r"\n[ \t]*\n", text.strip("\n \t"), maxsplit=1)[0]
    words = " ".join(paragraph.split())
    m = re.search(r"(?<![A-Z])\.(?= |$)|[。．]", words)
    if m is None:
        m = re.search(r"\w[A-Z]\.(?= |$)", words)
    if m is not None:
        words = words[: m.end()]
    return "" if words.lower().startswith(_ILLEGAL_PREFIXES) else words
