"""Stage 4, lower: checked syntax trees -> LLVM IR text, one Unit per package and demand round.

Takes Packages from the Checker; gives `Unit(ir, defs)`. Afterwards every Go construct is gone: what is left are functions,
data, and calls of `runtime.NAME`. Read `func.py` first (the FuncBuilder that everything writes through), then `expr.py`.

The files, by owner of an idea, and what they promise each other (types are always concrete: no TypeParam reaches layout):

    layout.py     sizeof(t) alignof(t) field_offsets(Struct)->list[int] is_flat(t) leaves(t)->tuple[Leaf,...] has_pointers(t)
                  is_direct_iface(t); Leaf(ll, off, kind): ll the SSA type ("i1" for bool), off its byte offset, kind "" "ptr" "len"
    typedesc.py   type_desc(unit, t) -> operand '@"type:T"' (defines it in the unit once, records the ref)
    itab.py       itab(unit, T, I) -> operand; method_offset(I: Interface, name, pkg) -> byte offset of the method's code pointer in an itab
    alg.py        equal(fb, t, a: Val, b: Val) -> i1 operand, for every comparable t
    wrappers.py   func_value(unit, symbol) -> operand '@"symbol·f"'; method_wrapper(unit, T, func, path) -> symbol;
                  method_value(fb, selection, recv: Val) -> ptr operand of a bound method's func value;
                  method_expr(unit, selection, sig) -> ptr operand; bridge(unit, func) defines pkg.f calling pkg.f.abi0
    static.py     define_var(unit, var: Var, init: Initializer|None) -> bool: defines package variable; True = initialised statically
    intrinsics.py try_call(fb, symbol, sig, args: list[Val]) -> list[Val] | None
    debuginfo.py  DebugInfo(program, unit): subprogram(symbol, name, pos, ...)->"!n"; location(scope, pos)->"!n"; text()->list[str]
    maps.py       access(fb, t: Map, m, key: Val)->Val; access2(...)->(Val, i1); assign_addr(fb, t, m, key)->addr; delete clear make length literal range_(fb, stmt)
    chans.py      send recv recv2 close make length cap;  select.py  select_stmt(fb, stmt)
    defer.py      defer_stmt(fb, stmt) go_stmt(fb, stmt) recover(fb)->Val, has_defer(body)->bool, enter(fb) leave(fb) (prologue and every normal exit)
"""
