"""How the time of a build grows with the size of one construct: rt0 and go side by side.

    python bench/growth.py [--only NAME,...] [--levels 0,2] [--factor 4] [--scale 1.0] [--limit SECONDS] [--no-go]

For each shape of source (many functions, one switch of many cases, one long expression, deep nesting ...) the same program is built at two sizes,
n and factor*n, each with a cache in which the runtime is built already. Printed is the processor time (user and system, all processes of
the build) above that of an empty program, and the exponent of growth: 1 means that twice the source takes twice the time, 2 four times.
Exponents of times below a quarter of a second say little. tests/lower/test_growth.py guards the same shapes by counting, not by time.
"""

from __future__ import annotations

import argparse
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
Files = dict[str, str]  # path -> text


def _main(*parts: str, body: str = "") -> Files:
    return {"main.go": "package main\n\n" + "\n".join(parts) + f"\n\nfunc main() {{\n{body}\n}}\n"}


def _lines(f: Callable[[int], str], n: int) -> str:
    return "\n".join([f(i) for i in range(n)])


def functions(n: int) -> Files:
    return _main(_lines(lambda i: f"func f{i}(a, b int) int {{\n\tif a > b {{\n\t\treturn a - {i}\n\t}}\n\treturn b*{i} + g(a)\n}}", n),
                 "//go:noinline\nfunc g(a int) int { return a }", body=_lines(lambda i: f"\tprintln(f{i}({i}, 2))", n))  # fmt: skip


def methods(n: int) -> Files:
    return _main("type T struct{ x int }", _lines(lambda i: f"func (t *T) M{i}(a int) int {{ return t.x + a*{i} }}", n), "var v any = &T{1}",
                 body="\tprintln(v.(interface{ M1(int) int }).M1(3))")  # fmt: skip


def switch_strings(n: int) -> Files:
    return _main("func f(s string) int {\n\tswitch s {", _lines(lambda i: f'\tcase "name{i * 7919:x}":\n\t\treturn {i}', n), "\t}\n\treturn -1\n}",
                 body='\tprintln(f("name1eef"), f("x"))')  # fmt: skip


def switch_ints(n: int) -> Files:
    return _main("func f(s int) int {\n\tswitch s {", _lines(lambda i: f"\tcase {i * i}:\n\t\treturn {i}", n), "\t}\n\treturn -1\n}", body="\tprintln(f(9), f(5))")


def switch_any(n: int) -> Files:
    return _main("func f(s any) int {\n\tswitch s {", _lines(lambda i: f'\tcase {i}, "s{i}":\n\t\treturn {i}', n), "\t}\n\treturn -1\n}", body="\tprintln(f(9), f(nil))")


def switch_floats(n: int) -> Files:
    return _main("func f(s float64) int {\n\tswitch s {", _lines(lambda i: f"\tcase {i}.5:\n\t\treturn {i}", n), "\t}\n\treturn -1\n}", body="\tprintln(f(9.5), f(5))")


def switch_conditions(n: int) -> Files:
    return _main("func f(s int) int {\n\tswitch {", _lines(lambda i: f"\tcase s == {i * i}:\n\t\treturn {i}", n), "\t}\n\treturn -1\n}", body="\tprintln(f(9), f(5))")


def switch_types(n: int) -> Files:
    return _main(_lines(lambda i: f"type T{i} int", n), "func f(x any) int {\n\tswitch x.(type) {", _lines(lambda i: f"\tcase T{i}:\n\t\treturn {i}", n),
                 "\t}\n\treturn -1\n}", body="\tprintln(f(T1(1)), f(5))")  # fmt: skip


def if_chain(n: int) -> Files:
    return _main("func f(s string) int {", "\t" + " else ".join(f'if s == "name{i}" {{\n\t\treturn {i}\n\t}}' for i in range(n)), "\treturn -1\n}", body='\tprintln(f("name9"))')


def slice_literal(n: int) -> Files:
    return _main("func f() []int {\n\treturn []int{", _lines(lambda i: f"\t\t{i * i},", n), "\t}\n}", body="\tprintln(len(f()))")


