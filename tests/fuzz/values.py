"""Values at the edges: numbers and conversions, NaN keys, zero-size types, strings that are no UTF-8, interfaces in each other, generic methods."""

from __future__ import annotations

from random import Random

Files = dict[str, str]

INTS = {"int8": 8, "int16": 16, "int32": 32, "int64": 64, "int": 64, "uint8": 8, "uint16": 16, "uint32": 32, "uint64": 64, "uint": 64, "uintptr": 64}


def edge(rnd: Random, t: str) -> int:
    """A value of integer type t, often at an edge."""
    bits = INTS[t]
    lo, hi = (0, (1 << bits) - 1) if t[0] == "u" else (-(1 << bits - 1), (1 << bits - 1) - 1)
    v = rnd.choice((lo, hi, lo + 1, hi - 1, 0, 1, -1, hi >> 1, 1 << rnd.randrange(bits), rnd.randint(lo, hi), 100))
    return min(max(v, lo), hi)


def numbers(rnd: Random) -> tuple[Files, str]:
    """Conversions between all kinds, operators at the edges, floats that are no numbers, exact constants, bit and float functions."""
    out = ["package NAME", "", "import (", '"math"', '"math/bits"', '"math/cmplx"', "", '"m/pr"', ")", "", "func shapeNumbers() {", "_, _, _ = math.Pi, bits.UintSize, cmplx.Abs(1)"]
    ints = list(INTS)
    floats = ["0.0", "math.Copysign(0, -1)", "1.5", "-2.5", "1e300", "-1e-310", "math.NaN()", "math.Inf(1)", "math.Inf(-1)", "16777217.0", "0.1", "math.MaxFloat64", "9007199254740993.0"]
    narrow = [x for x in floats if x not in ("1e300", "math.MaxFloat64", "-1e-310")]
    for _ in range(rnd.randint(12, 25)):
        a, b = rnd.choice(ints), rnd.choice(ints)
        x, y = edge(rnd, a), edge(rnd, a)
        f, g = rnd.choice(floats), rnd.choice(floats)
        m = rnd.randint(-100, 100) + rnd.choice((0, 0.5, 0.25, 0.99))
        match rnd.randrange(14):
            case 0 | 1:
                out.append(f"{{ x := {a}({x}); pr.V({b}(x), float32(x), float64(x), {rnd.choice(ints)}({b}(x))) }}")
            case 2:
                out.append(f"{{ x, y := {a}({x}), {a}({y}); pr.V(x+y, x-y, x*y, x&y, x|y, x^y, x&^y, -x, ^x, x < y, x == y, min(x, y), max(x, y)) }}")
            case 3:
                out.append(f"{{ x, y := {a}({x}), {a}({y or 3}); pr.V(x/y, x%y, (x+1)/y, x/{rnd.choice((3, 7, 10, 16, 100))}, x%{rnd.choice((3, 8, 10, 64))}) }}")
            case 4:
                out.append(f"{{ x, n := {a}({x}), {rnd.choice(('uint8', 'uint', 'uint64'))}({rnd.choice((0, 1, 7, 8, 31, 32, 63, 64, 65, 200))}); pr.V(x<<n, x>>n, x<<(n&7), x>>(n%70), 1<<(n&31) + x) }}")
            case 5:
                out.append(f"{{ f, g := {f}, {g}; pr.V(f+g, f-g, f*g, f/g, f < g, f == g, f != g, min(f, g), max(f, g), float32(f), -f, math.Signbit(f)) }}")
            case 6:
                out.append(f"{{ f := {f}; g := float32({rnd.choice(narrow)}); pr.V(math.Sqrt(f), math.Floor(f), math.Ceil(f), math.Trunc(f), math.Abs(f), math.RoundToEven(f), math.Round(f), math.Float32bits(g), math.FMA(f, 2, float64(g)), g*g, g+0.1) }}")
            case 7:
                t = rnd.choice([i for i in ints if i[0] != "u"] if m < 0 else ints)
                out.append(f"{{ f := float64({m}); g := float32({m}); pr.V({t}(f), {t}(g), {t}(f*1.2)) }}" if abs(m) <= 100 and abs(m) * 1.2 < 127 else f"pr.V({x})")
            case 8:
                out.append(f"{{ x := {rnd.choice(('uint64', 'int64'))}(pr.Id[int64]({edge(rnd, 'int64')})); pr.V(float64(x), float32(x), float64(uint64(x)), float32(uint64(x)), complex(float32(x), 1)) }}")
            case 9:
                w = rnd.choice(("8", "16", "32", "64", ""))
                out.append(f"{{ x := uint{w}(pr.Id[uint64]({edge(rnd, 'uint64')}) & math.MaxUint{w or 64}); pr.V(bits.LeadingZeros{w}(x), bits.TrailingZeros{w}(x), bits.OnesCount{w}(x), bits.RotateLeft{w}(x, {rnd.randint(-70, 70)}), bits.Reverse{w}(x), bits.Len{w}(x)) }}")
            case 10:
                out.append(f"{{ x, y := uint64({edge(rnd, 'uint64')}), uint64({edge(rnd, 'uint64') | 1}); h, l := bits.Mul64(x, y); s, c := bits.Add64(x, y, {rnd.randint(0, 1)}); d, e := bits.Sub64(x, y, 1); q, r := bits.Div64(x%y, l, y); pr.V(h, l, s, c, d, e, q, r, bits.ReverseBytes64(x)) }}")
            case 11:
                n, e, s = rnd.randint(-(1 << 70), 1 << 70), rnd.randint(1, 90), rnd.randint(1, 1000)
                out.append(f"{{ const c = ({n} << {e}) / {s} % 1000000007; const d = 'a' + {rnd.randint(0, 9)}.0; const f = 1.0 / {s} * {n}; pr.V(c, d, float64(f), float32(f), c > d, len(\"é{s}\") << 3) }}")
            case 12:
                out.append(f"{{ a, b := complex({f}, {g}), complex(1.5, -2.0); pr.V(a+b, a*b, a-b, a == b, real(a), imag(a*b), complex64(a), -b); c := complex64(b); pr.V(c*c, c/(c+1), cmplx.Abs(b)) }}")
            case _:
                out.append(f"{{ x := {a}({x}); x++; x += x; x <<= 1; x -= {rnd.randint(1, 99)}; x ^= x >> 1; x--; pr.V(x, x > {rnd.randint(0, 99)}, {b}(x)&1) }}")
    return {"numbers.go": "\n".join([*out, "}", ""])}, "shapeNumbers"


