"""From a package's directory to a PackageInfo: which files belong to it, and what their heads say.

No file is parsed: header.py reads a Go file as far as its imports, and the directives of the rest by pattern; of assembly the names of what it defines
are read off the text, and where that is not certain (`asm_exact`) build asks the assembler.
"""

from __future__ import annotations

import hashlib
import os
import re
from typing import Literal

from rt0.diag import fatal, go_quote
from rt0.load.constraint import ConstraintError, constraint_text, name_target
from rt0.load.embed import EmbedError, match_embed, parse_args
from rt0.load.header import Header, HeaderError, read_header
from rt0.load.model import PackageInfo
from rt0.load.stdrecords import StdRecords
from rt0.load.workspace import Workspace

_TEXT = re.compile(
    rb"(?m)^[ \t]*TEXT[ \t]+([^\s(<]*)(<>)?(<ABIInternal>|<ABI0>)?\(SB\)[ \t]*,[ \t]*(?:[^,$\n]+,[ \t]*)?\$([-0-9x()*+ ]+)"
)
_TEXT_WORD = re.compile(rb"(?m)^[^/\n]*\bTEXT\b")
_GLOBL = re.compile(rb"(?m)^[ \t]*GLOBL[ \t]+([^\s(<]*)\(SB\)")
_LINE_OUT = re.compile(rb"/[/*]line (?:/|[^\n]*\.\.)")  # a directive with an absolute name, or one that may lead out of the folder
_ILLEGAL = re.compile("[!\"#$%&'()*,:;<=>?[\\\\\\]^{|}`\ufffd\\s]")  # no import path has them (go/build/read.go, isValidImport)


# What of a directory is read: the package; the package with the test files of its own; the test files of the package beside it, P_test.
Part = Literal["package", "tests", "external"]


class NoFiles(Exception):
    """A directory without buildable Go files; `msg` is the go command's sentence."""

    def __init__(self, msg: str) -> None:
        self.msg = msg


