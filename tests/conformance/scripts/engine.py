"""The script engine of cmd/go's tests (cmd/internal/script, 1.27): one line, one command.

    [!] [?] [cond] [!cond] NAME ARGS... [&]

`!`: the command must fail; `?`: it may. Words are split at spaces; 'text' is kept as it is, '' in it is a quote; $NAME and ${NAME} stand for
variables, quoted for the regular expression where one is expected. `#` begins a comment. The commands are the functions `do_NAME` of Script; the
conditions are in `condition`.

What differs from Go's engine: patterns are those of Python, with Go's spellings turned into them (`go_pattern`); programs write to files, not pipes, so that
one left running does not hold the script up.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.conformance.scripts.place import remove
from tests.filetest import Archive

VARIABLE = re.compile(r"\$(?:\{([^}]*)\}|([*#$@!?0-9-])|([A-Za-z_][A-Za-z0-9_]*))")
CLASSES = {"alpha": "A-Za-z", "digit": "0-9", "alnum": "A-Za-z0-9", "space": r"\s", "xdigit": "0-9A-Fa-f", "lower": "a-z", "upper": "A-Z"}
OSES = {"aix", "android", "darwin", "dragonfly", "freebsd", "illumos", "ios", "js", "linux", "netbsd", "openbsd", "plan9", "solaris", "wasip1", "windows"}


class Skip(Exception):
    """The script asks to be skipped."""


class Stop(Exception):
    """The script ends here, well."""


class Failed(Exception):
    """A command did not do what its line says: fails the script unless the line begins with ! or ?."""


class TimedOut(Exception):
    """The script's time is over."""


@dataclass(slots=True)
class Line:
    """A parsed line. words: each a list of (text, quoted)."""

    number: int
    want: str = ""
    conditions: list[str] = field(default_factory=list)
    name: str = ""
    words: list[list[tuple[str, bool]]] = field(default_factory=list)
    background: bool = False


def parse(number: int, text: str) -> Line | None:
    """A line's command, None for a blank one. raises ValueError"""
    line = Line(number)
    for word in _words(text):
        bare = word[0][0] if len(word) == 1 and not word[0][1] else None
        if line.name or bare is None:
            line.words.append(word)
        elif bare in ("!", "?"):
            line.want = bare
        elif bare.startswith("[") and bare.endswith("]"):
            line.conditions.append(bare[1:-1].strip())
        else:
            line.name = bare
    if not line.name:
        if line.want or line.conditions or line.words:
            raise ValueError("missing command")
        return None
    if line.words and line.words[-1] == [("&", False)]:
        line.background = True
        line.words.pop()
    return line


def _words(text: str) -> list[list[tuple[str, bool]]]:
    """The words of a line: fragments with whether they were quoted."""
    words: list[list[tuple[str, bool]]] = []
    word: list[tuple[str, bool]] = []
    i = start = 0
    while True:
        if i == len(text) or text[i] in " \t\r\n#":
            if i > start:
                word.append((text[start:i], False))
            if word:
                words.append(word)
            word = []
            if i == len(text) or text[i] == "#":
                return words
            start = i = i + 1
        elif text[i] == "'":
            if i > start:
                word.append((text[start:i], False))
            i += 1
            body = ""
            while True:
                end = text.find("'", i)
                if end < 0:
                    raise ValueError("unterminated quoted argument")
                body += text[i:end]
                if text[end + 1 : end + 2] != "'":
                    break
                body += "'"
                i = end + 2
            word.append((body, True))
            start = i = end + 1
        else:
            i += 1


