"""The command line of `rt0 test`: flags of the command, flags that go on to the test program, packages, and the rest (`go help testflag`).

Known flags may stand before and behind the packages. Behind the first flag that is not known no package follows: it, and what cannot be a flag's value
after it, belongs to the test program, as does everything behind -args. Source: cmd/go/internal/test/testflag.go, go1.27.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from rt0.cmd.buildflags import add_build_flags
from rt0.cmd.flags import FlagSet, UnknownFlag, Values
from rt0.diag import fatal
from rt0.test.durations import parse_duration, show_duration

# go on to the test program, as -test.NAME=VALUE
PASSED = frozenset(
    "artifacts bench benchmem benchtime blockprofile blockprofilerate count cpu cpuprofile failfast fullpath fuzz fuzzminimizetime fuzztime list memprofile "
    "memprofilerate mutexprofile mutexprofilefraction outputdir parallel run short shuffle skip timeout trace v".split()
)
PROFILES = ("blockprofile", "cpuprofile", "memprofile", "mutexprofile", "trace")
_COVER = ("coverprofile", "covermode", "coverpkg")


def test_flags() -> FlagSet:
    fs = FlagSet(
        "rt0 test [build/test flags] [packages] [build/test flags & test binary flags]",
        "Tests the named packages: compiles each with its *_test.go files, runs what they test and prints a line per package.\n"
        "Without packages the one in the current folder is tested, and its output shown as it comes. With packages the result of a passing test\n"
        'is kept, and told again with "(cached)" as long as nothing that the test looked at has changed.\n'
        "Tests are compiled with light optimisation (-O1), with -bench as rt0 build does. go vet is not run.",
        second_prefix="test.",
    )
    fs.add("c", False, "compile the test program to PACKAGE.test in the current folder, but do not run it")
    fs.add("o", "", "write the test program to this file, or into this folder", "file")
    fs.add("exec", "", "run the test program through this command", "xprog")
    fs.add("json", False, "print what tests do as events in JSON")
    fs.add("vet", "", "off; checks of vet are not there yet", "list", check=_vet)
    fs.add("artifacts", False, "keep the files that tests put into their artifact folders")
    fs.add("bench", "", "run the benchmarks that match", "regexp")
    fs.add("benchmem", False, "print allocations of benchmarks")
    fs.add("benchtime", "", "how long, or how often (100x), a benchmark runs", "t")
    fs.add("blockprofile", "", "write a profile of blocked goroutines", "file")
    fs.add("blockprofilerate", "", "sample a blocked goroutine each n nanoseconds", "n")
    fs.add("count", 0, "run each test, benchmark and fuzz seed n times; results are not kept", "n")
    fs.add("cpu", "", "values of GOMAXPROCS to run tests with", "1,2,4")
    fs.add("cpuprofile", "", "write a profile of CPU time", "file")
    fs.add("failfast", False, "start no new tests after the first failure")
    fs.add("fullpath", False, "show full file names in error messages")
    fs.add("fuzz", "", "run the fuzz test that matches, without guidance by coverage", "regexp")
    fs.add("fuzzminimizetime", "", "how long to look for a smaller input that fails", "t")
    fs.add("fuzztime", "", "how long, or how often, to fuzz", "t")
    fs.add("list", "", "list tests, benchmarks, fuzz tests and examples that match, without running them", "regexp")
    fs.add("memprofile", "", "write a profile of allocations", "file")
    fs.add("memprofilerate", "", "sample an allocation each n bytes", "n")
    fs.add("mutexprofile", "", "write a profile of contended mutexes", "file")
    fs.add("mutexprofilefraction", "", "sample 1 in n stack traces of contended mutexes", "n")
    fs.add("outputdir", "", "put profiles into this folder", "dir")
    fs.add("parallel", 0, "how many tests of a package that call t.Parallel run at the same time", "n")
    fs.add("run", "", "run only tests, examples and fuzz seeds that match", "regexp")
    fs.add("short", False, "tell long tests to be shorter")
    fs.add("shuffle", "", "off, on, or a seed: run tests and benchmarks in random order", "off,on,N", check=_shuffle)
    fs.add("skip", "", "do not run tests, benchmarks, fuzz seeds and examples that match", "regexp")
    fs.add("timeout", "10m", "panic when a test program runs longer", "d", check=parse_duration)
    fs.add("trace", "", "write an execution trace", "file")
    fs.add("v", "", "list tests as they run, print all their output", check=_verbose, switch=True)
    for name in _COVER:
        fs.add(name, "", "not supported yet", "value")
    add_build_flags(fs, 1, test=True)
    return fs


def _vet(text: str) -> None:
    """Raises ValueError."""
    if text not in ("", "off"):
        raise ValueError("rt0 has no vet yet: only -vet=off")


def _shuffle(text: str) -> None:
    """Raises ValueError."""
    if text not in ("off", "on"):
        try:
            int(text, 10)
        except ValueError:
            raise ValueError(f'-shuffle argument must be "on", "off", or an int64: strconv.ParseInt: parsing "{text}": invalid syntax') from None


def _verbose(text: str) -> None:
    """Raises ValueError."""
    if text not in ("test2json", "1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False"):
        raise ValueError(f"invalid flag -test.v={text}")


@dataclass(slots=True)
class CommandLine:
    """packages: as named; args: for the test program; given: names of flags; unknown: the first flag that is the test program's own."""

    values: Values
    packages: list[str] = field(default_factory=list)
    args: list[str] = field(default_factory=list)
    given: set[str] = field(default_factory=set)
    unknown: str = ""
    help: bool = False  # the test program is asked for help

    @property
    def named(self) -> bool:
        return bool(self.packages)

    @property
    def verbose(self) -> bool:
        return self.values.text("v") not in ("", "0", "f", "F", "false", "FALSE", "False")

    @property
    def timeout(self) -> int:
        """Nanoseconds; 0: none."""
        return max(parse_duration(self.values.text("timeout")), 0)

    @property
    def profile(self) -> str:
        """A flag that writes a profile, "" without one."""
        return next((f"-{name}" for name in PROFILES if self.values.text(name)), "")

    def check(self, packages: int) -> None:
        """What does not go together. Raises CompileError."""
        fuzz = self.values.text("fuzz")
        if fuzz and packages != 1:
            raise fatal("cannot use -fuzz flag with multiple packages")
        if fuzz and self.profile:
            raise fatal(f"cannot use {self.profile} flag with -fuzz flag")
        if self.profile and packages != 1:
            raise fatal(f"cannot use {self.profile} flag with multiple packages")
        o = self.values.text("o")
        if packages > 1 and o and o != os.devnull and not o.endswith("/") and not os.path.isdir(o):
            raise fatal(f"with multiple packages, -o must refer to a directory or {os.devnull}")

    def targets(self, name: str) -> list[str]:
        """Where the test program is to be left."""
        o = self.values.text("o")
        if not self.values.switch("c") and not self.profile and not o:
            return []
        if o == os.devnull:
            return []
        if o.endswith("/") or (o and os.path.isdir(o)):
            return [os.path.join(o, name)]
        return [o or name]


