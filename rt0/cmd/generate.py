"""`rt0 generate [-run regexp] [-skip regexp] [-n] [-v] [-x] [build flags] [file.go... | packages]`: runs the commands of //go:generate lines.

The lines of a package's files are taken in order of the files' names, tests behind the others; the first that fails ends its package. A command finds rt0 as
`go` where no other `go` is meant: GOROOT's folder of commands comes first in its PATH, when there is one (cmd/go/internal/generate/generate.go, go1.27).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from rt0.cmd.flags import FlagSet, Values

_VARIABLE = re.compile(r"\$(?:\{([^}]*)\}|([*#$@!?0-9-])|([A-Za-z_]\w*))")


def flags() -> FlagSet:
    from rt0.cmd.buildflags import add_build_flags
    from rt0.cmd.flags import FlagSet

    fs = FlagSet("rt0 generate [-run regexp] [-n] [-v] [-x] [build flags] [file.go... | packages]", "Runs the commands that //go:generate lines of Go files name.")
    fs.add("run", "", "only lines that match", "regexp")
    fs.add("skip", "", "no lines that match", "regexp")
    add_build_flags(fs, 2)
    return fs


class _Stop(Exception):
    """The rest of the package is not generated."""


def run(args: list[str]) -> int:
    from rt0.cmd.buildflags import big_stack, change_dir

    values, patterns = flags().parse(args)
    change_dir(values)
    return big_stack(_generate, values, patterns)


def _generate(values: Values, patterns: list[str]) -> int:
    from rt0.cmd.buildflags import split_tags
    from rt0.diag import fatal
    from rt0.load.listing import Listing
    from rt0.load.load import BuildContext
    from rt0.load.replaced import Files
    from rt0.load.workspace import Workspace

    only: dict[str, re.Pattern[bytes] | None] = {}
    for name in ("run", "skip"):
        try:
            only[name] = re.compile(values.text(name).encode()) if values.text(name) else None
        except re.error as e:
            raise fatal(f"generate: error parsing regexp: {e}") from None
    ctx = BuildContext.default((*split_tags(values.text("tags")), "generate"), "list")
    ctx.mod, ctx.modfile = values.text("mod"), values.text("modfile")
    if values.text("overlay"):
        ctx.files = Files.read(values.text("overlay"), ctx.cwd)
    ws = Workspace(ctx)
    listing = Listing(ws, True, "")
    code = 0
    told = False
    for p in listing.named(patterns or ["."]):
        module = p.fields.get("Module")
        if module is not None and not getattr(module, "main", True):
            if not told:
                print("go: not generating in packages in dependency modules", file=sys.stderr)
            told = True
            continue
        lists = p.files.lists if p.files is not None else {}
        own = [n for k in ("GoFiles", "TestGoFiles") for n in lists.get(k, [])]
        if p.error is not None and not own and not lists.get("XTestGoFiles"):
            print(p.error, file=sys.stderr)
            code = 1
        folder = str(p.fields.get("Dir", ""))
        for group in (own, lists.get("XTestGoFiles", [])):
            for name in group:
                try:
                    _file(os.path.join(folder, name), values, only, ctx.goroot, ws.show)
                except _Stop:
                    code = 1
                    break
    return code


def _file(path: str, values: Values, only: dict[str, re.Pattern[bytes] | None], goroot: str, show: Callable[[str], str]) -> None:
    """Carry out the lines of one file. Raises _Stop when one fails."""
    from rt0.load.header import HeaderError, read_header

    with open(path, "rb") as f:
        data = f.read()
    try:
        package = read_header(data).package
    except HeaderError:
        m = re.search(rb"(?m)^package[ \t]+(\w+)", data)
        if m is None:
            return
        package = m[1].decode()
    if values.switch("v"):
        print(show(path), file=sys.stderr)
    shorthands: dict[str, list[str]] = {}
    lines = data.split(b"\n")
    for number, line in enumerate(lines, 1):
        if not line.startswith((b"//go:generate ", b"//go:generate\t")):
            continue

        def fail(text: str, number: int = number) -> _Stop:
            print(f"{show(path)}:{number}: {text}", file=sys.stderr)
            return _Stop()

        if number == len(lines):
            raise fail(f"error reading {show(path)}: unexpected EOF")
        run, skip = only["run"], only["skip"]
        if (run is not None and not run.search(line.strip())) or (skip is not None and skip.search(line.strip())):
            continue
        env = {"GOROOT": goroot, "GOARCH": "amd64", "GOOS": "linux", "GOFILE": os.path.basename(path), "GOLINE": str(number), "GOPACKAGE": package,
               "DOLLAR": "$", "PWD": os.path.dirname(path), "PATH": _path(goroot)}  # fmt: skip
        try:
            words = split(line[len("//go:generate ") :].decode("utf-8", "surrogateescape").removesuffix("\r"))
        except ValueError as e:
            raise fail(str(e)) from None
        if words and words[0] in shorthands:
            words[:1] = shorthands[words[0]]
        words = [_expand(w, env) for w in words]
        if not words:
            raise fail("no arguments to directive")
        if words[0] == "-command":
            if len(words) == 1:
                raise fail("no command specified for -command")
            if words[1] in shorthands:
                from rt0.diag import go_quote

                raise fail(f"command {go_quote(words[1])} multiply defined")
            shorthands[words[1]] = words[2:]
            continue
        if values.switch("n") or values.switch("x"):
            print(" ".join(words), file=sys.stderr)
        if not values.switch("n"):
            _execute(words, env, fail)


def _expand(word: str, env: dict[str, str]) -> str:
    """os.Expand."""

    def value(m: re.Match[str]) -> str:
        name = m[1] if m[1] is not None else m[2] or m[3]
        return env[name] if name in env else os.environ.get(name, "")

    return _VARIABLE.sub(value, word)


def _path(goroot: str) -> str:
    """PATH with GOROOT's commands in front."""
    folder, path = os.path.join(goroot, "bin"), os.environ.get("PATH", "")
    return f"{folder}:{path}" if os.path.isdir(folder) and folder not in path.split(":")[:1] else path


