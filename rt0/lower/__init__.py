"""Stage 4, lower: checked syntax trees -> LLVM IR text, one Unit per package and demand round.

Takes Packages from the Checker; gives `Unit(ir, defs)`. Afterwards every Go construct is gone: what is left are functions,
data, and calls of `runtime.NAME`. Read `func.py` first (the FuncBuilder that everything writes through), then `expr.py`.

The files, by what they know (types are always concrete: no TypeParam reaches layout):

    program.py    Program: from a symbol to its definition; init steps; instances      unit.py   one module's text, refs, strings
    func.py value.py      FuncBuilder: temporaries, blocks, memory, calls, checks; Val  names.py  how symbols are spelled
    expr.py places.py index.py operators.py floats.py consts.py     expressions, by kind; what is assigned to or has an address; constants
    composite.py literal.py     composite literals              order.py   in which order operands are evaluated         call.py   calls, method values
    builtin.py convert.py built-ins and unsafe; conversions, interfaces, assertions
    stmt.py assign.py switch.py rangefor.py     statements; a function's frame; range-over-func
    facts.py locals.py closure.py    what is known of variables before, where they live, closures       generic.py  bindings of type parameters     inline.py  what is carried across units
    escape.py escapegraph.py escapetypes.py escapetrace.py    what may live on the stack, and why
    layout.py     sizes, offsets, leaves, the calling sequence (SigABI)
    typedesc.py itab.py methodset.py alg.py     type descriptors, itabs, method sets, equality and hashing
    wrappers.py   func values, method wrappers, bound methods, ABI0 bridges             intrinsics.py  functions that become instructions
    static.py purity.py     package variables: memory and static initial values; what need not run      debuginfo.py   line tables
    maps.py chans.py select.py defer.py         maps, channels, select; defer, go, recover
"""
