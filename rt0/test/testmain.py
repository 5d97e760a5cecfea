"""From a package's test files to the main package of its test program.

    Test*, Benchmark*, Fuzz*   functions of one parameter *T, *B or *F
    TestMain(*M)               is run in place of all, once
    Example*                   run when the last comment in the body begins with "Output:" or "Unordered output:"

A file is parsed without bodies; which names count is the go command's rule (cmd/go/internal/load/test.go and go/doc/example.go, go1.27).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rt0.diag import CompileError, FileSet, fatal, go_quote
from rt0.load.model import PackageInfo
from rt0.load.tests import Tested
from rt0.syntax import nodes as ast
from rt0.syntax.parser import parse_file
from rt0.types.errors import ErrorList

# comments, and what may look as if it held one
_TOKEN = re.compile(rb"//[^\n]*|/\*.*?\*/|`[^`]*`|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.S)
_OUTPUT = re.compile(r"^[\t\n\f\r ]*(unordered )?output:", re.I)
_DIRECTIVE = re.compile(r"//(?:line |extern |export |[a-z0-9]+:[a-z0-9])")


@dataclass(slots=True)
class TestFunc:
    """package: what the main package calls its package, _test or _xtest. output, unordered: of examples."""

    __test__ = False  # not a class of tests, whatever pytest thinks of its name

    package: str
    name: str
    output: str = ""
    unordered: bool = False


@dataclass(slots=True)
class TestFuncs:
    """What the test files of one directory offer. needed: packages that the main names."""

    __test__ = False

    tests: list[TestFunc] = field(default_factory=list)
    benchmarks: list[TestFunc] = field(default_factory=list)
    fuzz_targets: list[TestFunc] = field(default_factory=list)
    examples: list[TestFunc] = field(default_factory=list)
    main: TestFunc | None = None
    needed: set[str] = field(default_factory=set)


def find_tests(t: Tested) -> TestFuncs:
    """Read the test files. Raises CompileError for one that cannot be parsed, and for a test with a wrong signature."""
    out = TestFuncs()
    fset = FileSet()
    for package, info in (("_test", t.tests), ("_xtest", t.external)):
        for show, path in info.go_files if info is not None else []:
            if path.endswith("_test.go"):
                assert info is not None
                _read(out, package, fset, show, path, info)
    return out


def _read(out: TestFuncs, package: str, fset: FileSet, show: str, path: str, info: PackageInfo) -> None:
    with open(path, "rb") as f:
        data = f.read()
    errors = ErrorList(limit=0)
    source = fset.add(show, data, info.dir, info.record)
    file = parse_file(source, errors, lazy=True, std=info.standard)
    if errors:
        raise CompileError(list(errors))
    examples: list[TestFunc] = []
    for d in file.decls:
        if not isinstance(d, ast.FuncDecl) or d.recv is not None:
            continue
        name = d.name.name
        if name == "TestMain" and not _takes(d, "T"):
            _check(path, data, d, "M")
            if out.main is not None:
                raise fatal("multiple definitions of TestMain")
            out.main = TestFunc(package, name)
            out.needed.add(package)
            continue
        for prefix, letter, into in (("Test", "T", out.tests), ("Benchmark", "B", out.benchmarks), ("Fuzz", "F", out.fuzz_targets)):
            if is_test(name, prefix):
                _check(path, data, d, letter)
                into.append(TestFunc(package, name))
                out.needed.add(package)
        if is_test(name, "Example") and not d.typ.params.list and d.has_body and d.typ.tparams is None:
            start, end = d.lazy if d.lazy is not None else (0, 0)
            found = example_output(data[start:end])
            if found is not None:
                examples.append(TestFunc(package, name, *found))
                out.needed.add(package)
    out.examples += examples


def is_test(name: str, prefix: str) -> bool:
    """Whether a name is the prefix, or goes on with anything but a small letter."""
    return name.startswith(prefix) and not name[len(prefix) : len(prefix) + 1].islower()


def _takes(d: ast.FuncDecl, letter: str) -> bool:
    """Whether the function has one parameter, *letter or *something.letter, and no result."""
    params = d.typ.params.list
    if (d.typ.results is not None and d.typ.results.list) or len(params) != 1 or len(params[0].names) > 1:
        return False
    t = params[0].type
    if not isinstance(t, ast.StarExpr):
        return False
    return (isinstance(t.x, ast.Ident) and t.x.name == letter) or (isinstance(t.x, ast.SelectorExpr) and t.x.sel.name == letter)


def _check(path: str, data: bytes, d: ast.FuncDecl, letter: str) -> None:
    """Raises CompileError for a wrong signature, which names the file by its absolute path."""
    name = d.name.name
    why = ""
    if not _takes(d, letter):
        why = f"must be: func {name}({letter.lower()} *testing.{letter})"
    if d.typ.tparams is not None and d.typ.tparams.list:
        why = "test functions cannot have type parameters"
    if why:
        at = data.rfind(b"func", 0, d.pos - d.file.base)
        line, col = data.count(b"\n", 0, at) + 1, at - data.rfind(b"\n", 0, at)
        raise fatal(f"{path}:{line}:{col}: wrong signature for {name}, {why}")


# ---------------------------------------------------------------- examples


def example_output(body: bytes) -> tuple[str, bool] | None:
    """(expected output, whether lines may come in any order) of an example's body; None when it does not say."""
    text = last_comment(body)
    m = _OUTPUT.match(text)
    if m is None:
        return None
    text = text[m.end() :].lstrip(" ")
    return text.removeprefix("\n"), m[1] is not None


