"""The tests of a command line: built and run side by side, told in order.

    Job      a package: build (in a process forked from this one), run (a process of its own), output
    Runner   at most `parallel` builds and runs at a time; output in the order of the command line

One loop waits for all of them, without threads, so that forking is safe at any time. A build answers with the path of the test program or its errors; the
test's standard output and error are one pipe, as with go, or this process's own standard output where tests are shown as they run.

What a test's end means, and the words for it, are the go command's (cmd/go/internal/test/test.go, go1.27).
"""

from __future__ import annotations

import json
import os
import re
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from rt0.load import gojson
from rt0.test.durations import SECOND, show_duration
from rt0.test.events import Converter
from rt0.test.results import Results

Write = Callable[[bytes], None]

_NO_TESTS = b"testing: warning: no tests to run\n"
_NO_FUZZ = b"testing: warning: no fuzz tests to fuzz\n"
_MANY_FUZZ = b"testing: warning: -fuzz matches more than one fuzz test, won't fuzz\n"


@dataclass(slots=True)
class Built:
    """What a build comes to.

    exe     path of the test program; "" when there is none to run
    errors  of packages, each beginning with "# path"
    cached  what the test printed when it ran with nothing different
    keys    keys of the results in the cache
    """

    exe: str = ""
    errors: list[str] = field(default_factory=list)
    cached: str | None = None
    keys: list[str] = field(default_factory=list)
    code: int = 0


@dataclass(slots=True)
class Job:
    """One package. state: new, building, built, running, done. results: made of Built.keys; none when the result is not kept."""

    path: str
    dir: str
    args: list[str]
    build: Callable[[], Built] | None  # in a process of its own; None when there is nothing to build
    results: Callable[[str], Results] | None = None
    setup_error: str = ""
    no_tests: bool = False
    state: str = "new"
    built: Built | None = None
    out: bytearray = field(default_factory=bytearray)  # what was printed, when it is kept or printed later
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    ended: float = 0.0  # when the process did, its pipe still open
    status: int | None = None
    killed: str = ""
    log: str = ""  # file of the test log
    converter: Converter | None = None
    read: int = -1  # the pipe that is read
    pid: int = 0  # of the build
    answer: bytearray = field(default_factory=bytearray)


@dataclass(slots=True)
class Settings:
    """How tests run and are shown.

    stream      output goes to standard output as it comes
    echo        output comes at once, and is kept too
    show_pass   output of passing tests is shown
    timeout     of a test program, nanoseconds; 0: none, and no grace for its pipes
    """

    parallel: int = 2
    stream: bool = False
    echo: bool = False
    show_pass: bool = False
    json: bool = False
    fail_fast: bool = False
    serial: bool = False  # one test at a time, after all builds
    exec: list[str] = field(default_factory=list)
    bin: str = ""  # a folder that stands first in the tests' PATH: GOROOT's commands, as with go
    timeout: int = 0
    summary: bool = True  # a last line FAIL
    print_commands: bool = False
    dry_run: bool = False


