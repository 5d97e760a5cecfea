// Switches with many cases: found as with one comparison after another.
package main

import (
	"fmt"
	"math"
	"strings"
)

func word(s string) int {
	switch s {
	case "break":
		return 0
	case "default":
		return 1
	case "func":
		return 2
	case "interface":
		return 3
	case "select":
		return 4
	case "case":
		return 5
	case "defer":
		return 6
	case "go":
		return 7
	case "map":
		return 8
	case "struct":
		return 9
	case "chan":
		return 10
	case "else":
		return 11
	case "goto":
		return 12
	case "package":
		return 13
	case "switch":
		return 14
	case "const":
		return 15
	case "fallthrough":
		return 16
	case "if":
		return 17
	case "range":
		return 18
	case "type":
		return 19
	case "continue":
		return 20
	case "for":
		return 21
	case "import":
		return 22
	case "return":
		return 23
	case "var":
		return 24
	case "nil":
		return 25
	case "true":
		return 26
	case "false":
		return 27
	case "iota":
		return 28
	case "int":
		return 29
	case "int8":
		return 30
	case "int16":
		return 31
	case "int32":
		return 32
	case "int64":
		return 33
	case "uint":
		return 34
	case "string":
		return 35
	case "byte":
		return 36
	case "rune":
		return 37
	case "error":
		return 38
	case "any":
		return 39
	case "len":
		return 40
	case "cap":
		return 41
	case "make":
		return 42
	case "new":
		return 43
	case "":
		return -1
	}
	return -2
}

// No byte tells these apart well.
func oneHot(s string) int {
	switch s {
	case "baaaaaaaaaaaaaaa":
		return 0
	case "abaaaaaaaaaaaaaa":
		return 1
	case "aabaaaaaaaaaaaaa":
		return 2
	case "aaabaaaaaaaaaaaa":
		return 3
	case "aaaabaaaaaaaaaaa":
		return 4
	case "aaaaabaaaaaaaaaa":
		return 5
	case "aaaaaabaaaaaaaaa":
		return 6
	case "aaaaaaabaaaaaaaa":
		return 7
	case "aaaaaaaabaaaaaaa":
		return 8
	case "aaaaaaaaabaaaaaa":
		return 9
	case "aaaaaaaaaabaaaaa":
		return 10
	case "aaaaaaaaaaabaaaa":
		return 11
	case "aaaaaaaaaaaabaaa":
		return 12
	case "aaaaaaaaaaaaabaa":
		return 13
	case "aaaaaaaaaaaaaaba":
		return 14
	case "aaaaaaaaaaaaaaab":
		return 15
	}
	return -1
}

// They differ behind a long common part only.
func long(s string) int {
	switch s {
	case "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxab":
		return 0
	case "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxac":
		return 1
	case "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxbb":
		return 2
	case "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxbc":
		return 3
	case "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxcc":
		return 4
	case "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxdd":
		return 5
	}
	return -1
}

type Name string

var log []string

func said(s string) string { log = append(log, s); return s }

// A case that is not constant divides the runs; what stands before it is compared before.
func mixed(s Name) (r string) {
	switch s {
	case "a1", "a2", "a3", "a4", "a5":
		r = "first"
		fallthrough
	case "b1":
		r += " second"
	case Name(said("a1")), Name(said("c1")):
		r = "dynamic"
	case "c1x", "c2", "c3", "c4", "c5", "d1":
		r = "third"
		if len(s) == 2 {
			break
		}
		r += "+"
	default:
		r = "default"
		fallthrough
	case "e1", "e2", "e3", "e4":
		r += " fourth"
	}
	return
}

func bytesOf(b []byte) int {
	switch string(b) {
	case "one", "uno", "eins", "un", "bir":
		return 1
	case "two", "dos", "zwei", "deux", "iki":
		return 2
	}
	return 0
}

func float(f float64) int {
	switch f {
	case 1:
		return 1
	case 0.5, -3:
		return 2
	case math.MaxFloat64:
		return 3
	case 0:
		return 4
	case 1e-300, 7, 8, 9:
		return 5
	}
	return -1
}

func single(f float32) int {
	switch f {
	case 0.1, 0.2, 0.3, 0.4, 0.5, 0.6:
		return 1
	}
	return 0
}

func small(i int8) int {
	switch i {
	case -128, 127, 5:
		return 1
	case -1:
		return 2
	case 100 + 1, 'a', 12.0:
		return 3
	}
	return 0
}

func unsigned(u uint64) int {
	switch u {
	case 1<<64 - 1, 1 << 63, 0:
		return 1
	case 5, 6:
		return 2
	}
	return 0
}

func intMixed(i int, f func(int) int) int {
	switch i {
	case 1, 2, 3, 4:
		return 1
	case f(4), f(5):
		return 2
	case 6, 7, 8, 5:
		return 3
	}
	return 0
}

func boxed(x any) int {
	switch x {
	case 1, "a", 2.5, nil:
		return 1
	case int8(1), 'a', true, struct{}{}, [2]int{1, 2}:
		return 2
	}
	return 0
}

func complexes(c complex128) int {
	switch c {
	case 1, 1i, 2 + 1i, 3, 4, 5:
		return 1
	}
	return 0
}

type I interface{ M() int }
type J interface{ N() int }
type (
	A int
	B string
	C struct{ x, y int }
	D []int
	E func()
	F map[string]int
	H [3]float64
	K struct{}
	L *int
	O chan int
	V [100]int
)

