"""Syntax errors, word for word. The expected lines were printed by `go tool compile` of go1.27.3; a file without errors expects none."""

from __future__ import annotations

import pytest

from rt0.diag import Diagnostic, FileSet
from rt0.syntax import nodes as ast
from rt0.syntax.parser import parse_file


def errors(text: str | bytes, name: str = "x.go") -> list[str]:
    data = text.encode() if isinstance(text, str) else text
    found: list[Diagnostic] = []
    parse_file(FileSet().add(name, data), found)
    return [str(e) for e in found]


CASES = {
    "a branch error hides no syntax error at the end": ("package p\nfunc _() {\n\tfor { break outer }\n}\nfunc _() {\n\t{\n}\n", [
        "x.go:3:14: break label not defined: outer",
        "x.go:8:1: syntax error: unexpected EOF, expected }",
    ]),
    "missing paren": (
        'package p\nfunc f() {\n\tg("hi" \n\tx := 1\n}\n',
        ["x.go:3:9: syntax error: unexpected newline in argument list; possibly missing comma or )"],
    ),
    "one per line": ("package p\nvar x = ) )\nvar y = ]\n", [
        "x.go:2:9: syntax error: unexpected ), expected expression",
        "x.go:3:9: syntax error: unexpected ], expected expression",
    ]),
    "package clause": ("packag p\n", ["x.go:1:1: syntax error: package statement must be first"]),
    "empty": ("", ["x.go:1:1: syntax error: package statement must be first"]),
    "statement outside": ("package p\nx := 1\n", ["x.go:2:1: syntax error: non-declaration statement outside function body"]),
    "brace on next line": ("package p\nfunc f()\n{\n}\n", ["x.go:3:1: syntax error: unexpected semicolon or newline before {"]),
    "imports late": ('package p\nvar x int\nimport "a"\n', ["x.go:3:1: syntax error: imports must appear before other declarations"]),
    "assign in if": ("package p\nfunc f() { if x = 1 {} }\n", ["x.go:2:17: syntax error: cannot use assignment x = 1 as value"]),
    "define in if": ("package p\nfunc f() { if x := 1 {} }\n", ["x.go:2:17: syntax error: cannot use x := 1 as value"]),
    "missing cond": ("package p\nfunc f() { if {} }\n", ["x.go:2:15: syntax error: missing condition in if statement"]),
    "for var": ("package p\nfunc f() { for var i = 0; i < 1; i++ {} }\n", ["x.go:2:20: syntax error: var declaration not allowed in for initializer"]),
    "post define": ("package p\nfunc f() { for ; ; i := 1 {} }\n", ["x.go:2:22: syntax error: cannot declare in post statement of for loop"]),
    "else": ("package p\nfunc f() { if x {} else y }\n", ["x.go:2:25: syntax error: else must be followed by if or statement block"]),
    "mixed params": ("package p\nfunc f(a int, string) {}\n", ["x.go:2:21: syntax error: missing parameter type"]),
    "untyped params": ("package p\nfunc f(a.b, c d, e) {}\n", ["x.go:2:8: syntax error: missing parameter name"]),
    "type param": ("package p\ntype T[P] struct{}\nfunc f[P]() {}\n", ["x.go:3:9: syntax error: missing type constraint"]),
    "method type params": ("package p\ntype I interface { m[P any]() }\n", ["x.go:2:21: interface method must have no type parameters"]),
    "dots": ("package p\nfunc f(a ...int, b int) {}\n", ["x.go:2:10: can only use ... with final parameter"]),
    "receivers": ("package p\nfunc () m() {}\nfunc (a, b T) m() {}\n", ["x.go:2:9: method has no receiver", "x.go:3:15: method has multiple receivers"]),
    "slice3": ("package p\nvar _ = a[1::2]\n", ["x.go:2:13: middle index required in 3-index slice"]),
    "go paren": ("package p\nfunc f() { go (g()) }\n", ["x.go:2:15: expression in go must not be parenthesized"]),
    "numbers": ("package p\nvar a, b, c, d = 08, 0b2, 1_, 0x\n", [
        "x.go:2:19: invalid digit '8' in octal literal",
        "x.go:2:24: invalid digit '2' in binary literal",
        "x.go:2:28: '_' must separate successive digits",
        "x.go:2:33: hexadecimal literal has no digits",
    ]),
    "exponents": ("package p\nvar a, b, c = 1e, 0x1.0, 1p3\n", [
        "x.go:2:17: exponent has no digits",
        "x.go:2:24: hexadecimal mantissa requires a 'p' exponent",
        "x.go:2:27: 'p' exponent requires hexadecimal mantissa",
    ]),
    "runes": ("package p\nvar a, b, c = '', 'ab', '\\400'\n", [
        "x.go:2:16: empty rune literal or unescaped '",
        "x.go:2:19: more than one character in rune literal",
        "x.go:2:30: octal escape value 256 > 255",
    ]),
    "escapes": ('package p\nvar a = "\\q"\nvar b = "\\xg0"\nvar c = "\\ud800"\n', [
        "x.go:2:11: unknown escape",
        "x.go:3:12: invalid character 'g' in hexadecimal escape",
        "x.go:4:16: escape is invalid Unicode code point U+D800",
    ]),
    "newline in string": ('package p\nvar a = "abc\nvar b int\n', ["x.go:2:13: newline in string"]),
    "raw string": ("package p\nvar a = `abc\n", ["x.go:2:9: string not terminated"]),
    "comment": ("package p\n/* x\n", ["x.go:2:1: comment not terminated"]),
    "characters": ("package p\nvar a = 1 @ ⌘ \n", ["x.go:2:11: invalid character U+0040 '@'", "x.go:2:13: invalid character U+2318 '⌘' in identifier",
                                                   "x.go:2:13: syntax error: unexpected name ⌘ after top level declaration"]),
    "labels": ("package p\nfunc f() {\nL:\n\tfor { break M; continue }\n\tgoto N\n\tbreak\n\t{ Q: }\n\tgoto Q\n}\n", [
        "x.go:3:1: label L defined and not used",
        "x.go:4:14: break label not defined: M",
        "x.go:5:7: label N not defined",
        "x.go:6:2: break is not in a loop, switch, or select",
        "x.go:8:7: goto Q jumps into block starting at x.go:7:2",
    ]),
    "goto over var": ("package p\nfunc f() {\n\tgoto L\n\tx := 1\n\t_ = x\nL:\n}\n", ["x.go:3:7: goto L jumps over declaration of x at x.go:4:4"]),
    "fallthrough": ("package p\nfunc f() {\n\tswitch { case true: fallthrough }\n\tswitch x.(type) { case int: fallthrough; default: }\n\tfallthrough\n}\n", [
        "x.go:3:22: cannot fallthrough final case in switch",
        "x.go:4:30: cannot fallthrough in type switch",
        "x.go:5:2: fallthrough statement out of place",
    ]),
    "chan": ("package p\nvar c <-chan<- int\n", ["x.go:2:16: syntax error: unexpected name int, expected keyword chan"]),
    "pragma": ("package p\nfunc f() {\n\t//go:noinline\n\tx()\n}\n", ["x.go:3:4: misplaced compiler directive"]),
    "line directive": ("package p\n//line foo.go:10\nvar x = )\n", ["foo.go:10: syntax error: unexpected ), expected expression"]),
}


