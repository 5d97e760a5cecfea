"""The type library on types built by hand, without a Checker."""

from __future__ import annotations

from rt0.types.errors import sprintf
from rt0.types.identity import comparable_type, identical, identical_ignore_tags
from rt0.types.implements import implements, verify
from rt0.types.infer import infer, rename_tparams
from rt0.types.instantiate import instance, instances_of
from rt0.types.lookup import lookup_field_or_method, missing_method
from rt0.types.objects import Func, Package, Scope, TypeName, Var, VarKind
from rt0.types.operand import Operand
from rt0.types.predicates import Cause, common_under
from rt0.types.sizes import alignof, offsetsof, sizeof
from rt0.types.subst import Subst, make_subst_map
from rt0.types.types import (
    TYP,
    Array,
    Chan,
    Interface,
    Map,
    Named,
    Pointer,
    Signature,
    Slice,
    Struct,
    Tuple,
    Type,
    TypeParam,
    Union,
)
from rt0.types.typestring import link_string, object_string, reflect_string, type_string
from rt0.types.universe import ANY, COMPARABLE, EMPTY_INTERFACE, ERROR, UNIVERSE

INT, STRING, BYTE = TYP["int"], TYP["string"], TYP["byte"]
PKG = Package("example.com/my.pkg", "pkg", Scope(UNIVERSE))
MAIN = Package("main", "main", Scope(UNIVERSE))


def var(name: str, t: Type, kind: VarKind = "param") -> Var:
    return Var(0, PKG, name, t, kind)


def field(name: str, t: Type, embedded: bool = False) -> Var:
    v = var(name, t, "field")
    v.embedded = embedded
    return v


def func(params: list[Type], results: list[Type], variadic: bool = False) -> Signature:
    return Signature(None, Tuple([var("", t) for t in params]), Tuple([var("", t) for t in results]), variadic)


def named(name: str, underlying: Type | None, pkg: Package = PKG) -> Named:
    obj = TypeName(0, pkg, name, None)
    n = Named(obj, underlying)
    obj.type = n
    obj.parent = pkg.scope
    return n


def tparam(name: str, bound: Type, index: int = 0) -> TypeParam:
    obj = TypeName(0, PKG, name, None)
    p = TypeParam(obj, bound)
    p.index = index
    obj.type = p
    return p


def method(n: Named, name: str, params: list[Type], results: list[Type], ptr: bool = False, rtparams: list[TypeParam] | None = None) -> Func:
    sig = func(params, results)
    sig.recv = var("r", Pointer(n) if ptr else n, "recv")
    sig.recv_tparams = rtparams or []
    m = Func(0, n.obj.pkg, name, sig)
    m.has_ptr_recv = ptr
    n.methods.append(m)
    return m


def iface(*methods: tuple[str, Signature], embeds: list[Type] | None = None) -> Interface:
    return Interface([Func(0, PKG, name, sig) for name, sig in methods], embeds or [])


def make_list() -> tuple[Named, TypeParam]:
    """type List[T any] struct { head T; next *List[T] } with Push(T) on *List."""
    t = tparam("T", ANY)
    lst = named("List", None)
    lst.tparams = [t]
    lst.rhs = Struct([field("head", t), field("next", Pointer(instance(None, 0, lst, [t])))], [])
    r = tparam("U", ANY)
    sig = func([r], [])
    sig.recv = var("l", Pointer(instance(None, 0, lst, [r])), "recv")
    sig.recv_tparams = [r]
    m = Func(0, PKG, "Push", sig)
    m.has_ptr_recv = True
    lst.methods.append(m)
    return lst, t


def test_identical() -> None:
    assert identical(TYP["byte"], TYP["uint8"]) and not identical(INT, TYP["int64"])
    assert identical(Map(STRING, Slice(INT)), Map(STRING, Slice(INT)))
    assert not identical(Chan("send", INT), Chan("recv", INT))
    a, b = Struct([field("A", INT)], ["x"]), Struct([field("A", INT)], [])
    assert not identical(a, b) and identical_ignore_tags(a, b)
    assert identical(func([INT, Slice(STRING)], [ERROR], True), func([INT, Slice(STRING)], [ERROR], True))
    assert identical(iface(("A", func([], [])), ("B", func([], []))), iface(("B", func([], [])), ("A", func([], []))))
    assert identical(ANY, EMPTY_INTERFACE) and not identical(named("T", INT), named("T", INT))


