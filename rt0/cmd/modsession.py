"""A session of the commands about modules, from their flags."""

from __future__ import annotations

import os
from collections.abc import Callable

from rt0.cmd.flags import FlagSet, Values
from rt0.cmd.modargs import add_common, stop
from rt0.cmd.modedit import change_dir
from rt0.cmd.workedit import current
from rt0.diag import fatal, go_quote
from rt0.load.model import BuildContext
from rt0.load.replaced import Files
from rt0.load.source import LoadSource
from rt0.mod import web
from rt0.mod.path import ModError
from rt0.mod.resolve import Options, Session
from rt0.mod.settings import gomodcache


def new_flags(usage: str, about: str) -> FlagSet:
    fs = FlagSet(usage, about)
    add_common(fs)
    return fs


def new_session(values: Values, cmd: str, work: bool = True, mod: str = "", no_root: bool = False, tags: tuple[str, ...] = ()) -> Session:
    """The session of a command. work: whether a go.work counts."""
    change_dir(values.text("C"))
    context = BuildContext.default(tags=tags)
    if values.text("overlay"):
        context.files = Files.read(values.text("overlay"), context.cwd)
    web.TRACE.on = values.on("x")
    if gomodcache() and not os.path.isabs(gomodcache()):
        raise stop(f"GOMODCACHE entry is relative; must be absolute path: {go_quote(gomodcache())}.\n")
    name = values.text("modfile")
    if name and not name.endswith(".mod"):
        raise stop(f"-modfile={name}: file does not have .mod extension")
    options = Options(cmd, context.release.removeprefix("go"), context.cwd, mod, name, values.switch("modcacherw"))
    options.work = current() if work and not no_root else ""
    options.no_root = no_root
    if options.work and name:
        raise stop("-modfile cannot be used in workspace mode")
    return Session(options, LoadSource(context))


def guarded(do: Callable[[], int]) -> int:
    """Run a command; an error of modules ends it with go's words."""
    try:
        return do()
    except ModError as e:
        raise fatal("\n".join(f"go: {part}" for part in [str(e)])) from None
