"""What the compiler decided and wrote for the packages named on the command line: -gcflags=-m and -S.

    escape_listing     ./main.go:5:6: moved to heap: x        sorted by position, a "# package" line above each package
    assembly_listing   TEXT main.main(SB), ...                Plan 9 assembly, as asm/printer.py writes it

Both look at whole packages, not only at what the program reaches. The decisions of -m are those of lower/escape.py;
gc's lines on inlining have no counterpart, since LLVM decides about that later. The listing of -S comes from
one module per package with all its functions, compiled as the build compiles it: inlining across packages aside, the
instructions are those of the executable.
"""

from __future__ import annotations

from rt0.asm.printer import plan9_listing
from rt0.build.builder import Builder
from rt0.lower.escape import Escape
from rt0.lower.escapetrace import Decision, Trace
from rt0.syntax import nodes as ast


def root_packages(builder: Builder) -> list[str]:
    """The packages named on the command line."""
    return [p for p in builder.loaded.roots if p != "unsafe"]


def escape_listing(builder: Builder) -> str:
    """-gcflags=-m for all packages of the command line."""
    out = []
    for path in root_packages(builder):
        files = {f.source for f in builder.program.state(path).pkg.files}
        escape = analysed(builder, path, None)
        lines = set()
        for pos, text in escape.notes or ():
            f = builder.frontend.fset.file(pos)
            if f in files:
                at = builder.frontend.fset.position(pos)
                lines.add((at, f"{at}: {text.replace('…', '...')}"))  # gc's escape analysis abbreviates in ASCII
        if lines:
            out.append(f"# {path}")
            out += [text for _, text in sorted(lines)]
    return "".join(line + "\n" for line in out)


def analysed(builder: Builder, path: str, trace: Trace | None) -> Escape:
    """Escape analysis of all functions of a package, gone through anew: `notes` says what -m does, `trace` why."""
    program = builder.program
    st = program.state(path)
    escape = Escape(program.body_of, program.known_summary)
    escape.notes, escape.trace = [], trace
    for file in st.pkg.files:
        for d in file.decls:
            if isinstance(d, ast.FuncDecl) and d.has_body:
                st.pkg.checked_by().check_body(d)
                escape.analyze(d)
    for step in program.initializers(st):
        escape.initializer(step.rhs, [v.type for v in step.lhs], program.package_facts(st))
    return escape


def escape_decisions(builder: Builder, path: str) -> list[Decision]:
    """What was decided about the variables and allocations of a package, in the order of its source, and why."""
    trace = Trace()
    analysed(builder, path, trace)
    files = {f.source for f in builder.program.state(path).pkg.files}
    fset = builder.frontend.fset
    return sorted((d for d in trace.decisions if fset.file(d.pos) in files), key=lambda d: d.pos)


def assembly_listing(builder: Builder) -> str:
    """-S: every function and variable of the packages of the command line."""
    out = []
    for path in root_packages(builder):
        unit = builder.program.lower_all(path)
        if len(root_packages(builder)) > 1:
            out.append(f"# {path}\n")
        out.append(plan9_listing(builder.modules.compile(path, unit.ir, "asm").decode()))
    return "".join(out)


def compile_whole(builder: Builder, want_asm: bool = False) -> tuple[bytes, str]:
    """(object, Plan 9 listing or "") with every function of the main package, for `rt0 tool compile`."""
    with builder.running():
        path = builder.loaded.main
        unit = builder.program.lower_all(path)
        job = builder.modules.submit(path, path, unit.ir, args=unit.trace_args)
        listing = plan9_listing(builder.modules.compile(path, unit.ir, "asm").decode()) if want_asm else ""
        return job.result(), listing
