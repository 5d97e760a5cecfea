"""What one job does, in a process of its own: explain the program as it is in the editor, or run it.

The connection to the server carries lines of JSON. First one of the server's:

    op       explain, run, or open (the sources alone)
    sources  display name -> text, of the files that were edited
    args     list of the program's arguments
    stdin    text

Then those of the job, each an object with one of these keys, the last one `done`:

    step     name of the step that is being collected
    report   the report as the page has it (page/render.py)
    sources  display name -> text of the user's files
    out err  a piece of what the program wrote
    end      how the program ended, in words; with seconds
    problems why it does not compile (model.Problem)
    error    why there is no answer
    done     true

The server closes its end when nobody wants the answer any more: then this process ends at once, and with it what it has started.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass

from rt0.build.errors import BuildFailed
from rt0.build.runindex import program_name
from rt0.diag import CompileError
from rt0.explain.model import Problem, Request, plain
from rt0.explain.page.render import page_data
from rt0.explain.process import Process
from rt0.explain.report import explain, problems
from rt0.explain.serve.program import run_program
from rt0.explain.source import Build
from rt0.explain.trace.process import Limits, NotStarted
from rt0.load import gojson

LIMITS = Limits(tasks=256, memory=1 << 30, output=4 << 20, file=256 << 20)
MAX_LINE = 4 << 20  # bytes of the server's line


@dataclass(slots=True)
class Session:
    """What is served. build: a build of the program with some files (absolute path -> path of the file that stands in for it) replaced."""

    program: str
    flags: list[str]
    timeout: float
    build: Callable[[dict[str, str], Callable[[str], None]], Build]
    inside: Callable[[Callable[[], None]], None]  # calls a function where there is much stack


class Connection:
    """Lines to the server; may be used from several threads."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._lock = threading.Lock()

    def tell(self, **what: object) -> None:
        line = gojson.write(plain(what)).encode() + b"\n"
        try:
            with self._lock:
                self._sock.sendall(line)
        except OSError:
            os._exit(1)  # nobody listens


def work(session: Session, sock: socket.socket) -> None:
    """One job, from its request to `done`."""
    data = b""
    while not data.endswith(b"\n") and len(data) < MAX_LINE and (more := sock.recv(1 << 16)):
        data += more
    if not data.endswith(b"\n"):
        return
    request = json.loads(data)
    to = Connection(sock)
    threading.Thread(target=_until_unwanted, args=(sock,), daemon=True).start()
    session.inside(lambda: _answer(session, request, to))
    to.tell(done=True)


def _until_unwanted(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while sock.recv(1024):
            pass
    os._exit(1)


def _answer(session: Session, request: dict[str, object], to: Connection) -> None:
    op, args, sources, stdin = request["op"], request["args"], request["sources"], request["stdin"]
    assert isinstance(args, list) and isinstance(sources, dict) and isinstance(stdin, str)
    build = session.build(_edited(sources), lambda package: None)
    try:
        if op == "open":
            _open(session, build, to)
            return
        _give(stdin)
        if op == "run":
            _run(session, build, args, to)
        else:
            process = Process("", args, session.timeout, lambda: (program_name(build.loaded), build.exe), pass_to=-1, limits=LIMITS)
            report = explain(build, process, Request(), session.program, session.flags, args, lambda step: to.tell(step=step))
            to.tell(report=page_data(report, build.sources()))
    except (CompileError, BuildFailed) as e:
        to.tell(problems=_problems(e, build))
    except NotStarted as e:
        to.tell(error=str(e))
    except Exception as e:
        to.tell(error=f"rt0: internal error: {type(e).__name__}: {e}")
    finally:
        build.close()


def _problems(e: CompileError | BuildFailed, build: Build) -> list[Problem]:
    return [p for c in (e.errors if isinstance(e, BuildFailed) else [e]) for p in problems(c, build)]


def _open(session: Session, build: Build, to: Connection) -> None:
    """The user's files. Of a program that cannot be loaded those that were named: its errors are told when it is explained, and mended in the editor."""
    try:
        _ = build.loaded
    except CompileError as e:
        if not session.program.endswith(".go"):
            raise
        sources = {}
        for name in session.program.split(" "):
            try:
                with open(name, "rb") as f:
                    sources[os.path.join(".", name) if not os.path.isabs(name) else name] = f.read().decode("utf-8", "replace")
            except OSError:
                raise e from None
        to.tell(sources=sources)
        return
    to.tell(sources=build.sources())


def _run(session: Session, build: Build, args: list[str], to: Connection) -> None:
    """Build, if need be, and run."""
    build.checked()
    exe = build.exe
    path = os.path.join(tempfile.gettempdir(), program_name(build.loaded))
    with open(path, "wb") as f:
        f.write(exe)
    os.chmod(path, 0o755)
    build.close()
    ending = run_program(path, [path, *args], session.timeout, LIMITS, lambda name, data: to.tell(**{name: data.decode("utf-8", "replace")}))
    to.tell(end=ending.words, seconds=ending.seconds)


def _edited(sources: dict[str, str]) -> dict[str, str]:
    """Writes what was edited to files; absolute path -> path of what stands in for it."""
    out = {}
    for i, (name, text) in enumerate(sources.items()):
        path = os.path.join(tempfile.gettempdir(), f"edited{i}.go")
        with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="") as f:
            f.write(text)
        out[os.path.abspath(name)] = path
    return out


def _give(text: str) -> None:
    """The text becomes this process's standard input, from its beginning."""
    fd = os.memfd_create("stdin")
    with open(fd, "wb", closefd=False) as f:
        f.write(text.encode("utf-8", "replace"))
    os.lseek(fd, 0, os.SEEK_SET)
    os.dup2(fd, 0)
    os.close(fd)
