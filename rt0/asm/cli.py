"""`rt0 tool asm [-p path] [-o file.o] [-I dir] [-D name=value] [-e] [-S] file.s`: Go's assembler flags, ELF objects.

    -S        print the AT&T text given to MC instead of writing an object
    -e        report all errors (rt0 reports ten)
Other flags of `go tool asm` are accepted and ignored.
"""

from __future__ import annotations

import os
import sys

from rt0.diag import CompileError

VALUED = frozenset(["p", "o", "I", "D", "trimpath", "buildid", "spectre", "d"])
PLAIN = frozenset(["e", "S", "V", "shared", "dynlink", "linkshared", "v", "gensymabis", "compiling-runtime", "std", "debug"])


def main(args: list[str]) -> int:
    """Exit status: 0 assembled, 1 errors in the source, 2 bad usage."""
    values: dict[str, list[str]] = {}
    files: list[str] = []
    i = 0
    while i < len(args):
        a = args[i]
        i += 1
        if not a.startswith("-") or a == "-":
            files.append(a)
            continue
        name, eq, value = a.lstrip("-").partition("=")
        if name in PLAIN:
            values[name] = [value or "true"]
        elif name in VALUED:
            if not eq:
                if i >= len(args):
                    return usage(f"flag needs an argument: -{name}")
                value = args[i]
                i += 1
            values.setdefault(name, []).append(value)
        else:
            return usage(f"flag provided but not defined: -{name}")
    if len(files) != 1:
        return usage("exactly one input file expected")
    return assemble_file(files[0], values)


def usage(msg: str) -> int:
    print(f"asm: {msg}\nusage: rt0 tool asm [options] file.s", file=sys.stderr)
    return 2


def assemble_file(path: str, values: dict[str, list[str]]) -> int:
    from rt0.asm.assemble import encode, finish, preprocess, translate

    defines: dict[str, str] = {}
    for d in values.get("D", []):
        name, eq, value = d.partition("=")
        defines[name] = value if eq else "1"
    try:
        with open(path, "rb") as f:
            data = f.read()
    except OSError as e:
        print(f"asm: open {path}: {(e.strerror or '').lower()}", file=sys.stderr)
        return 1
    try:
        pp = preprocess(path, data, include_dirs=values.get("I", []), defines=defines, max_errors=0 if "e" in values else 10)
        gas = translate(pp, values.get("p", ["main"])[-1], path)
        if "S" in values:
            print("\n".join(gas.lines))
            return 0
        obj = finish(encode(gas, pp))
    except CompileError as e:
        for err in e.errors:
            print(err, file=sys.stderr)
        print(f"asm: assembly of {path} failed", file=sys.stderr)
        return 1
    out = values.get("o", [os.path.splitext(os.path.basename(path))[0] + ".o"])[-1]
    with open(out, "wb") as f:
        f.write(obj)
    return 0
