"""What gdb needs to show Go values: loaded into gdb, not into rt0.

Executables built with -O0 or -O1 name this file in .debug_gdb_scripts, and gdb loads it when its folder is trusted:

    (gdb) add-auto-load-safe-path /path/to/rt0/goroot      in ~/.gdbinit; or
    (gdb) source /path/to/rt0/goroot/src/runtime/runtime_gdb.py

Printers, chosen by the names and shapes that rt0/lower/debugtypes.py gives types: strings, slices, maps, channels, interfaces, functions.
Commands: `info goroutines`; `goroutine ID COMMAND` runs a command on a goroutine that waits. Functions: $len(x), $cap(x), $dtype(interface).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import gdb

MAX_CHILDREN = 10_000
EMPTY_OR_DELETED = 0x80  # of a control byte in a map's group
STATES = {0: "idle", 1: "runnable", 2: "running", 3: "syscall", 4: "waiting", 6: "dead", 8: "copystack", 9: "preempted"}


def stripped(val: Any) -> Any:
    """The value without the names of its type."""
    return val.cast(val.type.strip_typedefs())


def field_names(t: Any) -> list[str]:
    return [f.name for f in t.fields()] if t.code == gdb.TYPE_CODE_STRUCT else []


def symbol_at(address: int) -> str:
    """Name of the symbol at exactly this address, or ""."""
    demangle = gdb.parameter("print demangle")  # gdb would rewrite what looks to it like a name of gccgo's
    gdb.execute("set print demangle off")
    try:
        text = gdb.execute(f"info symbol {address:#x}", to_string=True)
    finally:
        gdb.execute("set print demangle " + ("on" if demangle else "off"))
    name, found, _ = text.partition(" in section ")
    return name if found and " + " not in name else ""


def go_type(name: str) -> Any:
    """gdb's type of a Go type's name, or None."""
    if name.startswith("*"):
        elem = go_type(name[1:])
        return None if elem is None else elem.pointer()
    for spelled in (name, "struct " + name):
        try:
            return gdb.lookup_type(spelled)
        except gdb.error:
            pass
    return None


# ---------------------------------------------------------------- values


class Lost:
    """A value whose words are not all known: where gdb's own printing of Go strings would follow a pointer that is not there."""

    def __init__(self, val: Any) -> None:
        self.val = val

    def to_string(self) -> str:
        return "<optimized out>"


class String:
    def __init__(self, val: Any) -> None:
        self.val = val

    def display_hint(self) -> str:
        return "string"

    def to_string(self) -> Any:
        n = int(self.val["len"])
        return self.val["str"].lazy_string("utf-8", n) if n > 0 else ""


class Slice:
    def __init__(self, val: Any) -> None:
        self.val = val

    def display_hint(self) -> str:
        return "array"

    def to_string(self) -> str:
        return str(self.val.type.unqualified().strip_typedefs().name)

    def children(self) -> Iterator[tuple[str, Any]]:
        n = int(self.val["len"])
        if not self.val["cap"].is_optimized_out and n > int(self.val["cap"]):
            return
        array = self.val["array"]
        for i in range(min(n, MAX_CHILDREN)):
            yield f"[{i}]", (array + i).dereference()


class Map:
    def __init__(self, val: Any) -> None:
        self.val = val

    def display_hint(self) -> str:
        return "map"

    def to_string(self) -> str:
        return str(self.val.type.name) if int(stripped(self.val)) else "nil"

    def children(self) -> Iterator[tuple[str, Any]]:
        n = 0
        for key, elem in islice(map_entries(self.val), MAX_CHILDREN):
            yield f"[{n}]", key
            yield f"[{n + 1}]", elem
            n += 2


