"""Asking the zygote for a build, and starting one.

    ask       a build done by a fork; None when there is no zygote, and the caller does it itself
    start     leave a zygote behind for the next time
    fork      a process out of the zygote that talks through pipes: LLVM's workers, for a build that is forked itself

A request is a length and marshal's bytes of (kind, arguments, environment), with the working folder and the standard streams as descriptors. Answers, in the same framing:
what the fork has to say (`answer`), then from the server ("exit", wait status). Closing the connection, or shutting down its sending half, ends the fork.
marshal is safe here: both sides are the same program of the same user (the folder is 0700, and the kernel names the peer).
"""

from __future__ import annotations

import _socket
import marshal
import os
import sys

from rt0.zygote import place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO, cast
else:

    def cast(kind, value):
        return value

SERVER = "rt0.resident"
STALE = "stale"  # the zygote's modules are not what is on disk any more
HEAD = 4  # bytes of a length
_CREDENTIALS = 12  # bytes of struct ucred
_INTERRUPT = 2  # SIGINT
_ALONE = ("bench", "C")  # what one process measures, and what changes it


class _State:
    """Whether this process is a fork of the zygote, and where that is."""

    __slots__ = ("address",)

    def __init__(self) -> None:
        self.address = ""


forked = _State()


class Gone(Exception):
    """The zygote ended in the middle."""


def send(s: _socket.socket, m: tuple[str | int | list[str] | dict[bytes, bytes], ...], fds: tuple[int, ...] = ()) -> None:
    """Raises OSError."""
    data = marshal.dumps(m)
    head = len(data).to_bytes(HEAD, "big")
    if fds:
        packed = b"".join(fd.to_bytes(4, sys.byteorder) for fd in fds)
        s.sendmsg([head], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, packed)])
        head = b""
    s.sendall(head + data)


def receive(s: _socket.socket) -> tuple[object, ...]:
    """The next message. Raises Gone, OSError."""
    return message(exactly(s, int.from_bytes(exactly(s, HEAD), "big")))


def message(data: bytes) -> tuple[object, ...]:
    m = marshal.loads(data)
    assert isinstance(m, tuple)
    return m


def exactly(s: _socket.socket, n: int) -> bytes:
    out = b""
    while len(out) < n:
        part = s.recv(n - len(out))
        if not part:
            raise Gone
        out += part
    return out


def connect(address: str) -> _socket.socket | None:
    """A connection to a zygote of this user's, None when there is none."""
    if not address or not place.usable(address):
        return None
    s = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    try:
        s.connect(address)
        peer = s.getsockopt(_socket.SOL_SOCKET, _socket.SO_PEERCRED, _CREDENTIALS)
        if int.from_bytes(peer[4:8], sys.byteorder) == os.getuid():
            return s
    except OSError:
        pass
    s.close()
    return None


class Built:
    """What a fork did. code: its exit code; command: what runs the program it built, none when there is none to run;
    temporary: a file to be removed afterwards, or ""."""

    __slots__ = ("code", "command", "temporary")

    def __init__(self, code: int, command: list[str], temporary: str) -> None:
        self.code = code
        self.command = command
        self.temporary = temporary


