"""`rt0 mod init` and `rt0 mod edit`."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from typing import TypeVar

from rt0.cmd.flags import FlagSet
from rt0.cmd.modargs import add_common, add_shared_edits, interval, just_path, path_version, stop, version_flags
from rt0.diag import fatal, go_quote
from rt0.load import gojson
from rt0.load.goroot import find_goroot
from rt0.load.model import working_dir
from rt0.mod import lockedfile, modfile, syntax, workfile
from rt0.mod.cache import side_lock
from rt0.mod.gover import is_toolchain
from rt0.mod.path import InvalidPath, ModError, check_import_path, split_path_version
from rt0.mod.settings import gopath, short

Edit = Callable[[modfile.ModFile], None]
T = TypeVar("T")


def local_version() -> str:
    """The version of Go that rt0 is."""
    return find_goroot()[1].removeprefix("go")


def indented(value: object, depth: int = 0) -> str:
    """JSON as json.MarshalIndent writes it with tabs."""
    pad = "\t" * (depth + 1)
    if isinstance(value, dict) and value:
        body = ",\n".join(f"{pad}{gojson.write(k)}: {indented(v, depth + 1)}" for k, v in value.items())
        return f"{{\n{body}\n{pad[1:]}}}"
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(pad + indented(v, depth + 1) for v in value) + f"\n{pad[1:]}]"
    return gojson.write(value)


def nonempty(**members: object) -> dict[str, object]:
    """The members that are not empty, as omitempty has it."""
    return {k: v for k, v in members.items() if v}


def version_json(m: tuple[str, str]) -> dict[str, object]:
    return {"Path": m[0], **nonempty(Version=m[1])}


# ---------------------------------------------------------------- edit


def _edit_flags(edits: list[Edit]) -> FlagSet:
    """The flags; what they ask for is put into edits, in the order of the command line."""
    fs = FlagSet("rt0 mod edit [editing flags] [-fmt|-print|-json] [go.mod]", "Edits a go.mod, which need not be right otherwise.")
    version_flags(fs)
    fs.add("module", "", "set the module's path", "path")
    add_shared_edits(fs, lambda change: edits.append(lambda f: change((f.syntax, f.godebug, f.replace))), False)

    def take(flag: str, arg: str, change: Edit) -> None:
        def guarded(f: modfile.ModFile) -> None:
            try:
                change(f)
            except ModError as e:
                raise stop(f"-{flag}={arg}: {e}") from None

        edits.append(guarded)

    def flag(name: str, what: str, value: str, read: Callable[[str, str], T], change: Callable[[modfile.ModFile, T], None]) -> None:
        """read: what the argument of the flag says; Raises CompileError."""

        def check(arg: str) -> None:
            x = read(name, arg)
            take(name, arg, lambda f: change(f, x))

        fs.add(name, [], what, value, check=check)

    def as_is(name: str, arg: str) -> str:
        return arg

    flag("require", "add a requirement", "path@version", path_version, lambda f, m: f.add_require(*m))
    flag("droprequire", "drop a requirement", "path", just_path, lambda f, path: f.drop_require(path))
    flag("exclude", "add an exclusion", "path@version", path_version, lambda f, m: f.add_exclude(*m))
    flag("dropexclude", "drop an exclusion", "path@version", path_version, lambda f, m: f.drop_exclude(*m))
    flag("retract", "add a retraction", "version", interval, lambda f, v: f.add_retract(*v))
    flag("dropretract", "drop a retraction", "version", interval, lambda f, v: f.drop_retract(*v))
    flag("tool", "add a tool", "path", just_path, lambda f, path: f.add_word("tool", f.tool, path))
    flag("droptool", "drop a tool", "path", just_path, lambda f, path: f.drop_word(f.tool, path))
    flag("ignore", "add an ignored path", "path", as_is, lambda f, path: f.add_word("ignore", f.ignore, path))
    flag("dropignore", "drop an ignored path", "path", as_is, lambda f, path: f.drop_word(f.ignore, path))
    add_common(fs)
    return fs


def edit(args: list[str]) -> int:
    edits: list[Edit] = []
    values, rest = _edit_flags(edits).parse(args)
    change_dir(values.text("C"))
    module, go, toolchain = values.text("module"), values.text("go"), values.text("toolchain")
    if not (module or go or toolchain or edits or any(values.switch(n) for n in ("fmt", "json", "print"))):
        raise stop("no flags specified (see 'go help mod edit').")
    if values.switch("json") and values.switch("print"):
        raise stop("cannot use both -json and -print")
    if len(rest) > 1:
        raise stop("too many arguments")
    path = rest[0] if rest else main_gomod(values.text("modfile"))
    if module:
        try:
            check_import_path(module)
            if is_toolchain(module):
                raise ModError("module path is reserved")
        except ModError as e:
            raise stop(f"invalid -module: {e}") from None
    check_versions("mod", go, toolchain)
    try:
        data = lockedfile.read(path)
    except ModError as e:
        raise stop(str(e)) from None
    try:
        f = modfile.parse(path, data)
    except ModError as e:
        raise stop(f"errors parsing {short(path)}:\n{e}") from None
    if module:
        f.add_module(module)
    set_versions(f, go, toolchain)
    for change in edits:
        change(f)
    f.sort_blocks()
    f.cleanup()
    if values.switch("json"):
        print(indented(_json(f)))
        return 0
    out = f.format()
    if values.switch("print"):
        sys.stdout.flush()
        sys.stdout.buffer.write(out)
        return 0

    def replace(now: bytes) -> bytes:
        if now != data:
            raise ModError("go.mod changed during editing; not overwriting")
        return out

    with side_lock():
        try:
            lockedfile.transform(path, replace)
        except ModError as e:
            raise stop(str(e)) from None
    return 0


def change_dir(d: str) -> None:
    if d:
        from rt0.cmd.chdir import enter

        enter(d)


def main_gomod(name: str) -> str:
    """Path of the go.mod that counts here, or of -modfile. Raises CompileError."""
    cwd = working_dir()
    d = cwd
    while not os.path.isfile(os.path.join(d, "go.mod")):
        up = os.path.dirname(d)
        if up == d:
            raise no_module(cwd, name)
        d = up
    return name or os.path.join(d, "go.mod")


def no_module(cwd: str, name: str = "") -> Exception:
    """What go says where there is no go.mod. name: of -modfile."""
    if name:
        return stop("cannot find main module, but -modfile was set.\n\t-modfile cannot be used to set the module root directory.")
    d = cwd
    while True:
        if os.path.isfile(os.path.join(d, ".git", "config")):
            rel = os.path.relpath(d, cwd)
            cd = "" if rel == "." else f"cd {rel} && "
            return stop(f"cannot find main module, but found .git/config in {d}\n\tto create a module there, run:\n\t{cd}go mod init")
        up = os.path.dirname(d)
        if up == d:
            return stop("go.mod file not found in current directory or any parent directory; see 'go help modules'")
        d = up


def check_versions(verb: str, go: str, toolchain: str) -> None:
    """What -go and -toolchain may be. Raises CompileError."""
    if go not in ("", "none") and not modfile.GO_VERSION.match(go):
        raise fatal(f'go {verb}: invalid -go option; expecting something like "-go {local_version()}"')
    if toolchain not in ("", "none") and not modfile.TOOLCHAIN.match(toolchain):
        raise fatal(f'go {verb}: invalid -toolchain option; expecting something like "-toolchain go{local_version()}"')


def set_versions(f: modfile.ModFile | workfile.WorkFile, go: str, toolchain: str) -> None:
    """What -go and -toolchain ask for. Raises ModError."""
    if go == "none":
        f.drop_go()
    elif go:
        f.add_go(go)
    if toolchain == "none":
        f.drop_toolchain()
    elif toolchain:
        f.add_toolchain(toolchain)


def _json(f: modfile.ModFile) -> dict[str, object]:
    return {
        "Module": {"Path": f.path, **nonempty(Deprecated=f.module.deprecated if f.module is not None else "")},
        **nonempty(
            Go=f.go.text if f.go is not None else "",
            Toolchain=f.toolchain.text if f.toolchain is not None else "",
            GoDebug=[{"Key": g.key, "Value": g.value} for g in f.godebug],
            Require=[{**version_json(r.mod), **nonempty(Indirect=r.indirect)} for r in f.require],
            Exclude=[version_json(x.mod) for x in f.exclude],
            Replace=[{"Old": version_json(r.old), "New": version_json(r.new)} for r in f.replace],
            Retract=[nonempty(Low=r.low, High=r.high, Rationale=r.rationale) for r in f.retract],
            Tool=[{"Path": t.text} for t in f.tool],
            Ignore=[{"Path": t.text} for t in f.ignore],
        ),
    }


# ---------------------------------------------------------------- init

_IMPORT_COMMENT = re.compile(rb'(?m)^package[ \t]+[^ \t\r\n/]+[ \t]+//[ \t]+import[ \t]+("[^"]+")[ \t]*\r?\n')


def init(args: list[str]) -> int:
    fs = FlagSet("rt0 mod init [module-path]", "Writes a new go.mod in the current directory.")
    add_common(fs, False)
    values, rest = fs.parse(args)
    change_dir(values.text("C"))
    if len(rest) > 1:
        raise stop("'go mod init' accepts at most one argument")
    root = working_dir()
    name = values.text("modfile")
    path = name or os.path.join(root, "go.mod")
    if os.path.exists(path):
        raise stop(f"{path} already exists")
    module = rest[0] if rest else _infer(root)
    _check_module_path(module)
    using = f" (using -modfile path {short(path)})" if name else ""
    print(f"go: creating new go.mod{using}: module {module}", file=sys.stderr)
    f = modfile.ModFile()
    f.add_module(module)
    f.add_go(local_version())
    f.cleanup()
    with side_lock():
        try:
            lockedfile.transform(path, lambda old: f.format())
        except ModError as e:
            raise stop(f"updating go.mod: {e}") from None
    names = [n for n in os.listdir(root) if n[0] not in "._"]
    if any(n.endswith(".go") or (os.path.isdir(os.path.join(root, n)) and not os.path.islink(os.path.join(root, n))) for n in names):
        print("go: to add module requirements and sums:\n\tgo mod tidy", file=sys.stderr)
    return 0


def _infer(d: str) -> str:
    """The path that import comments or GOPATH give a module. Raises CompileError."""
    names = sorted(os.listdir(d))
    for name in names:
        if name.endswith(".go") and (found := _import_comment(os.path.join(d, name))):
            return found
    for name in names:
        sub = os.path.join(d, name)
        if os.path.isdir(sub) and not os.path.islink(sub):
            for file in sorted(os.listdir(sub)):
                if file.endswith(".go") and (found := _import_comment(os.path.join(sub, file))):
                    return os.path.dirname(found) or "."
    reason = "outside GOPATH, module path must be specified"
    for folder in gopath().split(os.pathsep):
        rel = os.path.relpath(d, os.path.join(folder, "src")) if folder else ".."
        if rel != "." and not rel.startswith(".."):
            try:
                check_import_path(rel)
            except ModError as e:
                reason = f"bad module path inferred from directory in GOPATH: {e}"
                break
            return rel
    raise stop(
        f"cannot determine module path for source directory {d} ({reason})\n\nExample usage:\n"
        "\t'go mod init example.com/m' to initialize a v0 or v1 module\n"
        "\t'go mod init example.com/m/v2' to initialize a v2 module\n\nRun 'go help mod init' for more information.\n"
    )


def _import_comment(path: str) -> str:
    if os.path.islink(path) or not os.path.isfile(path):
        return ""
    try:
        with open(path, "rb") as f:
            m = _IMPORT_COMMENT.search(f.read())
        return syntax.parse_string(m[1].decode("utf-8", "surrogateescape")) if m else ""
    except (OSError, ModError):
        return ""


def _check_module_path(path: str) -> None:
    """Raises CompileError."""
    try:
        check_import_path(path)
    except InvalidPath as e:
        why = "is a local import path" if path in (".", "..") or path.startswith(("./", "../")) else e.why
        raise stop(f"malformed module path {go_quote(path)}: {why}") from None
    if is_toolchain(path):
        raise stop(f"invalid module path {go_quote(path)}: ")
    if split_path_version(path) is None:
        if path.startswith("gopkg.in/"):
            hint = "module paths beginning with gopkg.in/ must always have a major version suffix in the form of .vN"
            better = _suggest(path, ".v", ".v1")
        else:
            hint = "major version suffixes must be in the form of /vN and are only allowed for v2 or later"
            better = _suggest(path, "/v", "/v2")
        raise stop(f'invalid module path "{path}": {hint}:\n\tgo mod init {better}')


def _suggest(path: str, suffix: str, default: str) -> str:
    gopkg = suffix == ".v"
    m = re.search(r"[0-9.]*\Z", path)
    at = m.start() if m else len(path)
    url = path[:at]
    for end in (".v", "/v", "/") if gopkg else ("/v", "/"):
        url = url.removesuffix(end)
    numbers = re.findall("[0-9]+", path if gopkg else path[at:])
    n = numbers[0].lstrip("0") if numbers else ""
    return url + (default if not n or (n == "1" and not gopkg) else suffix + n)
