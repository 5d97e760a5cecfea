"""`rt0 build [-o output] [build flags] [packages]`: compiles packages; the executable of a single main package is written."""

from __future__ import annotations

import os
import sys
from typing import Any

from rt0.cmd.buildflags import add_build_flags, big_stack, build_program, load, options_from
from rt0.cmd.flags import FlagSet
from rt0.diag import CompileError, fatal

FLAGS = FlagSet(
    "rt0 build [-o output] [build flags] [packages]",
    "Compiles the named packages and their dependencies. For a single main package the executable is written to\n"
    "the current folder, or to -o; other packages are only checked and compiled.",
)
FLAGS.add("o", "", "write the executable (or object) to this file, or into this folder", "output")
FLAGS.add("S", False, "print the program's functions as Plan 9 assembly to standard output")
add_build_flags(FLAGS, 2)


def run(args: list[str]) -> int:
    values, patterns = FLAGS.parse(args)
    if values["C"]:
        os.chdir(values["C"])
    result: int = big_stack(_build, values, patterns or ["."])
    return result


def _build(values: dict[str, Any], patterns: list[str]) -> int:
    options = options_from(values)
    loaded = load(values, patterns, options.tags)
    mains = [p for p in loaded.roots if loaded.packages[p].name == "main"]
    if len(loaded.roots) != 1 or not mains:
        return _check_only(loaded, options, values)
    if options.escapes or values["S"]:
        return _listing(loaded, options, values)
    exe = build_program(loaded, options, values["bench"])
    write_executable(output_name(loaded, values["o"]), exe)
    return 0


def output_name(loaded: Any, flag: str) -> str:
    """Where the executable goes: -o, or the name `go build` gives it."""
    info = loaded.packages[loaded.main]
    if info.path == "command-line-arguments":
        name = os.path.basename(info.go_files[0][0]).removesuffix(".go")
    else:
        name = os.path.basename(info.path)
        if len(name) > 1 and name[0] == "v" and name[1:].isdigit() and "/" in info.path:
            name = os.path.basename(os.path.dirname(info.path))
    if not flag:
        if os.path.isdir(name):
            raise fatal(f'build output "{name}" already exists and is a directory')
        return name
    return os.path.join(flag, name) if flag.endswith("/") or os.path.isdir(flag) else flag


def write_executable(path: str, exe: bytes) -> None:
    """Write atomically where possible: never a half-written executable under the final name."""
    if path == os.devnull:
        return
    d = os.path.dirname(path)
    if d:
        os.makedirs(d, exist_ok=True)
    tmp = os.path.join(d or ".", f".{os.path.basename(path)}.{os.getpid()}.tmp")
    umask = os.umask(0)
    os.umask(umask)
    try:
        fd = os.open(tmp, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o777 & ~umask)
        try:
            with open(fd, "wb") as f:
                f.write(exe)
            os.rename(tmp, path)
        except OSError:
            os.unlink(tmp)
            raise
    except OSError as e:
        raise fatal(f"open {path}: {(e.strerror or str(e)).lower()}") from None


def _check_only(loaded: Any, options: Any, values: dict[str, Any]) -> int:
    """Several packages, or none is a command: check them whole, and build each command for its errors; write nothing but what -o asks."""
    from rt0.build.builder import Builder, BuildFailed
    from rt0.cmd.report import format_errors

    builder = Builder(loaded, options)
    try:
        builder.check_user_packages()
    except BuildFailed as e:
        raise fatal("\n".join(format_errors(err, options.all_errors) for err in e.errors)) from None
    except CompileError as e:
        raise fatal(format_errors(e, options.all_errors), e.exit_code) from None
    if len(loaded.roots) == 1 and values["o"]:
        # A library: go writes its archive; rt0's unit of exchange is the cache, so the file records the package key.
        write_executable(values["o"], b"!<rt0 package>\n" + builder.keys[loaded.roots[0]].encode() + b"\n")
        return 0
    for path in loaded.roots:
        if loaded.packages[path].name == "main":
            exe = build_program(loaded.with_main(path), options)
            if values["o"] and os.path.isdir(values["o"]):
                write_executable(output_name(loaded.with_main(path), values["o"]), exe)
    return 0


def _listing(loaded: Any, options: Any, values: dict[str, Any]) -> int:
    """-gcflags=-m and -S: what the compiler decided and wrote for the user's packages."""
    from rt0.build.listing import assembly_listing, escape_listing

    if options.escapes:
        sys.stderr.write(escape_listing(loaded, options))
    if values["S"]:
        sys.stdout.write(assembly_listing(loaded, options))
    exe = build_program(loaded, options)
    if values["o"]:
        write_executable(output_name(loaded, values["o"]), exe)
    return 0