class Reader:
    """Reads the packages of one load."""

    __slots__ = ("_read", "records", "ws")

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws
        shelf = ws.ctx.shelf
        self.records = StdRecords(ws.ctx, shelf) if shelf is not None and not ws.ctx.files.any() and ws.ctx.verb != "compile" else None
        self._read: list[str] = []  # folders and files that had a say in the package that is being read

    def keep(self) -> None:
        """At the end of a load: what was learned of the standard library goes onto the shelf."""
        if self.records is not None:
            self.records.save()

    def candidates(self, path: str, d: str, standard: bool) -> list[tuple[str, str]]:
        """(base name, absolute path) of the files of a package directory, overlay applied, sorted by name."""
        found: dict[str, str] = {}
        if not standard:
            return [(n, os.path.join(d, n)) for n in self.ws.fs.names(d)]
        over = os.path.join(self.ws.ctx.overlay, path)
        self._read += (d, over)
        drop: set[str] = set()
        keep: set[str] | None = None
        names: list[str] = []
        if self.ws.is_dir(over):
            names = os.listdir(over)
            if "overlay.txt" in names:
                self._read.append(os.path.join(over, "overlay.txt"))
                with open(self._read[-1], encoding="utf-8") as f:
                    for line in f:
                        words = line.partition("#")[0].split()
                        if words == ["replace"]:
                            keep = keep or set()
                        elif len(words) == 2 and words[0] == "drop":
                            drop.add(words[1])
                        elif len(words) == 2 and words[0] == "keep":
                            keep = (keep or set()) | {words[1]}
                        elif words:
                            raise fatal(f"{path}/overlay.txt: cannot read {line.strip()!r}")
        try:
            for n in self.ws.fs.names(d):
                if n not in drop and (keep is None or n in keep):
                    found[n] = os.path.join(d, n)
        except OSError:
            if not names:
                raise
        for n in names:
            found[n] = os.path.join(over, n)
        return sorted(found.items())

    def read_package(self, path: str, d: str, standard: bool, module: str, only: list[str] | None = None, part: Part = "package", of: str = "") -> PackageInfo:
        """Read the heads of a package's files. Raises NoFiles, or CompileError for files that cannot be understood.

        only  the absolute paths given on the command line, which are taken whatever their names say
        part  with test files: path is the directory's import path all the same, the result of "external" is called path_test
        of    with "external": the name of the package in the directory, when that has one
        """
        records = self.records if standard and only is None and part == "package" else None
        if records is not None and (known := records.find(path)) is not None and known.dir == d:
            self.ws.looked_at.append(d)
            return known
        self._read = []
        tags = self.ws.ctx.tags
        info = PackageInfo(path, "", d, standard, self.ws.language(standard, module), module=module)
        info.record = path if standard else self.ws.trimmed(path, module) if self.ws.ctx.trimpath else d
        self.ws.looked_at.append(d)
        ignored = tests = cgo = 0
        names: list[str] = []
        first = ""
        try:
            files = [(os.path.basename(p), p) for p in only] if only is not None else self.candidates(path, d, standard)
        except OSError as e:
            raise NoFiles(f"open {d}: {(e.strerror or str(e)).lower()}") from None
        for name, p in files:
            dot = name.rfind(".")
            ext = name[dot:] if dot > 0 else ""
            if ext not in (".go", ".s", ".h"):
                continue
            if name[0] in "_.":
                info.left_out.append((name, f"the name begins with {name[0]}"))
                continue
            names.append(name)
            is_test = ext == ".go" and name.endswith("_test.go") and (only is None or self.ws.ctx.verb == "test")
            if is_test and part == "package":
                tests += 1
                info.left_out.append((name, "a test"))
                continue
            if not is_test and part == "external":
                continue
            if only is None and not tags.name_matches(name):
                ignored += ext == ".go"
                info.left_out.append((name, f"the name is for {name_target(name)}"))
                continue
            self._read.append(p)
            try:
                with open(self.ws.fs.actual(p), "rb") as f:
                    data = f.read()
            except IsADirectoryError:
                continue
            except OSError as e:
                what = f"open {self.ws.show(p)}" if self.ws.fs.actual(p) == p else f"stat {self.ws.fs.actual(p)}"
                raise NoFiles(f"{what}: {(e.strerror or str(e)).lower()}") from None
            show = f"{path}/{name}" if standard else self.ws.display(p)
            if ext == ".go":
                h = self.head(p, data, name, only is not None)
                if h is None:
                    ignored += 1
                    info.left_out.append((name, constraint_text(data)))
                    continue
                if any(i.path == "C" for i in h.imports) and self.ws.ctx.verb != "compile":
                    cgo += 1
                    at = next(i.offset for i in h.imports if i.path == "C")
                    if only is not None:
                        raise fatal(f'{self.ws.at(p, at, data)}: import "C": rt0 does not support cgo')
                    info.left_out.append((name, 'import "C"'))
                    continue
                if h.package == "documentation":
                    ignored += 1
                    info.left_out.append((name, "package documentation"))
                    continue
                if is_test and (h.package.endswith("_test") and h.package != (of or info.name)) != (part == "external"):
                    continue
                if not info.name:
                    info.name, first = h.package, name
                elif h.package != info.name and self.ws.ctx.verb != "compile":
                    raise NoFiles(f"found packages {info.name} ({first}) and {h.package} ({name}) in {d}")
                info.go_files.append((show, self.ws.fs.actual(p)))
                info.folder_counts |= info.record != d and not standard and _LINE_OUT.search(data) is not None
                self.take(info, h, p, data)
            else:
                if not self.constraint_holds(name, data):
                    info.left_out.append((name, constraint_text(data)))
                    continue
                if ext == ".s":
                    info.s_files.append((show, self.ws.fs.actual(p)))
                    self.take_asm(info, data)
                else:
                    info.h_files.append((show, self.ws.fs.actual(p)))
            info.contents[self.ws.fs.actual(p)] = hashlib.sha256(data).hexdigest()
        if not info.go_files:
            if cgo:
                raise NoFiles(f"package {path}: all Go files in {d} import \"C\": rt0 does not support cgo")
            if ignored:
                raise NoFiles(f"package {path}: build constraints exclude all Go files in {d}")
            if tests:
                raise NoFiles(f"{path}: no non-test Go files in {d}")
            raise NoFiles(f"no Go files in {d}")
        if part == "external":
            info.path = path + "_test"
        self.embed(info)
        if records is not None:
            records.keep(info, self._read)
        if not standard:
            names += dict.fromkeys(name for group in info.embed.values() for name, _ in group if name not in names)
            self.check_case(path, names)
        return info

    def check_case(self, path: str, names: list[str]) -> None:
        """Two files whose names differ in case only cannot be together on every system. Raises NoFiles."""
        seen: dict[str, str] = {}
        for name in names:
            other = seen.setdefault(name.casefold(), name)
            if other is not name:
                a, b = sorted((name, other))
                raise NoFiles(f"package {path}: case-insensitive file name collision: {go_quote(a)} and {go_quote(b)}")

    def head(self, p: str, data: bytes, name: str, taken: bool) -> Header | None:
        """The head of a Go file; None when constraints exclude it, however wrong it may be. taken: they do not count, but must be well formed."""
        free = taken and self.ws.ctx.verb == "compile"
        try:
            h = read_header(data)
            if h.constraint and not free and not self.constraint_holds(name, h.constraint) and not taken:
                return None
        except HeaderError as e:
            if not free and not self.constraint_holds(name, data) and not taken:
                return None
            if self.ws.ctx.verb == "compile":
                return Header("p", b"", [])
            if e.offset < 0:
                raise NoFiles(f"read {p}: {e.msg}") from None
            raise fatal(f"{self.ws.at(p, e.offset, data)}: {e.msg}") from None
        for i in h.imports:
            if not i.path or _ILLEGAL.search(i.path) or not i.path.isprintable():
                if self.ws.ctx.verb == "compile":
                    continue
                raise fatal(f"{p}:{self.ws.at(p, i.offset, data).split(':', 1)[1]}: invalid import path: {i.path}")
        return h

    def constraint_holds(self, name: str, head: bytes) -> bool:
        try:
            return self.ws.ctx.tags.header_matches(head)
        except ConstraintError as e:
            raise NoFiles(f"{name}: {e}") from None

    def take(self, info: PackageInfo, h: Header, p: str, data: bytes) -> None:
        """Add what a Go file's head says to its package."""
        for i in h.imports:
            if i.path and i.path not in info.imports:
                info.imports[i.path] = ""
                info.import_at[i.path] = (p, i.offset)
        info.debug += [(self.ws.display_at(p, offset, data), text) for text, offset in h.debug]
        for local, symbol in h.linknames:
            info.linknames[local] = symbol
        for text, offset in h.embeds:
            for pattern, at in parse_args(text)[0]:
                info.embed_at.setdefault(pattern, (p, offset + len(text[:at].encode("utf-8", "replace"))))

    def embed(self, info: PackageInfo) -> None:
        """Resolve the package's patterns; the first one that cannot be, in their order, is an error."""
        for pattern in sorted(info.embed_at):
            try:
                info.embed[pattern] = match_embed(self.ws.fs, info.dir, pattern)
            except EmbedError as e:
                msg = f"{self.ws.at(*info.embed_at[pattern])}: {e}"
                if self.ws.ctx.verb != "compile":
                    raise fatal(msg) from None
                info.embed_errors.append(msg)

    def take_asm(self, info: PackageInfo, data: bytes) -> None:
        for sym in _GLOBL.findall(data):
            pkg, dot, last = sym.decode("utf-8", "replace").replace("∕", "/").rpartition("·")
            if dot and pkg in ("", info.path):
                info.asm_data.add(last)
        found = _TEXT.findall(data)
        if len(found) != len(_TEXT_WORD.findall(data)):
            info.asm_exact = False
        for sym, local, abi, size in found:
            if local:
                continue
            pkg, dot, last = sym.decode("utf-8", "replace").replace("∕", "/").rpartition("·")
            if not dot:
                continue  # a name without a package: no Go function has it
            frame, _, args = size.decode().replace(" ", "").lstrip("-").partition("-")
            if _size(frame) < 0:
                info.asm_exact = False
            info.take_text(last if pkg in ("", info.path) else f"{pkg}.{last}", abi == b"<ABIInternal>", _size(frame), _size(args) if args else -1)


def _size(text: str) -> int:
    """A frame or argument size: a number or simple arithmetic on numbers; -1 when it is neither."""
    if text.isdigit():
        return int(text)
    total = 0
    for term in text.replace("(", "").replace(")", "").split("+"):
        product = 1
        for factor in term.split("*"):
            if not factor.isdigit():
                return -1
            product *= int(factor)
        total += product
    return total
