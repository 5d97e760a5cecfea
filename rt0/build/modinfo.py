"""The build information of a program: what `go version -m` and debug.ReadBuildInfo tell, line by line as go records it.

    path     import path of the main package
    mod      main module and its version: (devel), or what the repository's tags say
    dep      a module that packages come from and its version, sorted; `=>` follows when it is replaced
    build    KEY=VALUE settings, in the order of setBuildInfo (cmd/go/internal/load/pkg.go, go1.27)

The compiler is called gc, as runtime.Compiler says and the build tag of that name: programs compare it. Checksums are those of go.sum; modules that are vendored or
replaced by folders have none.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from rt0.build.options import Options
from rt0.build.vcs import Stamp
from rt0.diag import go_quote
from rt0.load.gomod import Module
from rt0.load.load import LoadedProgram

if TYPE_CHECKING:
    from rt0.mod import resolve


def build_info(loaded: LoadedProgram, options: Options, stamp: Stamp | None) -> str:
    """The text, a line each."""
    info = loaded.packages[loaded.main]
    lines = [f"path\t{info.path}"]
    mod = loaded.main_module
    own = info.module if info.path != "command-line-arguments" else ""  # named files belong to no module
    if mod is not None and own:
        lines.append(f"mod\t{mod.path}\t{(stamp.version if stamp is not None else '') or '(devel)'}\t")
    main = loaded.modules.module(own) if mod is None and own and loaded.modules is not None else None
    if main is not None:
        lines.append(f"mod\t{main.path}\t{main.version}\t{main.sum}")
    if mod is not None or loaded.modules is not None:
        others = {p.module for p in loaded.packages.values() if p is not info and p.module and p.module != own}
        for path in sorted(others):
            known = loaded.modules.module(path) if loaded.modules is not None else None
            if known is not None:
                lines += known_lines(known)
            elif mod is not None:
                lines += module_lines(mod, path)
    settings = [*flag_settings(options)]
    godebug = loaded.godebug()
    if godebug:
        settings.append(("DefaultGODEBUG", godebug))
    settings += [("CGO_ENABLED", "0"), ("GOARCH", "amd64"), ("GOOS", "linux"), ("GOAMD64", options.goamd64)]
    if stamp is not None:
        settings += stamp.settings
    profile = profile_of(options.pgo, info.dir)
    if profile:
        settings.append(("-pgo", os.path.basename(profile) if options.trimpath else profile))
    lines += [f"build\t{k}={_quote(v)}" for k, v in settings]
    return "\n".join(lines) + "\n"


def module_lines(mod: Module, path: str) -> list[str]:
    """dep and => lines of a module that is not the main one."""
    version = mod.version(path) or "(devel)"
    to = mod.replaces.get(path)
    if to is None:
        return [f"dep\t{path}\t{version}\t"]
    return [f"dep\t{path}\t{version}", f"=>\t{to}\t{mod.replace_versions.get(path) or '(devel)'}\t", ""]


def known_lines(m: resolve.Module) -> list[str]:
    """The same of a module of the build list, with the hashes of go.sum."""
    if m.replace is None:
        return [f"dep\t{m.path}\t{m.version or '(devel)'}\t{m.sum}"]
    r = m.replace
    return [f"dep\t{m.path}\t{m.version or '(devel)'}", f"=>\t{r.path}\t{r.version or '(devel)'}\t{r.sum}", ""]


def flag_settings(options: Options) -> list[tuple[str, str]]:
    """Flags of the command line that are recorded."""
    raw = dict(options.raw_flags)
    out = []
    if "asmflags" in raw:
        out.append(("-asmflags", raw["asmflags"]))
    out += [("-buildmode", "exe"), ("-compiler", "gc")]
    if raw.get("gcflags"):
        out.append(("-gcflags", raw["gcflags"]))
    if raw.get("ldflags") and not options.trimpath:  # they may hold paths
        out.append(("-ldflags", raw["ldflags"]))
    if options.tags:
        out.append(("-tags", ",".join(options.tags)))
    if options.trimpath:
        out.append(("-trimpath", "true"))
    return out


def profile_of(pgo: str, d: str) -> str:
    """The profile that -pgo names; with "auto" the main package's default.pgo, if it has one."""
    if pgo == "auto":
        path = os.path.join(d, "default.pgo")
        return path if os.path.isfile(path) else ""
    return "" if pgo in ("", "off") else os.path.abspath(pgo)


def _quote(text: str) -> str:
    """As debug.BuildInfo.String writes a value; keys need no quotes."""
    return go_quote(text) if re.search(r'[ \t\r\n"`]', text) else text