def slice_literal_calls(n: int) -> Files:
    return _main("//go:noinline\nfunc g(a int) int { return a }", "func f() []int {\n\treturn []int{", _lines(lambda i: f"\t\tg({i}),", n), "\t}\n}",
                 body="\tprintln(len(f()))")  # fmt: skip


def struct_literals(n: int) -> Files:
    return _main("type P struct {\n\tname string\n\tx, y int\n\tnext *P\n}", "var table = []P{", _lines(lambda i: f'\t{{"n{i}", {i}, 2, &P{{x: {i}}}}},', n), "}",
                 body="\tprintln(len(table))")  # fmt: skip


def map_literal(n: int) -> Files:
    return _main("var m = map[string]int{", _lines(lambda i: f'\t"key{i}": {i},', n), "}", body='\tprintln(m["key3"])')


def map_literal_calls(n: int) -> Files:
    return _main("//go:noinline\nfunc g(a int) int { return a }", "func f() map[int]int {\n\treturn map[int]int{", _lines(lambda i: f"\t\t{i}: g({i}),", n), "\t}\n}",
                 body="\tprintln(len(f()))")  # fmt: skip


def variables(n: int) -> Files:
    return _main(_lines(lambda i: f"var v{i} = v{i + 1} + {i}" if i + 1 < n else f"var v{i} = g()", n), "func g() int { return 1 }", body="\tprintln(v0)")


def locals_(n: int) -> Files:
    return _main("func f(a int) int {", _lines(lambda i: f"\tx{i} := a + {'x' + str(i - 1) if i else 'a'}", n), f"\treturn x{n - 1}\n}}", body="\tprintln(f(1))")


def captured(n: int) -> Files:
    return _main("func f(a int) int {", _lines(lambda i: f"\tx{i} := a + {i}", n), "\tg := func() {", _lines(lambda i: f"\t\tx{i}++", n), "\t}\n\tg()\n\treturn x0\n}",
                 body="\tprintln(f(1))")  # fmt: skip


def closures(n: int) -> Files:
    return _main("var fs []func() int", "func f(a int) {", _lines(lambda i: f"\tfs = append(fs, func() int {{ return a + {i} }})", n), "}",
                 body="\tf(1)\n\tprintln(fs[3]())")  # fmt: skip


def nested_closures(n: int) -> Files:
    return _main("func f(a int) int {", "\treturn " + "func() int { a++; return " * n + "a" + " }()" * n + "\n}", body="\tprintln(f(1))")


def nested_blocks(n: int) -> Files:
    return _main("func f(a int) int {", "\t{\n" * n + "\ta++\n" + "\t}\n" * n, "\treturn a\n}", body="\tprintln(f(1))")


def nested_ifs(n: int) -> Files:
    return _main("func f(a int) int {", "".join(f"\tif a > {i} {{\n" for i in range(n)) + "\ta++\n" + "\t}\n" * n, "\treturn a\n}", body="\tprintln(f(1))")


def nested_loops(n: int) -> Files:
    return _main("func f(a int) int {", "".join(f"\tfor i{i} := range 1 {{\n\ta += i{i}\n" for i in range(n)) + "\ta++\n" + "\t}\n" * n, "\treturn a\n}", body="\tprintln(f(1))")


def nested_parens(n: int) -> Files:
    return _main("func f(a int) int {\n\treturn " + "(a + " * n + "a" + ")" * n + "\n}", body="\tprintln(f(1))")


def nested_calls(n: int) -> Files:
    return _main("//go:noinline\nfunc g(a int) int { return a }", "func f(a int) int {\n\treturn " + "g(a + " * n + "a" + ")" * n + "\n}", body="\tprintln(f(1))")