def ask(kind: str, args: list[str]) -> Built | None:
    """Have it built by a fork of the zygote: output and errors appear here. None when there is none, or it does not serve any more.

    Raises KeyboardInterrupt, when the fork has ended."""
    if any(a.lstrip("-").partition("=")[0] in _ALONE for a in args if a[:1] == "-") or (s := connect(place.address())) is None:
        return None
    try:
        here = os.open(".", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            send(s, (kind, args, dict(os.environb)), (here, 0, 1, 2))
        finally:
            os.close(here)
        try:
            return _wait(s)
        except KeyboardInterrupt:
            s.shutdown(_socket.SHUT_WR)  # the server interrupts the fork
            _wait(s)
            raise
    except (OSError, Gone):
        return None
    finally:
        s.close()


def _wait(s: _socket.socket) -> Built | None:
    """What the fork did; None when it must be done here. Raises OSError, Gone."""
    command: list[str] = []
    temporary = ""
    while (m := receive(s))[0] != "exit":
        if m[0] == STALE:
            receive(s)  # its end: going away earlier would interrupt it
            return None
        _, command, temporary = cast("tuple[str, list[str], str]", m)
    code = status_of(m)
    if code < 0 and -code != _INTERRUPT:
        print(f"rt0: the build was ended from outside (signal {-code}): is memory short?", file=sys.stderr)
        code = 1
    return Built(code if code >= 0 else 130, command if code == 0 else [], temporary)


def status_of(m: tuple[object, ...]) -> int:
    """The exit code in an "exit" message; -n for signal n."""
    return os.waitstatus_to_exitcode(cast("int", m[1]))


def stop() -> None:
    """Let the zygote of this process, if there is one, take no more clients."""
    s = connect(place.address())
    if s is not None:
        try:
            here = os.open("/", os.O_PATH | os.O_CLOEXEC)
            send(s, ("stop", [], {}), (here, 0, 1, 2))
            os.close(here)
            _wait(s)
        except (OSError, Gone):
            pass
        s.close()


def leave(starts: bool) -> None:
    """After a build without one: start a zygote for the next time, where it is wanted. starts: the verb does so of itself."""
    mode = place.mode()
    if mode == place.ON or (starts and mode == place.AUTO):
        start()


def start() -> None:
    """Start a zygote if there is none: it ends by itself. Failing is no error.

    The lock beside the socket is taken here and handed on: whoever holds it is the one zygote of this name."""
    address = place.address()
    if not address or not place.make_folder():
        return
    import fcntl

    try:
        lock = os.open(address + ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        actions = [(os.POSIX_SPAWN_DUP2, null, 0), (os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, null, 2), (os.POSIX_SPAWN_DUP2, lock, 3)]
        os.posix_spawn(sys.executable, [sys.executable, "-m", SERVER, address], _environment(), file_actions=actions, setsid=True)
    except OSError:  # somebody else's turn, or no process to be had
        pass
    finally:
        os.close(lock)
        os.close(null)


def _environment() -> dict[str, str]:
    """The server's own: modules come from where this process has them, never from the folder it happens to be in."""
    return dict(os.environ, PYTHONPATH=os.pathsep.join([os.path.dirname(place.ROOT), *filter(None, sys.path)]), PYTHONSAFEPATH="1", PYTHONHASHSEED="0")


class Process:
    """A fork that talks through pipes, as subprocess.Popen shows one: stdin, stdout, returncode, kill, wait."""

    __slots__ = ("_socket", "returncode", "stdin", "stdout")

    def __init__(self, s: _socket.socket, stdin: IO[bytes], stdout: IO[bytes]) -> None:
        self._socket = s
        self.stdin = stdin
        self.stdout = stdout
        self.returncode = 0

    def kill(self) -> None:
        try:
            self._socket.shutdown(_socket.SHUT_WR)
        except OSError:
            pass

    def wait(self) -> int:
        try:
            while (m := receive(self._socket))[0] != "exit":
                pass
            self.returncode = status_of(m)
        except (OSError, Gone):
            self.returncode = -9
        return self.returncode


def fork(kind: str, stderr: int) -> Process | None:
    """Another fork of the zygote that this process is a fork of; None when it is none, or the zygote is gone."""
    s = connect(forked.address)
    if s is None:
        return None
    r_in, w_in = os.pipe()
    r_out, w_out = os.pipe()
    try:
        here = os.open(".", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            send(s, (kind, [], dict(os.environb)), (here, r_in, w_out, stderr))
        finally:
            os.close(here)
        return Process(s, os.fdopen(w_in, "wb"), os.fdopen(r_out, "rb"))
    except OSError:
        s.close()
        os.close(w_in)
        os.close(r_out)
        return None
    finally:
        os.close(r_in)
        os.close(w_out)
