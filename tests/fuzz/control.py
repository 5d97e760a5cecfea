"""Control flow: deferred calls, panics, recover and Goexit in each other; iterator functions left in all ways; goto machines; frames and lines."""

from __future__ import annotations

from random import Random

Files = dict[str, str]


def defers(rnd: Random) -> tuple[Files, str]:
    """Functions that call the next, with deferred functions that recover, panic again, change results or end the goroutine."""
    n = rnd.randint(3, 6)
    out = ["package NAME", "", "import (", '"runtime"', "", '"m/pr"', ")", "", "type defE struct{ n int }", "", 'func (e defE) Error() string { return "defE" + string(rune(48+e.n%10)) }', ""]
    out += ["func defQuiet() any { return recover() }", 'func defSay(s string, x int) { pr.S(s); pr.V(x) }', ""]
    serial = 0

    def action(i: int, inside: bool) -> str:
        nonlocal serial
        serial += 1
        return rnd.choice((
            f'pr.S("s{serial}")', f'pr.S("s{serial}")', f"r += {serial}", f"r += {serial}", f'panic("p{serial}")', f"panic(defE{{{serial}}})", "r += *(*int)(nil)", f"r += def{i + 1}(r)", f"r += def{i + 1}({serial})",
            "runtime.Goexit()" if rnd.random() < 0.3 else f"r ^= {serial}", f"return r + {serial}" if not inside else f'pr.S("i{serial}")', 'panic(recover())' if inside else f"r -= {serial}",
        ))  # fmt: skip

    def deferred(i: int) -> list[str]:
        nonlocal serial
        serial += 1
        form = rnd.randrange(8)
        if form == 0:
            return [f'defer defSay("d{serial}", r)']
        if form == 1:
            return ["defer defQuiet()"]
        if form == 2:
            return [f"for i := range {rnd.randint(1, 3)} {{ defer func() {{ r += i; pr.V({serial}, i, r) }}() }}"]
        if form == 3:
            return ["if r&1 == 0 {", *deferred(i), "}"]
        body = [f'pr.S("d{serial}")']
        if rnd.random() < 0.55:
            body.append(rnd.choice(("pr.S(pr.Err(recover()))", "if e := recover(); e != nil { r = -r; pr.S(pr.Err(e)) }", "defer func() { pr.S(pr.Err(recover())) }()", "func() { pr.S(pr.Err(recover())) }()")))
        body += [action(i, True) for _ in range(rnd.randint(0, 2))]
        return ["defer func() {", *body, "}()"]

    for i in range(n):
        out += [f"func def{i}(x int) (r int) {{", "r = x"]
        for _ in range(rnd.randint(2, 5)):
            out += deferred(i) if rnd.random() < 0.5 else [action(i, False)]
        out += ["return r", "}", ""]
    out += [f"func def{n}(x int) int {{ if x%3 == 0 {{ panic(x) }}; return x }}", "", "func shapeDefers() {", "_ = runtime.NumCPU", f"for k := range {rnd.randint(2, 5)} {{"]
    out += ["done := make(chan bool)", "go func() {", "defer close(done)", 'defer func() { pr.S("top " + pr.Err(recover())) }()', "pr.V(def0(k))", "}()", "<-done", "}", "}", ""]
    return {"defers.go": "\n".join(out)}, "shapeDefers"