def map_entries(val: Any) -> Iterator[tuple[Any, Any]]:
    """Keys and elements of a map, in the order of memory."""
    val = stripped(val)
    if not int(val):
        return
    m = val.dereference()
    group = m["dirPtr"].type.target()
    nslots = group["slots"].type.range()[1] + 1
    for g in map_groups(m, group):
        ctrl = int(g["ctrl"])
        for i in range(nslots):
            if ctrl >> 8 * i & EMPTY_OR_DELETED:
                continue
            slot = g["slots"][i]
            names = field_names(slot.type)
            pair = [slot[f].dereference() if f.endswith("p") else slot[f] for f in names]  # keyp, elemp: large ones lie elsewhere
            yield pair[0], pair[1]


def map_groups(m: Any, group: Any) -> Iterator[Any]:
    """A small map is one group; a large one has a directory of tables, some of which stand in it several times (internal/runtime/maps)."""
    if not int(m["dirLen"]):
        if int(m["dirPtr"]):
            yield m["dirPtr"].dereference()
        return
    table = go_type("internal/runtime/maps.table")
    if table is None:
        raise gdb.error("internal/runtime/maps.table is not described in this program")
    directory = m["dirPtr"].cast(table.pointer().pointer())
    seen = set()
    for i in range(int(m["dirLen"])):
        t = directory[i]
        if int(t) in seen:
            continue
        seen.add(int(t))
        groups = t["groups"]
        first = groups["data"].cast(group.pointer())
        for k in range(int(groups["lengthMask"]) + 1):
            yield first[k]


class Chan:
    def __init__(self, val: Any) -> None:
        self.val = val

    def display_hint(self) -> str:
        return "array"

    def to_string(self) -> str:
        return str(self.val.type.name) if int(stripped(self.val)) else "nil"

    def children(self) -> Iterator[tuple[str, Any]]:
        val = stripped(self.val)
        if not int(val):
            return
        c = val.dereference()
        size = int(c["dataqsiz"])
        for i in range(min(int(c["qcount"]), MAX_CHILDREN)):
            yield f"[{i}]", c["buf"][(int(c["recvx"]) + i) % size]


def dynamic_type(val: Any) -> tuple[str, Any]:
    """(name, gdb's type or None) of what an interface holds; "" when it is nil."""
    val = stripped(val)
    if val.type.fields()[0].name == "tab":
        word = val["tab"]
        descriptor = int(word["Type"]) if int(word) else 0
    else:
        descriptor = int(val["_type"])
    if not descriptor:
        return "", None
    name = symbol_at(descriptor).removeprefix("type:")
    return name or f"type at {descriptor:#x}", go_type(name) if name else None


def is_direct(t: Any) -> bool:
    """The interface's data word is the value itself."""
    t = t.strip_typedefs()
    if t.code == gdb.TYPE_CODE_STRUCT:
        fields = [f for f in t.fields() if f.type.sizeof]
        return len(fields) == 1 and is_direct(fields[0].type)
    if t.code == gdb.TYPE_CODE_ARRAY:
        return t.range()[1] == 0 and is_direct(t.target())
    return bool(t.code == gdb.TYPE_CODE_PTR)


def dynamic_value(val: Any) -> Any:
    """What an interface holds; None when that is not described."""
    _, t = dynamic_type(val)
    if t is None:
        return None
    val = stripped(val)
    address = val["data"]
    if is_direct(t):
        if t.strip_typedefs().code == gdb.TYPE_CODE_PTR:
            return address.cast(t)
        address = address.address
        if address is None:
            return None
    return address.cast(t.pointer()).dereference()


class InterfaceValue:
    def __init__(self, val: Any) -> None:
        self.val = val

    def to_string(self) -> str:
        name = "?"
        try:
            name, _ = dynamic_type(self.val)
            if not name:
                return "nil"
            held = dynamic_value(self.val)
            if held is None:
                return f"({name}) {int(stripped(self.val)['data']):#x}"
            return f"({name}) {held.format_string()}"
        except gdb.error as e:  # one of its words is optimized out
            return f"({name}) <{e}>"


