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


def get(name: str) -> str:
    """A variable's value: the environment, the file that `env -w` writes, GOROOT/go.env, the default."""
    from rt0.mod.settings import getenv

    return getenv(name) or default(name)


def _shipped(name: str, otherwise: str) -> str:
    """What GOROOT/go.env says of a variable."""
    try:
        with open(os.path.join(goroot(), "go.env"), encoding="utf-8") as f:
            lines = f.read().splitlines()
    except OSError:
        return otherwise
    return next((line.partition("=")[2] for line in lines if line.startswith(name + "=")), otherwise)


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
            return _shipped(name, "https://proxy.golang.org,direct")
        case "GOSUMDB":
            return _shipped(name, "sum.golang.org")
        case "GOTOOLCHAIN":
            return _shipped(name, "auto")
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
