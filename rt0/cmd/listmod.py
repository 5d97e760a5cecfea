"""`rt0 list -m [-u] [-versions] [-retracted] [-e] [modules]`: modules of the build list, or PATH@QUERY (cmd/go/internal/modload/list.go and build.go, go1.27).

Without arguments the main modules; `all` is the build list, `x...` what of it matches.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field, replace
from datetime import datetime

from rt0.cmd.flags import Values
from rt0.cmd.gotemplate import Struct, Template, TemplateError, Value
from rt0.cmd.modargs import split_version
from rt0.cmd.modsession import guarded, new_session
from rt0.diag import fatal, go_quote
from rt0.load.find import wildcard
from rt0.load.gojson import indented
from rt0.mod import gover, resolve
from rt0.mod.path import ModError, Version, VersionError
from rt0.mod.query import is_revision

FIELDS = ("Path", "Version", "Query", "Versions", "Replace", "Time", "Update", "Main", "Indirect", "Dir", "GoMod", "GoVersion", "Retracted", "Deprecated",
          "Error", "Sum", "GoModSum", "Origin", "Reuse")  # fmt: skip


@dataclass(slots=True)
class Listed:
    """modinfo.ModulePublic: what resolve.py knows of a module, and what was asked besides."""

    path: str
    version: str = ""
    known: resolve.Module | None = None
    query: str = ""
    versions: list[str] = field(default_factory=list)
    time: str = ""
    update: Listed | None = None
    retracted: list[str] = field(default_factory=list)
    deprecated: str = ""
    error: str = ""

    def values(self) -> dict[str, object]:
        """Go's fields in their order; those that are empty are left out."""
        m = self.known or resolve.Module(self.path, self.version)
        replaced = Listed(m.replace.path, m.replace.version, replace(m.replace, goversion=m.goversion)) if m.replace is not None else None
        return {k: v for k, v in zip(FIELDS, (
            self.path, self.version, self.query, self.versions, replaced, self.time, self.update, m.main, m.indirect, m.dir, m.gomod, m.goversion, self.retracted,
            self.deprecated, self.error, m.sum, m.gomod_sum), strict=False) if v}  # fmt: skip

    def json(self) -> dict[str, object]:
        out = {k: v.json() if isinstance(v, Listed) else v for k, v in self.values().items()}
        if self.error:
            out["Error"] = {"Err": self.error}
        return out

    def __str__(self) -> str:
        text = self.path
        if self.version:
            text += f" {self.version}" + (" (retracted)" if self.retracted else "")
            if self.update is not None:
                text += f" [{self.update.version}]"
        if self.deprecated:
            text += " (deprecated)"
        replaced = self.known.replace if self.known is not None else None
        if replaced is not None:
            text += f" => {replaced.path}" + (f" {replaced.version}" if replaced.version else "")
        return text

    def value(self) -> Struct:
        """As templates see it."""
        have = self.values()
        out: dict[str, Value] = {}
        for name in FIELDS:
            v = have.get(name)
            if name == "Error":
                out[name] = Struct("*modinfo.ModuleError", {"Err": self.error}, "&{" + self.error + "}") if self.error else None
            elif name in ("Replace", "Update"):
                out[name] = v.value() if isinstance(v, Listed) else None
            elif name == "Time":
                out[name] = _time_value(self.time) if self.time else None
            elif name == "Origin":
                out[name] = None
            elif name in ("Main", "Indirect", "Reuse"):
                out[name] = bool(v)
            else:
                out[name] = v if v is not None else [] if name in ("Versions", "Retracted") else ""
        text = str(self)
        return Struct("*modinfo.ModulePublic", out, text, {"String": lambda _: text})


def _time_value(text: str) -> Struct:
    """A time.Time; Format knows numbers of fixed width."""
    when = datetime.fromisoformat(text.replace("Z", "+00:00"))

    def format(args: list[Value]) -> Value:
        (layout,) = args
        return re.sub("2006|01|02|15|04|05|Z07:00", lambda m: when.strftime(_LAYOUT[m[0]]) if m[0] in _LAYOUT else "Z", str(layout))

    shown = when.strftime("%Y-%m-%d %H:%M:%S +0000 UTC")
    return Struct("*time.Time", {}, shown, {"Format": format, "String": lambda _: shown, "Unix": lambda _: int(when.timestamp())})


_LAYOUT = {"2006": "%Y", "01": "%m", "02": "%d", "15": "%H", "04": "%M", "05": "%S"}


def list_modules(values: Values, args: list[str]) -> int:
    """Carry out `list -m`."""
    return guarded(lambda: _list(values, args))


def _list(values: Values, args: list[str]) -> int:
    as_json = values.text("json") not in ("", "false")
    text = values.text("f")
    if not text:
        text = "{{.Path}}{{range .Versions}} {{.}}{{end}}{{if .Deprecated}} (deprecated){{end}}" if values.switch("versions") else "{{.String}}"
    try:
        template = Template(text)
    except TemplateError as e:
        raise fatal(str(e)) from None
    s = new_session(values, "list -m", mod=values.text("mod"))
    s.load()
    if s.state.o.mod == "vendor":
        _vendored(values, args)
    found: list[Listed] = []
    if not args:
        if not s.state.has_root():
            raise fatal("go: cannot match \"all\": go.mod file not found in current directory or any parent directory; see 'go help modules'")
        found = [Listed(m.mod.path, "", s.module(m.mod)) for m in s.state.main]
    seen: set[Version] = set()
    for arg in args:
        found += _named(s, values, arg, seen)
    for m in found:
        if not m.error:
            _ask(s, values, m)
    code = 0
    tolerant = values.switch("e")
    if not tolerant and (errors := [m.error for m in found if m.error]):
        raise fatal("\n".join(f"go: {e}" for e in errors))
    wanted = None if values.text("json") in ("true", "") else frozenset(values.text("json").split(","))
    for m in found:
        if as_json:
            print(indented({k: v for k, v in m.json().items() if wanted is None or k in wanted}))
            continue
        try:
            shown = template.execute(m.value(), {"context": lambda _: None, "module": lambda _: None})
        except TemplateError as e:
            raise fatal(str(e)) from None
        sys.stdout.write(shown if not shown or shown.endswith("\n") else shown + "\n")
    s.commit()
    return code


