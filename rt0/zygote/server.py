"""The zygote: waits for clients, forks for each, tells it how the fork ended.

    run(address, prepare, root)    to the end: ten idle minutes, or the first client that finds a module below root changed on disk

The fork reads the request itself, so that a slow client holds up nobody. It has a session of its own; when its client goes away (or shuts down its sending half) it is
interrupted, and killed with all its children a moment later. The server has one thread. Of a build it keeps the note
that the fork left, and what comes of working on it while nobody asks (`Learn`).
"""

from __future__ import annotations

import array
import gc
import io
import os
import select
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from typing import NoReturn

from rt0.zygote import client

IDLE = 600  # seconds
GRACE = 2.0  # seconds between an interrupt and the end
RETIRE = 75  # exit status of a fork after which the server takes no more clients
_FDS = 4  # the working folder and the three streams
LOCK = 3  # descriptor of the lock, from client.start

class Child:
    """What a fork has of its server: the connection to the client, and a file in which to leave a note for the server."""

    __slots__ = ("_note", "connection")

    def __init__(self, connection: socket.socket, note: int) -> None:
        self.connection = connection
        self._note = note

    def leave(self, note: bytes) -> None:
        """The server works with it when nobody waits (Learn)."""
        with open(self._note, "wb", closefd=False) as f:
            f.write(note)


Kind = Callable[[list[str], Child], int]
Learn = Callable[[bytes], Iterator[None]]  # a note -> the work it means, in small steps


class _Fork:
    """A fork that runs. pidfd: readable when it has ended. note: descriptor of what it leaves."""

    __slots__ = ("connection", "note", "pid", "pidfd")

    def __init__(self, pid: int, pidfd: int, connection: socket.socket, note: int) -> None:
        self.pid = pid
        self.pidfd = pidfd
        self.connection = connection
        self.note = note


def stamps(files: list[str]) -> list[tuple[int, int, int]]:
    """What tells whether files are as they were. Raises OSError."""
    return [(s.st_mtime_ns, s.st_size, s.st_ino) for s in map(os.stat, files)]


def listen(address: str) -> socket.socket:
    """The socket, mode 0600. Whoever holds the lock may take the place of one that was left over. Raises OSError."""
    new = address + ".new"
    try:
        os.unlink(new)
    except FileNotFoundError:
        pass
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o177)
    try:
        s.bind(new)
    finally:
        os.umask(mask)
    s.listen(64)
    os.rename(new, address)  # whoever finds it is heard
    return s


class Server:
    """All that runs: the socket and the forks."""

    __slots__ = ("_dying", "_files", "_forks", "_kinds", "_learn", "_lesson", "_poll", "_socket", "_stamps", "address")

    def __init__(self, address: str, kinds: dict[str, Kind], learn: Learn, files: list[str], stamp: list[tuple[int, int, int]]) -> None:
        self.address = address
        self._kinds = kinds
        self._learn = learn
        self._lesson: Iterator[None] | None = None
        self._files = files
        self._stamps = stamp
        self._forks: dict[int, _Fork] = {}  # by pidfd and by the connection's number
        self._dying: list[int] = []  # pids that were interrupted
        self._poll = select.epoll()
        self._socket = listen(address)
        self._poll.register(self._socket, select.EPOLLIN)

    def serve(self) -> None:
        """Until nobody has asked for a while, the socket is not ours any more, or the modules are old."""
        inode = os.stat(self.address).st_ino
        while self._socket.fileno() >= 0 or self._forks:
            idle = self._lesson if not self._forks else None
            events = self._poll.poll(0 if idle is not None else GRACE if self._dying else IDLE)
            if not events and idle is not None:
                if next(idle, self) is self:
                    self._lesson = None
            elif not events and self._dying:
                self._kill()
            elif not self._forks and (not events or not _is(self.address, inode)):
                break
            for fd, _ in events:
                fork = self._forks.get(fd)
                if fork is None:
                    continue
                if fd != fork.pidfd:
                    self._poll.unregister(fd)
                    _signal(fork.pid, signal.SIGINT)
                    self._dying.append(fork.pid)
                elif self._ended(fork) == RETIRE:
                    self._retire(inode)
            if any(fd == self._socket.fileno() for fd, _ in events):  # last: a new fork's descriptors may have the numbers of one that ended
                self._accept()
        self._retire(inode)

    def _retire(self, inode: int) -> None:
        """No more clients; what runs goes on."""
        if self._socket.fileno() < 0:
            return
        self._poll.unregister(self._socket)
        self._socket.close()
        try:
            if _is(self.address, inode):
                os.unlink(self.address)
        except OSError:
            pass

    def _accept(self) -> None:
        connection, _ = self._socket.accept()
        note = os.memfd_create("rt0-note")
        try:
            pid = os.fork()
        except OSError:
            os.close(note)
            connection.close()  # the client does it itself
            return
        if pid == 0:
            self._become(Child(connection, note))
        pidfd = os.pidfd_open(pid)
        fork = self._forks[pidfd] = self._forks[connection.fileno()] = _Fork(pid, pidfd, connection, note)
        self._poll.register(pidfd, select.EPOLLIN)
        self._poll.register(fork.connection, select.EPOLLRDHUP)

    def _ended(self, fork: _Fork) -> int:
        """Tell the client; the exit status."""
        _, status = os.waitpid(fork.pid, 0)
        _kill_group(fork.pid)
        if fork.pid in self._dying:
            self._dying.remove(fork.pid)
        del self._forks[fork.pidfd], self._forks[fork.connection.fileno()]
        self._poll.unregister(fork.pidfd)
        try:
            # Closing is not enough: a fork that has just begun may hold it open, and events would come for whoever has the number next.
            self._poll.unregister(fork.connection)
        except OSError:
            pass  # its client had gone
        os.close(fork.pidfd)
        with open(fork.note, "rb") as f:
            f.seek(0)
            left = f.read()
        if left:
            self._lesson = self._learn(left)
        try:
            fork.connection.settimeout(GRACE)
            client.send(fork.connection, ("exit", status))
        except OSError:
            pass
        fork.connection.close()
        return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0

    def _kill(self) -> None:
        for pid in self._dying:
            _kill_group(pid)
            _signal(pid, signal.SIGKILL)
        self._dying = []

    def _become(self, child: Child) -> NoReturn:
        """In the fork: read the request, be what the client is, carry it out."""
        code = 1
        try:
            os.setsid()
            self._poll.close()
            self._socket.close()
            os.close(LOCK)
            for fd, fork in self._forks.items():
                if fd == fork.pidfd:
                    os.close(fd)
                    os.close(fork.note)
                    fork.connection.close()
            client.forked.address = self.address
            code = self._carry_out(child)
        except (OSError, client.Gone):
            pass
        finally:
            os._exit(code)

    def _carry_out(self, child: Child) -> int:
        connection = child.connection
        message, fds = _request(connection)
        kind, args, environ = message
        assert isinstance(kind, str) and isinstance(args, list) and isinstance(environ, dict)
        if not _unchanged(self._files, self._stamps):
            client.send(connection, (client.STALE,))
            return RETIRE
        here, *streams = fds
        os.fchdir(here)
        for number, fd in enumerate(streams):
            os.dup2(fd, number)
        for fd in fds:
            os.close(fd)
        os.environb.clear()
        os.environb.update(environ)
        _open_streams()
        return self._kinds[kind](args, child)