def keys(rnd: Random) -> tuple[Files, str]:
    """Maps with NaN, zeros of both signs, interfaces, arrays and structs as keys; comparisons of such; keys that cannot be hashed; zero-size types."""
    n = rnd.randint(1, 30)
    ops = [
        "m[nan]++", "m[0]++", "m[math.Copysign(0, -1)] += 2", "delete(m, nan)", "delete(m, 0)", "_, ok := m[nan]; pr.V(ok)", f"for i := range {n} {{ m[float64(i%7)] += i }}", "clear(m)", "pr.V(len(m))",
        "for k, v := range m { if k != k { nans++; sum += v } else { sum += v } }; pr.V(nans, sum)", "any1[nan] = 1; any1[1] = 2; any1[int8(1)] = 3; any1[\"1\"] = 4; any1[[2]any{1, nan}] = 5; pr.V(len(any1), any1[1], any1[int8(1)])",
        "pr.V([2]float64{0, nan} == [2]float64{0, nan}, any(nan) == any(nan), keyS{1, 0, \"\"} == keyS{1, math.Copysign(0, -1), \"\"})", "st[keyS{1, 0, \"\"}]++; st[keyS{1, math.Copysign(0, -1), \"\"}]++; st[keyS{1, nan, \"\"}]++; pr.V(len(st))",
        "any1[[]int{1}] = 1", "_ = any1[func() {}]", "pr.V(any([]int{}) == any([]int{}))", "delete(any1, any(map[int]int{}))", "pr.V(any(keyS{}) == any(1), any([1]any{[]int{}}) == any([1]any{1}))", "pr.V(any([2]any{1, []int{}}) == any([2]any{1, []int{}}))",
        "z[keyZ{}]++; z[keyZ{}]++; pr.V(z, len(z))", "zc := make(chan keyZ, 2); zc <- keyMake(); zc <- keyZ{}; pr.V(len(zc), <-zc)", "za := [3]keyZ{keyMake(), keyMake()}; pr.V(len(za), za == [3]keyZ{})", "pr.V([2][0]int{keyArr(), keyArr()}, [1][1]keyZ{{keyMake()}})",
        "for i := range [4]keyZ{} { pr.V(i) }", "zs := append([]keyZ{}, keyMake(), keyMake()); pr.V(len(zs), keyE{1, keyZ{}}, unsafe.Sizeof(keyE{}), unsafe.Sizeof(za0))", "zf := keyZ.Do; pr.V(zf(keyMake(), 3)); (*keyZ).Ptr(nil)", "var big [1 << 40]keyZ; pr.V(len(big), cap(big[:5]))",
        "switch nan { case nan: pr.S(\"nan\"); default: pr.S(\"other\") }", "switch any(0.0) { case 0: pr.S(\"int\"); case math.Copysign(0, -1): pr.S(\"zero\") }", "c := complex(nan, 0); cm := map[complex128]int{c: 1, 0: 2}; cm[c] = 3; pr.V(len(cm), cm[0])",
        "var i1, i2 keyI = keyZ{}, keyZ{}; pr.V(i1 == i2, i1 == keyI(nil)); im := map[keyI]int{i1: 1, nil: 2}; pr.V(im[i2], im[nil], len(im))",
    ]  # fmt: skip
    out = ["package NAME", "", "import (", '"math"', '"unsafe"', "", '"m/pr"', ")", "", "type keyS struct{ a int; f float64; s string }", "type keyZ struct{}", "type keyE struct{ a int8; z keyZ }", "type keyI interface{ Do(int) int }", "var za0 [3]keyZ", ""]
    out += ["func (keyZ) Do(x int) int { return x + 1 }", 'func (z *keyZ) Ptr() { pr.S("ptr"); _ = *z }', 'func keyMake() keyZ { pr.S("make"); return keyZ{} }', 'func keyArr() [0]int { pr.S("arr"); return [0]int{} }', ""]
    out += ["func shapeKeys() {", "_ = unsafe.Sizeof(za0)", "nan := math.NaN()", "m, any1, st, z := map[float64]int{}, map[any]int{}, map[keyS]int{}, map[keyZ]int{}", "nans, sum := 0, 0", "_, _, _, _, _, _, _ = nan, m, any1, st, z, nans, sum"]
    for k in range(rnd.randint(8, 16)):
        out += ["func() {", f'defer func() {{ pr.S("{k} " + pr.Err(recover())) }}()', rnd.choice(ops), "}()"]
    return {"keys.go": "\n".join([*out, "}", ""])}, "shapeKeys"


