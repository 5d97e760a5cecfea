"""//go:embed as the real go has it (recorded): what patterns stand for, what is refused and in which words, what an embed.FS does."""

from __future__ import annotations

from pathlib import Path

import pytest

from rt0.load.embed import compile_pattern
from rt0.load.find import wildcard
from tests import likego
from tests.conftest import Rt0

BOOK = Path(__file__).parent / "golden" / "embed.json"
HEAD = 'package main\n\nimport "embed"\n\nvar _ embed.FS\n\n'
MAIN = "\nfunc main() { println(len(v)) }\n"
TREE = {
    "go.mod": "module example.com/m\n\ngo 1.27\n", "x.txt": "hi", "y.txt": "ho", "empty": "", "d/a.txt": "a", "d/.h": "h", "d/_u": "u", "d/e/b.txt": "b", "é.txt": "e",
    "sub/go.mod": "module s\n", "sub/x": "s", "con.txt": "c", "a'b": "q", "a|b": "q", "e/f/_x": "", "f/.git/x": "g", "link@": "x.txt", "linkd@": "d",
}  # fmt: skip

# Each becomes a variable of the one program that lists what it holds.
GOOD = [
    "x.txt", "*.t?t", "x.tx[t]", "[^y].txt", "[a-x]*.txt", "[\\x].txt", "x\\.txt", "d", "all:d", "all:d/*", "d/*", "d/*/*", "all:x.txt", '"x.txt"', "`x.txt`",
    '"x\\x2etxt" y.txt', "x.txt   y.txt", "d d/a.txt", "é.txt", "all:e", "**.txt", "d/.h d/_u", "\tx.txt", "empty", "all:e/f",
]  # fmt: skip
BAD = [
    "nope", "*.nope", "..", "../x", "/x", "./x.txt", ".", "x.txt/", "d//a.txt", "d/", "[", "[x", "\\\\", "*", "all:*", "d\\a.txt", "X.TXT", "d/a.txt/b", "[a-]", "[]a]", "[^",
    "a[", "[d/a].txt", '"x', "`x", 'x.txt"y"', '"a\\qb"', "x.txt,y.txt", "sub/x", "sub", "link", "linkd", "linkd/a.txt", "con.txt", "a'b", "a|b", "a*", "x.txt nope",
    "zz nope aa", "all:sub", "all:", "all:all:x.txt", "e", "f/.git", "f", "x.txt//c", '""', "[z-a]*", "",
]  # fmt: skip
TYPES = (
    "int [4]byte *embed.FS []string any struct{} struct{A,B|int} map[string]string error []uint16 *string F G[int] *[]byte func() chan|int P I []I8".split()
)
DECLARED = (
    "type (\n\tS string\n\tB []byte\n\tF embed.FS\n\tA = embed.FS\n\tMB byte\n\tG[T any] struct{}\n\tGA[T any] = embed.FS\n\tGS[T any] []byte\n"
    "\tMS = S\n\tI int\n\tI8 int8\n\tP *embed.FS\n)\n\n"
)

LIST = """
func list(name string, f embed.FS) {
	os.Stdout.WriteString(name + ":")
	fs.WalkDir(f, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := f.ReadFile(p)
		os.Stdout.WriteString(" " + p + "=" + string(data))
		return err
	})
	os.Stdout.WriteString("\\n")
}
"""

PLACES = {
    "several vars": "//go:embed x.txt\nvar v, w string\n" + MAIN,
    "initializer": '//go:embed x.txt\nvar v string = ""\n' + MAIN,
    "initializer without type": '//go:embed x.txt\nvar v = ""\n' + MAIN,
    "in a function": "func main() {\n\t//go:embed x.txt\n\tvar v string\n\tprintln(v)\n}\n",
    "above a group of one": "//go:embed x.txt\nvar (\n\tv string\n)\n" + MAIN,
    "above a group of two": "//go:embed x.txt\nvar (\n\tv string\n\tw string\n)\n" + MAIN,
    "above an empty group": "//go:embed x.txt\nvar (\n)\n\nvar v string\n" + MAIN,
    "above a constant": '//go:embed x.txt\nconst v = ""\n' + MAIN,
    "above a function": "var v string\n\n//go:embed x.txt" + MAIN,
    "above a type": "//go:embed x.txt\ntype v struct{}\n\nfunc main() {}\n",
    "at the end": "var v string\n" + MAIN + "//go:embed x.txt\n",
    "several files for a string": "//go:embed *.txt\nvar v string\n" + MAIN,
    "several files for bytes": "//go:embed x.txt y.txt\nvar v []byte\n" + MAIN,
    "blank variable": "//go:embed x.txt\nvar _ int\n\nfunc main() {}\n",
    "all type errors": "//go:embed x.txt\nvar v int\n\n//go:embed x.txt\nvar w bool\n\n//go:embed *.txt\nvar u string\n\nfunc main() {}\n",
    "type error first": '//go:embed x.txt\nvar v int\n\nvar w int = ""\n\nfunc main() {}\n',
    "error of a body first": "//go:embed x.txt\nvar v int\n\nfunc main() { var x int }\n",
    "in a string": "var v = `\n//go:embed nope\n`\n" + MAIN,
    "in a comment": "/*\n//go:embed nope\n*/\nvar v = 1\n\nfunc main() { println(v) }\n",
    "another word": "//go:embedx nope\nvar v = 1\n\nfunc main() { println(v) }\n",
}
FILES = {
    "before the package clause": "//go:embed x.txt\n" + HEAD + "var v string\n" + MAIN,
    "before the import": 'package main\n\n//go:embed x.txt\nimport "embed"\n\nvar _ embed.FS\n\nvar v string\n' + MAIN,
    "no import": "package main\n\n//go:embed x.txt\nvar v string\n" + MAIN,
    "import not used": 'package main\n\nimport "embed"\n\n//go:embed x.txt\nvar v string\n' + MAIN,
    **{f"place {k}": HEAD + v for k, v in PLACES.items()},
    **{f"type {t}": HEAD + DECLARED + f"//go:embed x.txt\nvar v {t.replace('|', ' ')}\n\nfunc main() {{}}\n" for t in TYPES},
}