def parse(argv: list[str]) -> CommandLine:
    """Raises CompileError with exit code 2 on wrong usage."""
    fs = test_flags()
    line = CommandLine(fs.start())
    from_env = {f.name: _shown(line.values, f.name) for f in fs.flags if f.name in PASSED and line.values.raw(f.name) != f.default}
    packages: list[str] | None = None
    in_packages = after_flag = False
    i = 0
    while i < len(argv):
        a = argv[i]
        was, after_flag = after_flag, False
        if a == "--":
            line.args += argv[i:]
            break
        if len(a) < 2 or a[0] != "-":
            i += 1
            if in_packages or packages is None:
                in_packages = True
                packages = [*(packages or []), a]
            elif was:
                line.args.append(a)
            else:
                line.args += argv[i - 1 :]
                break
            continue
        in_packages = False
        try:
            name, i = fs.take(line.values, argv, i)
        except UnknownFlag as e:
            if e.name in ("h", "help"):
                raise fatal(fs.short_usage(), 2) from None
            packages = packages if packages is not None else []
            i += 1
            if e.name == "args":
                line.args += argv[i:]
                break
            line.unknown = line.unknown or a
            line.args.append(a)
            after_flag = not e.has_value
            continue
        line.given.add(name)
        if name in PASSED:
            line.args.append(f"-test.{name}={_shown(line.values, name)}")
    line.packages = packages or []
    values = line.values
    for name in _COVER:
        if values.text(name):
            raise fatal(f"-{name} is not supported yet", 2)
    if line.unknown and values.switch("c"):
        raise fatal(f"go: unknown flag {line.unknown} cannot be used with -c\n{fs.short_usage()}", 2)
    before = [f"-test.{name}={text}" for name, text in from_env.items() if name not in line.given]
    if values.switch("json"):
        before.append("-test.v=test2json")
    if line.timeout and "timeout" not in line.given and "timeout" not in from_env:
        before.append(f"-test.timeout={show_duration(line.timeout)}")
    if (line.profile or values.switch("artifacts")) and "outputdir" not in line.given:
        before.append(f"-test.outputdir={os.getcwd()}")
    own = line.args[: line.args.index("--")] if "--" in line.args else line.args
    line.help = any(a in ("-h", "-help", "--help") for a in own)
    line.args = before + line.args
    return line


def _shown(values: Values, name: str) -> str:
    """A flag's value as it goes on to the test program."""
    if name == "timeout":
        return show_duration(parse_duration(values.text(name)))
    if name == "outputdir":
        return os.path.abspath(values.text(name)) if values.text(name) else ""
    if name in ("count", "parallel"):
        return str(values.number(name))
    if name == "v":
        return values.text(name) if values.text(name) == "test2json" else str(values.text(name) in ("1", "t", "T", "true", "TRUE", "True")).lower()
    if name in ("artifacts", "benchmem", "failfast", "fullpath", "short"):
        return str(values.switch(name)).lower()
    return values.text(name)
