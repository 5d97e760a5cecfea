"""Stage filetests: `tests/<stage>/*.txtar`, each a command, an input and the dump it must give.

An archive is a comment that says what it shows and a script, then files, each below a line `-- NAME --` (the format of
golang.org/x/tools/txtar). The script runs in a folder that holds the files:

    rt0 ARGS            run the command in this process; its exit code must be 0. `! rt0 ARGS`: must not be 0
    exec FILE ARGS      run a program that an earlier line built, in the same way
    only NAME           keep of the output what belongs to the function or symbol NAME (see `only` below)
    cmp stdout FILE     the output, or what `only` kept of it, is FILE; also cmp stderr FILE
    stdout REGEX        the output matches somewhere (`! stdout REGEX`: nowhere); also stderr REGEX

Lines that start with # are comments. `pytest --update` rewrites the FILE of each `cmp` that differs; a person reads the diff.
In IR, metadata and attribute groups are left out (`!dbg !16`, `#5`): their numbers change with everything around them. $WORK and $GOROOT stand for those folders.
"""

from __future__ import annotations

import gc
import io
import re
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

from rt0.__main__ import guarded
from rt0.load.goroot import find_goroot

_HEADER = re.compile(r"^-- (.+) --$")
_METADATA = re.compile(r",? !\w+(?:\.\w+)? !\d+|(?<=\)) #\d+| #\d+(?= (?:section|comdat|\{))")


@dataclass(slots=True)
class Archive:
    """A txtar file. comment: the lines before the first file; files: name -> text."""

    comment: str
    files: dict[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Archive:
        archive = cls("")
        name = ""
        for line in text.splitlines(keepends=True):
            if m := _HEADER.match(line.rstrip("\n")):
                name = m[1].strip()
                archive.files[name] = ""
            elif name:
                archive.files[name] += line
            else:
                archive.comment += line
        return archive

    def text(self) -> str:
        return self.comment + "".join(f"-- {name} --\n{body}" for name, body in self.files.items())


def run(path: Path, folder: Path, update: bool) -> None:
    """Run one archive in an empty folder. raises AssertionError that names the line that failed"""
    archive = Archive.parse(path.read_text())
    for name, text in archive.files.items():
        f = folder / name
        f.parent.mkdir(parents=True, exist_ok=True)
        f.write_text(text)
    script = Script(archive, folder, update)
    for number, line in enumerate(archive.comment.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            script.step(f"{path.name}:{number}", line)
    assert script.checks, f"{path.name}: nothing is compared"
    if script.changed:
        path.write_text(archive.text())


class Script:
    """The state of a running script: what the last command wrote."""

    def __init__(self, archive: Archive, folder: Path, update: bool) -> None:
        self.archive = archive
        self.folder = folder
        self.update = update
        self.output = {"stdout": "", "stderr": ""}
        self.changed = False
        self.checks = 0

    def step(self, where: str, line: str) -> None:
        words = shlex.split(line)
        fails = words[0] == "!"
        verb, *args = words[fails:]
        match verb:
            case "rt0" | "exec":
                code = self.command(verb, args)
                assert (code != 0) == fails, f"{where}: exit code {code}\n{self.output['stdout']}{self.output['stderr']}"
            case "only":
                self.output["stdout"] = "".join(only(self.output["stdout"], args[0]))
                assert self.output["stdout"], f"{where}: no {args[0]} in the output"
            case "cmp":
                self.compare(where, args[0], args[1])
            case "stdout" | "stderr":
                self.checks += 1
                found = re.search(args[0], self.output[verb], re.M) is not None
                assert found != fails, f"{where}: in\n{self.output[verb]}"
            case _:
                raise AssertionError(f"{where}: unknown word {verb}")

    def command(self, verb: str, args: list[str]) -> int:
        if verb == "exec":
            p = subprocess.run([str(self.folder / args[0]), *args[1:]], cwd=self.folder, capture_output=True, text=True, timeout=60)
            self.output = {"stdout": self.portable(p.stdout), "stderr": self.portable(p.stderr)}
            return p.returncode
        out, err = io.StringIO(), io.StringIO()
        with chdir(self.folder), redirect_stdout(out), redirect_stderr(err):
            code = guarded(args)
        gc.enable()  # a build switches the collector off for the process
        assert "internal error" not in err.getvalue(), err.getvalue()
        self.output = {"stdout": self.portable(out.getvalue()), "stderr": self.portable(err.getvalue())}
        return code

    def portable(self, text: str) -> str:
        """Output without this machine's folders: $WORK for the archive's, $GOROOT for the standard library's."""
        return text.replace(str(self.folder), "$WORK").replace(find_goroot()[0], "$GOROOT")

    def compare(self, where: str, stream: str, name: str) -> None:
        self.checks += 1
        have = self.output[stream]
        if self.archive.files.get(name) == have:
            return
        if self.update:
            self.archive.files[name] = have
            self.changed = True
            return
        assert have == self.archive.files.get(name), f"{where}: {stream} differs from {name}"


def only(text: str, name: str) -> Iterator[str]:
    """The lines of a dump that belong to NAME.

    Plan 9 assembly: from TEXT, DATA or GLOBL of the symbol to the next. IR: the definition of the function or variable. Objects:
    its section. A map, or anything else: the lines that hold NAME as a word.
    """
    lines = text.splitlines(keepends=True)
    if any(line.startswith("target datalayout") for line in lines):
        yield from _only_ir(lines, name)
    elif any(line.startswith(("TEXT ", "GLOBL ")) for line in lines):
        yield from _only_asm(lines, name)
    elif any(line.startswith((".text.", ".rodata.", ".data.", ".bss.")) for line in lines):
        yield from _only_section(lines, name)
    else:
        yield from (line for line in lines if name in line.split())


def _only_ir(lines: list[str], name: str) -> Iterator[str]:
    inside = False
    names = (f'@"{name}"', f"@{name}")  # LLVM drops the quotes where it can
    for line in lines:
        if line.startswith(tuple(f"{n} = " for n in names)) or (line.startswith("define ") and any(f"{n}(" in line for n in names)):
            inside = line.startswith("define ")
        elif not inside:
            continue
        if not line.lstrip().startswith("#dbg_"):  # nothing but metadata
            yield _METADATA.sub("", line)
        inside = inside and line != "}\n"


def _only_asm(lines: list[str], name: str) -> Iterator[str]:
    inside = False
    for line in lines:
        if not line.startswith(("\t", "L", "//")):
            symbol = line.partition(" ")[2].partition("(SB)")[0]
            inside = re.sub(r"\+\d+$", "", symbol) == name
        if inside:
            yield line


def _only_section(lines: list[str], name: str) -> Iterator[str]:
    inside = False
    for line in lines:
        if not line.startswith("\t"):
            head = line.split(" ", 1)[0]
            inside = head.startswith(".") and head.endswith(name)
        if inside:
            yield line