@pytest.mark.parametrize("name", CASES)
def test_error_texts(name: str) -> None:
    text, want = CASES[name]
    assert errors(text) == want


def test_bad_bytes() -> None:
    assert errors(b"package p\nvar a = \x00 1\n") == ["x.go:2:9: invalid NUL character"]
    assert errors(b"package p\nvar a = \xff 1\n") == ["x.go:2:9: invalid UTF-8 encoding"]
    assert errors(b"\xef\xbb\xbfpackage p\n") == []
    assert errors(b"package p\n\xef\xbb\xbfvar a = 1\n") == ["x.go:2:1: invalid BOM in the middle of the file"]


@pytest.mark.parametrize("bad", [b"\0", b"\xef\xbb\xbf", b"\x80"])
def test_bad_bytes_stay_in_names(bad: bytes) -> None:
    found: list[Diagnostic] = []
    f = parse_file(FileSet().add("x.go", b"package p\nvar a" + bad + b", b" + bad + b"c, " + bad + b"d int\n"), found)
    decl = f.decls[0]
    assert isinstance(decl, ast.GenDecl)
    spec = decl.specs[0]
    assert isinstance(spec, ast.VarSpec)
    shown = bad.decode(errors="replace")
    assert [n.name for n in spec.names] == ["a" + shown, f"b{shown}c", "d"]
    assert len(found) == 1  # one a line


def test_lazy_reports_the_same() -> None:
    text = b"package p\nfunc f() { x := }\nvar y = [1\n"
    eager: list[Diagnostic] = []
    lazy: list[Diagnostic] = []
    parse_file(FileSet().add("x.go", text), eager)
    parse_file(FileSet().add("x.go", text), lazy, lazy=True)
    assert [str(e) for e in lazy if ":3:" in str(e)] == [str(e) for e in eager if ":3:" in str(e)]
