"""The variables of `go env`: from the environment, the file that GOENV names, or their defaults (cmd/go/internal/cfg and envcmd, go1.27).

The file has lines NAME=VALUE; GOENV=off does without. Its place is go/env below the user's configuration folder, which rt0 and go share.
"""

from __future__ import annotations

import os

# what may be set by -w, besides what the environment says of itself (internal/cfg, KnownEnv)
KNOWN = frozenset(
    "AR CC CGO_CFLAGS CGO_CFLAGS_ALLOW CGO_CFLAGS_DISALLOW CGO_CPPFLAGS CGO_CPPFLAGS_ALLOW CGO_CPPFLAGS_DISALLOW CGO_CXXFLAGS CGO_CXXFLAGS_ALLOW "
    "CGO_CXXFLAGS_DISALLOW CGO_ENABLED CGO_FFLAGS CGO_FFLAGS_ALLOW CGO_FFLAGS_DISALLOW CGO_LDFLAGS CGO_LDFLAGS_ALLOW CGO_LDFLAGS_DISALLOW CXX FC GCCGO "
    "GO111MODULE GO386 GOAMD64 GOARCH GOARM GOARM64 GOAUTH GOBIN GOCACHE GOCACHEPROG GOENV GOEXE GOEXPERIMENT GOFIPS140 GOFLAGS GOGCCFLAGS GOHOSTARCH "
    "GOHOSTOS GOINSECURE GOMIPS GOMIPS64 GOMODCACHE GONOPROXY GONOSUMDB GOOS GOPATH GOPPC64 GOPRIVATE GOPROXY GORISCV64 GOROOT GOSUMDB GOTMPDIR GOTOOLCHAIN "
    "GOTOOLDIR GOVCS GOWASM GOWORK GO_EXTLINK_ENABLED PKG_CONFIG".split()
)


def config_file() -> str:
    """The file of GOENV; "" for none."""
    name = os.environ.get("GOENV", "")
    if name == "off":
        return ""
    if name:
        return name
    config = os.environ.get("XDG_CONFIG_HOME") or (os.path.join(os.environ["HOME"], ".config") if os.environ.get("HOME") else "")
    return os.path.join(config, "go", "env") if config else ""


def read_config() -> dict[str, str]:
    """What the file says; nothing when it cannot be read. GOROOT/go.env comes before it, for what the file does not say."""
    return _lines(config_file())


def _lines(path: str) -> dict[str, str]:
    if not path:
        return {}
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as f:
            lines = f.read().split("\n")
    except OSError:
        return {}
    out = {}
    for line in lines:
        name, eq, value = line.partition("=")
        if eq and name and "A" <= name[0] <= "Z":
            out[name] = value
    return out


def get(name: str) -> str:
    """A variable's value: the environment, the file, GOROOT/go.env, the default."""
    return os.environ.get(name) or read_config().get(name) or default(name)


def default(name: str) -> str:
    """What a variable is when nothing sets it."""
    match name:
        case "GOPATH":
            home = os.environ.get("HOME", "")
            if not home:
                return ""
            path = os.path.join(home, "go")
            return "" if path == goroot() else path
        case "GOMODCACHE":
            first = get("GOPATH").partition(":")[0]
            return os.path.join(first, "pkg", "mod") if first else ""
        case "GOPROXY":
            return _lines(os.path.join(goroot(), "go.env")).get("GOPROXY", "https://proxy.golang.org,direct")
        case "GOSUMDB":
            return _lines(os.path.join(goroot(), "go.env")).get("GOSUMDB", "sum.golang.org")
        case "GOTOOLCHAIN":
            return "local"
        case "GOAMD64":
            return "v1"
        case "GOAUTH":
            return "netrc"
        case "GOFIPS140":
            return "off"
        case "GONOPROXY" | "GONOSUMDB":
            return get("GOPRIVATE")
        case "GOCACHE":
            base = os.environ.get("XDG_CACHE_HOME") or (os.path.join(os.environ["HOME"], ".cache") if os.environ.get("HOME") else "")
            return os.path.join(base, "go-build") if base else "off"
        case "AR":
            return "ar"
        case "CC":
            return "gcc"
        case "CXX":
            return "g++"
        case "GCCGO":
            return "gccgo"
        case "PKG_CONFIG":
            return "pkg-config"
        case "CGO_CFLAGS" | "CGO_CXXFLAGS" | "CGO_FFLAGS" | "CGO_LDFLAGS":
            return "-O2 -g"
    return ""


def goroot() -> str:
    from rt0.load.goroot import find_goroot

    return find_goroot()[0]
