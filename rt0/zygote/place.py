"""Where the zygote of this process would be, if there is one.

A build that is forked elsewhere must not notice: whatever a process inherits and does not send along is part of the socket's name, so that a client
finds only a zygote that was started by its like: the same rt0 and Python, user, groups, namespaces, root, control group, resource limits, niceness, processors
and umask, and what Python itself reads from the environment. What is sent along: the working folder, the environment, the three standard streams.

The socket (mode 0600) is in a folder of the user's own (mode 0700): $XDG_RUNTIME_DIR/rt0, or /tmp/rt0-UID. RT0RESIDENT says who has to do with it: `auto` (`rt0 run` and
`rt0 build` use it, `rt0 run` starts it unless CI is set), `on` (`rt0 build` starts it, too), `use` (nobody starts it), `off` (nobody uses it).

Imports only os, sys and C modules: this is on the way of every `rt0 run`.
"""

from __future__ import annotations

import os
import resource
import sys

OFF, USE, AUTO, ON = "off", "use", "auto", "on"
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_LIMITS = [getattr(resource, n) for n in sorted(dir(resource)) if n.startswith("RLIMIT_")]
_SCARCE = (resource.RLIMIT_AS, resource.RLIMIT_DATA, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE)  # who limits these means this very process
_NAMESPACES = ("cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts")
_OF_PYTHON = ("PYTHON", "LC_", "LANG")
_PRIME = (1 << 61) - 1


def mode() -> str:
    """off, use, auto or on."""
    given = os.environ.get("RT0RESIDENT", "")
    if given in (OFF, USE, ON):
        return given
    return USE if os.environ.get("CI") else AUTO


def folder() -> str:
    """The folder of the sockets; it need not exist."""
    base = os.environ.get("XDG_RUNTIME_DIR", "")
    if base.startswith("/") and _own(base):
        return base + "/rt0"
    return f"/tmp/rt0-{os.getuid()}"


def _own(path: str) -> bool:
    """Whether it is a folder that only this user can enter."""
    try:
        s = os.lstat(path)
    except OSError:
        return False
    return s.st_mode & 0o170077 == 0o040000 and s.st_uid == os.getuid()


def make_folder() -> bool:
    """Whether the folder is there and the user's own."""
    try:
        os.mkdir(folder(), 0o700)
    except OSError:
        pass
    return _own(folder())


def _inherited() -> list[object]:
    """Everything a forked build has from the zygote and not from its client."""
    mask = os.umask(0o077)
    os.umask(mask)
    root = os.stat("/")
    with open("/proc/self/cgroup", encoding="utf-8", errors="surrogateescape") as f:
        group = f.read()
    environ = os.environ
    return [
        ROOT, sys.executable, sys.version, sys.flags.optimize, sys.flags.utf8_mode, sorted((n, environ[n]) for n in environ if n.startswith(_OF_PYTHON)),
        os.getresuid(), os.getresgid(), os.getgroups(), [os.readlink(f"/proc/self/ns/{n}") for n in _NAMESPACES], root.st_dev, root.st_ino, group,
        [resource.getrlimit(n) for n in _LIMITS], os.getpriority(os.PRIO_PROCESS, 0), os.sched_getscheduler(0), sorted(os.sched_getaffinity(0)), mask,
    ]


def address() -> str:
    """The path of the socket; "" when this process is to do without."""
    if mode() == OFF or any(resource.getrlimit(n)[0] != resource.RLIM_INFINITY for n in _SCARCE):
        return ""
    try:
        text = repr(_inherited())
    except OSError:  # no /proc
        return ""
    return f"{folder()}/{int.from_bytes(text.encode('utf-8', 'surrogateescape'), 'little') % _PRIME:016x}"


def usable(path: str) -> bool:
    """Whether the folder of a socket is there and nobody else's."""
    return _own(os.path.dirname(path))
