"""Build constraints: which files a build takes and what go says about wrong ones, with the real go's recorded answers."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from rt0.load.constraint import ConstraintError, Tags, file_go_version
from tests import likego
from tests.conftest import Rt0

BOOK = Path(__file__).parent / "golden" / "constraints.json"
MOD = "module example.com/m\n\ngo 1.27\n"
MAIN = "package main\n\nfunc main() { println(1) }\n"
USES_P = 'package main\n\nimport _ "example.com/m/p"\n\nfunc main() {}\n'


def says(head: str, text: str, name: str = "main") -> str:
    return f'{head}package {name}\n\nfunc init() {{ println("{text}") }}\n'


# A file per form; each prints its name when it is taken.
HEADS = {
    **{f"tag{i}": f"//go:build {t}\n\n" for i, t in enumerate(
        "amd64.v1 amd64.v2 amd64.v3 amd64.v4 !amd64.v2 foo bar foo&&!bar unix cgo race gc gccgo go1.27 go1.28 go1.1 ignore linux arm64 x_y (foo||bar)&&linux".split())},
    "old": "// +build foo\n\n",
    "old_not": "// +build !foo\n\n",
    "old_no_space": "//+build foo\n\n",
    "old_or": "// +build windows linux\n\n",
    "old_and": "// +build linux,windows\n\n",
    "old_and_not": "// +build linux,!windows,amd64\n\n",
    "old_lines": "// +build linux\n// +build windows\n\n",
    "old_lines_apart": "// +build linux\n\n// text\n\n// +build foo\n\n",
    "old_no_blank": "// +build windows\n",
    "old_last_no_blank": "// +build linux\n\n// +build windows\n",
    "old_after_block": "/* text */\n\n// +build windows\n\n",
    "old_in_block": "/*\n// +build windows\n\n*/\n\n",
    "old_nothing": "// +build\n\n",
    "old_double": "// +build !!linux\n\n",
    "old_bad_word": "// +build a-b linux\n\n",
    "old_bad_word_not": "// +build !a-b\n\n",
    "old_other_word": "// +buildx windows\n\n",
    "old_below_text": "// Package main.\n// +build windows\n\n",
    "both_new_counts": "//go:build linux\n// +build windows\n\n",
    "both_new_counts_not": "//go:build windows\n// +build linux\n\n",
    "both_apart": "// +build windows\n\n//go:build linux\n\n",
    "new_no_blank": "//go:build windows\n",
    "new_indented": "  //go:build windows\n\n",
    "new_below_block": "/*\ntext\n*/\n//go:build windows\n\n",
    "new_in_block": "/*\n//go:build windows\n*/\n\n",
    "new_space": "// go:build windows\n\n",
    "new_other_word": "//go:buildx windows\n\n",
    "bom": "\ufeff//go:build windows\n\n",
    "crlf": "//go:build windows\r\n\r\n",
}  # fmt: skip
NAMES = ["n_linux", "n_windows", "n_amd64", "n_linux_amd64", "n_amd64_linux", "n_linux_arm64", "n_unix", "linux", "n_linux.x", "n_windows_", "n2_Windows", "n_nacl"]
TAKEN = {
    "go.mod": MOD, "main.go": MAIN,
    **{f"h_{k}x.go": says(h, k) for k, h in HEADS.items()},
    **{f"{n}.go": says("", n) for n in NAMES},
    "_hidden.go": "package other\n", ".hidden.go": "package other\n", "broken.go": "//go:build windows\n\npackage\n\"x",
    "doc.go": "package documentation\n", "t_test.go": "package main_test\n",
}  # fmt: skip


@pytest.mark.parametrize("level", ["", "v1", "v3"])
@pytest.mark.parametrize("tags", [(), ("-tags=foo",), ("-tags", "foo,bar,,x_y"), ("-tags=foo", "-tags='bar' x_y")], ids=" ".join)
def test_taken(level: str, tags: tuple[str, ...], rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if level and tags:
        pytest.skip("levels without tags are enough")
    likego.check(f"taken {level} {' '.join(tags)}", TAKEN, ["run", *tags, "."], BOOK, rt0, tmp_path, request, {"GOAMD64": level})


BAD = {
    "double": {"x.go": "//go:build !!x\n\npackage main\n"},
    "double beside a good one": {"a.go": MAIN, "x.go": "//go:build !!x\n\npackage main\n"},
    "first of two": {"a.go": MAIN, "x.go": "//go:build\n\npackage main\n", "y.go": "//go:build (\n\npackage main\n"},
    "open": {"x.go": "//go:build (a && b\n\npackage main\n"},
    "open at the end": {"x.go": "//go:build (a &&\n\npackage main\n"},
    "single": {"x.go": "//go:build a & b\n\npackage main\n"},
    "comma": {"x.go": "//go:build a,b\n\npackage main\n"},
    "two words": {"x.go": "//go:build a b\n\npackage main\n"},
    "dash": {"x.go": "//go:build a-b\n\npackage main\n"},
    "closed": {"x.go": "//go:build a )\n\npackage main\n"},
    "nothing": {"x.go": "//go:build\n\npackage main\n"},
    "two lines": {"a.go": MAIN, "x.go": "//go:build a\n//go:build b\n\npackage main\n"},
    "all excluded": {"x.go": "//go:build ignore\n\npackage main\n"},
    "all excluded, old": {"x.go": "// +build ignore\n\npackage main\n"},
    "dependency excluded": {"a.go": USES_P, "p/p_windows.go": "package p\n"},
    "dependency malformed": {"a.go": USES_P, "p/p.go": "//go:build !!a\n\npackage p\n", "p/q.go": "package p\n"},
    "two packages": {"a.go": "package a\n", "b.go": "package b\n"},
    "two packages in a dependency": {"a.go": USES_P, "p/a.go": "package a\n", "p/b.go": "package b\n"},
    "names that differ in case": {"a.go": MAIN, "x_Windows.go": "package main\n", "x_windows.go": "package main\n"},
    "names that differ in case in a dependency": {"a.go": USES_P, "p/x.go": "package p\n", "p/X.s": ""},
    "names that differ in case, in a dependency": {"a.go": USES_P, "p/x.go": "package p\n", "p/X.go": "package p\n"},
    "tests only": {"a_test.go": "package main\n"},
    "hidden only": {"_a.go": MAIN},
    "documentation only": {"a.go": "package documentation\n"},
}


@pytest.mark.parametrize("name", BAD)
def test_refused(name: str, rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    likego.check(f"refused {name}", {"go.mod": MOD, **BAD[name]}, ["build", "."], BOOK, rt0, tmp_path, request)


@pytest.mark.parametrize(("files", "args"), [
    ({"x.go": "//go:build ignore\n\n" + MAIN}, ["run", "x.go"]),
    ({"x_windows.go": "// +build windows\n\n" + MAIN}, ["run", "x_windows.go"]),
    ({"x.go": "//go:build !!ignore\n\n" + MAIN}, ["run", "x.go"]),
    ({"a.go": MAIN, "p/p_windows.go": "package p\n"}, ["build", "./..."]),
    ({"a.go": MAIN, "p/p_windows.go": "package p\n"}, ["build", "./p"]),
    ({"a.go": MAIN, "p/p.go": "//go:build !!\n\npackage p\n"}, ["build", "./..."]),
])  # fmt: skip
def test_named(files: dict[str, str], args: list[str], rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    likego.check(f"named {list(files.values())[-1][:20]!r} {args}", {"go.mod": MOD, **files}, args, BOOK, rt0, tmp_path, request)


def test_unknown_level(rt0: Rt0, tmp_path: Path) -> None:
    """go takes some unknown values of GOAMD64 for v1; a misspelt level is refused here."""
    (tmp_path / "x.go").write_text(MAIN)
    r = rt0("run", "x.go", cwd=tmp_path, env={"GOAMD64": "v5"})
    assert (r.code, r.err) == (2, "invalid GOAMD64: must be v1, v2, v3, v4, got v5\n")


def test_sizes() -> None:
    """A long expression is refused, a long +build line has no effect; neither costs more than its length."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 20_000))  # a build has more
    tags = Tags()
    with pytest.raises(ConstraintError, match="build expression too large"):
        tags.header_matches(b"//go:build " + b"a || " * 100_000 + b"a\n\npackage p\n")
    with pytest.raises(ConstraintError):
        tags.header_matches(b"//go:build " + b"(" * 100_000 + b"\n\npackage p\n")
    assert tags.header_matches(b"// +build " + b"a " * 102 + b"\n\npackage p\n")
    assert not tags.header_matches(b"// +build " + b"a " * 100 + b"\n\npackage p\n")
    assert (file_go_version("go1.21 && linux"), file_go_version("xgo1.21"), file_go_version("go1.x")) == ("go1.21", "go1.21", "")


def test_any_header() -> None:
    """No header makes the reader fail in another way than by a ConstraintError."""
    rnd = random.Random(1)
    parts = [b"//go:build", b"// +build", b" ", b"\n", b"/*", b"*/", b"//", b"linux", b"!", b"(", b")", b"&&", b"||", b"\xff", b"\xef\xbb\xbf", b"\t", b"\r", b"package p", b",", b"&"]
    tags = Tags()
    for _ in range(3000):
        try:
            tags.header_matches(b"".join(rnd.choices(parts, k=rnd.randrange(20))))
        except ConstraintError:
            pass
