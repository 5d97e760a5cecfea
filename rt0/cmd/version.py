"""`rt0 version [-m] [file...]`: rt0's version and the Go version whose library it compiles; with files, what they were built with.

The information of an executable is read from its section `.go.buildinfo` (debug/buildinfo, go1.27):

    0   14 bytes  \\xff Go buildinf:
    14  1         pointer size: unused by the inline form
    15  1         flags; 2: the two strings follow inline at offset 32
    32            the Go version, then the module information, each with a varint length; the latter framed by 16 bytes on both sides
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rt0.cmd.flags import FlagSet


def flags() -> FlagSet:
    from rt0.cmd.flags import FlagSet

    fs = FlagSet("rt0 version [-m] [file ...]", "Prints rt0's version; with files, the Go version each executable was built with.")
    fs.add("m", False, "print the module information of each executable")
    return fs


def run(args: list[str]) -> int:
    from rt0.version import GO_VERSION, VERSION

    if not args:
        sys.stdout.write(f"rt0 version {VERSION} go{GO_VERSION} linux/amd64\n")
        return 0
    values, files = flags().parse(args)
    if not files:
        print(f"rt0: flag -m needs files\n{flags().short_usage()}", file=sys.stderr)
        return 2
    code = 0
    for name in files:
        try:
            with open(name, "rb") as f:
                found = build_info(f.read())
        except OSError as e:
            print(f"stat {name}: {(e.strerror or str(e)).lower()}", file=sys.stderr)
            code = 1
            continue
        if found is None:
            print(f"{name}: not a Go executable", file=sys.stderr)
            code = 1
            continue
        print(f"{name}: {found[0]}")
        if values.switch("m") and found[1]:
            print("\t" + found[1].rstrip("\n").replace("\n", "\n\t"))
    return code


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