def test_many_stars() -> None:
    """A pattern is tried in time that grows with the name's length, not with its power."""
    for rx in (compile_pattern("a*" * 30 + "x"), wildcard("..." + "a..." * 30 + "x"), wildcard("..." + "a..." * 30 + "x/...")):
        assert not rx.match("a" * 250) and rx.match("a" * 250 + "x")
    for pattern, name, want in (("*ab*b", "aabab", True), ("*[a-c]?*", "xca", True), ("*a*a", "ba", False), ("**", "", True)):
        assert bool(compile_pattern(pattern).match(name)) is want


@pytest.mark.parametrize("pattern", BAD)
def test_bad_pattern(pattern: str, rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    source = HEAD + f"//go:embed {pattern}\nvar v embed.FS\n\nfunc main() {{}}\n"
    likego.check(f"pattern {pattern}", {**TREE, "a.go": source}, ["build", "."], BOOK, rt0, tmp_path, request)


@pytest.mark.parametrize("name", FILES)
def test_refused(name: str, rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    likego.check(name, {**TREE, "a.go": FILES[name]}, ["build", "."], BOOK, rt0, tmp_path, request)


def test_import_in_another_file(rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    files = {**TREE, "a.go": FILES["no import"], "b.go": 'package main\n\nimport _ "embed"\n'}
    likego.check("import elsewhere", files, ["build", "."], BOOK, rt0, tmp_path, request)


def test_patterns(rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    decls = "".join(f"//go:embed {p}\nvar v{i} embed.FS\n\n" for i, p in enumerate(GOOD))
    calls = "".join(f"\tlist(`{p.replace('`', '')}`, v{i})\n" for i, p in enumerate(GOOD))
    source = 'package main\n\nimport (\n\t"embed"\n\t"io/fs"\n\t"os"\n)\n\n' + decls + LIST + "\nfunc main() {\n" + calls + "}\n"
    likego.check("patterns", {**TREE, "a.go": source}, ["run", "."], BOOK, rt0, tmp_path, request)


TYPED = """package main

import (
	. "embed"
	embed2 "embed"
	"testing/fstest"
	"fmt"
	"io"
	"io/fs"
)

type (
	S         string
	B         []byte
	MB        byte
	MS        = S
	A         = embed2.FS
	GA[T any] = embed2.FS
	GS[T any] []byte
)

var (
	//go:embed x.txt
	s string
	//go:embed x.txt
	s2 S
	//go:embed x.txt
	//go:embed *x.txt
	s3 MS
	//go:embed x.txt
	b []byte
	//go:embed x.txt
	b2 B
	//go:embed x.txt
	b3 []MB
	//go:embed x.txt
	b4 GS[int]
	//go:embed empty
	none []byte
	//go:embed empty
	nothing string
	//go:embed d/e
	one string
)

//go:embed x.txt d
var f FS

//go:embed x.txt
//go:embed y.txt
var g A

//go:embed x.txt
var h GA[int]

//go:embed x.txt
var _ string

var zero FS

func main() {
	b[0] = 'X'
	fmt.Println(s, s2, s3, string(b), string(b2), string(b3[0]), len(b3), string(b4), none == nil, len(none), nothing, one)
	for _, f := range []FS{f, g, h, zero} {
		fmt.Println(fs.Glob(f, "*"))
		for _, name := range []string{".", "x.txt", "d", "d/a.txt", "d/e", "nope", "d/nope", "", "/", "d/", "../x", "x.txt/y"} {
			file, err := f.Open(name)
			if err != nil {
				fmt.Println(name, err)
				continue
			}
			info, err := file.Stat()
			fmt.Println(name, info.Name(), info.Size(), info.Mode(), info.IsDir(), info.ModTime().IsZero(), info.Sys(), err)
			if r, ok := file.(io.ReaderAt); ok {
				p := make([]byte, 3)
				n, err := r.ReadAt(p, 1)
				fmt.Println(n, err)
			}
			data, err := io.ReadAll(file)
			fmt.Println(string(data), err, file.Close())
			entries, err := f.ReadDir(name)
			fmt.Println(entries, err)
			sub, err := fs.Sub(f, name)
			fmt.Println(sub != nil, err)
		}
	}
	fmt.Println(fstest.TestFS(f, "x.txt", "d/a.txt", "d/e/b.txt"), fstest.TestFS(g, "x.txt", "y.txt"), fstest.TestFS(zero))
	fmt.Println(fstest.TestFS(f, "d/.h"))
	fmt.Printf("%v %v\\n", f == f, f == g)
}
"""


def test_types_and_files(rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    likego.check("types and files", {**TREE, "a.go": TYPED}, ["run", "."], BOOK, rt0, tmp_path, request)
