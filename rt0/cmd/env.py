"""`rt0 env [-json] [-changed] [-u] [-w] [var ...]`: the settings of go's commands, in go env's layout; those of rt0 itself (RT0...) come last.

`-w NAME=VALUE` and `-u NAME` change the file that GOENV names, which go reads too (cmd/go/internal/envcmd/env.go, go1.27).
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rt0.cmd.flags import FlagSet

_FIXED = frozenset("GOEXE GOGCCFLAGS GOHOSTARCH GOHOSTOS GOMOD GOROOT GOTELEMETRY GOTELEMETRYDIR GOTOOLDIR GOVERSION GOWORK".split())
# with a value that does not depend on what is set
_COMPUTED = frozenset(("CGO_ENABLED", "GODEBUG", "GOGCCFLAGS", "GOMOD", "GOPACKAGESDRIVER", "GOTELEMETRY", "GOTELEMETRYDIR", "GOTOOLDIR", "GOVERSION", "GOWORK"))


def flags() -> FlagSet:
    from rt0.cmd.flags import FlagSet

    fs = FlagSet("rt0 env [-json] [-changed] [-u] [-w] [var ...]", "Prints the environment of go's commands and of rt0, or the values of the named variables.")
    fs.add("json", False, "print as JSON")
    fs.add("changed", False, "print what is not its default")
    fs.add("w", False, "write NAME=VALUE to the file that GOENV names")
    fs.add("u", False, "remove NAME from that file")
    return fs


def settings() -> tuple[dict[str, str], set[str]]:
    """All variables in order, and the names of those that are not their defaults."""
    from rt0.build.cachedir import cache_dir
    from rt0.cmd.goenv import KNOWN, default, get
    from rt0.diag import fatal
    from rt0.load.gomod import find_gomod
    from rt0.load.goroot import find_goroot
    from rt0.mod.settings import env_file, find_gowork, getenv
    from rt0.version import VERSION
    from rt0.zygote.place import mode

    goroot, version = find_goroot()
    try:
        gowork = "off" if getenv("GOWORK") == "off" else find_gowork(os.getcwd())
    except ValueError as e:
        raise fatal(f"go: {e}") from None
    values = {name: get(name) for name in _SHOWN}
    if values["GOPATH"] and not values["GOBIN"]:
        values["GOBIN"] = os.path.join(values["GOPATH"].partition(":")[0], "bin")
    config = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.environ.get("HOME", ""), ".config")
    values |= {
        "CGO_ENABLED": "0",
        "GOARCH": getenv("GOARCH") or "amd64",
        "GODEBUG": os.environ.get("GODEBUG", ""),
        "GOENV": "off" if os.environ.get("GOENV") == "off" else env_file(),
        "GOGCCFLAGS": "-fPIC -m64 -fmessage-length=0",
        "GOHOSTARCH": "amd64",
        "GOHOSTOS": "linux",
        "GOMOD": "" if getenv("GO111MODULE") == "off" else find_gomod(os.getcwd()) or os.devnull,
        "GOOS": getenv("GOOS") or "linux",
        "GOPACKAGESDRIVER": os.environ.get("GOPACKAGESDRIVER", ""),
        "GOROOT": goroot,
        "GOTELEMETRY": "off",
        "GOTELEMETRYDIR": os.path.join(config, "go", "telemetry"),
        "GOTOOLDIR": os.path.join(goroot, "pkg", "tool", "linux_amd64"),
        "GOVERSION": version,
        "GOWORK": gowork,
    }
    values["GOEXE"] = ".exe" if values["GOOS"] == "windows" else ".wasm" if values["GOARCH"] == "wasm" else ""
    level = {"386": "GO386", "arm": "GOARM", "arm64": "GOARM64", "mips": "GOMIPS", "mipsle": "GOMIPS", "mips64": "GOMIPS64", "mips64le": "GOMIPS64",
             "ppc64": "GOPPC64", "ppc64le": "GOPPC64", "riscv64": "GORISCV64", "wasm": "GOWASM"}.get(values["GOARCH"])  # fmt: skip
    if level is not None:
        del values["GOAMD64"]
        values[level] = getenv(level) or _LEVELS[level]
    changed = {n for n in values if n in KNOWN and n not in _COMPUTED and getenv(n) and getenv(n) != {"GOOS": "linux", "GOARCH": "amd64"}.get(n, default(n))}
    changed -= {"GOROOT", "GOENV", "GOHOSTOS", "GOHOSTARCH", "GOEXE"}
    values = dict(sorted(values.items()))
    values |= {"RT0CACHE": cache_dir(), "RT0RESIDENT": mode(), "RT0VERSION": VERSION}
    return values, changed


_LEVELS = {"GO386": "sse2", "GOARM": "7", "GOARM64": "v8.0", "GOMIPS": "hardfloat", "GOMIPS64": "hardfloat", "GOPPC64": "power8", "GORISCV64": "rva20u64", "GOWASM": ""}
_SHOWN = (
    "AR CC CGO_CFLAGS CGO_CPPFLAGS CGO_CXXFLAGS CGO_ENABLED CGO_FFLAGS CGO_LDFLAGS CXX GCCGO GO111MODULE GOAMD64 GOARCH GOAUTH GOBIN GOCACHE GOCACHEPROG "
    "GOEXPERIMENT GOFIPS140 GOFLAGS GOINSECURE GOMODCACHE GONOPROXY GONOSUMDB GOPATH GOPRIVATE GOPROXY GOSUMDB GOTMPDIR GOTOOLCHAIN GOVCS PKG_CONFIG"
).split()


def run(args: list[str]) -> int:
    from rt0.diag import fatal, go_quote

    given, names = flags().parse(args)
    as_json = given.switch("json")
    for one, other in (("json", "u"), ("json", "w"), ("u", "w")):
        if given.switch(one) and given.switch(other):
            raise fatal(f"go: cannot use -{one} with -{other}")
    if given.switch("w"):
        return _write(names)
    if given.switch("u"):
        return _unset(names)
    for n in names:
        if "=" in n:
            raise fatal(f"go: invalid variable name {go_quote(n)} (use -w to set variable)")
    values, changed = settings()
    if names and given.switch("changed"):
        values = {n: values[n] for n in names if n in values}
    elif names and as_json:
        values = {n: values.get(n, "") for n in names}
    elif names:
        for n in names:
            print(values.get(n, ""))
        return 0
    if given.switch("changed"):
        values = {n: v for n, v in values.items() if n in changed}
    if as_json:
        from rt0.load.gojson import indented

        print(indented(dict(sorted(values.items()))))
        return 0
    for n, v in values.items():
        sys.stdout.write(n + "='" + v.replace("'", "'\\''") + "'\n")
    return 0


def _check(name: str, value: str) -> None:
    """Whether a variable may be written. Raises CompileError."""
    from rt0.cmd.goenv import KNOWN
    from rt0.cmd.pkgflags import split
    from rt0.diag import fatal, go_quote

    if name in _FIXED:
        raise fatal(f"go: {name} cannot be modified")
    if name in ("GOENV", "GODEBUG"):
        raise fatal(f"go: {name} can only be set using the OS environment")
    if name not in KNOWN:
        raise fatal(f"go: unknown go command variable {name}")
    if name == "GO111MODULE" and value not in ("", "auto", "on", "off"):
        raise fatal(f"go: invalid {name} value {go_quote(value)}")
    if name == "GOPATH" and value.startswith("~"):
        raise fatal(f"go: GOPATH entry cannot start with shell metacharacter '~': {go_quote(value)}")
    if name in ("GOPATH", "GOMODCACHE") and value and not os.path.isabs(value):
        raise fatal(f"go: {name} entry is relative; must be absolute path: {go_quote(value)}")
    if name in ("CC", "CXX") and value:
        try:
            words = split(value)
        except ValueError as e:
            raise fatal(f"go: invalid {name}: {e}") from None
        if not words:
            raise fatal(f"go: {name} entry cannot contain only space")
        if not os.path.isabs(words[0]) and "/" in words[0]:
            raise fatal(f"go: {name} entry is relative; must be absolute path: {go_quote(words[0])}")
    if any("\udc80" <= c <= "\udcff" for c in value):
        raise fatal(f"go: invalid UTF-8 in {name}=... value")
    if any(c in value for c in "\v\r\n"):
        raise fatal(f"go: invalid newline in {name}=... value")


def _check_platform(now: dict[str, str]) -> None:
    """GOOS and GOARCH must be a pair there is, where one of them changes. Raises CompileError."""
    from rt0.cmd.platforms import PAIRS
    from rt0.diag import fatal
    from rt0.mod.settings import getenv

    if "GOOS" in now or "GOARCH" in now:
        pair = f"{now.get('GOOS', getenv('GOOS')) or 'linux'}/{now.get('GOARCH', getenv('GOARCH')) or 'amd64'}"
        if pair not in PAIRS:
            raise fatal(f"go: unsupported GOOS/GOARCH pair {pair}")


def _write(args: list[str]) -> int:
    from rt0.diag import fatal

    if not args:
        raise fatal("go: no KEY=VALUE arguments given")
    add: dict[str, str] = {}
    for a in args:
        name, eq, value = a.partition("=")
        if not eq:
            raise fatal(f"go: arguments must be KEY=VALUE: invalid argument: {a}")
        _check(name, value)
        if name in add:
            raise fatal(f"go: multiple values for key: {name}")
        add[name] = value
        if os.environ.get(name, value) not in ("", value):
            print(f"warning: go env -w {name}=... does not override conflicting OS environment variable", file=sys.stderr)
    _check_platform(add)
    if add.get("GOTMPDIR") and not os.path.isabs(add["GOTMPDIR"]):
        raise fatal("go: GOTMPDIR must be an absolute path")
    _update(add, set())
    return 0


def _unset(names: list[str]) -> int:
    from rt0.diag import fatal

    if not names:
        raise fatal("go: 'go env -u' requires an argument")
    for n in names:
        _check(n, "")
    _check_platform({n: os.environ.get(n, "") for n in names})
    _update({}, set(names))
    return 0


def _update(add: dict[str, str], remove: set[str]) -> None:
    """Write the file: a variable that is there keeps its place, what is new comes where the order of names puts it. Raises CompileError."""
    from rt0.diag import fatal
    from rt0.mod.settings import env_file

    path = env_file()
    if not path:
        raise fatal("go: cannot find go env config: GOENV=off" if os.environ.get("GOENV") == "off" else "go: cannot find go env config: neither $XDG_CONFIG_HOME nor $HOME are defined")
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as f:
            lines = f.read().splitlines()
    except FileNotFoundError:
        if not add:
            raise fatal(f"go: reading go env config: open {path}: no such file or directory") from None
        lines = []
    except OSError as e:
        raise fatal(f"go: reading go env config: open {path}: {(e.strerror or str(e)).lower()}") from None

    def key(line: str) -> str:
        name, eq, _ = line.partition("=")
        return name if eq and "#" not in name else ""

    last = {key(line): i for i, line in enumerate(lines) if key(line)}
    lines = [line for i, line in enumerate(lines) if not key(line) or last[key(line)] == i]
    out = [f"{k}={add.pop(k)}" if (k := key(line)) in add else line for line in lines if key(line) not in remove or not key(line)]
    out += [f"{k}={v}" for k, v in add.items()]
    start = 0
    for i in range(len(out) + 1):  # each run of settings between comments is sorted
        if i == len(out) or not key(out[i]):
            out[start:i] = sorted(out[start:i], key=key)
            start = i + 1
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", errors="surrogateescape") as f:
            f.write("".join(line + "\n" for line in out))
    except OSError as e:
        raise fatal(f"go: writing go env config: open {path}: {(e.strerror or str(e)).lower()}") from None