def text(rnd: Random) -> tuple[Files, str]:
    """Strings of valid and broken UTF-8 through everything that decodes."""
    pieces = ["a", "é", "日", "\\xff", "\\xc0\\xaf", "\\xe2\\x82", "\\xed\\xa0\\x80", "\\xf4\\x90\\x80\\x80", "\\U0001F600", "\\ufeff", "\\x00", "\\xf0\\x9f", "z", "\\xc3", "\\ufffd", "\\u07ff\\u0800"]
    strings = ["".join(rnd.choice(pieces) for _ in range(rnd.randint(0, 8))) for _ in range(rnd.randint(2, 4))]
    ops = [
        "for i, r := range s { pr.V(i, r) }", "rs := []rune(s); pr.V(len(rs), rs, string(rs), string(rs) == s)", "b := []byte(s); for i := range b { b[i] ^= 1 }; pr.V(b, s)", "pr.V(len(s), utf8.RuneCountInString(s), utf8.ValidString(s))",
        "pr.V(strings.ToValidUTF8(s, \"?\"), strings.ToUpper(s), strings.Count(s, \"\"), strings.Fields(s))", "pr.V(strconv.Quote(s), strconv.QuoteToASCII(s))", "n := 0; for range s { n++ }; for i := range s { n += i }; pr.V(n)",
        f"pr.V(string(rune({rnd.choice((-1, 0xD800, 0x10FFFF, 0x110000, 0xFFFD, 65, 0xE9))})), string([]rune{{0xD800, 'x', -5, 0x1F600}}))", "m := map[string]int{s: 1, string([]rune(s)): 2}; pr.V(len(m), m[s])", "for i, c := range []byte(s) { pr.V(i, c); if i > 3 { break } }",
        f"switch s {{ case \"{strings[0]}.\": pr.S(\"first\"); case \"a\", \"é\": pr.S(\"short\"); case \"\": pr.S(\"empty\"); default: pr.S(\"other\") }}", f"pr.V(s < \"{strings[-1]}\", s == \"{strings[-1]}\", s+\"é\" > s, min(s, \"b\"), max(s, \"\\xfe\"))",
        "if len(s) > 2 { pr.V(s[1:], s[:2], s[1:2], string(s[1])); for i, r := range s[1:] { pr.V(i, r) } }", "var e error = textE(s); pr.V(e.Error() == s, textE(s) == e)", "pr.V(strings.Map(func(r rune) rune { if r == 0xFFFD { return -1 }; return r + 1 }, s))", "pr.V(s[len(s)])", "pr.V(s[pr.Id(3):2])",
        "fs := []func(){}; for i, r := range s { fs = append(fs, func() { pr.V(i, r); r++; i-- }) }; for _, f := range fs { f(); f() }",
    ]  # fmt: skip
    out = ["package NAME", "", "import (", '"strconv"', '"strings"', '"unicode/utf8"', "", '"m/pr"', ")", "", "type textE string", "", "func (e textE) Error() string { return string(e) }", "", "func shapeText() {", '_, _, _ = strconv.Itoa, strings.ToUpper, utf8.RuneError']
    out += [f'for _, s := range []string{{{", ".join(chr(34) + s + chr(34) for s in strings)}}} {{']
    for k in range(rnd.randint(5, 9)):
        out += ["func() {", f'defer func() {{ pr.S("{k} " + pr.Err(recover())) }}()', rnd.choice(ops), "}()"]
    return {"text.go": "\n".join([*out, "}", "}", ""])}, "shapeText"


