"""`rt0 tool NAME ...`: one stage alone. Without a name, the list.

    compile -p path [-e] [-lang=v] [-S] -o file.o files.go   check and compile one package to an object
    check   [-e] [-lang=v] files.go                           check only
    asm     -p path -o file.o file.s                          assemble
    link    [-o a.out] files.o                                link objects: ld without scripts
    nm      file                                              symbols
    objdump [-s regexp] file                                  disassembly

The other names are official programs, compiled by rt0 itself (official.py).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from rt0.cmd.flags import FlagSet, Values
from rt0.cmd.official import PROGRAMS, run_official
from rt0.diag import CompileError, fatal

if TYPE_CHECKING:
    from rt0.build.builder import Builder


def run(args: list[str]) -> int:
    tools: dict[str, Callable[[list[str]], int]] = {"asm": _asm, "check": _check, "compile": _compile, "link": _link, "nm": _nm, "objdump": _objdump}
    if not args:
        print("\n".join(sorted([*tools, *PROGRAMS])))
        return 0
    tool = tools.get(args[0])
    if args[0] in PROGRAMS:
        run_official(args[0], args[1:])
    if tool is None:
        print(f'rt0: no such tool "{args[0]}"', file=sys.stderr)
        return 2
    from rt0.cmd.buildflags import big_stack

    return big_stack(tool, args[1:])


def _compile_flags(usage: str) -> FlagSet:
    fs = FlagSet(usage, "Checks and compiles the files of one package.")
    fs.add("p", "main", "import path of the package", "path")
    fs.add("o", "", "write the object to this file", "file")
    fs.add("e", False, "report all errors")
    fs.add("lang", "", "language version, as go1.21", "version")
    fs.add("importcfg", "", "accepted and ignored: imports are found in GOROOT", "file")
    fs.add("O", 0, "optimisation level", "level")
    fs.add("S", False, "print Plan 9 assembly")
    fs.add("verify", True, "run LLVM's verifier")
    fs.add("complete", False, "no assembly comes with the package: every function needs a body")
    for name in ("pack", "std", "nolocalimports", "N", "l", "m"):
        fs.add(name, False, "accepted and ignored")
    for name in ("c", "trimpath", "buildid", "goversion", "D", "d", "I", "symabis", "asmhdr", "embedcfg"):
        fs.add(name, "", "accepted and ignored", "x")
    return fs


def _checked(values: Values, files: list[str]) -> Builder:
    """A Builder whose main package is the files, checked whole. Raises CompileError with everything found."""
    from rt0.build.builder import Builder
    from rt0.build.errors import BuildFailed
    from rt0.build.options import Options
    from rt0.cmd.report import format_errors
    from rt0.load.load import BuildContext, load_program

    if not files:
        raise fatal("usage: rt0 tool compile [options] file.go...", 2)
    try:
        loaded = load_program(BuildContext.default(verb="compile"), files).renamed_main(values.text("p"))
        info = loaded.packages[loaded.main]
        given = {os.path.abspath(f): f for f in files}  # errors name the files as the command line does
        info.go_files = [(given.get(path, name), path) for name, path in info.go_files]
        if values.text("lang"):
            info.go_version = values.text("lang").removeprefix("go")
        options = Options(opt=values.number("O"), jobs=1, verify=values.switch("verify"), rebuild=True, complete=values.switch("complete"))
        builder = Builder(loaded, options, main_path=values.text("p"))
        builder.user.packages()
        if info.embed_errors:
            raise fatal("\n".join(info.embed_errors))
    except BuildFailed as e:
        for err in e.errors:
            err.package = ""
        raise fatal("\n".join(format_errors(err, values.switch("e")) for err in e.errors), 2) from None
    except CompileError as e:
        e.package = ""
        raise fatal(format_errors(e, values.switch("e")), 2) from None
    return builder


def _check(args: list[str]) -> int:
    values, files = _compile_flags("rt0 tool check [-e] [-lang=v] files.go").parse(args)
    _checked(values, files)
    return 0


def _compile(args: list[str]) -> int:
    from rt0.build.listing import compile_whole
    from rt0.cmd.output import write_executable
    from rt0.cmd.report import format_errors

    values, files = _compile_flags("rt0 tool compile -p path -o file.o files.go").parse(args)
    builder = _checked(values, files)
    try:
        obj, listing = compile_whole(builder, want_asm=values.switch("S"))
    except CompileError as e:
        e.package = ""
        raise fatal(format_errors(e, values.switch("e")), 2) from None
    if values.switch("S"):
        sys.stdout.write(listing)
    write_executable(values.text("o") or os.path.basename(files[0]).removesuffix(".go") + ".o", obj)
    return 0


def _asm(args: list[str]) -> int:
    from rt0.asm.cli import main

    return main(args)


def _link(args: list[str]) -> int:
    from rt0.cmd.output import write_executable
    from rt0.link.linker import link
    from rt0.link.state import LinkJob
    from rt0.obj.elf import FormatError, check_object

    fs = FlagSet("rt0 tool link [-o a.out] [-E entry] [-s] [-w] files.o", "Links objects into a static executable.")
    fs.add("o", "a.out", "output", "file")
    fs.add("E", "_rt0_amd64_linux", "entry symbol", "symbol")
    fs.add("s", False, "no symbol table")
    fs.add("w", False, "no DWARF")
    values, files = fs.parse(args)
    if not files:
        raise fatal("usage: rt0 tool link [options] files.o", 2)
    objects = []
    for name in files:
        with open(name, "rb") as f:
            data = f.read()
        try:
            check_object(data)
        except FormatError as e:
            raise fatal(f"{name}: {e}") from None
        objects.append((name, data))
    exe = link(LinkJob(objects=objects, live=None, entry=values.text("E"), strip_symbols=values.switch("s"), strip_dwarf=values.switch("w") or values.switch("s")))
    write_executable(values.text("o"), exe)
    return 0


def _nm(args: list[str]) -> int:
    from rt0.obj.nm import main

    return main(args)


def _objdump(args: list[str]) -> int:
    from rt0.obj.objdump import main

    return main(args)