def test_strings() -> None:
    t = named("T", INT)
    s = Struct([field("T", t, True), field("x", Slice(BYTE)), field("Y", Chan("both", Chan("recv", INT)))], ["", 'json:"x"'])
    assert type_string(s) == 'struct{example.com/my.pkg.T; x []byte "json:\\"x\\""; Y chan (<-chan int)}'
    assert link_string(s) == 'struct { example.com/my%2epkg.T; example.com/my%2epkg.x []uint8 "json:\\"x\\""; Y chan (<-chan int) }'
    assert reflect_string(s) == 'struct { pkg.T; x []uint8 "json:\\"x\\""; Y chan (<-chan int) }'
    assert type_string(func([INT, Slice(STRING)], [INT, ERROR], True)) == "func(int, ...string) (int, error)"
    assert type_string(t, lambda p: "") == "T"
    lst, _ = make_list()
    assert type_string(lst, lambda p: p.name) == "pkg.List[T any]"
    inst = instance(None, 0, lst, [Pointer(t)])
    assert type_string(inst, lambda p: p.name) == "pkg.List[*pkg.T]"
    assert link_string(inst) == "example.com/my%2epkg.List[*example.com/my%2epkg.T]"
    assert reflect_string(inst) == "pkg.List[*example.com/my%2epkg.T]"
    assert reflect_string(iface(("M", func([INT], [])))) == "interface { M(int) }"
    own = iface(("m", func([INT], [])))
    assert (reflect_string(own), link_string(own)) == ("interface { pkg.m(int) }", "interface { example.com/my%2epkg.m(int) }")
    assert object_string(ERROR.obj) == "type error interface{Error() string}"
    assert object_string(var("v", INT, "package")) == "var v int"


def test_instances() -> None:
    lst, t = make_list()
    li = instance(None, 0, lst, [INT])
    assert li is instance(None, 0, lst, [INT]) and isinstance(li, Named)
    assert type_string(li.underlying(), lambda p: "") == "struct{head int; next *List[int]}"
    obj, index, indirect = lookup_field_or_method(Pointer(li), False, PKG, "Push")
    assert isinstance(obj, Func) and index == (0,) and indirect and obj.origin is lst.methods[0]
    assert type_string(obj.type, lambda p: "") == "func(int)"
    s = Subst(make_subst_map([t], [INT]))
    assert s(instance(None, 0, lst, [t])) is li
    assert s(Map(STRING, t)) is s(Map(STRING, t)) or identical(s(Map(STRING, t)), Map(STRING, INT))
    nested = Slice(instance(None, 0, lst, [Slice(t)]))
    assert type_string(s(nested), lambda p: "") == "[]List[[]int]"
    assert instance(None, 0, lst, [Slice(INT)]) is instance(None, 0, lst, [Slice(INT)])


def test_local_types_of_generic_functions() -> None:
    t = tparam("T", ANY)
    node = named("node", None)
    node.obj.parent = Scope(PKG.scope)
    node.obj.parent.insert(t.obj)
    node.rhs = Struct([field("v", t), field("next", Pointer(node))], [])
    instances_of(node)  # as decl.py does for a type declared in a function
    a = Subst({t: INT})(Pointer(node))
    b = Subst({t: STRING})(Pointer(node))
    assert not identical(a, b) and identical(a, Subst({t: INT})(Pointer(node)))
    assert isinstance(a, Pointer)
    u = a.elem.underlying()
    assert isinstance(u, Struct) and u.fields[0].type is INT
    assert isinstance(u.fields[1].type, Pointer) and u.fields[1].type.elem is a.elem
    assert link_string(a) != link_string(b)
    # a type that does not mention T, and a generic one
    plain, gen = named("plain", INT), named("gen", None)
    plain.obj.parent = gen.obj.parent = node.obj.parent
    u = tparam("U", ANY)
    gen.tparams = [u]
    gen.rhs = Map(t, u)
    instances_of(plain)
    assert not identical(Subst({t: INT})(plain), Subst({t: STRING})(plain))
    inst = Subst({t: STRING})(instance(None, 0, gen, [Pointer(t)]))
    assert type_string(inst.underlying()) == "map[string]*string"
    assert reflect_string(inst) == "pkg.gen[string;*string]" and inst is Subst({t: STRING})(instance(None, 0, gen, [Pointer(STRING)]))


def test_lookup() -> None:
    inner = named("Inner", Struct([field("X", INT), field("Z", INT)], []))
    method(inner, "M", [], [])
    method(inner, "P", [], [], ptr=True)
    other = named("Other", Struct([field("Z", INT)], []))
    outer = named("Outer", Struct([field("Inner", inner, True), field("Other", Pointer(other), True)], []))
    assert lookup_field_or_method(outer, False, PKG, "X")[1:] == ((0, 0), False)
    assert lookup_field_or_method(outer, False, PKG, "Z") == (None, (1, 0), False)
    assert lookup_field_or_method(outer, False, PKG, "P") == (None, None, True)
    assert lookup_field_or_method(outer, True, PKG, "P")[1] == (0, 1)
    assert lookup_field_or_method(outer, False, MAIN, "x") == (None, None, False)
    ptr = named("Ptr", Pointer(inner))
    assert lookup_field_or_method(ptr, False, PKG, "M")[0] is None
    assert lookup_field_or_method(ptr, False, PKG, "X")[2]


