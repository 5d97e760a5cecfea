"""rt0 list, env and generate beside go's: same output, messages and exit code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rt0.cmd.gotemplate import Struct, Template, TemplateError
from tests.conftest import Rt0
from tests.likego import check

GOLDEN = Path(__file__).parent / "golden" / "list.json"
MODULE = {
    "go.mod": "module example.com/m\n\ngo 1.27\n",
    "a/a.go": '// Package a does things. And more.\npackage a\n\nimport (\n\t"example.com/none/x"\n\t"fmt"\n)\n\nvar _ = fmt.Sprint\n',
    "a/a_test.go": "package a\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) {}\n",
    "a/x_test.go": 'package a_test\n\nimport (\n\t_ "example.com/m/a"\n\t_ "example.com/m/b"\n\t"testing"\n)\n\nfunc TestB(t *testing.T) {}\n',
    "b/b.go": 'package b\n\nimport _ "embed"\n\n//go:embed t.txt\nvar s string\n',
    "b/t.txt": "t",
    "b/w_windows.go": "package b\n",
    "b/c.c": "int x;",
    "cmd/x/v2/main.go": 'package main\n\nimport _ "example.com/m/a"\nimport _ "example.com/m/b/internal"\n\nfunc main() {}\n',
    "b/internal/i.go": "package internal\n",
    "cyc/a/a.go": 'package a\n\nimport _ "example.com/m/cyc/b"\n',
    "cyc/b/b.go": 'package b\n\nimport _ "example.com/m/cyc/a"\n',
    "bad/bad.go": "package bad\n\nimport 3\n",
    "two/a.go": "package one\n",
    "two/b.go": "package two\n",
    "empty/x_windows.go": "package empty\n",
    "tests/x_test.go": "package tests\n",
}
LIST = [
    "list", "list ./b ./a", "list ./...", "list -e -json=Dir,ImportPath,Name,Doc,Root,Module,Match,Standard,Incomplete,GoFiles,IgnoredGoFiles,Imports,Error,DepsErrors,TestGoFiles,"
    "TestImports,XTestGoFiles,XTestImports,EmbedPatterns,EmbedFiles,InvalidGoFiles ./...", "list -json errors", "list -json -find ./b", "list -deps ./b/internal",
    "list -e -deps -test -json=ImportPath,ForTest,Imports,ImportMap,Deps,DepOnly,Error ./a ./b", "list nix ./zz example.com/none", "list -e nix ./zz example.com/none",
    "list -f {{.Foo}} ./b", "list -f {{if}} ./b", "list -f {{.Name.X}} ./b", "list -f {{nix}} ./b", "list -json -f {{.}} ./b", "list -deps -find ./b", "list -u ./b",
    "list ./bad", "list ./two", "list ./empty", "list ./tests", "list ./cyc/a", "list -f {{.Module}}|{{.Error}}|{{.GoFiles}}|{{context.GOOS}} ./b", "list -nix",
    "list a/a.go b/b.go", "list b/b.go", "list -test ./b ./a", "list -e -compiled -f {{.CompiledGoFiles}} ./a",
]  # fmt: skip


@pytest.mark.parametrize("line", LIST)
def test_list(line: str, rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    check(line, MODULE, line.split(), GOLDEN, rt0, tmp_path, request)


ENV = [
    "env GOOS GOARCH NIX GOMOD", "env -json GOEXE GOHOSTOS", "env A=b", "env -w", "env -u", "env -w FOO=bar", "env -w GOPROXY", "env -w GOROOT=/x", "env -w GOPATH=rel",
    "env -w GOOS=bad", "env -w GOBIN=/b GOBIN=/c", "env -json -w GOBIN=/x", "env -u -w GOBIN", "env -u NIX", "env -w GOPATH=~/x", "env -w GOENV=x",
]  # fmt: skip


@pytest.mark.parametrize("line", ENV)
def test_env(line: str, rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    check(line, MODULE, line.split(), GOLDEN, rt0, tmp_path, request, env={"GOENV": str(tmp_path / "none")})


def test_env_file_is_changed_in_place(rt0: Rt0, tmp_path: Path) -> None:
    file = tmp_path / "x" / "env"
    env = {"GOENV": str(file), "GOBIN": "", "GOPRIVATE": "", "GOFLAGS": ""}
    assert rt0("env", "-w", "GOPRIVATE=a.com", "GOBIN=/b", env=env).code == 0
    assert file.read_text() == "GOBIN=/b\nGOPRIVATE=a.com\n"
    file.write_text("# mine\nGOPRIVATE=a.com\nGOBIN=/b\nGOBIN=/c\n")
    assert rt0("env", "GOBIN", "GONOPROXY", "GONOSUMDB", env=env).out == "/b\na.com\na.com\n"
    assert rt0("env", "-w", "GOAUTH=off", env=env).code == 0
    assert file.read_text() == "# mine\nGOAUTH=off\nGOBIN=/c\nGOPRIVATE=a.com\n"
    assert rt0("env", "-u", "GOBIN", "GOAUTH", env=env).code == 0
    assert file.read_text() == "# mine\nGOPRIVATE=a.com\n"
    assert rt0("env", "-changed", "GOPRIVATE", "GOBIN", env=env).out == "GOPRIVATE='a.com'\n"


GENERATE = {
    "go.mod": "module m\n",
    "a.go": 'package a\n\n//go:generate echo one $GOFILE:$GOLINE $GOPACKAGE "a\\tb" ${DOLLAR}x\n//go:generate -command say echo said\n//go:generate say it\n',
    "b/b.go": "package b\n\n//go:generate false\n//go:generate echo never\n",
    "c/c.go": 'package c\n\n//go:generate echo "open\n',
    "d/d.go": "package d\n\n//go:generate nix-of-this-name x\n",
}


@pytest.mark.parametrize("line", ["generate", "generate ./...", "generate -n ./...", "generate -x -run one", "generate -skip one", "generate ./c ./d", "generate a.go"])
def test_generate(line: str, rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    check(line, GENERATE, line.split(), GOLDEN, rt0, tmp_path, request)


TEMPLATES = [
    ("{{.A}} {{len .L}} {{index .L 1}}{{/* c */}}", "x 2 q"),
    ("{{range .L}}[{{.}}]{{end}}{{range .N}}x{{else}}none{{end}}", "[p][q]none"),
    ('{{range $i, $e := .L}}{{if $i}}, {{end}}{{$i}}={{$e}}{{end}} {{join .L "+"}}', "0=p, 1=q p+q"),
    ("a {{- .A -}} b", "axb"),
    ('{{with .A}}{{.}}{{end}}{{if not .B}}no{{else if eq .A "x" "y"}}yes{{end}}', "xno"),
    ('{{printf "%q %5s|%-4d|" .A .A 7 | printf "<%s>"}}', '<"x"     x|7   |>'),
    ("{{$v := .A}}{{if true}}{{$v = print .A 1 2}}{{end}}{{$v}} {{and .B .A}} {{or .B .A}}", "x1 2 false x"),
    ("{{range .L}}{{if eq . `q`}}{{break}}{{end}}{{.}}{{end}}{{(index .L 0)}}{{.P}}{{.L}}", "pp<nil>[p q]"),
    ("{{.S.F}}{{$.A}}{{range $s := .L}}{{$s}}{{end}}", "fxpq"),
]


@pytest.mark.parametrize(("text", "want"), TEMPLATES)
def test_template(text: str, want: str) -> None:
    data = Struct("T", {"A": "x", "B": False, "L": ["p", "q"], "N": [], "P": None, "S": Struct("S", {"F": "f"})})
    assert Template(text).execute(data, {}) == want


@pytest.mark.parametrize(("text", "why"), [("{{.A", "unclosed action"), ("{{end}}", "unexpected {{end}}"), ("{{if .A}}", "unexpected EOF"), ("{{nix}}", 'function "nix" not defined'),
                                           ("{{$x}}", 'undefined variable "$x"'), ("{{}}", "missing value for command")])  # fmt: skip
def test_template_errors(text: str, why: str) -> None:
    with pytest.raises(TemplateError, match=re.escape(why)):
        Template(text)


MODULES = {
    "go.mod": "module example.com/m\n\ngo 1.27\n\nrequire example.com/d v1.0.0\n\nreplace example.com/d => ./d\n",
    "d/go.mod": "module example.com/d\n\ngo 1.20\n",
    "m.go": "package m\n",
}


@pytest.mark.parametrize("line", ["list -m", "list -m all", "list -m -json all", "list -m example.com/none", "list -m -f {{.Path}}|{{.Dir}}|{{.Replace}}|{{.Error}} all",
                                  "list -m -e -json example.com/none", "list -m -deps", "list -m nix...", "list -m -json=Path,Main all"])  # fmt: skip
def test_list_modules(line: str, rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    check(line + " in a module", MODULES, line.split(), GOLDEN, rt0, tmp_path, request)


@pytest.mark.parametrize("line", ["version -m", "version -v", "version -json x", "version nix", "version x.exe empty.so", "version -m x.exe", "version -v ."])
def test_version_of_what_is_no_program(line: str, rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    check(line, {"x.exe": "x", "x": "x", "empty.so": "", "t.txt": ""}, line.split(), GOLDEN, rt0, tmp_path, request)


def test_other_platforms(rt0: Rt0, tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module m\n")
    (tmp_path / "a_windows.go").write_text("package main\n\nfunc main() {}\n")
    windows = {"GOOS": "windows"}
    assert rt0("list", "-f", "{{.GoFiles}}{{context.GOOS}}", cwd=tmp_path, env=windows).out == "[a_windows.go]windows\n"
    r = rt0("build", cwd=tmp_path, env=windows)
    assert (r.code, r.err) == (2, "go: GOOS/GOARCH pair windows/amd64 is not supported: rt0 builds for linux/amd64\n")
    r = rt0("build", cwd=tmp_path, env={"GOOS": "nix"})
    assert (r.code, r.err) == (2, "go: unsupported GOOS/GOARCH pair nix/amd64\n")


def test_output_that_is_no_object_stays(rt0: Rt0, tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module m\n")
    (tmp_path / "a.go").write_text("package main\n\nfunc main() {}\n")
    r = rt0("build", "-o", "a.go", cwd=tmp_path)
    assert (r.code, r.err) == (1, 'go: build output "a.go" already exists and is not an object file\n')
    assert (tmp_path / "a.go").read_text().startswith("package main")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "b.go").write_text("package b\n")
    r = rt0("build", "-buildmode=exe", "-o", "out", "./b", cwd=tmp_path)
    assert (r.code, r.err) == (1, "-buildmode=exe requires exactly one main package\n")
    r = rt0("build", "-tags", "a,b c", cwd=tmp_path)
    assert (r.code, "-tags space-separated list contains comma" in r.err) == (1, True)


def test_clean_of_the_module_cache(rt0: Rt0, tmp_path: Path) -> None:
    folder = tmp_path / "mod" / "x@v1"
    folder.mkdir(parents=True)
    (folder / "f").write_text("f")
    folder.chmod(0o555)
    env = {"GOMODCACHE": str(tmp_path / "mod")}
    r = rt0("clean", "-n", "-modcache", cwd=tmp_path, env=env)
    assert (r.code, r.out, folder.is_dir()) == (0, f"rm -rf {tmp_path}/mod\n", True)
    assert rt0("clean", "-modcache", cwd=tmp_path, env=env).code == 0
    assert not folder.exists()