def interfaces(rnd: Random) -> tuple[Files, str]:
    """Interfaces in structs in interfaces: promotion, method values, nil at every step, assertions between them, types made on the way."""
    n = rnd.randint(1, 9)
    ops = [
        "pr.V(w.Name(), w.Size())", "f := w.Name; w.ifI = ifB{2}; pr.V(f(), w.Name())", "var i ifJ = w; pr.V(i.Name(), i.(ifI).Size())", "g := ifI.Name; pr.V(g(w), ifJ.Name(p))", "var i ifI; f := i.Name; pr.V(f())", "var i ifI; defer i.Name(); pr.S(\"after\")",
        "var e ifW; pr.V(e.Size())", "var q *ifP; pr.V(q.Size()); pr.V(q.Name())", "pr.V(p.Size(), p.Inc(), p.n, (*p).Size())", "h := p.Inc; p = &ifP{n: 50}; pr.V(h(), p.n)", "k := (*ifP).Inc; pr.V(k(p), k(p))", "x := any(w); _, ok := x.(ifJ); _, ok2 := x.(interface{ Inc() int }); pr.V(ok, ok2)",
        "pr.V(any(w).(interface{ Inc() int }))", "pr.V(any(p).(ifW))", "var y any = struct{ ifI }{ifA(3)}; pr.V(y.(ifI).Name(), y.(ifI).Size())", "var y any = struct{ *ifP }{p}; pr.V(y.(interface{ Inc() int }).Inc(), p.n)",
        "for _, v := range []any{w, p, ifA(1), ifB{3}, nil, &w, 4} { switch t := v.(type) { case ifJ: pr.S(\"J \" + t.Name()); case ifI: pr.S(\"I \" + t.Name()); case nil: pr.S(\"nil\"); case int: pr.V(t); default: pr.S(\"?\") } }",
        "a, b := ifI(ifA(1)), ifI(ifA(1)); pr.V(a == b, a == ifI(ifB{1}), any(a) == any(b), a != nil)", "pr.V(reflect.TypeOf(w).NumMethod(), reflect.TypeOf(p).NumMethod(), reflect.TypeOf(struct{ *ifP }{}).NumMethod(), reflect.TypeFor[ifJ]().NumMethod())",
        "t := reflect.TypeOf(p); for i := range t.NumMethod() { pr.S(t.Method(i).Name + \" \" + t.Method(i).Type.String()) }", "v := reflect.New(reflect.TypeOf(struct{ ifI; N int }{})); v.Elem().Field(0).Set(reflect.ValueOf(ifA(7))); pr.V(v.Elem().Interface().(ifI).Name(), v.Interface().(ifI).Size())",
        "r := reflect.ValueOf(&w).MethodByName(\"Name\").Call(nil); pr.V(r[0].String())", "func() { defer func() { pr.S(\"in \" + pr.Err(recover())) }(); ifHard(nil) }()", "var fn ifF = func(x int) string { return string(rune('a' + x)) }; var i ifI = fn; pr.V(i.Name(), i.Size())", "go func() { w.Size() }(); pr.V(ifChain(w, 5))",
    ]  # fmt: skip
    out = ["package NAME", "", "import (", '"reflect"', "", '"m/pr"', ")", ""]
    out += [
        "type ifI interface{ Name() string; Size() int }", "type ifJ interface{ ifI; Extra() string }", "type ifA int", "type ifB struct{ n int }", "type ifF func(int) string", "type ifP struct{ ifB; n int; in ifI }", "type ifW struct{ ifI; m map[string]int }", "",
        'func (a ifA) Name() string { return "A" + string(rune(48+int(a)%10)) }', "func (a ifA) Size() int { return int(a) * 2 }", 'func (b ifB) Name() string { return "B" }', "func (b ifB) Size() int { return b.n }", 'func (f ifF) Name() string { return "F" + f(1) }', "func (f ifF) Size() int { return len(f(2)) }",
        "func (p *ifP) Inc() int { p.n++; return p.n }", 'func (p *ifP) Extra() string { return "extra" }', 'func (w ifW) Extra() string { return w.Name() + "!" }', "func ifHard(i ifI) int { return i.Size() }", "func ifChain(i ifI, d int) ifI { if d == 0 { return i }; return ifChain(struct{ ifI }{i}, d-1) }", "",
        "func shapeInterfaces() {", "_ = reflect.TypeOf",
    ]  # fmt: skip
    for k in range(rnd.randint(8, 14)):
        op = rnd.choice(ops)
        if "ifChain" in op:
            op = "pr.V(ifChain(w, 5).Size())"
        out += ["func() {", f"w, p := ifW{{ifI: ifA({n})}}, &ifP{{ifB: ifB{{{n}}}, n: {n}}}; _, _ = w, p", f'defer func() {{ pr.S("{k} " + pr.Err(recover())) }}()', op, "}()"]
    return {"interfaces.go": "\n".join([*out, "}", ""])}, "shapeInterfaces"