func (a A) M() int  { return 1 }
func (a B) M() int  { return 2 }
func (a C) M() int  { return 3 }
func (a D) M() int  { return 4 }
func (a E) M() int  { return 5 }
func (a F) M() int  { return 6 }
func (a *H) M() int { return 7 }
func (a K) M() int  { return 8 }
func (a K) N() int  { return 9 }
func (a V) M() int  { return len(a) }

func types(x any) string {
	switch v := x.(type) {
	case A:
		return fmt.Sprint("A", v+1)
	case B, C, D:
		return fmt.Sprintf("BCD %T", v)
	case nil:
		return "nil"
	case E, F, *H, H:
		return fmt.Sprintf("%T", v)
	case J:
		return fmt.Sprint("J", v.N())
	case K:
		return "never"
	case L, O, int, string, []int, map[string]int, *A, error:
		return fmt.Sprintf("last %T", v)
	case V:
		v[0]++
		return fmt.Sprint(v[0], len(v))
	default:
		return fmt.Sprintf("default %T", v)
	}
}

func methods(x I) string {
	switch v := x.(type) {
	case A:
		return fmt.Sprint("A", v+1)
	case B:
		return string("B" + v)
	case C:
		return fmt.Sprint("C", v.x)
	case D, E:
		return fmt.Sprintf("DE %T", v)
	case F:
		return fmt.Sprint("F", len(v))
	case *H:
		return fmt.Sprint("H", v[1])
	case V:
		return fmt.Sprint("V", v[1])
	case nil:
		return "nil"
	case J:
		return "J"
	default:
		return fmt.Sprintf("default %T", v)
	}
}

type embedded struct{ I }

// Instances may have the same type in several cases: the first counts.
func same[T, U any](x any) string {
	switch x.(type) {
	case T:
		return "T"
	case U:
		return "U"
	case int:
		return "int"
	case string:
		return "string"
	case []T:
		return "[]T"
	case map[string]U:
		return "map"
	case interface{ M() int }:
		return "M"
	}
	return "none"
}

// In an instance a concrete case may not implement the interface.
func impl[T any](x I) string {
	switch any(x).(type) {
	case T, A, B, C, D, E:
		return "listed"
	}
	return "other"
}

func main() {
	for _, s := range strings.Fields("break default func interface select case defer go map struct chan else goto package switch const fallthrough if range type continue for import return var nil true false iota int int8 int16 int32 int64 uint string byte rune error any len cap make new brea breakx Break fund casf in") {
		fmt.Print(word(s), " ")
	}
	fmt.Println(word(""), word("\x00"))
	for i := range 16 {
		s := strings.Repeat("a", i) + "b" + strings.Repeat("a", 15-i)
		fmt.Print(oneHot(s), oneHot("b"+s[1:]), oneHot(s[1:]), " ")
	}
	fmt.Println(oneHot(strings.Repeat("a", 16)))
	for _, s := range []string{"ab", "ac", "bb", "bc", "cc", "dd", "bd", "", "zz", "aa"} {
		fmt.Print(long(strings.Repeat("x", 70)+s), long("y"+strings.Repeat("x", 69)+s), " ")
	}
	fmt.Println()
	for _, s := range strings.Fields("a1 a3 a5 b1 c1 c1x c2 d1 e1 e4 zz") {
		log = nil
		fmt.Println(s, mixed(Name(s)), log)
	}
	fmt.Println(bytesOf([]byte("uno")), bytesOf([]byte("iki")), bytesOf([]byte("zwe")), bytesOf(nil))
	for _, f := range []float64{1, 0.5, -3, math.MaxFloat64, 0, math.Copysign(0, -1), 1e-300, 7, 8, 9, 10, math.NaN(), math.Inf(1), math.Inf(-1)} {
		fmt.Print(float(f), " ")
	}
	fmt.Println(single(0.1), single(0.6), single(0.15))
	fmt.Println(small(-128), small(127), small(-1), small(101), small('a'), small(12), small(6))
	fmt.Println(unsigned(1<<64-1), unsigned(1<<63), unsigned(0), unsigned(6), unsigned(7))
	for i := range 10 {
		fmt.Print(intMixed(i, func(k int) int { fmt.Print("f", k, " "); return k }), " ")
	}
	fmt.Println()
	fmt.Println(boxed(1), boxed("a"), boxed(2.5), boxed(nil), boxed(int8(1)), boxed('a'), boxed(true), boxed(K{}), boxed(struct{}{}), boxed([2]int{1, 2}), boxed(3))
	fmt.Println(complexes(1), complexes(1i), complexes(2+1i), complexes(1+1i))
	a := A(1)
	for _, x := range []any{a, B("b"), C{1, 2}, D{1}, E(nil), F{}, &H{}, H{}, K{}, L(nil), O(nil), V{1, 2}, nil, 1, "s", []int{}, map[string]int{}, &a, fmt.Errorf("e"), 1.5, embedded{}, struct{}{}} {
		fmt.Println(types(x), same[int, string](x), same[string, string](x), same[[]int, A](x))
	}
	for _, x := range []any{a, B("b"), C{1, 2}, D{1}, E(nil), F{}, &H{1, 2}, K{}, V{1, 2}, embedded{}, &a} {
		i := x.(I) // an itab that may be made at run time
		fmt.Println(methods(i), methods(struct{ I }{i}), impl[int](i), impl[K](i), impl[*A](i))
	}
	fmt.Println(methods(nil))
}
