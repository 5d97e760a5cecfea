"""The preprocessor: what a file's macros leave, and Go's first error where it refuses (`go tool asm`, go1.27)."""

from __future__ import annotations

import pytest

from rt0.asm.assemble import preprocess

# source -> statements, tokens joined
EXPANDS = {
    "#define M \\ // c\n\tNOP \\ /* x */ \n\tINT $3\nM\nRET\n": "NOP | INT$3 | RET",
    "#define M NOP // c \\\nM\nRET\n": "NOP | RET",
    "#define M NOP /* a\n b */ ; RET\nM\n": "NOP | RET",
    "#define M \\\n\tNOP; \\\n\\\n\tRET\nM\n": "NOP | RET",
    "#define M \\\r\n\tNOP\r\nM\r\nRET\r\n": "NOP | RET",
    "#define M(a,b) MOVQ a, b\nM(8(AX)(BX*1), CX)\n": "MOVQ8(AX)(BX*1),CX",
    "#define M() NOP\nM()\n": "NOP",
    "#define M (AX)\nMOVQ M, BX\n": "MOVQ(AX),BX",
    "#define M(a) MOVQ a, BX\n#define N M\nN(CX)\n": "MOVQCX,BX",
    "#define A AX\n#define M(a) MOVQ a, BX\n#define N(x) M(x); M(A)\nN(CX)\n": "MOVQCX,BX | MOVQAX,BX",
    "#define F(x) x\n#define G(a,b) MOVQ a, F(b)\nG(F(AX), CX)\n": "MOVQAX,CX",
    "#define A AX\n#undef A\n#define A BX\nMOVQ A, CX\n": "MOVQBX,CX",
    "#ifdef A\n#ifdef B\n#define R Q\n#else\n#define R W\n#endif\n#else\n#define R BX\n#endif // A\nMOVQ R, CX\n": "MOVQBX,CX",
    "#ifdef A\n#define R AX\n#else\n#define R BX\n#else\n#define R CX\n#endif\nMOVQ R, DX\n": "MOVQBX,DX",
    "\t#define A AX\n\tMOVQ A, BX\n": "MOVQAX,BX",
    "#define é·x(i) (8*(i)+4)\nMOVQ é·x(3)(AX), BX\n": "MOVQ(8*(3)+4)(AX),BX",
    "NOP; NOP;; NOP\n": "NOP | NOP | NOP",
    "DATA x<>(SB)/8, $\"a;\\\"//\"; MOVB $';', AX\n": 'DATAx<>(SB)/8,$"a;\\"//" | MOVB$\';\',AX',
    "#define M(a,) MOVQ a, BX\nM(AX)\n": "MOVQAX,BX",
}

REFUSED = {
    "#define M NOP \\ NOP\n": "x.s:1: can only escape \\ or \\n in definition for macro: M",
    "#define M(a,b) MOVQ a, b\nM(AX)\n": "x.s:2: wrong arg count for macro M",
    "#define P AX, BX\n#define M(a,b) MOVQ a, b\nM(P)\n": "x.s:3: wrong arg count for macro M",
    "#define M() NOP\nM(x)\n": "x.s:2: wrong arg count for macro M",
    "#define A B\n#define B A\nMOVQ A, AX\n": "x.s:3: recursive macro invocation",
    "#define A AX\n#define A BX\n": "x.s:3: redefinition of macro: A",
    "#undef A\n": "x.s:1: #undef for undefined macro: A",
    "#define A\n#undef A x\n": "x.s:2: syntax error in #undef for macro: A",
    "#ifdef A\nRET\n": "x.s:3: unclosed #ifdef or #ifndef",
    "#else\n": "x.s:2: unmatched #else",
    "#endif\n": "x.s:2: unmatched #endif",
    "#ifdef A B\n#endif\n": 'x.s:1: expected newline after #if[n]def ; got "B"',
    "#ifdef A\n#endif A\n": 'x.s:2: expected newline after #endif ; got "A"',
    "#if 1\n#endif\n": "x.s:1: unexpected token after '#': if",
    '# 1 "x"\n': "x.s:1: expected identifier after '#' ; got \"1\"",
    "NOP #define A\n": "x.s:1: '#' must be first item on line",
    "#define M(a,a) NOP\n": "x.s:1: duplicate argument a in definition for macro: M",
    "#define M(a b) NOP\n": "x.s:1: bad syntax in definition for macro: M",
    "#define M(a,,b) NOP\n": "x.s:1: bad syntax in definition for macro: M",
    "#define M(1) NOP\n": "x.s:1: bad definition for macro: M",
    "#define\n": 'x.s:2: expected identifier after # directive ; got "\\n"',
    "#define 1 2\n": 'x.s:1: expected identifier after # directive ; got "1"',
    "#include foo\n": 'x.s:1: expected string after #include ; got "foo"',
    '#include "foo.h"\n': "x.s:2: #include: open foo.h: no such file or directory",
    "#define A AX": "x.s:1: missing newline in definition for macro: A",
}


@pytest.mark.parametrize("text", EXPANDS)
def test_expands(text: str) -> None:
    pp = preprocess("x.s", text.encode())
    assert not pp.errors
    assert " | ".join("".join(s.tokens) for s in pp.statements) == EXPANDS[text]


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str) -> None:
    assert str(preprocess("x.s", text.encode()).errors[0]) == REFUSED[text]


def test_line() -> None:
    pp = preprocess("x.s", b'NOP\n#line 100 "y.s"\nRET\nNOP\n')
    assert [(s.file, s.line) for s in pp.statements] == [("x.s", 1), ("y.s", 100), ("y.s", 101)]