class Runner:
    """Runs jobs. code: the exit code so far."""

    def __init__(self, jobs: list[Job], settings: Settings, work: str) -> None:
        self.jobs = jobs
        self.s = settings
        self.work = work
        self.code = 0
        self.stop = False  # -failfast
        self.printed = 0  # jobs whose output is out
        self.told: set[str] = set()  # build errors that are out
        self.selector = selectors.DefaultSelector()
        grace = max(settings.timeout // 10, 5 * SECOND)
        self.grace = grace / SECOND if settings.timeout else float("inf")
        self.kill_after = (settings.timeout + max(grace, 60 * SECOND)) / SECOND if settings.timeout else float("inf")

    def run(self) -> int:
        """All jobs; the exit code."""
        for j in self.jobs:
            if j.setup_error:
                self._setup_failed(j)
        try:
            while self.printed < len(self.jobs):
                self._start()
                self._print()
                if self.printed < len(self.jobs):
                    self._wait()
        except KeyboardInterrupt:
            self._kill_all()
            return 1
        finally:
            self.selector.close()
        if self.code and self.s.summary and not self.s.json:
            _stdout(b"FAIL\n")
        return self.code

    # ------------------------------------------------------------ what starts

    def _start(self) -> None:
        """As many builds and runs as may go on at a time, tests before builds."""
        busy = sum(j.state in ("building", "running") for j in self.jobs)
        for j in self.jobs:
            if j.state == "built" and busy < self.s.parallel and self._may_run(j):
                busy += self._begin(j)
        for j in self.jobs:
            if j.state == "new" and busy < self.s.parallel:
                busy += self._begin_build(j)
        for j in self.jobs:
            if j.state == "built" and busy < self.s.parallel and self._may_run(j):
                busy += self._begin(j)

    def _setup_failed(self, j: Job) -> None:
        """What could not even be loaded is told before anything runs."""
        self.code = 1
        self._errors(f"# {j.path}\n{j.setup_error}")
        if self.s.json:
            j.converter = Converter(_stdout, j.path)
            j.converter.failed_build = j.path
        line = f"FAIL\t{j.path} [setup failed]\n".encode()
        if j.converter is not None:
            j.converter.write(line)
        else:
            _stdout(line)
        self._done(j, False)

    def _build_errors(self, built: Built) -> str:
        """Tell a build's errors, those of a package once; the package whose errors came last."""
        failed = ""
        for text in built.errors:
            for block in re.split(r"(?m)^(?=# )", text):
                if block and block not in self.told:
                    self.told.add(block)
                    self._errors(block.rstrip("\n"))
                if block.startswith("# "):
                    failed = block.split("\n", 1)[0][2:]
        return failed

    def _errors(self, text: str) -> None:
        """Errors of one package's build; with -json as events (`go help buildjson`)."""
        if not self.s.json:
            _tell(text)
            return
        path = text.split("\n", 1)[0].removeprefix("# ")
        for line in text.split("\n"):
            print(gojson.write({"ImportPath": path, "Action": "build-output", "Output": line + "\n"}), flush=True)
        print(gojson.write({"ImportPath": path, "Action": "build-fail"}), flush=True)

    def _may_run(self, job: Job) -> bool:
        """Tests start in order; with -bench one after the other, when all are built."""
        for j in self.jobs:
            if j is job:
                break
            if j.state in ("new", "building", "built") or (self.s.serial and j.state != "done"):
                return False
        return not self.s.serial or not any(j.state in ("new", "building") for j in self.jobs)

    def _begin_build(self, j: Job) -> bool:
        """Fork the build of a job; whether something goes on now."""
        if j.build is None:
            j.state, j.built = "built", Built()
            return False
        r, w = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            os.close(r)
            _answer(w, j.build)
        os.close(w)
        j.state, j.pid, j.read = "building", pid, r
        self.selector.register(r, selectors.EVENT_READ, j)
        return True

    def _begin(self, j: Job) -> bool:
        """Run a job's test, if there is one to run; whether something goes on now."""
        built = j.built
        assert built is not None
        if self.stop and built.exe:
            j.state = "done"
            return False
        failed = self._build_errors(built)
        if self.s.json:
            j.converter = Converter(_stdout, j.path)
            j.converter.failed_build = failed
        if built.errors or built.code:
            self.code = 1
            self._say(j, f"FAIL\t{j.path} [build failed]\n".encode())
            return self._done(j, False)
        if j.no_tests:
            self._say(j, f"?   \t{j.path}\t[no test files]\n".encode())
            return self._done(j, True)
        if built.cached is not None:
            self._say(j, built.cached.encode("utf-8", "surrogateescape"))
            return self._done(j, True)
        if not built.exe:
            return self._done(j, True)
        j.log = os.path.join(self.work, f"{j.pid}.testlog") if j.results is not None and not self.s.exec else ""
        argv = [*self.s.exec, built.exe, *([f"-test.testlogfile={j.log}"] if j.log else []), "-test.paniconexit0", *j.args]
        if self.s.print_commands:
            print(" ".join(argv), file=sys.stderr)
            if self.s.dry_run:
                return self._done(j, True)
        env = dict(os.environ, PWD=j.dir)
        if self.s.bin:
            env["PATH"] = os.pathsep.join([self.s.bin, *filter(None, [env.get("PATH")])])
        direct = self.s.stream and j.converter is None
        j.started = time.monotonic()
        sys.stdout.flush()
        try:
            j.process = subprocess.Popen(argv, cwd=j.dir, env=env, stdin=subprocess.DEVNULL, stdout=None if direct else subprocess.PIPE,
                                         stderr=subprocess.STDOUT if not direct else sys.stdout.fileno(), restore_signals=True)  # fmt: skip
        except OSError as e:
            self._say(j, f"fork/exec {argv[0]}: {(e.strerror or str(e)).lower()}\nFAIL\t{j.path}\t0.000s\n".encode())
            self.code = 1
            return self._done(j, False)
        j.state = "running"
        if j.process.stdout is not None:
            j.read = j.process.stdout.fileno()
            os.set_blocking(j.read, False)
            self.selector.register(j.read, selectors.EVENT_READ, j)
        return True

    # ------------------------------------------------------------ what comes

    def _wait(self) -> None:
        """For the next output or end."""
        running = [j for j in self.jobs if j.state == "running"]
        for key, _ in self.selector.select(0.02 if running else None):
            j = key.data
            assert isinstance(j, Job)
            try:
                data = os.read(j.read, 1 << 16)
            except BlockingIOError:
                continue
            if j.state == "building":
                self._build_part(j, data)
            elif data:
                self._say(j, data)
            else:
                self._close(j)
        for j in running:
            self._look(j)

    def _build_part(self, j: Job, data: bytes) -> None:
        if data:
            j.answer += data
            return
        self._close(j)
        _, status = os.waitpid(j.pid, 0)
        try:
            fields = json.loads(j.answer)
            j.built = Built(**fields)
        except (ValueError, TypeError):
            j.built = Built(errors=[f"rt0: the build of {j.path} died: status {status}"], code=1)
        j.state = "built"

    def _close(self, j: Job) -> None:
        """The pipe has ended."""
        self.selector.unregister(j.read)
        if j.process is not None and j.process.stdout is not None:
            j.process.stdout.close()
        else:
            os.close(j.read)
        j.read = -1

    def _look(self, j: Job) -> None:
        """Whether a running test has ended, or must be ended."""
        p, now = j.process, time.monotonic()
        assert p is not None
        if j.status is None:
            j.status = p.poll()
            if j.status is not None:
                j.ended = now
            elif now - j.started > self.kill_after and not j.killed:
                p.send_signal(signal.SIGQUIT)
                j.killed = f"*** Test killed with quit: ran too long ({show_duration(round(self.kill_after * SECOND))}).\n"
            elif j.killed and now - j.started > self.kill_after + self.grace:
                p.kill()
        if j.status is None:
            return
        late = ""
        if j.read >= 0:
            if now - j.ended <= self.grace:
                return
            self._close(j)
            late = f"*** Test I/O incomplete {show_duration(round(self.grace * SECOND))} after exiting.\n"
        self._end(j, j.killed or late)

    def _end(self, j: Job, note: str) -> None:
        """A test program has ended and told all."""
        out = bytes(j.out)
        took = f"{j.ended - j.started:.3f}s"
        if j.status == 0 and not note:
            if not self.s.show_pass and not self.s.json and not self.s.stream:
                j.out.clear()
            more = ""
            for warning, text in ((_NO_TESTS, " [no tests to run]"), (_NO_FUZZ, " [no fuzz tests to fuzz]"),
                                  (_MANY_FUZZ, "[-fuzz matches more than one fuzz test, won't fuzz]")):  # fmt: skip
                if out.startswith(warning) or b"\n" + warning in out:
                    more = text
            if out and not out.endswith(b"\n"):
                self._say(j, b"\n")
            self._say(j, f"ok  \t{j.path}\t{took}{more}\n".encode())
            self._keep(j)
            self._done(j, True)
            return
        self.stop |= self.s.fail_fast
        self.code = 1
        self._say(j, note.encode())
        if j.status is not None and (j.status < 0 or not out):
            self._say(j, _status(j.status))
        elif not out.endswith(b"\n"):
            self._say(j, b"\n")
        self._say(j, f"{chr(0x16) if j.converter is not None else ''}FAIL\t{j.path}\t{took}\n".encode())
        self._done(j, False)

    def _keep(self, j: Job) -> None:
        """Keep a passing test's result."""
        if not j.log or j.results is None or j.built is None:
            return
        try:
            with open(j.log, "rb") as f:
                log = f.read()
        except OSError:
            return
        for key in j.built.keys:
            j.results(key).save(log, bytes(j.out))

    # ------------------------------------------------------------ what is told

    def _say(self, j: Job, data: bytes) -> None:
        """Output of a job's test, and about it."""
        if not data:
            return
        if j.converter is not None:
            j.converter.write(data)
            j.out += data
        elif self.s.stream or self.s.echo:
            _stdout(data)
            j.out += data
        else:
            j.out += data

    def _done(self, j: Job, passed: bool) -> bool:
        j.state = "done"
        if j.converter is not None:
            j.converter.exited(passed)
            j.converter.close()
        return False

    def _print(self) -> None:
        """The output of jobs that are done, in order."""
        while self.printed < len(self.jobs) and self.jobs[self.printed].state == "done":
            j = self.jobs[self.printed]
            if not (self.s.stream or self.s.echo or j.converter is not None):
                _stdout(bytes(j.out))
            j.out.clear()
            self.printed += 1

    def _kill_all(self) -> None:
        for j in self.jobs:
            if j.process is not None and j.status is None:
                j.process.kill()
            if j.state == "building":
                try:
                    os.kill(j.pid, signal.SIGKILL)
                except OSError:
                    pass


def _answer(w: int, build: Callable[[], Built]) -> None:
    """The whole life of a build's process."""
    code = 1
    try:
        built = build()
        text = json.dumps({name: getattr(built, name) for name in Built.__slots__})
        with open(w, "wb") as f:
            f.write(text.encode("utf-8", "replace"))
        code = 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _status(status: int) -> bytes:
    """How a process ended, as os/exec's ExitError says it."""
    if status >= 0:
        return f"exit status {status}\n".encode()
    name = (signal.strsignal(-status) or str(-status)).lower()
    return f"signal: {name}\n".encode()


def _stdout(data: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _tell(text: str) -> None:
    """A message about a build."""
    sys.stdout.flush()
    print(text, file=sys.stderr, flush=True)
