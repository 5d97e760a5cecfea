"""Line tables for tracebacks: an object's DWARF -> `.rt0.pctab.SYMBOL` and `.rt0.pcstrs` sections (rt0/abi/pclntab.py has the format).

Runs once per object, in the worker that compiled it, so that the linker only copies. A function numbers its strings itself, in the order in which
it uses them: its data are the same whatever else is in the object. A row of line 0 (code LLVM could not attribute) keeps the
line before it; where it is in another inlined call than the row before, it has that call's last line. Functions are found by their symbols: LLVM describes in .debug_info only those that have something
inlined into them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping

from rt0.abi import pclntab as fmt
from rt0.obj import dwarf
from rt0.obj.elf import STT_FUNC, Object, read_object, rewrite_sections

DW_LNS_set_basic_block = 7


def add_pctab(data: bytes, keep_dwarf: bool = True, package: str = "", args: Mapping[str, bytes] = {}) -> bytes:
    """The object with line tables added; without its DWARF unless `keep_dwarf`. package: of the unit, see pclntab.is_runtime. args: symbol of a
    function -> what tracebacks print of its arguments."""
    obj = read_object(data)
    reader = dwarf.Reader(obj)
    if not reader.sections:
        return data
    lines = reader.lines()
    new = pctab_sections(obj, reader, lines, package, args)
    if keep_dwarf and reader.invented:
        # The variables were made up for tracebacks: debuggers show no DWARF procedures.
        at = reader.sections[".debug_abbrev"].offset
        patched = bytearray(data)
        for i in reader.invented:
            patched[at + i] = dwarf.DW_TAG_dwarf_procedure
        data = bytes(patched)
    if keep_dwarf and lines.entry_prologue_ends:
        # LLVM takes the comparison with the stack's end for the first instruction of the body, and says that the prologue ends before it: a
        # debugger that believed it would look for arguments before the frame exists. Said of no row, the second row is where it stops.
        at = reader.sections[".debug_line"].offset
        patched = bytearray(data)
        for i in lines.entry_prologue_ends:
            patched[at + i] = DW_LNS_set_basic_block  # of the same length, and nobody looks at it
        data = bytes(patched)
    return rewrite_sections(data, "" if keep_dwarf else ".debug_", new)


def pctab_sections(obj: Object, reader: dwarf.Reader, lines: dwarf.Lines, package: str, args: Mapping[str, bytes]) -> list[tuple[str, bytes]]:
    """The sections to add: one per function that has line rows, and the strings."""
    described, language = reader.functions(lines)
    saved = dwarf.pushed(reader)
    inlined = {(f.section, f.low): f for f in described}
    strings: dict[str, int] = {}  # of the object
    local: dict[str, int] = {}  # of the function
    files = lines.files
    uvarint = fmt.uvarint

    def number(s: str) -> int:
        n = local.get(s)
        if n is None:
            n = local[s] = len(local)
        return n

    def file(i: int) -> int:
        return number(files[i] if 0 <= i < len(files) else "?")

    out: list[tuple[str, bytes]] = []
    nsec = len(obj.sections)
    done: set[str] = set()
    pcs_of: dict[int, list[int]] = {}
    for i, sym in enumerate(obj.symbols):
        section = sym[3]
        if sym[1] & 15 != STT_FUNC or not 0 < section < nsec:
            continue
        rows = lines.rows.get(section)
        name = obj.names[i]
        if not rows or name in done:
            continue
        low, size = sym[4], sym[5]
        pcs = pcs_of.get(section)
        if pcs is None:
            pcs = pcs_of[section] = [r[0] for r in rows]
        a, b = bisect_left(pcs, low), bisect_left(pcs, low + size)
        mine = rows[a:b]
        if not mine:
            continue
        done.add(name)
        local.clear()
        flags = fmt.FUNC_ASM if language == dwarf.LANG_ASM else fmt.FUNC_RUNTIME if fmt.is_runtime(package, name) else 0
        if name in fmt.WRAPPERS:
            flags |= fmt.FUNC_WRAPPER
        if not flags & fmt.FUNC_ASM:
            flags |= pushes(saved.get((section, low)))
        func = inlined.get((section, low))
        words = args.get(name, b"")
        if words:
            words = with_places(words, func)
        body = encode(mine, low, size, func, file, number, flags, files, words)
        head = uvarint(len(local)) + b"".join([uvarint(strings.setdefault(s, len(strings))) for s in local])
        out.append((fmt.PCTAB_PREFIX + name, head + body))
    if out:
        out.append((fmt.PCSTRS, "".join(s + "\0" for s in strings).encode("utf-8", "surrogateescape")))
    return out


def pushes(saves: list[tuple[int, int]] | None) -> int:
    """FUNC_SAVES of the pushed registers, or FUNC_LOST. saves: as dwarf.pushed says; the CFA is 16 above where BP points."""
    if saves is None:
        return fmt.FUNC_LOST
    flags = 0
    at = -24
    for r in fmt.SAVED:
        if (r, at) in saves:
            flags |= fmt.FUNC_SAVES << fmt.SAVED.index(r)
            at -= 8
        elif any(x == r for x, _ in saves):
            return fmt.FUNC_LOST
    return flags


def with_places(args: bytes, func: dwarf.Function | None) -> bytes:
    """What tracebacks print of the arguments, with the places of the words."""
    end = args.index(fmt.ARG_END) + 1
    out = bytearray(args)
    found = False
    for k, locations in sorted(func.words.items()) if func is not None else ():
        assert func is not None
        for x in locations:
            where = place(x.expr, func.frame)
            if where is not None:
                found = True
                out += fmt.uvarint(k) + fmt.uvarint(x.low - func.low) + fmt.uvarint(x.high - x.low) + fmt.uvarint(where)
    return bytes(out) if found else args[:end]


def place(expr: bytes, frame: bytes) -> int | None:
    """A DWARF expression as pclntab has it; None for what a traceback cannot find: a register that calls do not preserve, computed values."""
    op = expr[0]
    register = {r: i for i, r in enumerate(fmt.SAVED)}
    if (op == 0x91 and frame == b"\x56") or op == 0x76:  # fbreg, the frame's base being BP; breg6
        n, end = dwarf.sleb(expr, 1)
        if end == len(expr):
            return fmt.zigzag(n) << 2 | fmt.LOC_FRAME
    elif 0x50 <= op <= 0x6F and len(expr) == 1:
        if op - 0x50 in register:
            return register[op - 0x50] << 2 | fmt.LOC_REG
    elif expr[-1] == 0x9F:  # stack_value
        n = -1
        if 0x30 <= op <= 0x4F:
            n, end = op - 0x30, 1
        elif op == 0x10:
            n, end = fmt.read_uvarint(expr, 1)
        elif op == 0x11:
            n, end = dwarf.sleb(expr, 1)
        else:
            return None
        if end == len(expr) - 1 and -(1 << 28) < n < 1 << 28:
            return fmt.zigzag(n) << 2 | fmt.LOC_CONST
    return None


def encode(
    rows: list[dwarf.Row],
    low: int,
    size: int,
    func: dwarf.Function | None,
    file: Callable[[int], int],
    number: Callable[[str], int],
    flags: int,
    files: list[str],
    args: bytes,
) -> bytes:
    """Function data as in rt0/abi/pclntab.py. `rows` belong to the function; pcs are offsets in its section."""
    uvarint = fmt.uvarint
    first = next((r for r in rows if r[2] > 0), rows[0])
    start_file, start_line = file(first[1]), max(first[2], 0)
    if func is not None and func.line:
        start_line = func.line
    if 0 <= first[1] < len(files) and files[first[1]] == "<autogenerated>":
        flags |= fmt.FUNC_WRAPPER
    calls: list[tuple[int, dwarf.Inlined]] = []  # (parent number, call), numbered from 1
    if func is not None and func.inlined:
        stack = [(0, c) for c in reversed(func.inlined)]
        while stack:
            parent, call = stack.pop()
            calls.append((parent, call))
            me = len(calls)
            stack += [(me, c) for c in reversed(call.children)]
    if args:
        flags |= fmt.FUNC_ARGS
        args = uvarint(len(args)) + args
    head = [uvarint(flags), uvarint(start_file), uvarint(start_line), args, uvarint(len(calls))]
    for parent, call in calls:
        head += [uvarint(parent), uvarint(number(call.name)), uvarint(call.start_line), uvarint(file(call.call_file)), uvarint(call.call_line)]
    points: list[int]
    inl: list[int]
    pcs = [r[0] for r in rows]
    if calls:
        marks = set(pcs)
        for _, call in calls:
            for lo, hi in call.ranges:
                marks.add(lo)
                marks.add(hi)
        points = sorted(p for p in marks if low <= p < low + size)
        inl = [0] * len(points)
        for k, (_, call) in enumerate(calls, 1):
            for lo, hi in call.ranges:
                x, y = bisect_left(points, lo), bisect_left(points, hi)
                inl[x:y] = [k] * (y - x)
    else:
        points, inl = pcs, []
    out = bytearray(b"".join(head))
    zigzag = fmt.zigzag
    pc, cur_file, cur_line, cur_inl = low, start_file, start_line, 0
    seen: dict[int, tuple[int, int]] = {0: (start_file, start_line)}  # inlined call -> its last file and line
    n = len(points)
    for k in range(n):
        p = points[k]
        if inl:
            r = rows[max(bisect_right(pcs, p) - 1, 0)]
        elif k + 1 < n and points[k + 1] == p:
            continue  # several rows at one pc: the last counts
        else:
            r = rows[k]
        line = r[2]
        i = inl[k] if inl else 0
        if line > 0:
            f = file(r[1])
            seen[i] = f, line
        elif i == cur_inl:
            continue
        elif i in seen:
            f, line = seen[i]  # code of no line, as LLVM leaves it where it merges: the call that it belongs to is known all the same
        else:
            f, line = _first_line(rows, pcs, points, inl, k, file)
            if line <= 0:
                continue
        if f == cur_file and line == cur_line and i == cur_inl:
            continue
        if f != cur_file or i != cur_inl:
            out += uvarint((p - pc) << 1 | 1)
            out += uvarint(zigzag(line - cur_line))
            out += uvarint(zigzag(f - cur_file))
            out += uvarint(zigzag(i - cur_inl))
        else:
            out += uvarint((p - pc) << 1)
            out += uvarint(zigzag(line - cur_line))
        pc, cur_file, cur_line, cur_inl = p, f, line, i
    out += uvarint((low + size - pc) << 1)
    out += b"\0"
    return bytes(out)


def _first_line(rows: list[dwarf.Row], pcs: list[int], points: list[int], inl: list[int], k: int, file: Callable[[int], int]) -> tuple[int, int]:
    """File and line of the first code with one in the inlined call that points[k] is in; line 0 without."""
    for q in range(k + 1, len(points)):
        if inl[q] == inl[k]:
            r = rows[max(bisect_right(pcs, points[q]) - 1, 0)]
            if r[2] > 0:
                return file(r[1]), r[2]
    return 0, 0