def _execute(words: list[str], env: dict[str, str], fail: Callable[[str], _Stop]) -> None:
    import shutil

    from rt0.diag import go_quote

    sys.stdout.flush()
    sys.stderr.flush()
    full = {**os.environ, **env}
    program = words[0] if "/" in words[0] else shutil.which(words[0], path=env["PATH"])
    if program is None:
        raise fail(f'running {go_quote(words[0])}: exec: {go_quote(words[0])}: executable file not found in $PATH')
    try:
        code = subprocess.run(words, executable=program, cwd=env["PWD"], env=full, check=False).returncode
    except OSError as e:
        raise fail(f"running {go_quote(words[0])}: fork/exec {words[0]}: {(e.strerror or str(e)).lower()}") from None
    if code:
        import signal

        raise fail(f"running {go_quote(words[0])}: " + (f"exit status {code}" if code > 0 else f"signal: {(signal.strsignal(-code) or '').lower()}"))


def split(line: str) -> list[str]:
    """The words of a directive: at spaces, or quoted as a Go string. Raises ValueError."""
    from rt0.load.embed import unquote

    words = []
    line = line.lstrip(" \t")
    while line:
        if line[0] != '"':
            m = re.match(r"[^ \t]+", line)
            assert m is not None
            words.append(m[0])
            line = line[m.end() :].lstrip(" \t")
            continue
        m = re.match(r'"((?:[^"\\]|\\.)*)"', line)
        if m is None:
            raise ValueError("bad backslash" if re.match(r'"(?:[^"\\]|\\.)*\\$', line) else "mismatched quoted string")
        word = unquote(m[1])
        if word is None:
            raise ValueError("bad quoted string")
        words.append(word)
        line = line[m.end() :]
        if line and line[0] not in " \t":
            raise ValueError("expect space after quoted argument")
        line = line.lstrip(" \t")
    return words
