"""`rt0 version [-m] [-v] [-json] [file...]`: rt0's version and the Go version whose library it compiles; with files, what they were built with.

The information of an executable is read from its section `.go.buildinfo` (debug/buildinfo, go1.27):

    0   14 bytes  \\xff Go buildinf:
    14  1         pointer size: unused by the inline form
    15  1         flags; 2: the two strings follow inline at offset 32
    32            the Go version, then the module information, each with a varint length; the latter framed by 16 bytes on both sides
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rt0.cmd.flags import FlagSet


def flags() -> FlagSet:
    from rt0.cmd.flags import FlagSet

    fs = FlagSet("rt0 version [-m] [-v] [-json] [file ...]", "Prints rt0's version; with files, the Go version each executable was built with, those of folders too.")
    fs.add("m", False, "print the module information of each executable")
    fs.add("v", False, "say which files of a folder cannot be read as Go's")
    fs.add("json", False, "with -m: print it as JSON")
    return fs


def run(args: list[str]) -> int:
    from rt0.version import GO_VERSION, VERSION

    if not args:
        sys.stdout.write(f"rt0 version {VERSION} go{GO_VERSION} linux/amd64\n")
        return 0
    values, files = flags().parse(args)
    with_m, verbose, as_json = values.switch("m"), values.switch("v"), values.switch("json")
    if not files:
        given = {a.lstrip("-").partition("=")[0] for a in args}
        only = next((n for n in ("m", "v", "json") if values.switch(n) and n in given), "")
        if only:
            print(f"go: 'go version' only accepts -{only} flag with arguments", file=sys.stderr)
            return 2
        return run([])
    if as_json and not with_m:
        print("go: 'go version' with -json flag requires -m flag", file=sys.stderr)
        return 2
    code = 0
    for name in files:
        try:
            os.stat(name)
        except OSError as e:
            print(f"stat {name}: {(e.strerror or str(e)).lower()}", file=sys.stderr)
            code = 1
            continue
        if os.path.isdir(name):
            for parent, dirs, found in os.walk(name):
                dirs.sort()
                for f in sorted(found):
                    _show(os.path.normpath(os.path.join(parent, f)), verbose, with_m, as_json)
        elif not _show(name, True, with_m, as_json) and with_m:
            code = 1
    return code


def _show(name: str, told: bool, with_m: bool, as_json: bool) -> bool:
    """Print what an executable was built with; whether it says so. told: a file that does not is named on standard error."""
    if not os.path.isfile(name):
        if told:
            print(f"{name}: symlink", file=sys.stderr)
        return False
    try:
        with open(name, "rb") as f:
            data = f.read()
    except OSError:
        if told:
            print(name, file=sys.stderr)
        return False
    found = build_info(data)
    if found is None:
        base = os.path.basename(name).lower()
        if told and ((os.access(name, os.X_OK) and os.stat(name).st_mode & 0o111) or base.endswith((".so", ".exe", ".dll")) or ".so." in base):
            why = "unrecognized file format" if data[:4] != b"\x7fELF" or len(data) < 64 else "not a Go executable"
            print(f"{name}: could not read Go build info from {name}: {why}", file=sys.stderr)
        return False
    if with_m and as_json:
        from rt0.load.gojson import indented

        print(indented(as_object(*found)))
        return True
    print(f"{name}: {found[0]}")
    if with_m and found[1]:
        print("\t" + found[1].rstrip("\n").replace("\n", "\n\t"))
    return True


def as_object(go_version: str, info: str) -> dict[str, object]:
    """The module information as JSON has it (runtime/debug, BuildInfo)."""
    out: dict[str, object] = {"GoVersion": go_version}
    deps: list[dict[str, object]] = []
    settings: list[dict[str, str]] = []
    last: dict[str, object] = {}
    for line in info.splitlines():
        kind, _, rest = line.partition("\t")
        words = rest.split("\t")
        if kind == "path":
            out["Path"] = rest
        elif kind in ("mod", "dep", "=>"):
            module: dict[str, object] = {k: w for k, w in zip(("Path", "Version", "Sum"), words, strict=False) if w}
            if kind == "mod":
                out["Main"] = module
            elif kind == "dep":
                deps.append(module)
            else:
                last["Replace"] = module
            last = module
        elif kind == "build":
            key, _, value = rest.partition("=")
            setting = {"Key": _unquoted(key)}
            if value:
                setting["Value"] = _unquoted(value)
            settings.append(setting)
    out.setdefault("Main", {})
    if deps:
        out["Deps"] = deps
    if settings:
        out["Settings"] = settings
    return out


def _unquoted(text: str) -> str:
    from rt0.load.embed import unquote

    return text[1:-1] if text[:1] == "`" else (unquote(text[1:-1]) or "") if text[:1] == '"' else text


def build_info(data: bytes) -> tuple[str, str] | None:
    """(Go version, module information) of an executable; None when it has none."""
    at = data.find(b"\xff Go buildinf:")
    while at >= 0 and (at % 16 or at + 32 > len(data) or not data[at + 15] & 2):
        at = data.find(b"\xff Go buildinf:", at + 1)
    if data[:4] != b"\x7fELF" or at < 0:
        return None
    out = []
    pos = at + 32
    for _ in range(2):
        n = shift = 0
        while pos < len(data):
            b = data[pos]
            pos += 1
            n |= (b & 127) << shift
            shift += 7
            if b < 128:
                break
        out.append(data[pos : pos + n])
        pos += n
    info = out[1][16:-16] if len(out[1]) >= 33 else b""
    return out[0].decode("utf-8", "replace"), info.decode("utf-8", "replace")
