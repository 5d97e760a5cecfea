//go:build ignore

// Records tests/types/testdata/constants.txt: what go/constant says about literals and operations.
// Run: go run constants_record.go > constants.txt
package main

import (
	"fmt"
	"go/constant"
	"go/token"
	"runtime"
)

var lits = []struct {
	tok token.Token
	lit string
}{
	{token.INT, "0"}, {token.INT, "7"}, {token.INT, "-3"}, {token.INT, "0x7fffffffffffffff"}, {token.INT, "0b1011"}, {token.INT, "0o17"}, {token.INT, "017"},
	{token.INT, "1_000_000"}, {token.INT, "340282366920938463463374607431768211456"},
	{token.FLOAT, "0.1"}, {token.FLOAT, "1.0"}, {token.FLOAT, "1e100"}, {token.FLOAT, "1e-10"}, {token.FLOAT, "1234567.89"}, {token.FLOAT, "3.14159265358979323846264338327950288419716939937510582097494459"},
	{token.FLOAT, "0x1.8p-3"}, {token.FLOAT, "0x1p-1074"}, {token.FLOAT, "1e400"}, {token.FLOAT, "1e-400"}, {token.FLOAT, "1e5000"}, {token.FLOAT, "3.5e-5000"}, {token.FLOAT, "1e1000000"},
	{token.FLOAT, "16777217.0"}, {token.FLOAT, "3.4028235677973366e38"}, {token.FLOAT, "1e-46"}, {token.FLOAT, "09.5"}, {token.FLOAT, ".5e1"},
	{token.IMAG, "2i"}, {token.IMAG, "1.5e3i"}, {token.IMAG, "0x10i"}, {token.IMAG, "012i"},
	{token.CHAR, `'a'`}, {token.CHAR, `'\n'`}, {token.CHAR, `'\u00e9'`}, {token.CHAR, `'\x41'`}, {token.CHAR, `'\101'`}, {token.CHAR, "'世'"},
	{token.STRING, `"hi\tthere"`}, {token.STRING, "`raw\\n`"}, {token.STRING, `"\u4e16\U0001F600\xff"`},
	{token.STRING, `"a long string that does not fit into seventy-two characters and is cut off somewhere here"`},
}

func val(i int) constant.Value {
	l := lits[i]
	if l.lit[0] == '-' {
		return constant.UnaryOp(token.SUB, constant.MakeFromLiteral(l.lit[1:], l.tok, 0), 0)
	}
	return constant.MakeFromLiteral(l.lit, l.tok, 0)
}

func show(v constant.Value) string {
	s := fmt.Sprintf("%s %s", v.Kind(), v)
	switch v.Kind() {
	case constant.Int, constant.Float:
		f64, _ := constant.Float64Val(v)
		f32, _ := constant.Float32Val(v)
		s += fmt.Sprintf(" %x %x toint=%s", f64, float64(f32), constant.ToInt(v).Kind())
	case constant.Complex:
		s += fmt.Sprintf(" tofloat=%s", constant.ToFloat(v).Kind())
	}
	return s
}

func main() {
	fmt.Printf("# recorded with %s\n", runtime.Version())
	for i, l := range lits {
		fmt.Printf("lit\t%s\t%s\t%s\n", l.tok, l.lit, show(val(i)))
	}
	ops := []token.Token{token.ADD, token.SUB, token.MUL, token.QUO, token.QUO_ASSIGN, token.REM, token.AND, token.OR, token.XOR, token.AND_NOT}
	for i := range lits {
		for j := range lits {
			if (i*7+j*3)%4 != 0 && i > 8 {
				continue
			}
			x, y := val(i), val(j)
			if x.Kind() == constant.String || y.Kind() == constant.String {
				continue
			}
			for k, op := range ops {
				if k >= 4 && (x.Kind() != constant.Int || y.Kind() != constant.Int) {
					continue
				}
				if (k == 3 || k == 4 || k == 5) && constant.Sign(y) == 0 {
					continue
				}
				fmt.Printf("op\t%d\t%s\t%d\t%s\n", i, op, j, show(constant.BinaryOp(x, op, y)))
			}
			if x.Kind() != constant.Complex && y.Kind() != constant.Complex {
				fmt.Printf("cmp\t%d\t%d\t%v %v %v\n", i, j, constant.Compare(x, token.LSS, y), constant.Compare(x, token.EQL, y), constant.Compare(x, token.GEQ, y))
			}
		}
	}
}