class Function:
    def __init__(self, val: Any) -> None:
        self.val = val

    def to_string(self) -> str:
        address = int(stripped(self.val))
        if not address:
            return "nil"
        code = int(gdb.Value(address).cast(gdb.lookup_type("uintptr").pointer()).dereference())
        return f"{address:#x} {{{symbol_at(code) or hex(code)}}}"


def lookup(val: Any) -> Any:
    """The printer of a value, None when gdb's own way is right."""
    name = val.type.name or ""
    if val.type.code == gdb.TYPE_CODE_STRUCT:
        names = field_names(val.type)
        if names == ["str", "len"]:
            return Lost(val) if val["str"].is_optimized_out or val["len"].is_optimized_out else String(val)
        if names == ["array", "len", "cap"]:
            return Lost(val) if val["array"].is_optimized_out or val["len"].is_optimized_out else Slice(val)
    if val.is_optimized_out:
        return None
    if val.type.code == gdb.TYPE_CODE_TYPEDEF:
        t = val.type
        while t.code == gdb.TYPE_CODE_TYPEDEF:
            inner = t.name or ""
            for prefix, printer in (("map[", Map), ("chan ", Chan), ("<-chan ", Chan), ("chan<- ", Chan), ("func(", Function)):
                if inner.startswith(prefix):
                    return printer(val)
            t = t.target()
        if t.name in ("runtime.iface", "runtime.eface"):
            return InterfaceValue(val)
        return None
    return InterfaceValue(val) if name in ("runtime.iface", "runtime.eface") else None


# ---------------------------------------------------------------- functions


class Len(gdb.Function):  # type: ignore[misc]  # gdb has no stubs
    """$len(x): length of a string, slice, array, map or channel."""

    def __init__(self) -> None:
        super().__init__("len")

    def invoke(self, val: Any) -> int:
        val = stripped(val)
        if val.type.code == gdb.TYPE_CODE_ARRAY:
            return int(val.type.range()[1] + 1)
        if val.type.code == gdb.TYPE_CODE_PTR:
            if not int(val):
                return 0
            names = field_names(val.type.target())
            return int(val["used"] if "used" in names else val["qcount"])
        return int(val["len"])


class Cap(gdb.Function):  # type: ignore[misc]
    """$cap(x): capacity of a slice, array or channel."""

    def __init__(self) -> None:
        super().__init__("cap")

    def invoke(self, val: Any) -> int:
        val = stripped(val)
        if val.type.code == gdb.TYPE_CODE_ARRAY:
            return int(val.type.range()[1] + 1)
        if val.type.code == gdb.TYPE_CODE_PTR:
            return int(val["dataqsiz"]) if int(val) else 0
        return int(val["cap"])


class Dtype(gdb.Function):  # type: ignore[misc]
    """$dtype(i): what the interface holds."""

    def __init__(self) -> None:
        super().__init__("dtype")

    def invoke(self, val: Any) -> Any:
        held = dynamic_value(val)
        return val if held is None else held


# ---------------------------------------------------------------- goroutines


def goroutines() -> Iterator[Any]:
    """The live goroutines (*g)."""
    allgs = gdb.parse_and_eval("'runtime.allgs'")
    for i in range(int(allgs["len"])):
        g = allgs["array"][i]
        if int(g["atomicstatus"]["value"]) & ~0x1000 not in (0, 6):
            yield g


def word_at(address: int) -> int:
    return int(gdb.Value(address).cast(gdb.lookup_type("uintptr").pointer()).dereference())


def function_at(pc: int) -> str:
    """Name of the function that contains pc, inlined ones aside; "" if unknown."""
    block = gdb.block_for_pc(pc) if pc else None
    while block is not None and block.function is None:
        block = block.superblock
    return str(block.function.name) if block is not None else ""


def resume_point(g: Any) -> tuple[int, int, int]:
    """(sp, bp, pc) with which a goroutine that waits would go on in Go code."""
    sp, bp, pc = (int(g["sched"][f]) for f in ("sp", "bp", "pc"))
    if function_at(pc) == "runtime.mcallret":  # it pops what mcall pushed, and returns
        return bp + 16, word_at(bp), word_at(bp + 8)
    return sp, bp, pc


