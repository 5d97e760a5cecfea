"""Random expressions of a wanted type.

`expr(t, d)` gives an expression assignable to t, of nesting d at most. Two rules keep the text legal without folding constants here:
literals are typed by their context and never meet another literal (one operand of every operator comes from `nc`, a non-constant), and
whatever can panic is guarded (`pr.Ix`, `|1`, comma-ok) except for the share `hazards`.
Composite and function literals are in parentheses, so that they may stand in the header of if, for and switch.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from tests.fuzz.gotypes import (
    ANY,
    BITS,
    BOOL,
    COMPLEXES,
    ERROR,
    FLOATS,
    INT,
    INTEGERS,
    SIGNED,
    STRING,
    Method,
    Type,
    array_of,
    basic,
    comparable,
    func_of,
    is_num,
    is_ordered,
    map_of,
    method_set,
    ptr_to,
    slice_of,
    struct_of,
    value_method_set,
)
from tests.fuzz.gotypes import Field as StructField
from tests.fuzz.scope import FuncCtx, Scopes, Var

WORDS = ("", "a", "go", "xyz", "héllo", "日本", "\\xff\\xfe", "a\\x00b", "tab\\t", "long string of some forty bytes or more..")


class Exprs(Scopes, ABC):
    """Expressions; statements inside function literals come from the subclass."""

    walking = 0
    making = 0

    @abstractmethod
    def body(self, size: int) -> list[str]:
        """Statements."""

    # ------------------------------------------------------------ types to choose from

    def some_type(self, d: int = 2) -> Type:
        """Any type that can be declared here."""
        if d <= 0 or self.chance(0.45):
            return self.basic_type()
        r = self.rnd.random()
        if r < 0.3 and self.types:
            return self.one(self.types)
        if r < 0.36 and self.ctx.tparams:
            return self.one(self.ctx.tparams)
        if r < 0.5:
            return slice_of(self.some_type(d - 1))
        if r < 0.6:
            return array_of(self.one((0, 1, 2, 3, 4, 5, 8)), self.some_type(d - 1))
        if r < 0.7:
            return map_of(self.key_type(), self.some_type(d - 1))
        if r < 0.79:
            return ptr_to(self.some_type(d - 1))
        if r < 0.86:
            return func_of(tuple(self.some_type(0) for _ in range(self.upto(0, 2))), tuple(self.some_type(0) for _ in range(self.upto(0, 2))))
        if r < 0.92:
            return ANY if self.chance(0.6) or not self.interfaces else self.one(self.interfaces)
        if r < 0.97:
            return struct_of(tuple(StructField(f"F{i}", self.some_type(d - 2)) for i in range(self.upto(0, 3))))
        return ERROR

    def key_type(self) -> Type:
        own = [t for t in self.types if comparable(t) and t.kind != "ptr" and not self._floaty(t)]
        return self.pick([(3, STRING), (3, INT), (2, basic(self.one(INTEGERS))), (0.5, BOOL), (0.4, array_of(2, basic("uint8"))), (1 if own else 0, self.one(own) if own else INT)])

    def _floaty(self, t: Type) -> bool:
        """Has a float (a NaN key cannot be found again) or a pointer (order of printing depends on addresses)."""
        if t.kind in FLOATS or t.kind in COMPLEXES or t.kind in ("ptr", "chan", "interface", "tparam"):
            return True
        return any(self._floaty(f.type) for f in t.fields) or (t.kind == "array" and t.elem is not None and self._floaty(t.elem))

    # ------------------------------------------------------------ literals

    def int_literal(self, t: Type) -> str:
        bits = BITS[t.kind]
        lo, hi = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if t.kind in SIGNED else (0, (1 << bits) - 1)
        r = self.rnd.random()
        if r < 0.6:
            v = self.upto(0, 9)
        elif r < 0.75:
            v = self.upto(lo, hi)
        elif r < 0.85:
            v = self.one((lo, hi, lo + 1, hi - 1))
        else:
            v = self.upto(max(lo, -100), min(hi, 100))
        if v >= 0 and self.chance(0.1):
            return self.one((hex(v), f"0b{v:b}", f"0o{v:o}"))
        if 32 < v < 127 and v not in (39, 92) and self.chance(0.2):
            return f"'{chr(v)}'"
        return str(v)

    def literal(self, t: Type) -> str:
        """A constant or composite literal assignable to t; a basic literal takes its type from the context."""
        k = t.kind
        if k in BITS:
            return self.int_literal(t)
        if k in FLOATS:
            return self.one(("0", "1", "2.5", "-0.5", "1e10", "3.0e-7", "0x1p-3", "100", "1.1", "-7", "16777217"))
        if k in COMPLEXES:
            return self.one(("0", "1i", "(2 + 3i)", "-1.5", "(1 - 2i)"))
        if k == "string":
            return '"' + self.one(WORDS) + '"' if self.chance(0.9) else "`raw\\" + self.one(("x", "y")) + "`"
        if k == "bool":
            return self.one(("true", "false"))
        if k == "tparam":
            return f"{t.text}({self.upto(0, 9)})" if t.num else f"*new({t.text})"
        return self.composite(t, 1)

    def zero(self, t: Type) -> str:
        k = t.kind
        if k in BITS or k in FLOATS or k in COMPLEXES:
            return "0"
        if k == "string":
            return '""'
        if k == "bool":
            return "false"
        if k == "tparam":
            return f"*new({t.text})"
        if k in ("struct", "array"):
            return f"({t.text}{{}})"
        return "nil"

    def simplest(self, t: Type) -> str:
        """The zero value of t, typed."""
        z = self.zero(t)
        return f"{self.paren(t)}(nil)" if z == "nil" else z

    def composite(self, t: Type, d: int) -> str:
        """A value made here, of type t (not of basic kind)."""
        if d < -4:
            return self.simplest(t)
        k = t.kind
        if k == "slice":
            assert t.elem is not None
            if self.chance(0.08):
                return f"{self.paren(t)}(nil)"
            n = self.upto(0, 4)
            if n and self.chance(0.1):
                return f"({t.text}{{{self.upto(0, 3)}: {self.expr(t.elem, d - 1)}, {self.expr(t.elem, d - 1)}}})"
            if self.chance(0.1):
                return f"make({t.text}, {self.upto(0, 5)}, {self.upto(5, 9)})" if self.chance(0.5) else f"make({t.text}, {n})"
            return f"({t.text}{{" + ", ".join(self.expr(t.elem, d - 1) for _ in range(n)) + "})"
        if k == "array":
            assert t.elem is not None
            n = self.upto(0, t.n)
            if n and self.chance(0.15):
                return f"({t.text}{{{t.n - 1}: {self.expr(t.elem, d - 1)}}})"
            if n == t.n and n and not t.named and self.chance(0.2):
                return f"([...]{t.elem.text}{{" + ", ".join(self.expr(t.elem, d - 1) for _ in range(n)) + "})"
            return f"({t.text}{{" + ", ".join(self.expr(t.elem, d - 1) for _ in range(n)) + "})"
        if k == "map":
            assert t.elem is not None and t.key is not None
            if self.chance(0.2):
                return f"make({t.text})"
            keys: list[str] = []
            for _ in range(self.upto(0, 3)):
                key = self.literal(t.key) if t.key.kind in BITS or t.key.kind == "string" else self.nc(t.key, 0)
                if t.key.kind in BITS or t.key.kind == "string":
                    key = str(self.upto(0, 20)) if t.key.kind in BITS else f'"k{self.upto(0, 20)}"'
                if key not in keys:
                    keys.append(key)
            if t.key.kind == "bool" or t.key.kind == "array" or t.key.kind == "struct":
                keys = keys[:1]
            return f"({t.text}{{" + ", ".join(f"{x}: {self.expr(t.elem, d - 1)}" for x in keys) + "})"
        if k == "ptr":
            assert t.elem is not None
            if self.chance(0.04):
                return f"{self.paren(t)}(nil)"
            if t.named:
                return f"{t.text}(new({t.elem.text}))"
            if t.elem.kind in ("struct", "array", "slice", "map") and t.elem.text[0] != "*" and self.chance(0.7):
                c = self.composite(t.elem, d - 1)
                if c.startswith("(" + t.elem.text + "{"):
                    return "(&" + c[1:]
            if is_num(t.elem) and self.has("newexpr") and self.chance(0.3):
                return f"new({t.elem.text}({self.nc(t.elem, d - 1)}))"
            v = self.find_addressable(t.elem)
            if v is not None and self.chance(0.5):
                return f"&{v}"
            return f"new({t.elem.text})"
        if k == "chan":
            return f"make({t.text}, {self.upto(1, 3)})"
        if k == "func":
            return self.func_literal(t, d)
        if k == "struct":
            return self.struct_literal(t, d)
        if k == "interface":
            return self.implementor(t, d)
        return self.nc(t, d)

    def struct_literal(self, t: Type, d: int) -> str:
        named = [f for f in t.fields if f.name != "_"]
        if t.fields and len(named) == len(t.fields) and self.chance(0.4) and not any(f.embedded and "." in f.type.text for f in t.fields):
            return f"({t.text}{{" + ", ".join(self.expr(f.type, d - 1) for f in t.fields) + "})"
        chosen = [f for f in named if self.chance(0.7)]
        if self.chance(0.2):
            self.rnd.shuffle(chosen)
        return f"({t.text}{{" + ", ".join(f"{f.name}: {self.expr(f.type, d - 1)}" for f in chosen) + "})"

    def implementor(self, t: Type, d: int) -> str:
        """A value for interface type t."""
        if t is ANY or (t.kind == "interface" and not t.methods and t is not ERROR and not t.impls):
            if self.chance(0.08):
                return "any(nil)"
            c = self.some_type(1)
            if c.kind in ("func", "chan", "interface", "ptr", "tparam"):
                c = self.basic_type()
            return f"{self.convert_head(t)}({self.typed(c, d - 1)})"
        if t is ERROR:
            r = self.rnd.random()
            if r < 0.2:
                return "error(nil)"
            self.imports.add("errors")
            return f'errors.New("e{self.upto(0, 9)}")'
        if not t.impls or self.chance(0.03):
            return f"{self.convert_head(t)}(nil)"
        c = self.one(t.impls)
        return f"{self.convert_head(t)}({self.paren(c)}({self.typed(c, d - 1)}))"

    def convert_head(self, t: Type) -> str:
        return self.paren(t)

    def paren(self, t: Type) -> str:
        """t as the head of a conversion."""
        return f"({t.text})" if t.text[0] == "*" or "func(" in t.text or "chan " in t.text else t.text

    def typed(self, t: Type, d: int) -> str:
        """An expression whose own type is t, whatever the context."""
        k = t.kind
        if k in BITS or k in FLOATS or k in COMPLEXES or k in ("string", "bool"):
            if t is INT and self.chance(0.3):
                return str(self.upto(0, 99))
            return f"{t.text}({self.literal(t)})" if self.chance(0.3) else self.nc(t, d)
        if k == "func":
            return self.nc(t, d)
        return self.expr(t, d)

    def func_literal(self, t: Type, d: int) -> str:
        names = [self.fresh("p") for _ in t.params]
        saved, self.ctx = self.ctx, FuncCtx(t.results, tparams=self.ctx.tparams, pure=self.ctx.pure)
        self.blocks.append([])
        texts = []
        for i, (name, p) in enumerate(zip(names, t.params)):
            self.declare(name, p)
            texts.append(f"{name} ...{p.elem.text}" if t.variadic and i == len(names) - 1 and p.elem else f"{name} {p.text}")
        results = "" if not t.results else " " + t.results[0].text if len(t.results) == 1 else " (" + ", ".join(r.text for r in t.results) + ")"
        head = f"(func({', '.join(texts)}){results} "
        if d <= 1 or self.chance(0.5):
            lines = ["return " + ", ".join(self.expr(r, 1) for r in t.results)] if t.results else [f"pr.S({self.expr(STRING, 1)})"]
            out = head + "{ " + "; ".join(lines) + " })"
        else:
            lines = self.body(self.upto(1, 3))
            out = head + "{\n" + "\n".join(lines) + "\n})"
        self.blocks.pop()
        self.ctx = saved
        return out

    # ------------------------------------------------------------ variables and what is reached from them

    def walk(self, v: Var, want: Type, steps: int, place: bool) -> str | None:
        """A path from v to a `want` (place: that can be assigned to), or None when the steps lead elsewhere."""
        text, t, ok = v.name, v.type, v.assignable
        for _ in range(steps + 1):
            if t is want and (ok or not place):
                return text
            k = t.kind
            if k == "ptr" and t.elem is not None and t.elem is want and t.elem.kind != "tparam" and self.chance(0.9):
                text, t, ok = f"(*{text})", t.elem, True
                continue
            s = t
            if k == "ptr" and t.elem is not None and t.elem.kind == "struct":
                s, ok = t.elem, True
            if s.kind == "struct":
                fields = [f for f in s.fields if f.name != "_"]
                if not fields:
                    return None
                hits = [f for f in fields if f.type is want]
                f = self.one(hits or fields)
                text, t = f"{text}.{f.name}", f.type
            elif k == "array" and t.n > 0 and t.elem is not None:
                text, t = f"{text}[{self.index(t.n)}]", t.elem
            elif k == "slice" and t.elem is not None:
                text, t, ok = f"{text}[{self.slice_index(text)}]", t.elem, True
            elif k == "map" and t.elem is not None and t.key is not None:
                if place and t.elem is not want:
                    return None
                text, t, ok = f"{text}[{self.expr(t.key, 0)}]", t.elem, place
            elif k == "ptr" and t.elem is not None and t.elem.kind != "interface":
                text, t, ok = f"(*{text})", t.elem, True
            else:
                return None
        return text if t is want and (ok or not place) else None

    def index(self, n: int) -> str:
        """An index into an array of n > 0 elements."""
        if self.chance(0.4):
            return str(self.upto(0, n - 1))
        t = self.int_type()
        if self.chance(self.hazards):
            return self.nc(t, 1)
        if n & (n - 1) == 0 and n - 1 < 128 and self.chance(0.4):
            return f"{self.nc(t, 1)} & {n - 1}"
        return f"pr.Ix({self.nc(t, 1)}, {n})"

    def slice_index(self, s: str) -> str:
        if self.chance(self.hazards):
            return self.one((self.nc(self.int_type(), 1), str(self.upto(0, 3)), f"len({s}) - 1"))
        return f"pr.Ix({self.nc(self.int_type(), 1)}, len({s}))"

    def find(self, t: Type, place: bool = False) -> str | None:
        """A variable of type t or something reached from one."""
        vs = self.visible()
        exact = [v for v in vs if v.type is t and (v.assignable or not place)]
        if exact and self.chance(0.75):
            return exact[min(int(self.rnd.expovariate(0.4)), len(exact) - 1)].name
        if self.walking < 2:  # an index may be reached by a walk of its own
            self.walking += 1
            for _ in range(4 if vs else 0):
                got = self.walk(self.one(vs), t, 3, place)
                if got is not None:
                    self.walking -= 1
                    return got
            self.walking -= 1
        return self.one(exact).name if exact else None

    def find_addressable(self, t: Type) -> str | None:
        vs = [v for v in self.visible() if v.type is t and v.addressable]
        return self.one(vs).name if vs else None

    def leaf(self, t: Type) -> str:
        if self.chance(0.75):
            got = self.find(t)
            if got is not None:
                return got
        if t.kind in BITS or t.kind in FLOATS or t.kind in COMPLEXES or t.kind in ("string", "bool", "tparam"):
            return self.literal(t)
        self.making += 1
        c = self.simplest(t) if self.making > 6 else self.composite(t, 0)
        self.making -= 1
        return c

    def nc(self, t: Type, d: int) -> str:
        """A non-constant expression of exactly type t."""
        if d > 0 and self.chance(0.5):
            got = self.operation(t, d)
            if got is not None:
                return got
        got = self.find(t)
        if got is not None and not got[0].isupper():
            return got
        if t.kind in BITS or t.kind in FLOATS or t.kind in COMPLEXES or t.kind in ("string", "bool"):
            return f"pr.Id[{t.text}]({self.literal(t)})"
        if t.kind == "tparam":
            return f"pr.Id({self.literal(t)})"
        return self.composite(t, d) if t.kind != "func" else self.func_literal(t, d)

    # ------------------------------------------------------------ expressions

    def expr(self, t: Type, d: int) -> str:
        """An expression assignable to t."""
        if d <= 0:
            return self.leaf(t)
        if self.chance(0.12):
            return self.traced(t, d)
        if self.chance(0.75):
            got = self.operation(t, d)
            if got is not None:
                return got
        return self.leaf(t)

    def traced(self, t: Type, d: int) -> str:
        e = self.typed(t, d - 1)
        if not self.has("order"):
            return e
        return f"pr.T[{t.text}]({self.event()}, {e})"

    def operation(self, t: Type, d: int) -> str | None:
        """An operator, conversion or call that gives exactly t; None when the dice found nothing."""
        r = self.rnd.random()
        if r < 0.22:
            got = self.call(t, d)
            if got is not None:
                return got
        if r < 0.27 and t.kind != "tparam":
            got = self.other_source(t, d)
            if got is not None:
                return got
        k = t.kind
        if k in BITS:
            return self.int_operation(t, d)
        if k in FLOATS:
            return self.float_operation(t, d)
        if k in COMPLEXES:
            part = basic("float32" if k == "complex64" else "float64")
            if self.chance(0.4):
                c = f"complex({self.nc(part, d - 1)}, {self.expr(part, d - 1)})"
                return c if not t.named else f"{t.text}({c})"
            return f"({self.nc(t, d - 1)} {self.one('+-*')} {self.expr(t, d - 1)})"
        if k == "string":
            return self.string_operation(t, d)
        if k == "bool":
            return self.bool_operation(t, d)
        if k == "tparam":
            return f"({self.nc(t, d - 1)} {self.one('+-*')} {self.expr(t, d - 1)})" if t.num else None
        if k == "slice":
            return self.slice_operation(t, d)
        if k == "func" and not t.named:
            return self.method_value(t)
        return None

    def convertible_from(self, t: Type) -> Type:
        """A type other than t whose values convert to numeric t."""
        if t.kind in COMPLEXES:
            return basic(self.one(COMPLEXES))
        own = [x for x in self.types if x.kind in BITS or x.kind in FLOATS]
        return self.pick([(3, basic(self.one(INTEGERS))), (1, basic(self.one(FLOATS))), (1 if own else 0, self.one(own) if own else INT)])

    def int_operation(self, t: Type, d: int) -> str:
        def a() -> str:
            return self.nc(t, d - 1)

        def b() -> str:
            return self.expr(t, d - 1)

        r = self.rnd.random()
        if r < 0.35:
            return f"({a()} {self.one(('+', '-', '*', '&', '|', '^', '&^'))} {b()})" if self.chance(0.7) else f"({b()} {self.one(('+', '-', '*', '&', '|', '^'))} {a()})"
        if r < 0.45:
            op = self.one("/%")
            if self.chance(self.hazards):
                return f"({b()} {op} {a()})"
            if self.chance(0.3):
                return f"({a()} {op} {self.one(('1', '2', '3', '5', '7', '8', '10', '16', '100', *(('-1', '-3', '-8') if t.kind in SIGNED else ('127',))))})"
            return f"({b()} {op} ({a()} | 1))"
        if r < 0.57:
            op = self.one(("<<", ">>"))
            c = self.int_type()
            if self.chance(0.3):
                return f"({a()} {op} {self.upto(0, BITS[t.kind] + 2)})"
            count = self.nc(c, d - 1)
            if c.kind in SIGNED and not self.chance(self.hazards):
                count = f"({count} & {self.one((7, 15, 31, 63, 127))})"
            head = a() if self.chance(0.8) else f"{t.text}({self.upto(0, 3)})"
            return f"({head} {op} {count})"
        if r < 0.64:
            return f"{self.one('-^+')}{self.unary_operand(a())}"
        if r < 0.82:
            s = self.convertible_from(t)
            if s.kind in FLOATS and not self.has("floatconv"):
                s = INT
            e = self.nc(s, d - 1)
            if s.kind in FLOATS:
                return f"{self.paren(t)}(pr.Fit({e}))"
            return f"{self.paren(t)}({e})"
        if r < 0.88:
            return f"{self.one(('min', 'max'))}({a()}, {b()})"
        if t is INT:
            return self.length(d)
        if t.kind == "uint8" and self.chance(0.5):
            text = self.find(STRING)
            if text is not None and text[0] != '"':
                return self.as_type(t, f"{text}[{self.slice_index(text)}]", "uint8")
        return f"({a()} + {b()})"

    def as_type(self, t: Type, e: str, have: str) -> str:
        return e if t.text == have else f"{self.paren(t)}({e})"

    def unary_operand(self, e: str) -> str:
        return e if e[0].isalnum() or e[0] == "(" else f"({e})"

    def length(self, d: int) -> str:
        s = self.sized_var()
        if s is None:
            return f"len({self.nc(STRING, d - 1)})"
        v, k = s
        return f"cap({v})" if k in ("slice", "chan") and self.chance(0.3) and self.has("cap") else f"len({v})"

    def sized_var(self) -> tuple[str, str] | None:
        vs = [v for v in self.visible() if v.type.kind in ("slice", "map", "string", "chan")]
        return (v.name, v.type.kind) if vs and (v := self.one(vs)) else None

    def float_operation(self, t: Type, d: int) -> str:
        r = self.rnd.random()
        if r < 0.5:
            return f"({self.nc(t, d - 1)} {self.one('+-*/')} {self.expr(t, d - 1)})" if self.chance(0.7) else f"({self.expr(t, d - 1)} {self.one('+-*')} {self.nc(t, d - 1)})"
        if r < 0.75:
            return f"{self.paren(t)}({self.nc(self.convertible_from(t), d - 1)})"
        if r < 0.85:
            return f"-{self.unary_operand(self.nc(t, d - 1))}"
        if r < 0.93:
            return f"{self.one(('min', 'max'))}({self.nc(t, d - 1)}, {self.expr(t, d - 1)})"
        c = basic("complex64" if t.kind == "float32" else "complex128")
        return self.as_type(t, f"{self.one(('real', 'imag'))}({self.nc(c, d - 1)})", t.kind)

    def string_operation(self, t: Type, d: int) -> str:
        r = self.rnd.random()
        if r < 0.45:
            return f"({self.nc(t, d - 1)} + {self.expr(t, d - 1)})"
        if r < 0.6:
            s = self.find(t)
            if s is not None and s[0] not in '"`' and not s[0].isupper():
                if self.chance(0.5):
                    return f"{s}[pr.Ix({self.nc(INT, d - 1)}, len({s})+1):]"
                return f"{s}[:pr.Ix({self.nc(self.int_type(), d - 1)}, len({s})+1)]"
        if r < 0.75:
            return f"{self.paren(t)}({self.nc(slice_of(basic(self.one(('uint8', 'int32')))), d - 1)})"
        if r < 0.85:
            return f"{self.paren(t)}({self.paren_conv('rune', self.nc(self.int_type(), d - 1))})"
        if r < 0.92:
            return f"{self.one(('min', 'max'))}({self.nc(t, d - 1)}, {self.expr(t, d - 1)})"
        return f"{self.paren(t)}({self.nc(STRING, d - 1)})"

    def paren_conv(self, to: str, e: str) -> str:
        return f"{to}({e})"

    def bool_operation(self, t: Type, d: int) -> str:
        r = self.rnd.random()
        if r < 0.25:
            return f"({self.nc(t, d - 1)} {self.one(('&&', '||'))} {self.expr(t, d - 1)})"
        if r < 0.32:
            return f"!{self.unary_operand(self.nc(t, d - 1))}"
        c = self.some_type(1) if r < 0.6 else self.basic_type()
        if r < 0.5 and self.ctx.tparams:
            c = self.one(self.ctx.tparams)
        e = self.comparison(c, d)
        return e if not t.named else f"{t.text}({e})"

    def comparison(self, c: Type, d: int) -> str:
        if c.kind in ("slice", "map", "func", "chan", "ptr") or (c.kind == "interface" and self.chance(0.6)):
            v = self.find(c) or self.nc(c, d - 1)
            if v.startswith("(func"):
                v = f"pr.Id[{c.text}]({v})"
            return f"({v} {self.one(('==', '!='))} nil)"
        if not comparable(c, c.kind != "interface" or not self.chance(self.hazards)):
            if c.kind == "interface" and comparable(c, False):
                return f"({self.nc(c, d - 1)} == nil)"
            c = self.basic_type()
        if c.kind in ("ptr", "chan"):
            c = INT
        ops = ("==", "!=", "<", "<=", ">", ">=") if is_ordered(c) else ("==", "!=")
        return f"({self.nc(c, d - 1)} {self.one(ops)} {self.expr(c, d - 1)})"

    def slice_operation(self, t: Type, d: int) -> str:
        assert t.elem is not None
        r = self.rnd.random()
        if r < 0.4:
            n = self.upto(1, 3)
            if self.chance(0.25):
                return f"append({self.nc(t, d - 1)}, {self.nc(slice_of(t.elem), d - 1)}...)"
            return f"append({self.nc(t, d - 1)}, " + ", ".join(self.expr(t.elem, d - 1) for _ in range(n)) + ")"
        if r < 0.7:
            s = self.find(t)
            if s is not None and not s.startswith("("):
                if self.chance(self.hazards):
                    return f"{s}[{self.nc(INT, 1)}:{self.nc(INT, 1)}]"
                form = self.upto(0, 2)
                if form == 0:
                    return f"{s}[pr.Ix({self.nc(INT, d - 1)}, len({s})+1):]"
                if form == 1:
                    return f"{s}[:pr.Ix({self.nc(INT, d - 1)}, len({s})+1)]"
                return f"{s}[:len({s}):len({s})]"
        if r < 0.8 and t.elem.kind in ("uint8", "int32") and not t.elem.named:
            return f"{self.paren(t)}({self.nc(STRING, d - 1)})"
        if r < 0.86:
            a = [v for v in self.visible() if v.type.kind == "array" and v.type.elem is t.elem and v.addressable]
            if a:
                return self.as_type(t, f"{self.one(a).name}[:]", slice_of(t.elem).text)
        return self.composite(t, d)

    # ------------------------------------------------------------ calls

    def arguments(self, params: tuple[Type, ...], variadic: bool, d: int) -> str:
        if variadic:
            last = params[-1].elem
            assert last is not None
            head = [self.expr(p, d - 1) for p in params[:-1]]
            if self.chance(0.2):
                return ", ".join([*head, self.nc(params[-1], d - 1) + "..."])
            return ", ".join([*head, *(self.expr(last, d - 1) for _ in range(self.upto(0, 3)))])
        return ", ".join(self.expr(p, d - 1) for p in params)

    def call(self, t: Type, d: int) -> str | None:
        """A call with the one result t."""
        return self.call_of((t,), d)

    def call_of(self, results: tuple[Type, ...], d: int) -> str | None:
        fs = [f for f in self.funcs if f.results == results and (f.pure or not self.ctx.pure)]
        r = self.rnd.random()
        if fs and r < 0.5:
            f = self.one(fs)
            return f"{f.name}({self.arguments(f.params, f.variadic, d)})"
        vs = [v for v in self.visible() if v.type.kind == "func" and v.type.results == results]
        if vs and r < 0.65:
            v = self.one(vs)
            return f"{v.name}({self.arguments(v.type.params, v.type.variadic, d)})"
        m = self.method_call(results, d)
        if m is not None:
            return m
        if fs:
            f = self.one(fs)
            return f"{f.name}({self.arguments(f.params, f.variadic, d)})"
        if len(results) == 1 and self.chance(0.3) and d > 1:
            return f"{self.func_literal(func_of((), results), d - 1)}()"
        return None

    def method_call(self, results: tuple[Type, ...], d: int) -> str | None:
        if self.ctx.pure:
            return None
        hits: list[tuple[Var, Method]] = []
        for v in self.visible():
            t = v.type
            ms = method_set(t) if v.addressable or t.kind == "ptr" else value_method_set(t)
            if t.kind in ("struct", "interface", "ptr") or t.named:
                hits += [(v, m) for m in ms.values() if m.results == results]
        if not hits:
            return None
        v, m = self.one(hits)
        args = self.arguments(m.params, False, d)
        if v.type.named and v.type.kind != "interface" and self.chance(0.15) and m in v.type.methods:
            sep = ", " if args else ""
            return f"(*{v.type.text}).{m.name}(&{v.name}{sep}{args})" if m.pointer else f"{v.type.text}.{m.name}({v.name}{sep}{args})"
        return f"{v.name}.{m.name}({args})"

    def method_value(self, t: Type) -> str | None:
        """A method value or a declared function of func type t."""
        fs = [f for f in self.funcs if f.params == t.params and f.results == t.results and f.variadic == t.variadic and (f.pure or not self.ctx.pure)]
        if fs and self.chance(0.5):
            return self.one(fs).name
        if self.ctx.pure or t.variadic:
            return None
        hits = []
        for v in self.visible():
            if v.type.named and v.addressable and v.type.kind != "interface":
                hits += [f"{v.name}.{m.name}" for m in method_set(v.type).values() if m.params == t.params and m.results == t.results]
        return self.one(hits) if hits else None

    def other_source(self, t: Type, d: int) -> str | None:
        """Assertions, map reads, receives, dereferences of made values ..."""
        r = self.rnd.random()
        if r < 0.3 and t.kind not in ("interface", "func"):
            v = [x for x in self.visible() if x.type is ANY]
            if v and self.chance(self.hazards * 2):
                return f"{self.one(v).name}.({t.text})"
            if v:
                return f"pr.As[{t.text}]({self.one(v).name})"
        if r < 0.6 and t.kind in BITS:
            key = self.key_type()
            return f"{self.composite(map_of(key, t), d - 1)}[{self.expr(key, d - 1)}]"
        if r < 0.7:
            return f"(*{self.unary_operand(self.composite(ptr_to(t), d - 1))})" if t.kind not in ("interface",) else None
        if r < 0.8 and d > 1:
            return f"{self.func_literal(func_of((), (t,)), d - 1)}()"
        if r < 0.9 and t.kind != "func":
            return f"pr.Pick[{t.text}]({self.expr(BOOL, d - 1)}, {self.expr(t, d - 1)}, {self.expr(t, d - 1)})"
        return None
