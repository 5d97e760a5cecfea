"""The order in which package variables are initialised.

Nodes are the package's variables, constants and functions, edges "its initialiser or body refers to". Functions are taken out of
the graph by joining what refers to them with what they refer to; what remains is taken in the order of (constants first, number
of objects still waited for, source order). An object that still waits when its turn comes is on a cycle, or behind one.

For a package that is checked on demand (`whole` False) the dependencies are not there yet: initialisers are checked here, and
the bodies of the functions they reach, no others.

Source: go1.27 cmd/compile/internal/types2/initorder.go.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from rt0.types.decl import check_var_init
from rt0.types.objects import Const, Func, Initializer, Object, Var

if TYPE_CHECKING:
    from rt0.types.check import Checker


class _Node:
    """pred: who refers to obj, succ: what obj refers to (dicts as ordered sets)."""

    __slots__ = ("ndeps", "obj", "pred", "succ")

    def __init__(self, obj: Object) -> None:
        self.obj = obj
        self.pred: dict[_Node, None] = {}
        self.succ: dict[_Node, None] = {}
        self.ndeps = 0


def init_order(check: Checker) -> list[Initializer]:
    """Initialisers of check's package in order. Cycles are reported."""
    if not check.whole:
        _check_reachable(check)
    nodes = _dependency_graph(check)
    queue = [(isinstance(n.obj, Var), n.ndeps, n.obj.order, i) for i, n in enumerate(nodes)]
    heapq.heapify(queue)
    index = {n: i for i, n in enumerate(nodes)}
    done: set[_Node] = set()
    emitted: set[int] = set()
    out: list[Initializer] = []
    while queue:
        _, ndeps, _, i = heapq.heappop(queue)
        n = nodes[i]
        if n in done or ndeps != n.ndeps:
            continue  # an entry that a later one replaced
        done.add(n)
        if n.ndeps > 0:
            cycle = _find_path(check, n.obj, n.obj, set())
            if cycle:
                _report_cycle(check, cycle)
            # without a cycle through n itself another variable's cycle is in the way: go on
        for p in n.pred:
            p.ndeps -= 1
            if p not in done:
                heapq.heappush(queue, (isinstance(p.obj, Var), p.ndeps, p.obj.order, index[p]))
        v = n.obj
        d = check.obj_map[v]
        if not isinstance(v, Var) or d.init is None or id(d) in emitted:
            continue
        emitted.add(id(d))
        out.append(Initializer(list(d.lhs) if d.lhs is not None else [v], d.init))
    return out


def _check_reachable(check: Checker) -> None:
    """Check all initialisers and the bodies they lead to, so that their dependencies are known."""
    work: list[Object] = [o for o, d in check.obj_map.items() if isinstance(o, Var) and d.init is not None]
    seen = set(work)
    check.depth += 1
    try:
        while work:
            obj = work.pop()
            d = check.obj_map[obj]
            if isinstance(obj, Var):
                check_var_init(check, obj)
            elif d.fdecl is not None:
                check.check_body(d.fdecl)
            check.process_delayed(0)  # function literals add dependencies too
            for dep in d.deps:
                if dep not in seen and isinstance(dep, (Var, Func)):
                    seen.add(dep)
                    work.append(dep)
    finally:
        check.depth -= 1
    check.finish_entry()


def _dependency_graph(check: Checker) -> list[_Node]:
    """Nodes of the variables and constants, functions eliminated. Constants matter for cycles only: not in dependencies."""
    kinds = (Var, Func, Const) if check.whole else (Var, Func)
    nodes: dict[Object, _Node] = {o: _Node(o) for o in check.obj_map if isinstance(o, kinds)}
    for obj, n in nodes.items():
        for dep in check.obj_map[obj].deps:
            d = nodes.get(dep)
            if d is not None:
                n.succ[d] = None
                d.pred[n] = None
    funcs = [n for n in nodes.values() if isinstance(n.obj, Func)]
    # cheapest first: joining costs len(pred) * len(succ)
    for n in sorted(funcs, key=lambda f: len(f.pred) * len(f.succ)):
        for p in n.pred:
            if p is not n:
                for s in n.succ:
                    if s is not n:
                        p.succ[s] = None
                        s.pred[p] = None
                del p.succ[n]
        for s in n.succ:
            if s is not n:
                del s.pred[n]
    out = [n for n in nodes.values() if not isinstance(n.obj, Func)]
    for n in out:
        n.ndeps = len(n.succ)
    return out


def _find_path(check: Checker, start: Object, to: Object, seen: set[Object]) -> list[Object]:
    """Objects on a way from start to `to`, last one first; empty if there is none."""
    if start in seen:
        return []
    seen.add(start)
    d = check.obj_map.get(start)
    deps = sorted(d.deps, key=lambda o: o.order) if d is not None else []
    for dep in deps:
        if dep is to:
            return [dep]
        path = _find_path(check, dep, to, seen)
        if path:
            return [*path, dep]
    return []


def forced_by(check: Checker, v: Var) -> list[list[Object]]:
    """What has to come before v's initialisation: for each variable with an initialiser of its own the shortest chain v, function ..., variable."""
    chains: list[list[Object]] = []
    seen: set[Object] = {v}
    work: list[list[Object]] = [[v]]
    for chain in work:
        d = check.obj_map.get(chain[-1])
        for dep in sorted(d.deps, key=lambda o: o.order) if d is not None else ():
            if dep in seen:
                continue
            seen.add(dep)
            if isinstance(dep, Func):
                work.append([*chain, dep])
            elif isinstance(dep, Var) and dep in check.obj_map and check.obj_map[dep].init is not None:
                chains.append([*chain, dep])
    return chains


def _report_cycle(check: Checker, cycle: list[Object]) -> None:
    obj = cycle[0]
    if len(cycle) == 1:
        check.errorf(obj.pos, "InvalidInitCycle", "initialization cycle: %s refers to itself", obj.name)
        return
    err = check.new_error("InvalidInitCycle")
    err.addf(obj.pos, "initialization cycle for %s", obj.name)
    for nxt in reversed(cycle):
        err.addf(obj.pos, "%s refers to %s", obj.name, nxt.name)
        obj = nxt
    err.report()