def long_sum(n: int) -> Files:
    return _main("func f(a, b int) int {\n\treturn " + " + ".join(["a", "b"] * (n // 2)) + "\n}", body="\tprintln(f(1, 2))")


def long_sum_calls(n: int) -> Files:
    return _main("//go:noinline\nfunc g(a int) int { return a }", "func f(a int) int {\n\treturn " + " + ".join(["a", "g(a)"] * (n // 2)) + "\n}", body="\tprintln(f(1))")


def long_condition(n: int) -> Files:
    return _main("func f(a int) bool {\n\treturn " + " || ".join(f"a == {i * i}" for i in range(n)) + "\n}", body="\tprintln(f(9))")


def long_concat(n: int) -> Files:
    return _main("func f(a, b string) string {\n\treturn " + " + ".join(["a", "b"] * (n // 2)) + "\n}", body='\tprintln(len(f("x", "y")))')


def constant_concat(n: int) -> Files:
    return _main("const s = " + " +\n\t".join([f'"part {i}\\n"' for i in range(n)]), body="\tprintln(len(s))")


def string_literal(n: int) -> Files:
    return _main('var s = "' + "text " * n + '"', body="\tprintln(len(s))")


def struct_fields(n: int) -> Files:
    return _main("type S struct {", _lines(lambda i: f"\tf{i} int", n), "}", "func f(s *S) int {\n\tx := *s\n\treturn x.f1\n}", f"var v = S{{f1: 2, f{n - 1}: 3}}",
                 body="\tw := v\n\tprintln(f(&v), w == v)")  # fmt: skip


def interface_methods(n: int) -> Files:
    return _main("type I interface {", _lines(lambda i: f"\tM{i}(int) int", n), "}", "type T int", _lines(lambda i: f"func (t T) M{i}(a int) int {{ return int(t) + a }}", n),
                 "var v I = T(1)", body="\tprintln(v.M1(2))")  # fmt: skip


def types(n: int) -> Files:
    return _main(_lines(lambda i: f"type T{i} struct {{\n\ta int\n\tb *T{(i + 1) % n}\n}}\n\nfunc (t T{i}) M() int {{ return t.a }}", n), "type I interface{ M() int }", "var all = []I{",
                 _lines(lambda i: f"\tT{i}{{a: {i}}},", n), "}", body="\tprintln(all[1].M())")  # fmt: skip


def embedding(n: int) -> Files:
    return _main("type T0 struct{ a int }\n\nfunc (t *T0) M() int { return t.a }", _lines(lambda i: f"type T{i + 1} struct{{ T{i} }}", n), f"var v interface{{ M() int }} = &T{n}{{}}",
                 body=f"\tvar x T{n}\n\tprintln(v.M(), x.a, x.M())")  # fmt: skip


def constants(n: int) -> Files:
    return _main("const (\n\tc0 = iota", _lines(lambda i: f"\tc{i + 1} = c{i} + iota", n), ")", body=f"\tprintln(c{n})")


def packages(n: int) -> Files:
    out = {f"p{i}/p.go": f"package p{i}\n\nimport \"m/p{i + 1}\"\n\nfunc F() int {{ return p{i + 1}.F() + {i} }}\n" for i in range(n)}
    out[f"p{n}/p.go"] = f"package p{n}\n\nfunc F() int {{ return 1 }}\n"
    out["main.go"] = 'package main\n\nimport "m/p0"\n\nfunc main() { println(p0.F()) }\n'
    return out


def files(n: int) -> Files:
    out = {f"f{i}.go": f"package main\n\nfunc f{i}(a int) int {{ return f{i + 1}(a) + {i} }}\n" for i in range(n)}
    out["main.go"] = f"package main\n\nfunc f{n}(a int) int {{ return a }}\n\nfunc main() {{ println(f0(1)) }}\n"
    return out


def goroutines(n: int) -> Files:
    return _main("func f(c chan int, a int) { c <- a }", body="\tc := make(chan int, 1)\n" + _lines(lambda i: f"\tgo f(c, {i})", n) + "\n\tprintln(<-c >= 0)")


def defers(n: int) -> Files:
    return _main("var sum int", "func f(a int) { sum += a }", "func g() {", _lines(lambda i: f"\tdefer f({i})", n), "}", body="\tg()\n\tprintln(sum)")


def instances(n: int) -> Files:
    return _main(_lines(lambda i: f"type T{i} struct{{ a [{i + 1}]byte }}", n), "type L[T any] struct{ xs []T }", "func (l *L[T]) Add(x T) int { l.xs = append(l.xs, x); return len(l.xs) }",
                 "func f[T any](x T) int {\n\tvar l L[T]\n\tl.Add(x)\n\treturn l.Add(x)\n}", body=_lines(lambda i: f"\tprintln(f(T{i}{{}}))", n))  # fmt: skip


def nested_types(n: int) -> Files:
    return _main(f"var v {'[]' * n}int", f"var w {'struct{ a ' * n}int{' }' * n}", body="\tprintln(len(v))\n\tvar x any = v\n\tprintln(x != nil)\n\t_ = w")


def comments(n: int) -> Files:
    return _main(_lines(lambda i: f"// comment {i}\n/* and {i} */", n))


def labels(n: int) -> Files:
    return _main("func f(a int) int {", _lines(lambda i: f"L{i}:\n\ta++\n\tif a == {i * 3} {{\n\t\tgoto L{i}\n\t}}", n), "\treturn a\n}", body="\tprintln(f(1))")


def select_cases(n: int) -> Files:
    return _main("func f(c chan int) int {\n\tselect {", _lines(lambda i: f"\tcase x := <-c:\n\t\treturn x + {i}", n), "\tdefault:\n\t}\n\treturn -1\n}", body="\tprintln(f(nil))")


def arguments(n: int) -> Files:
    return _main("//go:noinline\nfunc g(xs ...any) int { return len(xs) }", "func f(a int) int {\n\treturn g(", _lines(lambda i: f"\t\ta + {i},", n), "\t)\n}", body="\tprintln(f(1))")


def errors(n: int) -> Files:
    return _main("func f() int {", _lines(lambda i: f"\tx{i} := {i}", n), "\treturn 0\n}", body="\tprintln(f())")


# name -> (generator, n)
SHAPES: dict[str, tuple[Callable[[int], Files], int]] = {
    "functions": (functions, 1000), "methods": (methods, 1000), "files": (files, 300), "packages": (packages, 50), "types": (types, 500),
    "embedding": (embedding, 50), "instances": (instances, 100), "nested types": (nested_types, 250), "struct fields": (struct_fields, 500), "interface methods": (interface_methods, 500),
    "constants": (constants, 5000), "variables": (variables, 500), "locals": (locals_, 1000), "captured": (captured, 500), "closures": (closures, 500),
    "nested closures": (nested_closures, 25), "switch strings": (switch_strings, 1000), "switch ints": (switch_ints, 5000), "switch floats": (switch_floats, 1000),
    "switch any": (switch_any, 1000), "switch types": (switch_types, 500), "switch conditions": (switch_conditions, 1000), "if chain": (if_chain, 500),
    "select cases": (select_cases, 100), "slice literal": (slice_literal, 20000), "slice literal calls": (slice_literal_calls, 1000), "struct literals": (struct_literals, 1000),
    "map literal": (map_literal, 1000), "map literal calls": (map_literal_calls, 500), "nested blocks": (nested_blocks, 500), "nested ifs": (nested_ifs, 250),
    "nested loops": (nested_loops, 50), "nested parens": (nested_parens, 500), "nested calls": (nested_calls, 500), "long sum": (long_sum, 5000), "long sum calls": (long_sum_calls, 1000),
    "long condition": (long_condition, 1000), "long concat": (long_concat, 1000), "constant concat": (constant_concat, 2500), "string literal": (string_literal, 50000),
    "goroutines": (goroutines, 300), "defers": (defers, 300), "labels": (labels, 500), "arguments": (arguments, 1000), "comments": (comments, 10000), "errors": (errors, 2000),
}  # fmt: skip


class Tool:
    def __init__(self, name: str, cmd: list[str], cache_var: str, work: str) -> None:
        self.name, self.cmd, self.cache_var, self.work = name, cmd, cache_var, work
        self.warm = ""

    def prepare(self, files: Files, flags: list[str], limit: float) -> float:
        """Build the empty program into a cache that every later build starts from; gives its time on the second run."""
        self.warm = os.path.join(self.work, self.name + "-warm")
        shutil.rmtree(self.warm, ignore_errors=True)
        os.makedirs(self.warm)
        self._build(files, flags, self.warm, limit)
        return self.build(files, flags, limit) or 0.0

    def build(self, files: Files, flags: list[str], limit: float) -> float | None:
        """Processor seconds of one build; None when it took longer than the limit."""
        cache = os.path.join(self.work, self.name + "-cache")
        shutil.rmtree(cache, ignore_errors=True)
        shutil.copytree(self.warm, cache)
        return self._build(files, flags, cache, limit)

    def _build(self, files: Files, flags: list[str], cache: str, limit: float) -> float | None:
        src = os.path.join(self.work, "src")
        shutil.rmtree(src, ignore_errors=True)
        for name, text in {"go.mod": "module m\n\ngo 1.27\n", **files}.items():
            path = Path(src, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        env = dict(os.environ, PYTHONPATH=ROOT, **{self.cache_var: cache})
        p = subprocess.Popen([*self.cmd, "build", *flags, "-o", os.path.join(self.work, "exe"), "."], env=env, cwd=src, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                             start_new_session=True)  # fmt: skip
        end = time.monotonic() + limit
        while True:
            pid, status, usage = os.wait4(p.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > end:
                os.killpg(p.pid, 9)
                os.wait4(p.pid, 0)
                return None
            time.sleep(0.01)
        assert p.stderr is not None
        self.message = p.stderr.read().decode(errors="replace")
        p.returncode = os.waitstatus_to_exitcode(status)
        return usage.ru_utime + usage.ru_stime


def exponent(a: float | None, b: float | None, factor: int) -> str:
    if b is None:
        return "?"
    return f"{math.log(max(b, 0.01) / max(a or 0, 0.01)) / math.log(factor):.2f}"


def main() -> None:
    ap = argparse.ArgumentParser()
    ap.add_argument("--only", default="", help="names of shapes, separated by commas")
    ap.add_argument("--levels", default="0,2")
    ap.add_argument("--factor", type=int, default=4)
    ap.add_argument("--scale", type=float, default=1.0, help="multiplies every n")
    ap.add_argument("--limit", type=float, default=120, help="seconds of one build")
    ap.add_argument("--no-go", action="store_true")
    args = ap.parse_args()
    names = [x for x in args.only.split(",") if x] or list(SHAPES)
    with tempfile.TemporaryDirectory() as work:
        runs = [(f"rt0 -O{k}", Tool(f"rt0-{k}", [sys.executable, "-m", "rt0"], "RT0CACHE", work), [f"-O{k}"]) for k in args.levels.split(",")]
        if not args.no_go:
            runs.append(("go", Tool("go", ["go"], "GOCACHE", work), []))
        base = [t.prepare(_main(), flags, args.limit) for _, t, flags in runs]
        print(f"{'shape':<20}{'n':>8}{'':>3}" + "".join(f"{title + ' n':>12}{f'{args.factor}n':>8}{'exp':>6}" for title, _, _ in runs))
        for name in names:
            make, n = SHAPES[name]
            n = max(2, int(n * args.scale))
            row = f"{name:<20}{n:>8}{'':>3}"
            for (_, t, flags), zero in zip(runs, base, strict=True):
                times = [t.build(make(k), flags, args.limit) for k in (n, n * args.factor)]
                over = [None if x is None else max(0.0, x - zero) for x in times]
                row += "".join(f"{'-' if x is None else format(x, '.2f'):>{w}}" for x, w in zip(over, (12, 8), strict=True)) + f"{exponent(over[0], over[1], args.factor):>6}"
                if "internal error" in t.message or "Traceback" in t.message:
                    row += "!"
            print(row, flush=True)


if __name__ == "__main__":
    main()