def generics(rnd: Random) -> tuple[Files, str]:
    """Generic types and methods with type parameters of their own: called, as values and expressions, through embedding, over random types."""
    ts = {"int": "3", "string": '"s"', "float32": "1.5", "[2]int": "[2]int{1, 2}", "genN": "genN(4)", "*int": "new(int)", "struct{ A int8 }": "struct{ A int8 }{5}", "any": "any(7)", "[]string": '[]string{"x"}', "genBox[int]": "genBox[int]{V: 6}", "map[string]bool": "map[string]bool{}", "func() int": "func() int { return 8 }"}
    t, u = rnd.choice(list(ts)), rnd.choice(list(ts))
    v, w = ts[t], ts[u]
    ops = [
        f"b := genBox[{t}]{{V: {v}}}; pr.V(b.As(func(x {t}) {u} {{ return {w} }}))", f"b := genBox[{t}]{{V: {v}}}; f := b.As[{u}]; pr.V(f(func({t}) {u} {{ return {w} }}))", f"f := genBox[{t}].As[{u}]; pr.V(f(genBox[{t}]{{}}, func({t}) {u} {{ return {w} }}))",
        f"f := (*genBox[{t}]).Pair[{u}]; pr.V(f(&genBox[{t}]{{V: {v}}}, {w}))", f"e := genEmb[{t}]{{genBox: genBox[{t}]{{V: {v}}}}}; pr.V(e.As(func(x {t}) {u} {{ return {w} }}), e.N)", f"e := &genEmb[{t}]{{}}; g := e.Pair[{u}]; pr.V(g({w}))",
        f"pr.V(genMap([]{t}{{{v}, {v}}}, func(x {t}) {u} {{ return {w} }}))", f"pr.V(genZero[{t}](), genZero[{u}]())", "pr.V(genSum(1, 2, 3), genSum(1.5, 2), genSum(genN(1), 2))", "pr.V(genCall[genN](3), genStr(genN(5)))", f"l := &genList[{t}]{{}}; l.Push({v}).Push({v}); n := 0; for range l.All() {{ n++ }}; pr.V(n, l.Len())",
        f"var a any = genBox[{t}]{{V: {v}}}; _, ok := a.(genBox[{t}]); _, ok2 := a.(genBox[{u}]); pr.V(ok, ok2)", f"switch x := any({v}).(type) {{ case {t}: pr.V(genKind[{t}](x)); default: pr.S(\"none\") }}", f"pr.V(genKind({w}), genKind(genBox[{t}]{{}}))", "var q *genBox[int]; pr.V(q.As(func(x int) int { return x }))",
        "pr.V(genFold([]int{1, 2, 3}, \"\", func(s string, x int) string { return s + string(rune(48+x)) }), genFix(5))", "type local struct{ x int }; pr.V(genZero[local](), genZero[*local]() == nil, genKind(local{1}))", f"c := genChan({v}); pr.V(len(c), cap(c))",
    ]  # fmt: skip
    out = ["package NAME", "", "import (", '"iter"', "", '"m/pr"', ")", ""]
    out += [
        "type genN int", "type genBox[E any] struct{ V E; n int }", "type genEmb[E any] struct{ genBox[E]; N int }", "type genList[E any] struct{ head *genNode[E]; n int }", "type genNode[E any] struct{ v E; next *genNode[E] }", "type genNum interface{ ~int | ~float64 }",
        "type genI[T any] interface{ ~int; Next() T }", "",
        "func (b genBox[E]) As[R any](f func(E) R) R { b.n++; return f(b.V) }", "func (b *genBox[E]) Pair[R any](r R) (E, R, int) { b.n++; return b.V, r, b.n }", "func (n genN) Next() genN { return n + 1 }", 'func (n genN) String() string { return "N" }',
        "func (l *genList[E]) Push(x E) *genList[E] { l.head = &genNode[E]{x, l.head}; l.n++; return l }", "func (l *genList[E]) Len() int { return l.n }", "func (l *genList[E]) All() iter.Seq2[int, E] { return func(yield func(int, E) bool) { i := 0; for n := l.head; n != nil; n = n.next { if !yield(i, n.v) { return }; i++ } } }",
        "func genMap[A, B any](s []A, f func(A) B) []B { var out []B; for _, x := range s { out = append(out, f(x)) }; return out }", "func genZero[X any]() X { var x X; return x }", "func genSum[X genNum](xs ...X) (r X) { for _, x := range xs { r += x }; return r / 2 }", "func genCall[X genI[X]](x X) X { return x.Next().Next() }",
        "func genStr[X interface{ String() string }](x X) string { f := x.String; return f() }", "func genKind[X any](x X) string { switch any(x).(type) { case int, genN: return \"int\"; case []X: return \"slice\"; case interface{ String() string }: return \"stringer\"; case genBox[int]: return \"box\" }; return \"other\" }",
        "func genFold[A, B any](s []A, b B, f func(B, A) B) B { if len(s) == 0 { return b }; return genFold(s[1:], f(b, s[0]), f) }", "func genFix[X genNum](x X) X { var f func(X) X; f = func(y X) X { if y <= 1 { return 1 }; return y * f(y-1) }; return f(x) }", "func genChan[X any](x X) chan X { c := make(chan X, 3); c <- x; return c }", "",
        "func shapeGenerics() {",
    ]  # fmt: skip
    for k in range(rnd.randint(6, 12)):
        out += ["func() {", f'defer func() {{ pr.S("{k} " + pr.Err(recover())) }}()', rnd.choice(ops), "}()"]
    return {"generics.go": "\n".join([*out, "}", ""])}, "shapeGenerics"