def go_pattern(pattern: str) -> re.Pattern[str]:
    r"""A pattern of Go's regexp, as `(?m)` has it: \z, \Q...\E, [[:alpha:]], \pL and flags after the beginning are spelled otherwise in Python."""
    pattern = re.sub(r"\\Q(.*?)(?:\\E|$)", lambda m: re.escape(m[1]), pattern)
    pattern = re.sub(r"\[:(\w+):\]", lambda m: CLASSES[m[1]], pattern)
    pattern = pattern.replace(r"\z", r"\Z")
    flags = "m"
    while m := re.match(r"\(\?([a-z]+)\)", pattern):
        flags += m[1]
        pattern = pattern[m.end() :]
    return re.compile(f"(?{flags}){pattern}")


@dataclass(slots=True)
class Process:
    """A program that runs, or (process is None) what a command gave at once."""

    line: Line
    process: subprocess.Popen[bytes] | None
    out: str
    err: str = ""


def duration(text: str) -> float:
    """Seconds of a time.Duration as Go writes it."""
    units = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
    return sum(float(n) * units[u] for n, u in re.findall(r"([\d.]+)(ns|us|ms|s|m|h)", text))


class Script:
    """A script in its folder. run() to its end, then close().

    work   $WORK, which holds everything the script writes
    env    the variables; PWD follows the folder
    until  time.monotonic() at which the script is ended
    log    what happened, a line each
    """

    def __init__(self, work: Path, env: dict[str, str], until: float, short: bool, no_features: frozenset[str]) -> None:
        self.work, self.env, self.until, self.short, self.no_features = work, env, until, short, no_features
        self.special = {"/": "/", ":": ":"}
        self.folder = work / "gopath" / "src"
        self.env["PWD"] = str(self.folder)
        self.stdout = self.stderr = ""
        self.log: list[str] = []
        self.background: list[Process] = []
        self.commands: dict[str, Callable[[list[str]], None]] = {
            name.removeprefix("do_"): getattr(self, name) for name in dir(self) if name.startswith("do_")
        }

    def extract(self, archive: Archive) -> None:
        for name, body in archive.files.items():
            path = Path(self.path(self.expand(name, False)))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body.encode("utf-8", "surrogateescape"))

    def run(self, text: str) -> None:
        """raises Failed, TimedOut, ValueError (of a line that is none) with the line's number; Skip"""
        for number, one in enumerate(text.split("\n"), 1):
            if one.startswith("#"):
                self.log.append(one)
                continue
            try:
                line = parse(number, one)
                if line is None:
                    continue
                self.log.append(f"> {one}")
                if all(self.condition(c) for c in line.conditions):
                    self.execute(line)
            except Stop:
                break
            except (Failed, ValueError, OSError, re.error) as e:
                raise Failed(f"{number}: {e}") from e
        self.do_wait([])

    def close(self) -> None:
        """End what still runs."""
        for p in self.background:
            if p.process is not None:
                self._kill(p.process)

    def expand(self, text: str, regexp: bool) -> str:
        def value(m: re.Match[str]) -> str:
            name = m[1] if m[1] is not None else m[2] or m[3]
            v = self.env.get(name, self.special.get(name, ""))
            return re.escape(v) if regexp else v

        return VARIABLE.sub(value, text)

    def path(self, name: str) -> str:
        return os.path.normpath(os.path.join(self.folder, name))

    def execute(self, line: Line) -> None:
        """One command, its outcome against what the line wants."""
        command = self.commands.get(line.name)
        if command is None:
            raise ValueError(f"unknown command {line.name}")
        raw = ["".join(text for text, _ in word) for word in line.words]
        pattern = next((i for i, a in enumerate(raw) if not a.startswith("-")), -1) if line.name in ("grep", "stdout", "stderr") else -1
        if "--" in raw and pattern >= 0:
            pattern = raw.index("--") + 1
        args = ["".join(t if quoted else self.expand(t, i == pattern) for t, quoted in word) for i, word in enumerate(line.words)]
        if line.name in ("exec", "go", "cc", "sleep"):
            self._program(line, args)
            return
        failure: Exception | None = None
        try:
            command(args)
        except (Failed, OSError) as e:
            if line.name == "wait":
                raise
            failure = e
        self._check(line, failure)

    def _check(self, line: Line, failure: Exception | None) -> None:
        if failure is None and line.want == "!":
            raise Failed(f"{line.name}: unexpected success")
        if failure is not None and line.want == "":
            raise Failed(f"{line.name}: {failure}")
        if failure is not None:
            self.log.append(f"[{failure}]")

    # programs

    def _program(self, line: Line, args: list[str]) -> None:
        started = self._start(line, args)
        if line.background:
            self.background.append(started)
            self.stdout = self.stderr = ""
            return
        self.stdout, self.stderr, failure = self._finish(started)
        self._show(self.stdout, self.stderr)
        self._check(line, failure)

    def _start(self, line: Line, args: list[str]) -> Process:
        if line.name == "sleep":
            args = ["sleep", str(duration(args[0]))]
        elif line.name == "go":
            args = ["go", *args]
        elif line.name == "cc":
            args = [self.env.get("CC") or "gcc", *args]
        program = args[0]
        if "/" not in program:
            found = shutil.which(program, path=self.env.get("PATH", "") if line.name != "go" else os.path.dirname(self.env["TESTGO_EXE"]))
            if found is None:
                self._check(line, Failed(f'exec: "{program}": executable file not found in $PATH'))
                return Process(line, None, "")
            program = found
        elif not os.path.isabs(program):
            program = os.path.join(self.folder, program)
        base = tempfile.mkdtemp(dir=self.work.parent)
        out, err = os.path.join(base, "out"), os.path.join(base, "err")
        for attempt in range(50):
            try:
                with open(out, "wb") as o, open(err, "wb") as e:
                    process = subprocess.Popen(args, executable=program, cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL, stdout=o, stderr=e,
                                               start_new_session=True)
                return Process(line, process, out, err)
            except OSError as problem:
                if problem.errno != 26 or attempt == 49:  # ETXTBSY: another thread's fork holds the file open until it is exec
                    self._check(line, problem)
                    return Process(line, None, "")
                time.sleep(0.02)
        raise AssertionError

    def _finish(self, p: Process) -> tuple[str, str, Exception | None]:
        """Wait for a program: what it wrote, and how it failed."""
        if p.process is None:
            return "", "", Failed("not started")
        try:
            code = p.process.wait(max(0.1, self.until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._kill(p.process)
            self._show(_read(p.out), _read(p.err))
            raise TimedOut(f"{p.line.number}: {p.line.name}: time is over") from None
        out, err = _read(p.out), _read(p.err)
        shutil.rmtree(os.path.dirname(p.out))
        failure = None if code == 0 else Failed(f"exit status {code}" if code > 0 else f"signal: {signal.Signals(-code).name}")
        return out, err, failure

    @staticmethod
    def _kill(process: subprocess.Popen[bytes]) -> None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()

    def _show(self, out: str, err: str) -> None:
        if out:
            self.log.append(f"[stdout]\n{out.rstrip()}")
        if err:
            self.log.append(f"[stderr]\n{err.rstrip()}")

    def do_exec(self, args: list[str]) -> None: ...

    def do_go(self, args: list[str]) -> None: ...

    def do_cc(self, args: list[str]) -> None: ...

    def do_sleep(self, args: list[str]) -> None: ...

    def do_wait(self, args: list[str]) -> None:
        """All that runs in the background, in the order it was started."""
        outs, errs, problems = [], [], []
        waiting, self.background = self.background, []
        for p in waiting:
            out, err, failure = self._finish(p)
            self._show(out, err)
            outs.append(out)
            errs.append(err)
            try:
                self._check(p.line, failure)
            except Failed as e:
                problems.append(str(e))
        if waiting:
            self.stdout, self.stderr = "".join(outs), "".join(errs)
        if problems:
            raise Failed("\n".join(problems))

    def do_stale(self, args: list[str]) -> None:
        template = ("{{if .Error}}{{.ImportPath}}: {{.Error.Err}}{{else}}{{if not .Stale}}{{.ImportPath}} ({{.Target}}) is not stale{{end}}{{end}}")
        out, err, failure = self._finish(self._start(Line(0, "?", name="go"), ["list", "-e", "-f=" + template, *args]))
        self._show(out, err)
        if failure is not None or out.strip():
            raise Failed(out.strip() or str(failure))

    # files

    def do_cat(self, args: list[str]) -> None:
        self.stdout, self.stderr = "".join(self._file(a) for a in args), ""
        self._show(self.stdout, "")

    def do_cd(self, args: list[str]) -> None:
        folder = Path(self.path(args[0]))
        if not folder.exists():
            raise Failed(f"Chdir {folder}: no such file or directory")
        self.folder = folder
        self.env["PWD"] = str(folder)

    def do_chmod(self, args: list[str]) -> None:
        mode = int(args[0], 8) if args[0].startswith("0") else int(args[0], 0)
        for a in args[1:]:
            os.chmod(self.path(a), mode)

    def do_cmp(self, args: list[str], env: bool = False) -> None:
        one, two = args[1:] if args[0] == "-q" else args
        text1, text2 = self._text(one), self._file(two)
        if env:
            text1, text2 = self.expand(text1, False), self.expand(text2, False)
        if text1 != text2:
            import difflib

            self.log += difflib.unified_diff(text1.split("\n"), text2.split("\n"), one, two, lineterm="")
            raise Failed(f"{one} and {two} differ")

    def do_cmpenv(self, args: list[str]) -> None:
        self.do_cmp(args, True)

    def do_cp(self, args: list[str]) -> None:
        target = self.path(args[-1])
        into = os.path.isdir(target)
        if len(args) > 2 and not into:
            raise Failed(f"cp {target}: destination is not a directory")
        for a in args[:-1]:
            to = os.path.join(target, os.path.basename(a)) if into else target
            if a in ("stdout", "stderr"):
                Path(to).write_bytes(self._text(a).encode("utf-8", "surrogateescape"))
            else:
                data = Path(self.path(a)).read_bytes()
                new = not os.path.exists(to)
                Path(to).write_bytes(data)
                if new:
                    os.chmod(to, os.stat(self.path(a)).st_mode & 0o777 & ~0o022)

    def do_echo(self, args: list[str]) -> None:
        self.stdout, self.stderr = " ".join(args) + "\n", ""

    def do_env(self, args: list[str]) -> None:
        shown = ""
        for a in args:
            name, eq, value = a.partition("=")
            if eq:
                self.env[name] = value
            else:
                shown += f"{name}={self.env.get(name, '')}\n"
        if shown:
            self.stdout, self.stderr = shown, ""

    def do_exists(self, args: list[str]) -> None:
        flags = {a for a in args if a in ("-readonly", "-exec")}
        for a in args:
            if a not in flags:
                mode = os.stat(self.path(a)).st_mode
                if "-readonly" in flags and mode & 0o222:
                    raise Failed(f"{a} exists but is writable")
                if "-exec" in flags and not mode & 0o111:
                    raise Failed(f"{a} exists but is not executable")

    def do_grep(self, args: list[str]) -> None:
        self._match(args[:-1], self._file(args[-1]), args[-1])

    def do_stdout(self, args: list[str]) -> None:
        self._match(args, self.stdout, "stdout")

    def do_stderr(self, args: list[str]) -> None:
        self._match(args, self.stderr, "stderr")

    def _match(self, args: list[str], text: str, where: str) -> None:
        count = 0
        if args[0].startswith("-count="):
            count = int(args.pop(0).removeprefix("-count="))
        if args[0] in ("-q", "--"):
            args.pop(0)
        (pattern,) = args
        regexp = go_pattern(pattern)
        if count and len(regexp.findall(text)) != count:
            raise Failed(f"found {len(regexp.findall(text))} matches for `{pattern}` in {where}")
        if not regexp.search(text):
            raise Failed(f"no match for `{pattern}` in {where}")

    def do_mkdir(self, args: list[str]) -> None:
        for a in args:
            os.makedirs(self.path(a), exist_ok=True)

    def do_mv(self, args: list[str]) -> None:
        os.rename(self.path(args[0]), self.path(args[1]))

    def do_replace(self, args: list[str]) -> None:
        file = Path(self.path(args[-1]))
        pairs = {_unquote(o): _unquote(n) for o, n in zip(args[:-1:2], args[1:-1:2], strict=True)}
        text = re.sub("|".join(map(re.escape, pairs)), lambda m: pairs[m[0]], self._file(args[-1]))
        file.write_bytes(text.encode("utf-8", "surrogateescape"))

    def do_rm(self, args: list[str]) -> None:
        for a in args:
            remove(Path(self.path(a)))

    def do_symlink(self, args: list[str]) -> None:
        if len(args) != 3 or args[1] != "->":
            raise ValueError("usage: symlink path -> target")
        os.symlink(args[2], self.path(args[0]))

    def do_skip(self, args: list[str]) -> None:
        raise Skip(args[0] if args else "")

    def do_stop(self, args: list[str]) -> None:
        raise Stop

    def do_help(self, args: list[str]) -> None: ...

    def _text(self, name: str) -> str:
        return self.stdout if name == "stdout" else self.stderr if name == "stderr" else self._file(name)

    def _file(self, name: str) -> str:
        return _read(self.path(name))

    # conditions

    def condition(self, text: str) -> bool:
        """raises ValueError for one that is not known"""
        if text.startswith("!"):
            return not self.condition(text[1:].strip())
        name, colon, rest = text.partition(":")
        if colon:
            return self._prefixed(name, rest)
        goos, goarch = self.env.get("GOOS", "linux"), self.env.get("GOARCH", "amd64")
        native = (goos, goarch) == ("linux", "amd64")
        match name:
            case "root":
                return os.geteuid() == 0
            case "short":
                return self.short
            case "symlink" | "link" | "case-sensitive":
                return True
            case "fuzz":
                return name not in self.no_features
            case "cgo":
                return name not in self.no_features and shutil.which("gcc") is not None
            case "race" | "msan" | "asan":
                return "cgo" not in self.no_features and native and name == "race"
            case "fuzz-instrumented":
                return name not in self.no_features and goarch in ("amd64", "arm64")
            case "git":
                return shutil.which("git") is not None
            case "git-sha256":
                return shutil.which("git") is not None
            case "cross" | "trimpath" | "verbose" | "default-cgo" | "go-builder" | "abscc" | "mustlinkext" | "pielinkext" | "cgolinkext":
                return False
        raise ValueError(f"unknown condition {text!r}")

    def _prefixed(self, name: str, rest: str) -> bool:
        match name:
            case "GOOS":
                return rest == "linux"
            case "GOARCH":
                return rest == "amd64"
            case "compiler":
                return rest == "gc"
            case "exec":
                return shutil.which(rest) is not None
            case "buildmode":
                return rest == "exe" or (rest not in self.no_features and rest in ("archive", "c-archive", "c-shared", "default", "pie", "plugin", "shared"))
            case "cc":
                return (self.env.get("CC") or "gcc") == rest
            case "GODEBUG":
                return rest in [p.strip() for p in self.env.get("GODEBUG", "").split(",")]
            case "GOEXPERIMENT":
                given = self.env.get("GOEXPERIMENT", "").split(",")
                return rest in given or (rest not in ("boringcrypto", "staticlockranking", "arenas", "fieldtrack", "none") and f"no{rest}" not in given)
        raise ValueError(f"unknown condition prefix {name!r}")


def _read(path: str) -> str:
    return Path(path).read_bytes().decode("utf-8", "surrogateescape")


def _unquote(text: str) -> str:
    return re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t", "r": "\r"}.get(m[1], m[1]), text)