def last_comment(body: bytes) -> str:
    """The text of the last group of comments: those on lines next to each other, with nothing between them; a comment behind code is on its own with
    what follows it on its line (go/parser, consumeCommentGroup)."""
    groups: list[list[bytes]] = []
    end = -1  # of the last comment
    lines = 0  # how many ends of lines may stand before the next of the group
    for m in _TOKEN.finditer(body):
        if m[0][:1] != b"/":
            continue
        between = body[end : m.start()] if end >= 0 else b"-"
        if not between.strip() and between.count(b"\n") <= lines:
            groups[-1].append(m[0])
        else:
            groups.append([m[0]])
            lines = 0 if body[max(end, body.rfind(b"\n", 0, m.start()) + 1, 0) : m.start()].strip() else 1
        end = m.end()
    return comment_text([c.decode("utf-8", "replace") for c in groups[-1]]) if groups else ""


def comment_text(comments: list[str]) -> str:
    """What comments say: without markers, directives, spaces at the ends of lines, and no two empty lines together (go/ast, CommentGroup.Text)."""
    lines: list[str] = []
    for c in comments:
        c = c.replace("\r", "")
        if c.startswith("//"):
            if _DIRECTIVE.match(c):
                continue
            lines.append(c[3:] if c[2:3] == " " else c[2:])
        else:
            lines += c[2:-2].split("\n")
    kept: list[str] = []
    for line in (line.rstrip() for line in lines):
        if line or (kept and kept[-1]):
            kept.append(line)
    if kept and not kept[-1]:
        kept.pop()
    return "".join(line + "\n" for line in kept)


# ---------------------------------------------------------------- the main package


def testmain_text(t: Tested, funcs: TestFuncs, module: str) -> str:
    """The generated file; module: path of the module the package belongs to."""
    imports = []
    for alias, path, info in (("_test", t.path, t.tests or t.plain), ("_xtest", t.path + "_test", t.external)):
        if info is not None:
            imports.append(f'\t{alias if alias in funcs.needed else "_"} {go_quote(path)}')
    if funcs.main is not None:
        imports.append('\t"reflect"')
        run = f'{funcs.main.package}.TestMain(m)\n\tos.Exit(int(reflect.ValueOf(m).Elem().FieldByName("exitCode").Int()))'
    else:
        run = "os.Exit(m.Run())"

    def rows(found: list[TestFunc]) -> str:
        return "".join(f"\t\t{{{go_quote(f.name)}, {f.package}.{f.name}}},\n" for f in found)

    examples = "".join(f"\t\t{{{go_quote(f.name)}, {f.package}.{f.name}, {go_quote(f.output)}, {str(f.unordered).lower()}}},\n" for f in funcs.examples)
    return f"""// Code generated by 'rt0 test'. DO NOT EDIT.

package main

import (
	"os"
	"testing"
	"testing/internal/testdeps"

{chr(10).join(imports)}
)

func main() {{
	testdeps.ModulePath = {go_quote(module)}
	testdeps.ImportPath = {go_quote(t.path)}
	m := testing.MainStart(testdeps.TestDeps{{}}, []testing.InternalTest{{
{rows(funcs.tests)}	}}, []testing.InternalBenchmark{{
{rows(funcs.benchmarks)}	}}, []testing.InternalFuzzTarget{{
{rows(funcs.fuzz_targets)}	}}, []testing.InternalExample{{
{examples}	}})
	{run}
}}
"""