def test_missing_method() -> None:
    t = named("T", INT)
    method(t, "Close", [], [], ptr=True)
    method(t, "read", [], [])
    method(t, "Write", [STRING], [])
    for i, want in [
        (iface(("Close", func([], []))), "(method Close has pointer receiver)"),
        (iface(("Read", func([], []))), "(missing method Read)\n\t\thave read()\n\t\twant Read()"),
        (iface(("Write", func([INT], []))), "(wrong type for method Write)\n\t\thave Write(string)\n\t\twant Write(int)"),
        (iface(("Other", func([], []))), "(missing method Other)"),
    ]:
        cause = Cause()
        assert missing_method(None, t, i, True, cause=cause)[0] is not None
        assert cause.text == want
    assert missing_method(None, Pointer(t), iface(("Close", func([], []))), True) == (None, False)


def test_constraints() -> None:
    number = Interface([], [Union([(True, INT), (True, TYP["float64"])])])
    assert implements(INT, number, True) == (True, "")
    assert implements(named("I", INT), number, True)[0]
    assert implements(STRING, number, True)[1] == "string does not satisfy interface{~int | ~float64} (string missing in ~int | ~float64)"
    exact = Interface([], [Union([(False, INT)])])
    assert "possibly missing ~ for int" in implements(named("I", INT), exact, True)[1]
    assert implements(Slice(INT), COMPARABLE, True)[1] == "[]int does not satisfy comparable"
    assert implements(ANY, COMPARABLE, True)[0] and comparable_type(Struct([field("f", Slice(INT))], []), True) is not None
    p = tparam("P", Interface([], [Union([(False, Chan("both", INT)), (False, Chan("recv", INT))])]))
    core, _ = common_under(p)
    assert isinstance(core, Chan) and core.dir == "recv"
    q = tparam("Q", number)
    assert common_under(q)[0] is None
    assert verify(None, 0, [q], [INT]) == (-1, "") and verify(None, 0, [q], [STRING])[0] == 0


class Err:
    def __init__(self) -> None:
        self.msgs: list[str] = []

    def addf(self, at: object, fmt: str, *args: object) -> None:
        self.msgs.append(sprintf(None, fmt, *args))


def run_infer(tparams: list[TypeParam], params: list[Type], args: list[Operand]) -> list[Type] | str:
    err = Err()
    ps, sig = rename_tparams(None, 0, tparams, func(params, []))
    assert isinstance(sig, Signature)
    got = infer(None, 0, ps, [], sig.params, args, False, err)
    return got if got is not None else err.msgs[0]


def value(t: Type) -> Operand:
    return Operand("value", None, t)


def test_infer() -> None:
    e = tparam("E", ANY, 1)
    s = tparam("S", Interface([], [Union([(True, Slice(e))])], implicit=True))
    ints = named("Ints", Slice(INT))
    got = run_infer([s, e], [s], [value(ints)])
    assert got == [ints, INT]
    a, b = tparam("A", ANY), tparam("B", ANY, 1)
    got = run_infer([a, b], [Slice(a), func([a], [b])], [value(Slice(INT)), value(func([INT], [STRING]))])
    assert got == [INT, STRING]
    assert run_infer([a], [a, a], [Operand("constant", None, TYP["untyped int"], 1), Operand("constant", None, TYP["untyped float"], 1)]) == [TYP["float64"]]
    assert run_infer([a], [Slice(a)], [value(INT)]) == "type int of <nil> does not match []A (cannot infer A)"
    assert run_infer([a, b], [a], [value(INT)]) == "cannot infer B (declared at -)"
    assert run_infer([a], [a, a], [value(INT), value(STRING)]) == "type string of <nil> does not match inferred type int for A"
    lst, _ = make_list()
    assert run_infer([a], [Pointer(instance(None, 0, lst, [a]))], [value(Pointer(instance(None, 0, lst, [STRING])))]) == [STRING]
    loop = tparam("L", ANY)
    loop.bound = Interface([], [Pointer(loop)], implicit=True)
    assert run_infer([loop], [], []) == "cannot infer L (declared at -)"


def test_sizes() -> None:
    s = Struct([field("a", BYTE), field("b", TYP["int64"]), field("c", TYP["bool"]), field("d", Struct([], []))], [])
    assert (sizeof(s), alignof(s), offsetsof(s.fields)) == (24, 8, [0, 8, 16, 17])
    assert sizeof(Array(TYP["complex64"], 3)) == 24 and alignof(TYP["complex64"]) == 4 and alignof(TYP["complex128"]) == 8
    assert sizeof(ERROR) == 16 and sizeof(Slice(INT)) == 24 and sizeof(STRING) == 16
    assert sizeof(Array(INT, 1 << 62)) == -1