def _request(connection: socket.socket) -> tuple[tuple[object, ...], list[int]]:
    """(message, descriptors): these come with the length. Raises Gone, OSError."""
    size = array.array("i").itemsize
    head, control, _, _ = connection.recvmsg(client.HEAD, socket.CMSG_SPACE(_FDS * size), socket.MSG_CMSG_CLOEXEC)
    fds = array.array("i")
    for level, what, data in control:
        if level == socket.SOL_SOCKET and what == socket.SCM_RIGHTS:
            fds.frombytes(data)
    head += client.exactly(connection, client.HEAD - len(head))
    if len(fds) != _FDS:
        raise client.Gone
    return client.message(client.exactly(connection, int.from_bytes(head, "big"))), fds.tolist()


def _open_streams() -> None:
    """sys.stdin, stdout and stderr over the client's, as Python opens them at its start."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        old = getattr(sys, name)
        raw = open(number, "wb" if number else "rb", closefd=False)  # noqa: SIM115
        new = io.TextIOWrapper(raw, old.encoding, old.errors, line_buffering=number == 2 or (number == 1 and os.isatty(number)))
        setattr(sys, name, new)
        setattr(sys, f"__{name}__", new)


def _unchanged(files: list[str], before: list[tuple[int, int, int]]) -> bool:
    try:
        return stamps(files) == before
    except OSError:
        return False


def _is(path: str, inode: int) -> bool:
    try:
        return os.stat(path).st_ino == inode
    except OSError:
        return False


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except OSError:
        pass


def _kill_group(pid: int) -> None:
    """What is left of a fork's session."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except OSError:
        pass


def run(address: str, prepare: Callable[[], tuple[dict[str, Kind], Learn]], root: str) -> None:
    """Serve until the end. prepare loads the modules and gives what to do for which kind of request, and with notes; root: those below it are watched.

    File descriptor 3 is the lock."""
    os.set_inheritable(LOCK, False)
    for fd in map(int, os.listdir("/proc/self/fd")):  # whatever came along would stay open for as long as this lives
        if fd > LOCK:
            try:
                os.close(fd)
            except OSError:
                pass
    os.chdir("/")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    before = {path: stamps([path])[0] for d, _, names in os.walk(root) for path in (os.path.join(d, n) for n in names if n.endswith(".py"))}
    kinds, learn = prepare()
    files = [f for m in list(sys.modules.values()) if (f := getattr(m, "__file__", None) or "").startswith(root + os.sep)]
    stamp = stamps(files)
    if any(before.get(f) != s for f, s in zip(files, stamp, strict=True)):
        return  # changed while they were read
    gc.collect()
    gc.freeze()
    Server(address, kinds, learn, files, stamp).serve()
