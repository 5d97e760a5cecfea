"""`rt0 test [build and test flags] [packages] [arguments and flags of the test program]`: tests packages.

    testflags.py     the command line: which flags are whose
    load/tests.py    the packages with their test files, and the programs that test them
    test/testmain.py the generated main of each
    test/runner.py   builds and runs them, tells how they ended
    test/results.py  what need not run again

Without packages the one in the current folder is tested, its output shown as it comes and nothing kept; else what a passing test printed is kept, and printed
again with "(cached)" for as long as nothing it looked at has changed.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rt0.build.options import Options
    from rt0.cmd.flags import FlagSet
    from rt0.cmd.testflags import CommandLine
    from rt0.load.tests import Tested, TestLoad
    from rt0.test.runner import Built, Job


def flags() -> FlagSet:
    from rt0.cmd.testflags import test_flags

    return test_flags()


def run(args: list[str]) -> int:
    from rt0.cmd.buildflags import change_dir
    from rt0.cmd.testflags import parse

    line = parse(args)
    change_dir(line.values)
    work = tempfile.mkdtemp(prefix="rt0-test")
    try:
        return _test(line, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _test(line: CommandLine, work: str) -> int:
    from rt0.cmd.buildflags import options_from
    from rt0.cmd.program import context_of
    from rt0.diag import fatal
    from rt0.load.tests import TestLoad
    from rt0.test.runner import Runner, Settings

    values = line.values
    options = options_from(values)
    if "O" not in line.given and values.text("bench"):
        options.opt = 2
    options.strip_dwarf = options.strip_symbols = not (values.switch("c") or line.profile or values.text("o"))
    context = context_of(values, options, "test")
    load = TestLoad(context, line.packages or ["."])
    if not load.packages:
        raise fatal("no packages to test")
    line.check(len(load.packages))
    settings = Settings(
        parallel=options.jobs, json=values.switch("json"), fail_fast=values.switch("failfast"), exec=values.text("exec").split(),
        stream=not line.named or bool(values.text("bench") or values.text("fuzz")),
        show_pass=bool(line.verbose or values.text("list") or line.help), serial=bool(values.text("bench")),
        timeout=0 if values.text("bench") or values.text("fuzz") else line.timeout, summary=line.named and not values.text("fuzz"),
        print_commands=options.commands, dry_run=options.dry_run, bin=_bin(context.goroot),
    )  # fmt: skip
    settings.echo = (settings.show_pass and (len(load.packages) == 1 or options.jobs == 1)) or settings.json
    each = options.jobs if len(load.packages) == 1 else 1
    options.jobs, options.json, options.quiet = each, False, len(load.packages) > 1
    jobs = [_job(line, options, load, t, os.path.join(work, f"b{i:03}")) for i, t in enumerate(load.packages, 1)]
    return Runner(jobs, settings, work).run()


def _bin(goroot: str) -> str:
    """GOROOT's commands, where there are some."""
    path = os.path.join(goroot, "bin")
    return path if os.path.isdir(path) else ""


def _job(line: CommandLine, options: Options, load: TestLoad, t: Tested, folder: str) -> Job:
    """What is to be done for a package."""
    from rt0.build.cache import Cache
    from rt0.build.cachedir import cache_dir
    from rt0.cmd.report import format_errors
    from rt0.diag import CompileError
    from rt0.test.results import Results, cacheable
    from rt0.test.runner import Job
    from rt0.test.testmain import find_tests, testmain_text

    args = list(line.args)
    if line.values.text("fuzz"):
        args.insert(0, f"-test.fuzzcachedir={os.path.join(cache_dir(), 'fuzz', t.path)}")
    counted = cacheable(line.args) if line.named and not line.values.text("exec") else None
    module = load.ws.module
    root = load.ws.ctx.goroot if t.standard else module.dir if module is not None else ""
    results = None
    if counted is not None and root and not options.dry_run and not line.values.switch("c"):
        cache, kept = Cache(cache_dir()), counted

        def results(key: str) -> Results:
            return Results(cache, key, kept, t.dir, root)

    job = Job(t.path, t.dir, args, None, results, t.error, not t.has_tests())
    if t.error:
        return job
    try:
        text = testmain_text(t, find_tests(t), t.module)
    except CompileError as e:
        job.setup_error = format_errors(e)
        return job
    job.build = lambda: _build(line, options, load, t, text, folder, job)
    return job


def _build(line: CommandLine, options: Options, load: TestLoad, t: Tested, text: str, folder: str, job: Job) -> Built:
    """Build a package's test program, or check a package without tests; in a process of its own."""
    from rt0.cmd.buildflags import big_stack
    from rt0.cmd.report import format_errors, report_exception
    from rt0.diag import CompileError
    from rt0.test.runner import Built

    try:
        return big_stack(_built, line, options, load, t, text, folder, job)
    except CompileError as e:
        return Built(errors=[_labelled(load, t, format_errors(e, options.all_errors))], code=1)
    except Exception as e:
        return Built(code=report_exception(e, ["test", t.path]) or 1)


def _built(line: CommandLine, options: Options, load: TestLoad, t: Tested, text: str, folder: str, job: Job) -> Built:
    import hashlib

    from rt0.build.cache import Cache
    from rt0.build.cachedir import cache_dir
    from rt0.build.keys import Keys
    from rt0.build.product import Product
    from rt0.build.runindex import command_name
    from rt0.cmd.buildflags import package_flags
    from rt0.cmd.output import write_executable
    from rt0.cmd.stages import check_packages, compile_program
    from rt0.load.model import COMMAND_LINE
    from rt0.test.runner import Built

    if not t.has_tests():
        loaded = load.plain_program(t)
        package_flags(line.values, loaded, options)
        check_packages(loaded, options)
        return Built()
    os.makedirs(folder)
    testmain = os.path.join(folder, "_testmain.go")
    with open(testmain, "w", encoding="utf-8") as f:
        f.write(text)
    loaded = load.program(t, testmain)
    package_flags(line.values, loaded, options)
    options.x_values += (("testing.testBinary", "1"),)
    cache = Cache(cache_dir())
    product = Product(loaded, options, Keys(loaded, options, cache), cache)
    keys = [product.key]
    if job.results is not None:
        kept = job.results(keys[0]).find()
        if kept is not None:
            return Built(cached=kept.decode("utf-8", "surrogateescape"))
    exe = product.cached()
    if exe is None:
        exe = compile_program(product)
    if exe is None:
        return Built()
    keys.append(hashlib.sha256(exe).hexdigest())
    if job.results is not None:
        kept = job.results(keys[1]).find()
        if kept is not None:
            return Built(cached=kept.decode("utf-8", "surrogateescape"))
    name = (t.name if t.path == COMMAND_LINE else command_name(t.path)) + ".test"
    for target in line.targets(name):
        write_executable(target, exe)
    if line.values.switch("c"):
        return Built()
    path = os.path.join(folder, name)
    write_executable(path, exe)
    return Built(exe=path, keys=keys)


def _labelled(load: TestLoad, t: Tested, text: str) -> str:
    """Errors with the program added to packages that are compiled for it alone: "# m/p [m/p.test]"."""
    own = {t.path + "_test", t.path + ".test"}
    if t.tests is not None or t.name == "main":
        own.add(t.path)
        packages = load.loader.graph.packages
        users = True
        while users:
            new = {p for p, i in packages.items() if p not in own and t.path in own and own & set(i.imports.values())}
            own |= new
            users = bool(new)
    return re.sub(r"(?m)^# (\S+)$", lambda m: f"# {m[1]} [{t.path}.test]" if m[1] in own else m[0], text)