def iterators(rnd: Random) -> tuple[Files, str]:
    """Range over functions, nested, left by break, continue, goto, return and panic, with deferred calls in the loops."""
    out = ["package NAME", "", "import (", '"iter"', "", '"m/pr"', ")", ""]
    out += [
        "func itCount(k, n int) iter.Seq[int] {", "return func(yield func(int) bool) {", 'defer pr.V("end", k)', "for i := range n {", 'if !yield(i + k) { pr.V("stop", k, i); return }', "}", "}", "}", "",
        "func itPairs[K comparable, V any](ks []K, f func(K) V) iter.Seq2[K, V] {", "return func(yield func(K, V) bool) {", "for _, k := range ks {", "if !yield(k, f(k)) { return }", "}", "}", "}", "",
        "func itNone(yield func() bool) { for yield() { pr.S(\"again\") } }", "",
    ]  # fmt: skip
    serial = 0

    def leave(depth: int) -> str:
        label = f"L{rnd.randint(0, depth)}"
        return rnd.choice(("break", "continue", f"break {label}", f"continue {label}", f"return {serial}, \"out\"", f'panic("it{serial}")', 'goto end', f"r += {serial}"))

    def loop(depth: int) -> list[str]:
        nonlocal serial
        serial += 1
        x = f"x{depth}"
        head = rnd.choice((
            f"for {x} := range itCount({serial}, {rnd.randint(1, 4)}) {{", f"for {x} := range itCount({serial}, {rnd.randint(1, 4)}) {{", f"for {x} := range {rnd.randint(1, 3)} {{",
            f'for _, {x} := range itPairs([]string{{"a", "bc", "d"}}, func(s string) int {{ r++; return len(s) + r%3 }}) {{',
        ))  # fmt: skip
        body = [f"L{depth}:", head, f"{x} := {x}; _ = {x}"]
        for _ in range(rnd.randint(1, 4)):
            serial += 1
            body.append(rnd.choice((
                f"pr.V({serial}, {x}, r)", f"r += {x}", f"if {x}%{rnd.randint(2, 3)} == {rnd.randint(0, 1)} {{ {leave(depth)} }}", f"if r > {rnd.randint(2, 40)} {{ {leave(depth)} }}",
                f"defer func() {{ r += {x}; pr.V({serial}, {x}, r) }}()", f"fs = append(fs, func() int {{ {x}++; r++; return {x} }})", f"for range itNone {{ r++; if r%{rnd.randint(2, 4)} == 0 {{ break }} }}",
                f"switch {x} {{ case 1: {leave(depth)}; case 2, 3: r *= 2; default: r-- }}",
            )))  # fmt: skip
        if depth < 2 and rnd.random() < 0.7:
            body[rnd.randint(3, len(body)) :] = [*loop(depth + 1)]
        return [*body, "}"]

    n = rnd.randint(2, 4)
    for i in range(n):
        body = loop(0)
        text = "\n".join(body)
        used = [f"if r < -1000 {{ goto {w} }}" for w in (["end"] if "goto end" not in text else [])]
        lines = [line for line in body if not (line.startswith("L") and line.endswith(":") and not any(f" {line[:-1]}" in b for b in body))]
        out += [f"func it{i}(r int) (n int, s string) {{", "var fs []func() int", 'defer func() { pr.S("it " + pr.Err(recover())); for _, f := range fs { n += f() } }()', *used, *lines, "end:", 'pr.V("end of function", r)', "for _, f := range fs { pr.V(f()) }", 'return r, "normal"', "}", ""]  # fmt: skip
    out += ["func shapeIterators() {", *(f"pr.V(it{i}({rnd.randint(0, 5)}))" for i in range(n))]
    out += ["next, stop := iter.Pull(itCount(100, 3))", "for range 2 { pr.V(next()) }", "stop()", "pr.V(next())", "}", ""]
    return {"iterators.go": "\n".join(out)}, "shapeIterators"


