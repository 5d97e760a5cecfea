"""What of the command line changes a build: one record, made by rt0/cmd and read by everything in rt0/build."""

from __future__ import annotations

from dataclasses import dataclass

from rt0.llvm.codegen import CPU_LEVELS


@dataclass(slots=True)
class Options:
    """The flags of one build, those that change the result and those that say what is shown."""

    opt: int = 2
    goamd64: str = "v1"  # or "native"
    tags: tuple[str, ...] = ()
    strip_symbols: bool = False  # -ldflags=-s
    strip_dwarf: bool = False  # -ldflags=-w
    x_values: tuple[tuple[str, str], ...] = ()  # -ldflags=-X
    check_linkname: bool = True  # not -ldflags=-checklinkname=0
    escapes: bool = False  # -gcflags=-m
    all_errors: bool = False  # -gcflags=-e
    jobs: int = 2
    verbose: bool = False  # -v
    commands: bool = False  # -x
    verify: bool = False  # run LLVM's verifier on every module
    rebuild: bool = False  # -a
    trimpath: bool = False  # -trimpath
    json: bool = False  # -json: errors as events on standard output
    buildvcs: str = "auto"  # -buildvcs
    auto_vcs: bool = False  # what -buildvcs=auto means: rt0 build stamps, rt0 run does not
    pgo: str = "auto"  # -pgo
    raw_flags: tuple[tuple[str, str], ...] = ()  # (gcflags | asmflags | ldflags, text), as recorded in the build information
    build_id: str = ""  # -ldflags=-buildid
    gnu_build_id: str = ""  # -ldflags=-B: hexadecimal digits, or gobuildid
    complete: bool = True  # a package without assembly has no function without a body
    workdir: str = ""  # -work: keep IR, objects and assembly here
    dry_run: bool = False  # -n: no LLVM, nothing written
    bench: bool = False  # -bench
    quiet: bool = False  # no status line: other builds go on side by side
    dumps: tuple[tuple[str, str], ...] = ()  # -d: (stage, function)
    stop: str = ""  # -stop: last stage
    assembly: bool = False  # -S
    check: bool = False  # -check: verify after each stage
    load_seconds: float = 0.0  # how long load took, for -bench

    def key(self) -> list[object]:
        """What decides how a package is compiled, besides its files: build tags decide which these are, and no more."""
        return [self.opt, self.goamd64, self.variables()]

    def variables(self) -> bool:
        """DWARF describes variables and types: where LLVM leaves them somewhere to be found, and the executable keeps it."""
        return self.opt <= 1 and not self.strip_dwarf and not self.strip_symbols

    def shows(self) -> bool:
        """Something is asked for besides the executable: the stages have to run even when the cache has it."""
        return bool(self.dumps or self.stop or self.escapes or self.assembly)

    def cpu(self) -> str:
        """LLVM's name of the processor."""
        return self.goamd64 if self.goamd64 == "native" else CPU_LEVELS[self.goamd64]