def _vendored(values: Values, args: list[str]) -> None:
    """What cannot be answered from a vendor directory. Raises CompileError."""

    def stop(what: str) -> Exception:
        return fatal(f"go: can't {what} using the vendor directory\n\t(Use -mod=mod or -mod=readonly to bypass.)")

    if values.switch("versions"):
        raise stop("determine available versions")
    if values.switch("u"):
        raise stop("determine available upgrades")
    for a in args:
        if a == "all":
            raise stop("compute 'all'")
        if "..." in a:
            raise stop("match module patterns")


def _error(path: str, version: str, e: ModError | str) -> str:
    if isinstance(e, VersionError):
        return str(e)
    return f"module {path}{'@' + version if version and isinstance(e, ModError) else ''}: {e}"


def _named(s: resolve.Session, values: Values, arg: str, seen: set[Version]) -> list[Listed]:
    """What one argument names. Raises ModError, CompileError."""
    if re.match(r"\.\.?(/|$)|/", arg):
        raise fatal(f"go: cannot use {'absolute' if arg[0] == '/' else 'relative'} path {arg} to specify module")
    path, version, found = split_version(arg)
    if found:
        root = s.requirements.root_selected(path)
        if root is None and version in ("upgrade", "patch") and s.state.has_root():
            root = s.graph().selected(path)
        current = root or "none"
        allowed = None if is_revision(path, version) or values.switch("retracted") else s.queries.check_allowed
        try:
            info = s.queries.query(path, version, "" if current == "none" else current, allowed)
        except ModError as e:
            return [Listed(path, version, error=_error(path, version, e))]
        known = s.module(Version(path, info.version))
        known.indirect = False
        return [Listed(path, info.version, known, version if version != info.version else "")]
    if arg != "all" and "..." not in arg:
        if not s.state.has_root():
            if values.switch("versions"):
                return [Listed(arg)]
            raise fatal(f"go: cannot match {go_quote(arg)} without -versions or an explicit version: go.mod file not found in current directory or any parent "
                        "directory; see 'go help modules'")  # fmt: skip
        selected = s.graph().selected(arg)
        if selected != "none":
            return [Listed(arg, selected, s.module(Version(arg, selected)))]
        return [Listed(arg)] if values.switch("versions") else [Listed(arg, error=_error(arg, "", "not a known dependency"))]
    if not s.state.has_root():
        raise fatal(f"go: cannot match {go_quote(arg)}: go.mod file not found in current directory or any parent directory; see 'go help modules'")
    rx = None if arg == "all" else wildcard(arg)
    matches = [m for m in s.graph().build_list() if not gover.is_toolchain(m.path) and (rx is None or rx.match(m.path))]
    if not matches:
        print(f"warning: pattern {go_quote(arg)} matched no module dependencies", file=sys.stderr)
    out = [Listed(m.path, m.version, s.module(m)) for m in matches if m not in seen]
    seen.update(matches)
    return out


def _ask(s: resolve.Session, values: Values, m: Listed) -> None:
    """Versions, upgrades, retractions, deprecation and time, as far as they are asked for."""
    q = s.queries
    fetcher = s.state.fetcher
    this = Version(m.path, m.version)
    known = m.known
    if known is not None and not known.main and m.version and (known.replace is None or known.replace.version):
        try:
            m.time = fetcher.info(Version(known.replace.path, known.replace.version) if known.replace is not None else this)[0].time
        except ModError:
            m.time = ""
    if known is not None and known.main:
        return
    if values.switch("versions"):
        try:
            versions = fetcher.try_proxies(lambda proxy: fetcher.versions(proxy, m.path, ""))
            m.versions = [v for v in versions if values.switch("retracted") or _allowed(s, Version(m.path, v))]
        except ModError as e:
            m.error = _error(m.path, m.version, e)
    if values.switch("u") and m.version:
        try:
            newer = q.query(m.path, "upgrade", m.version, q.check_allowed)
            if gover.mod_compare(m.path, newer.version, m.version) > 0:
                m.update = Listed(m.path, newer.version, time=newer.time)
        except ModError as e:
            if not e.missing:
                m.error = m.error or _error(m.path, m.version, e)
    if (values.switch("u") or values.switch("retracted")) and m.version:
        try:
            q.check_retractions(this)
        except ModError as e:
            rationales = getattr(getattr(e, "cause", e), "rationales", None)
            if rationales is not None:
                m.retracted = list(rationales) or ["retracted by module author"]
    if values.switch("u") and m.version:
        try:
            m.deprecated = q.deprecation(this)
        except ModError:
            m.deprecated = ""


def _allowed(s: resolve.Session, m: Version) -> bool:
    try:
        s.queries.check_allowed(m)
    except ModError:
        return False
    return True


__all__ = ["Listed", "list_modules"]
