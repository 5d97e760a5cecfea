"""Loading: which packages and files a build has, and what is said when something is wrong (texts of `go build`, go1.27.3)."""

from __future__ import annotations

from pathlib import Path

import pytest

from rt0.diag import CompileError
from rt0.load.goroot import find_goroot
from rt0.load.load import BuildContext, LoadedProgram, load_program

try:
    GOROOT = find_goroot()[0]
except CompileError:
    pytest.skip("no Go standard library on this machine", allow_module_level=True)

NO_MAIN = "package main\n\nfunc main() {}\n"


def tree(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        p = root / name
        p.parent.mkdir(parents=True, exist_ok=True)
        p.write_text(text)


def load(root: Path, *patterns: str, verb: str = "build") -> LoadedProgram:
    ctx = BuildContext.default(verb=verb)
    ctx.cwd = str(root)
    return load_program(ctx, list(patterns))


def error(root: Path, *patterns: str, verb: str = "build") -> str:
    with pytest.raises(CompileError) as e:
        load(root, *patterns, verb=verb)
    assert e.value.exit_code == 1
    return str(e.value).replace(GOROOT, "$GOROOT").replace(str(root), "$DIR")


def test_single_file(tmp_path: Path) -> None:
    tree(tmp_path, {"x.go": 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println() }\n'})
    p = load(tmp_path, "x.go")
    assert p.main == "command-line-arguments" and p.roots == [p.main]
    order = list(p.packages)
    for path, info in p.packages.items():
        assert all(order.index(d) < order.index(path) for d in info.imports.values()), path
    assert order[-1] == p.main
    runtime = order.index("runtime")
    assert runtime < order.index("errors") < order.index("fmt")
    info = p.packages[p.main]
    assert info.go_files == [("./x.go", str(tmp_path / "x.go"))]
    assert not info.standard and p.packages["fmt"].standard
    assert info.go_version == "1.27"


def test_constraints(tmp_path: Path) -> None:
    tree(tmp_path, {
        "go.mod": "module ex.com/m\n\ngo 1.22\n",
        "a.go": NO_MAIN,
        "a_linux.go": "package main\n",
        "a_windows.go": "package main\n",
        "a_linux_arm64.go": "package main\n",
        "a_linux_test.go": "package main\n",
        "b_amd64.go": "package main\n",
        "c.go": "//go:build ignore\n\npackage other\n",
        "d.go": "// text\n\n//go:build unix && !windows && go1.21 && !go1.28 && (gc || cgo)\n\npackage main\n",
        "_e.go": "package other\n",
        "linux.go": "package main\n",
        "f.s": "TEXT ·f(SB), NOSPLIT, $8-24\nTEXT ·g<ABIInternal>(SB), 4, $0\nTEXT local<>(SB), 4, $0-0\n",
        "g_arm64.s": "TEXT ·h(SB), NOSPLIT, $8-24\n",
    })
    info = load(tmp_path, ".").packages["ex.com/m"]
    assert [d for d, _ in info.go_files] == ["./a.go", "./a_linux.go", "./b_amd64.go", "./d.go", "./linux.go"]
    assert info.asm_text == {"f": ("0", 8, 24), "g": ("internal", 0, -1)}
    assert info.go_version == "1.22"


def test_imports_and_linknames(tmp_path: Path) -> None:
    tree(tmp_path, {
        "go.mod": "module ex.com/m\n\ngo 1.27\n",
        "main.go": 'package main\n\nimport ( x "ex.com/m/sub"; _ "unsafe" /* c */ ; . "fmt" // d\n)\nimport `os`\n\n//go:linkname now time.now\nfunc now()\n\nfunc main() {}\n',
        "sub/s.go": "package sub\n",
        "sub/internal/i/i.go": "package i\n",
    })
    p = load(tmp_path, "./...")
    assert p.roots == ["ex.com/m", "ex.com/m/sub", "ex.com/m/sub/internal/i"] and p.main == "ex.com/m"
    info = p.packages["ex.com/m"]
    assert info.imports == {"ex.com/m/sub": "ex.com/m/sub", "unsafe": "unsafe", "fmt": "fmt", "os": "os"}
    assert info.linknames == {"now": "time.now"}
    assert "ex.com/m/sub/internal/i" not in p.with_main("ex.com/m").packages


def test_vendored_std(tmp_path: Path) -> None:
    tree(tmp_path, {"x.go": 'package main\n\nimport _ "net/http"\n\nfunc main() {}\n'})
    p = load(tmp_path, "x.go")
    assert p.packages["net/http"].imports["golang.org/x/net/http/httpguts"] == "vendor/golang.org/x/net/http/httpguts"


def test_vendored_by_the_commands(tmp_path: Path) -> None:
    p = load(tmp_path, "cmd/gofmt")
    assert p.packages["cmd/gofmt"].imports["golang.org/x/sync/semaphore"] == "cmd/vendor/golang.org/x/sync/semaphore"
    assert load(Path(p.packages["cmd/gofmt"].dir), ".").packages.keys() == p.packages.keys()


def test_embed(tmp_path: Path) -> None:
    tree(tmp_path, {
        "go.mod": "module ex.com/m\n\ngo 1.27\n",
        "main.go": 'package main\n\nimport _ "embed"\n\n//go:embed a*.txt "d"\nvar s string\n\nfunc main() {}\n',
        "a1.txt": "1", "a2.txt": "2", "d/x": "x", "d/.hidden": "h", "d/e/_y": "y", "d/e/z": "z",
    })
    info = load(tmp_path, ".").packages["ex.com/m"]
    assert {k: [n for n, _ in v] for k, v in info.embed.items()} == {"a*.txt": ["a1.txt", "a2.txt"], "d": ["d/e/z", "d/x"]}


def test_digest_follows_contents(tmp_path: Path) -> None:
    tree(tmp_path, {"go.mod": "module ex.com/m\n", "main.go": NO_MAIN})
    one = load(tmp_path, ".").packages["ex.com/m"].digest()
    assert one == load(tmp_path, ".").packages["ex.com/m"].digest()
    tree(tmp_path, {"main.go": NO_MAIN + "// x\n"})
    assert one != load(tmp_path, ".").packages["ex.com/m"].digest()


MODULE = {
    "go.mod": "module ex.com/a\n\ngo 1.27\n",
    "cyc/x/x.go": 'package x\nimport _ "ex.com/a/cyc/y"\n',
    "cyc/y/y.go": 'package y\nimport _ "ex.com/a/cyc/x"\n',
    "two/a.go": "package one\n",
    "two/b.go": "package two\n",
    "tg/a.go": "//go:build ignore\n\npackage tg\n",
    "to/a_test.go": "package to\n",
    "prog/m.go": NO_MAIN,
    "sub/internal/q/q.go": "package q\n",
    "e/x.txt": "",
}


def body(imports: str) -> str:
    return f"package main\n{imports}\nfunc main(){{}}\n"


IMPORT_ERRORS = {
    'import "foo"': "main.go:2:8: package foo is not in std ($GOROOT/src/foo)",
    'import _ "ex.com/a/nope"': "main.go:2:8: no required module provides package ex.com/a/nope; to add it:\n\tgo get ex.com/a/nope",
    'import "github.com/x/y"': "main.go:2:8: no required module provides package github.com/x/y; to add it:\n\tgo get github.com/x/y",
    'import "golang.org/x/net/idna"': "main.go:2:8: no required module provides package golang.org/x/net/idna; to add it:\n\tgo get golang.org/x/net/idna",
    'import "internal/abi"': "package ex.com/a\n\tmain.go:2:8: use of internal package internal/abi not allowed",
    'import "ex.com/a/sub/internal/q"': "package ex.com/a\n\tmain.go:2:8: use of internal package ex.com/a/sub/internal/q not allowed",
    'import _ "ex.com/a/two"': "main.go:2:8: found packages one (a.go) and two (b.go) in $DIR/two",
    'import _ "ex.com/a/tg"': "package ex.com/a\n\timports ex.com/a/tg: build constraints exclude all Go files in $DIR/tg",
    'import _ "ex.com/a/to"': "ex.com/a/to: no non-test Go files in $DIR/to",
    'import _ "ex.com/a/e"': "main.go:2:8: no required module provides package ex.com/a/e; to add it:\n\tgo get ex.com/a/e",
    'import _ "ex.com/a/prog"': 'main.go:2:8: import "ex.com/a/prog" is a program, not an importable package',
    'import _ "ex.com/a/cyc/x"': "package ex.com/a\n\timports ex.com/a/cyc/x from main.go\n\timports ex.com/a/cyc/y from x.go\n\timports ex.com/a/cyc/x from y.go: import cycle not allowed",
    'import "./tg"': 'main.go:2:8: "./tg" is relative, but relative import paths are not supported in module mode\nmain.go:2:8: local import "./tg" in non-local package',
    'import "/tg"': "main.go:2:8: \"/tg\" is not a package path; see 'go help packages'",
    'import "a b"': "$DIR/main.go:2:8: invalid import path: a b",
    'import ""': "$DIR/main.go:2:8: invalid import path: ",
    'import "x.com/..."': 'main.go:2:8: malformed import path "x.com/...": invalid path element "..."',
    'import "foo': "main.go:2:8: string literal not terminated",
    "import fmt": "main.go:2:11: missing import path",
    'import ("fmt" "os")': 'main.go:2:15: expected \';\', found "os"',
}


@pytest.mark.parametrize("imports", IMPORT_ERRORS)
def test_import_errors(tmp_path: Path, imports: str) -> None:
    tree(tmp_path, {**MODULE, "main.go": body(imports)})
    assert error(tmp_path, ".") == IMPORT_ERRORS[imports]


def test_several_errors_in_import_order(tmp_path: Path) -> None:
    tree(tmp_path, {**MODULE, "main.go": body('import (\n_ "nosuch"\n_ "foo"\n_ "internal/abi"\n)')})
    assert error(tmp_path, ".") == (
        "main.go:4:1: package foo is not in std ($GOROOT/src/foo)\n"
        "main.go:3:1: package nosuch is not in std ($GOROOT/src/nosuch)\n"
        "package ex.com/a\n\tmain.go:5:1: use of internal package internal/abi not allowed"
    )


PATTERN_ERRORS = {
    ("./e",): "no Go files in $DIR/e",
    ("./nodir",): "stat $DIR/nodir: directory not found",
    ("nosuch",): "package nosuch is not in std ($GOROOT/src/nosuch)",
    ("nofile.go",): "no required module provides package nofile.go; to add it:\n\tgo get nofile.go",
    ("./tg",): "package ex.com/a/tg: build constraints exclude all Go files in $DIR/tg",
    ("./nope/...",): "pattern ./nope/...: lstat ./nope/: no such file or directory",
    ("main.go", "prog/m.go"): "named files must all be in one directory; have . and prog",
    ("main.go", "prog"): "named files must be .go files: prog",
    ("../other",): "directory ../other outside main module or its selected dependencies",
}


@pytest.mark.parametrize("patterns", PATTERN_ERRORS)
def test_pattern_errors(tmp_path: Path, patterns: tuple[str, ...]) -> None:
    root = tmp_path / "m"
    (tmp_path / "other").mkdir()
    tree(root, {**MODULE, "main.go": NO_MAIN})
    assert error(root, *patterns) == PATTERN_ERRORS[patterns]


def test_run_missing_file(tmp_path: Path) -> None:
    assert error(tmp_path, "./nosuch.go", verb="run") == "stat ./nosuch.go: no such file or directory"
    assert error(tmp_path, ".") == "go: go.mod file not found in current directory or any parent directory; see 'go help modules'"


def test_source_errors(tmp_path: Path) -> None:
    tree(tmp_path, {"go.mod": "module ex.com/a\n", "main.go": "packag main\n"})
    assert error(tmp_path, ".") == "main.go:1:1: expected 'package', found packag"
    tree(tmp_path, {"main.go": ""})
    assert error(tmp_path, ".") == "main.go:1:1: expected 'package', found 'EOF'"
    tree(tmp_path, {"main.go": 'package main\nimport "C"\nfunc main(){}\n'})
    assert error(tmp_path, "main.go") == 'main.go:2:8: import "C": rt0 does not support cgo'
    tree(tmp_path, {"main.go": "//go:build linux &&\n\npackage main\n"})
    assert error(tmp_path, ".") == "main.go: parsing //go:build line: unexpected end of expression"


GOMOD_ERRORS = {
    "module ex.com/b\ngo 1.28\n": "go: go.mod requires go >= 1.28 (running go $V; GOTOOLCHAIN=local)",
    "module ex.com/b\nfoo bar\n": "go: errors parsing go.mod:\ngo.mod:2: unknown directive: foo",
    "go 1.21\n": "go: error reading go.mod: missing module declaration. To specify the module path:\n\tgo mod edit -module=example.com/mod",
    "module ex.com/b\nmodule x\n": "go: errors parsing go.mod:\ngo.mod:2: repeated module statement",
    "module ex.com/b\nrequire (\n x.com/y\n)\n": "go: errors parsing go.mod:\ngo.mod:3:2: usage: require module/path v1.2.3",
}


@pytest.mark.parametrize("text", GOMOD_ERRORS)
def test_gomod_errors(tmp_path: Path, text: str) -> None:
    tree(tmp_path, {"go.mod": text, "main.go": NO_MAIN})
    assert error(tmp_path, ".") == GOMOD_ERRORS[text].replace("$V", find_goroot()[1].removeprefix("go"))


def test_local_replacement_and_vendor(tmp_path: Path) -> None:
    tree(tmp_path, {
        "m/go.mod": "module ex.com/m\n\ngo 1.27\n\nrequire x.com/y v1.0.0\n\nreplace x.com/y => ../y\n",
        "m/main.go": body('import _ "x.com/y/z"'),
        "y/go.mod": "module x.com/y\n\ngo 1.20\n",
        "y/z/z.go": "package z\n",
    })
    info = load(tmp_path / "m", ".").packages["x.com/y/z"]
    assert (info.dir, info.go_version, info.module) == (str(tmp_path / "y/z"), "1.20", "x.com/y")


VENDOR_FILES = {
    "m/go.mod": "module ex.com/m\n\ngo 1.27\n\nrequire x.com/y v1.0.0\n\nreplace x.com/y => ../y\n",
    "m/main.go": body('import _ "x.com/y/z"'),
    "m/vendor/modules.txt": "# x.com/y v1.0.0 => ../y\n## explicit; go 1.20\nx.com/y/z\n# x.com/y => ../y\n",
    "m/vendor/x.com/y/z/z.go": "package z\n",
    "y/go.mod": "module x.com/y\n\ngo 1.19\n",
    "y/y.go": "package y\n",
    "y/z/z.go": "package z\n",
}
NOT_EXPLICIT = "x.com/y@v1.0.0: is explicitly required in go.mod, but not marked as explicit in vendor/modules.txt"
NOT_REPLACED = "x.com/y: is replaced in go.mod, but not marked as replaced in vendor/modules.txt"
# what changes in a file (text, replacement; "" for the text: the file is taken away), and go's complaints
INCONSISTENT = {
    "not explicit": ("m/vendor/modules.txt", "explicit; ", "", [NOT_EXPLICIT]),
    "not replaced": ("m/vendor/modules.txt", " => ../y", "", [NOT_REPLACED]),
    "replaced otherwise": ("m/vendor/modules.txt", "../y", "../q", ["x.com/y: is replaced by ../y in go.mod, but marked as replaced by ../q in vendor/modules.txt"]),
    "other version": ("m/vendor/modules.txt", "v1.0.0", "v1.0.1", [NOT_EXPLICIT,
        "x.com/y@v1.0.1: is marked as explicit in vendor/modules.txt, but not explicitly required in go.mod"]),
    "no modules.txt": ("m/vendor/modules.txt", "", "", [NOT_EXPLICIT, NOT_REPLACED]),
    "no requirement": ("m/go.mod", "require x.com/y v1.0.0", "", ["x.com/y@v1.0.0: is marked as explicit in vendor/modules.txt, but not explicitly required in go.mod"]),
    "no replacement": ("m/go.mod", "replace x.com/y => ../y", "", ["x.com/y@v1.0.0: is marked as replaced in vendor/modules.txt, but not replaced in go.mod",
        "x.com/y: is marked as replaced in vendor/modules.txt, but not replaced in go.mod"]),
    "replacement of one version": ("m/go.mod", "y => ../y", "y v1.0.0 => ../y", ["x.com/y: is marked as replaced in vendor/modules.txt, but not replaced in go.mod"]),
}  # fmt: skip


@pytest.mark.parametrize("case", INCONSISTENT)
def test_inconsistent_vendoring(case: str, tmp_path: Path) -> None:
    """The words are those of go (recorded by hand); with -mod=mod and -mod=readonly nobody looks at the directory."""
    name, old, new, complaints = INCONSISTENT[case]
    files = dict(VENDOR_FILES)
    if old:
        files[name] = files[name].replace(old, new)
    else:
        del files[name]
    tree(tmp_path, files)
    text = "".join(f"\n\t{c}" for c in complaints)
    assert error(tmp_path / "m", ".") == (
        f"go: inconsistent vendoring in $DIR:{text}\n\n\tTo ignore the vendor directory, use -mod=readonly or -mod=mod.\n"
        "\tTo sync the vendor directory, run:\n\t\tgo mod vendor"
    )


def test_vendored(tmp_path: Path) -> None:
    """The directory counts from go 1.14 on, unless it was made for a workspace; modules.txt gives the language version."""
    m = tmp_path / "m"
    gomod, listed = VENDOR_FILES["m/go.mod"], VENDOR_FILES["m/vendor/modules.txt"]
    tree(tmp_path, VENDOR_FILES)
    info = load(m, ".").packages["x.com/y/z"]
    assert (info.dir, info.go_version, info.module) == (str(m / "vendor/x.com/y/z"), "1.20", "x.com/y")
    for go, txt in (("go 1.13", listed), ("", listed), ("go 1.27", "## workspace\n" + listed)):
        tree(tmp_path, {"m/go.mod": gomod.replace("go 1.27", go), "m/vendor/modules.txt": txt})
        info = load(m, ".").packages["x.com/y/z"]
        assert (info.dir, info.go_version) == (str(tmp_path / "y/z"), "1.19")
    tree(tmp_path, {"m/go.mod": gomod, "m/vendor/modules.txt": listed, "m/main.go": body('import _ "x.com/y"')})
    reason = "\n\t(Go version in go.mod is at least 1.14 and vendor directory exists.)"
    assert error(m, ".") == f"main.go:2:8: cannot find module providing package x.com/y: import lookup disabled by -mod=vendor{reason}"
    tree(tmp_path, {"m/vendor/x.com/y/y.go": "package y\n"})
    assert "import lookup disabled by -mod=vendor" in error(m, ".")
    tree(tmp_path, {"m/go.mod": gomod.replace("1.27", "1.22")})
    assert load(m, ".").packages["x.com/y"].dir == str(m / "vendor/x.com/y")


def test_replacement_of_a_version(tmp_path: Path) -> None:
    """`replace M v1 => dir` counts for that version only, and before one of any version."""
    both = "replace x.com/y => ../w\nreplace x.com/y v1.0.0 => ../y\n"
    tree(tmp_path, {k: v for k, v in VENDOR_FILES.items() if "vendor" not in k} | {"w/go.mod": "module x.com/y\n", "w/z/z.go": "package z\n"})
    for version, where in (("v1.0.0", "y/z"), ("v1.2.0", "w/z")):
        tree(tmp_path, {"m/go.mod": f"module ex.com/m\n\ngo 1.27\n\nrequire x.com/y {version}\n\n{both}"})
        assert load(tmp_path / "m", ".").packages["x.com/y/z"].dir == str(tmp_path / where)


def test_goroot_errors(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GOROOT", str(tmp_path))
    with pytest.raises(CompileError, match="is not a Go installation"):
        find_goroot()
    tree(tmp_path, {"VERSION": "go1.19\n", "src/fmt/print.go": "package fmt\n"})
    with pytest.raises(CompileError, match=r"is go1\.19; this rt0 needs go1\.27"):
        find_goroot()
