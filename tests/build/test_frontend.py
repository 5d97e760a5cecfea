"""Parsing and checking a package: what is opened when, and what is said of what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from rt0.build.frontend import Frontend, Importer, check_sources
from rt0.diag import CompileError
from rt0.load.load import BuildContext, load_program
from rt0.syntax.nodes import FuncDecl
from rt0.types.objects import Func

pytestmark = pytest.mark.usefixtures("goroot")


def frontend(tmp_path: Path, text: str) -> Frontend:
    (tmp_path / "x.go").write_text(text)
    return Frontend(load_program(BuildContext.default(), [str(tmp_path / "x.go")]))


def test_a_stub_is_opened_by_load_and_nothing_else(tmp_path: Path) -> None:
    f = frontend(tmp_path, 'package main\n\nimport _ "errors"\n\nfunc main() {}\n')
    f.package(f.loaded.main)
    opened = len(f.fset.files)
    assert opened == 1, "the user's file"
    stub = f.imported("errors")
    assert (stub.path, stub.name, len(f.fset.files)) == ("errors", "errors", opened)
    with pytest.raises(AttributeError):
        stub.scope  # noqa: B018
    pkg = stub.load()
    assert pkg is stub and type(pkg.scope.lookup("New")) is Func
    assert len(f.fset.files) == opened + len(f.loaded.packages["errors"].go_files), "its imports are stubs"
    assert pkg.load() is pkg and len(f.fset.files) == opened + len(f.loaded.packages["errors"].go_files)


def test_main_has_the_path_of_its_symbols(tmp_path: Path) -> None:
    f = frontend(tmp_path, "package main\n\nfunc main() {}\n")
    assert (f.loaded.main, f.package(f.loaded.main).path) == ("command-line-arguments", "main")


def test_overlay_takes_the_place_of_a_function(tmp_path: Path) -> None:
    """A file of the overlay beside GOROOT's: what it declares is not GOROOT's any more, the rest of that file is."""
    (tmp_path / "overlay" / "errors").mkdir(parents=True)
    ours = tmp_path / "overlay" / "errors" / "ours.go"
    ours.write_text("package errors\n\nfunc New(text string) error { return nil }\n")
    context = BuildContext.default()
    context.overlay = str(tmp_path / "overlay")
    f = Frontend(load_program(context, ["errors"]))
    paths = dict(f.loaded.packages["errors"].go_files)
    decls = {d.name.name: paths[d.file.name] for file in f.package("errors").files for d in file.decls if isinstance(d, FuncDecl) and d.recv is None}
    assert decls["New"] == str(ours) and decls["Is"] == f"{context.goroot}/src/errors/wrap.go"


def test_all_errors_of_a_package_come_together(tmp_path: Path) -> None:
    f = frontend(tmp_path, "package main\n\nfunc main() { x := 1; undefined() }\n")
    with pytest.raises(CompileError) as e:
        f.package(f.loaded.main)
    assert sorted(d.msg for d in e.value.errors) == ["declared and not used: x", "undefined: undefined"]
    assert e.value.package == "command-line-arguments"


def test_missing_bodies_are_found_when_all_else_is_right(tmp_path: Path) -> None:
    with pytest.raises(CompileError) as e:
        f = frontend(tmp_path, "package main\n\nfunc f()\n\nfunc main() {}\n")
        f.package(f.loaded.main)
    assert [d.msg for d in e.value.errors] == ["missing function body"]


def test_sources_without_a_load() -> None:
    importer = Importer(BuildContext.default())
    text = b'package p\n\nimport "errors"\n\nvar x int = errors.New("x")\n'
    assert [d.msg.splitlines()[0] for d in check_sources(importer, [("x.go", text)])] == [
        'cannot use errors.New("x") (value of interface type error) as int value in variable declaration'
    ]
    unused = check_sources(importer, [("x.go", b'package p\n\nimport "errors"\n')])
    assert [d.msg for d in unused] == ['"errors" imported and not used']
    wrong = b"package p\n\nvar x int = \"a\"\n\nfunc f( {}\n"
    syntax = check_sources(importer, [("x.go", wrong)])
    assert [d.msg[:12] for d in syntax] == ["syntax error"]
    assert len(check_sources(importer, [("x.go", wrong)], go_on=True)) > 1