def interesting(bp: int, pc: int) -> str:
    """Name of the innermost function outside the runtime, or of the innermost one if there is none."""
    first = name = function_at(pc)
    for _ in range(20):
        if name and not name.startswith(("runtime.", "internal/runtime/")):
            return name
        if not bp:
            break
        try:
            bp, pc = word_at(bp), word_at(bp + 8)
        except gdb.MemoryError:
            break
        name = function_at(pc)
    return first


def running() -> dict[int, Any]:
    """Address of a g -> gdb's thread that runs it."""
    out = {}
    for thread in gdb.selected_inferior().threads():
        with_frame = gdb.selected_thread()
        thread.switch()
        try:
            base = int(gdb.parse_and_eval("$fs_base"))
            out[word_at(base + 16)] = thread
        except gdb.error:
            pass
        with_frame.switch()
    return out


class InfoGoroutines(gdb.Command):  # type: ignore[misc]
    """List the goroutines: number, state, function. A star marks those that a thread runs."""

    def __init__(self) -> None:
        super().__init__("info goroutines", gdb.COMMAND_STACK)

    def invoke(self, _arg: str, _from_tty: bool) -> None:
        threads = running()
        for g in goroutines():
            state = STATES.get(int(g["atomicstatus"]["value"]) & ~0x1000, "?")
            thread = threads.get(int(g))
            if thread is not None:
                selected = gdb.selected_thread()
                thread.switch()
                where = gdb.newest_frame().name() or "?"
                selected.switch()
            else:
                _, bp, pc = resume_point(g)
                where = interesting(bp, pc) or hex(pc)
            start = symbol_at(int(g["startpc"]))
            print(f"{'*' if thread is not None else ' '} {int(g['goid'])} {state:8} {where}" + (f" (started as {start})" if start and start != where else ""))


class Goroutine(gdb.Command):  # type: ignore[misc]
    """goroutine ID COMMAND: run a gdb command on a goroutine, for example `goroutine 5 bt`; `all` for every one."""

    def __init__(self) -> None:
        super().__init__("goroutine", gdb.COMMAND_STACK)

    def invoke(self, arg: str, _from_tty: bool) -> None:
        which, _, command = arg.partition(" ")
        if not command:
            raise gdb.GdbError("usage: goroutine ID COMMAND")
        threads = running()
        found = False
        for g in goroutines():
            if which not in ("all", str(int(g["goid"]))):
                continue
            found = True
            if which == "all":
                print(f"goroutine {int(g['goid'])}:")
            self.run(g, threads.get(int(g)), command)
        if not found:
            raise gdb.GdbError(f"no goroutine {which}")

    def run(self, g: Any, thread: Any, command: str) -> None:
        selected = gdb.selected_thread()
        frame = gdb.selected_frame()
        try:
            if thread is not None:
                thread.switch()
                gdb.execute(command)
                return
            gdb.newest_frame().select()
            saved = {r: gdb.parse_and_eval(f"${r}") for r in ("rsp", "rbp", "rip")}
            saved = {r: int(v.cast(gdb.lookup_type("uintptr"))) for r, v in saved.items()}
            try:
                for r, v in zip(("rsp", "rbp", "rip"), resume_point(g)):
                    gdb.execute(f"set ${r} = {v}")
                gdb.execute(command)
            finally:
                gdb.newest_frame().select()
                for r, v in saved.items():
                    gdb.execute(f"set ${r} = {v}")
        finally:
            selected.switch()
            frame.select()


lookup.name = "rt0"  # type: ignore[attr-defined]  # gdb shows it in `info pretty-printer`
objfile = gdb.current_objfile()
printers = objfile.pretty_printers if objfile is not None else gdb.pretty_printers
printers[:] = [lookup] + [p for p in printers if getattr(p, "name", "") != "rt0"]
Len()
Cap()
Dtype()
InfoGoroutines()
Goroutine()