def gotos(rnd: Random) -> tuple[Files, str]:
    """Machines of labels: every block computes, then goes on to one of the others; no variable is declared between."""
    out = ["package NAME", "", 'import "m/pr"', ""]
    for f in range(2):
        n = rnd.randint(3, 8)
        t = rnd.choice(("int", "uint8", "int16", "uint64"))
        out += [f"func goto{f}(x, y {t}, s string) ({t}, string) {{", f"var a [4]{t}", "steps := 0", "switch x % 3 {", *(f"case {k}: goto L{rnd.randrange(n)}" for k in range(2)), "}"]
        for k in range(n):
            out += [f"L{k}:", "steps++", f"if steps > {rnd.randint(20, 90)} {{ goto end }}"]
            for _ in range(rnd.randint(1, 3)):
                out.append(rnd.choice((
                    f"x = x*{rnd.randint(2, 9)} + y", f"y ^= x >> {rnd.randint(1, 5)}", "a[x&3] += y", "x, y = y, x", f'if len(s) < 40 {{ s += "{"abcdef"[k % 6]}" }}', f"y -= a[y&3] + {k}",
                    f"for i := range a {{ a[i] ^= x; if a[i]%{rnd.randint(3, 9)} == 0 {{ goto L{rnd.randrange(n)} }} }}", f"switch y & 7 {{ case 1, 2: x++; case {rnd.randint(3, 7)}: goto L{rnd.randrange(n)} }}",
                )))  # fmt: skip
            out.append(f"if {rnd.choice(('x < y', 'x&1 == 0', 'a[1] > x', f'steps%{rnd.randint(2, 5)} == 0'))} {{ goto L{rnd.randrange(n)} }}")
        for k in range(n):  # every label is used
            out.append(f"if steps < -{k + 1} {{ goto L{k} }}")
        out += ["end:", "return x ^ y ^ a[0] ^ a[3], s", "}", ""]
    out += ["func shapeGotos() {", *(f"pr.V(goto{rnd.randint(0, 1)}({rnd.randint(0, 99)}, {rnd.randint(0, 99)}, \"\"))" for _ in range(6)), "}", ""]
    return {"gotos.go": "\n".join(out)}, "shapeGotos"


def frames(rnd: Random) -> tuple[Files, str]:
    """Names and lines of callers, from places that the optimiser moves."""
    n = rnd.randint(2, 5)
    out = ["package NAME", "", "import (", '"runtime"', '"strings"', "", '"m/pr"', ")", ""]
    out += [
        "type frT[E any] struct{ e E }", "type frI interface{ Do(int) int }", "func (t frT[E]) Do(x int) int { pr.Line(); return x }", "func (t *frT[E]) Ptr(x int) int { return frAt(x) }", "",
        "func frAt(x int) int {", "pcs := make([]uintptr, 20)", "fs := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])", "for {", "f, more := fs.Next()",
        'if strings.HasPrefix(f.Function, "runtime.") || strings.HasPrefix(f.Function, "m/pr.") || strings.HasPrefix(f.Function, "main.") { if !more { break }; continue }',
        "pr.V(f.Function, f.Line)", "if !more { break }", "}", "return x", "}", "", "func frSmall(x int) int { return frAt(x) + 1 }", "", "func frGen[X any](x X, f func(int) int) X { f(1); return x }", "",
    ]  # fmt: skip
    calls = [
        "frAt({k})", "frSmall({k})", "frSmall(\nfrSmall(\n{k}))", "frGen({k}, frSmall)", "frGen({k}, func(x int) int {{ return frAt(x) }})", "frT[int]{{}}.Do({k})", "(&frT[string]{{}}).Ptr({k})",
        "frI(frT[bool]{{}}).Do({k})", "[]int{{\n{k},\nfrAt(1),\nfrSmall(2),\n}}[1]", "func() int {{\nreturn frAt({k}) }}()", "func() (r int) {{ defer func() {{\nr = frAt({k}) }}(); return 0 }}()",
        "map[string]int{{\n\"a\": frAt({k}),\n}}[\"a\"]", "func(f func(int) int) int {{ return f({k}) }}(frT[int8]{{}}.Do)", "min(frAt({k}),\nfrSmall(3))",
    ]  # fmt: skip
    for i in range(n):
        out += [f"func fr{i}(x int) int {{"]
        for _ in range(rnd.randint(2, 5)):
            e = rnd.choice(calls).format(k=rnd.randint(0, 9))
            out.append(rnd.choice((f"x += {e}", f"if x > {rnd.randint(-5, 30)} {{ return {e} }}", f"switch x & 3 {{\ncase 0:\nx = {e}\ncase 1:\nx -= {e}\ndefault:\nx++ }}", f"for range 2 {{ x ^= {e} }}", f"pr.V({e},\n{e})", "pr.Line()")))
        out += [f"return fr{i + 1}(x)" if i + 1 < n else "return x", "}", ""]
    out += ["func shapeFrames() {", *(f"pr.V(fr0({rnd.randint(0, 9)}))" for _ in range(2)), "}", ""]
    return {"frames.go": "\n".join(out)}, "shapeFrames"
