"""Reads the DWARF that LLVM (version 4 or 5, line tables only) and our assembler put into objects.

    line_rows(obj)   .debug_line:  section index -> rows (pc, file, line), by pc; and the file names
    functions(obj)   .debug_info:  concrete functions with the calls inlined into them, and where the words of their arguments are
    pushed(obj)      .debug_frame: which registers each function saves, and where

Sections of an object are not relocated yet: an address is a relocation (symbol, addend), which leads to (section, offset); a string
offset is a relocation's addend. Only forms and opcodes that these producers emit are known; others raise DwarfError.
Source: DWARF 5 sections 2.17, 6.2, 7.5, 7.25.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from rt0.abi.pclntab import read_uvarint as uleb
from rt0.obj.elf import Object, Section

DW_TAG_compile_unit, DW_TAG_subprogram, DW_TAG_inlined = 0x11, 0x2E, 0x1D
DW_TAG_formal_parameter, DW_TAG_variable, DW_TAG_dwarf_procedure = 0x05, 0x34, 0x36
AT_location, AT_artificial, AT_frame_base, AT_loclists_base = 0x02, 0x34, 0x40, 0x8C
AT_name, AT_stmt_list, AT_low_pc, AT_high_pc, AT_language, AT_abstract_origin = 0x03, 0x10, 0x11, 0x12, 0x13, 0x31
AT_decl_line, AT_ranges, AT_call_file, AT_call_line = 0x3B, 0x55, 0x58, 0x59
AT_str_offsets_base, AT_addr_base, AT_rnglists_base, AT_linkage_name = 0x72, 0x73, 0x74, 0x6E
LANG_ASM = 0x8001

Row = tuple[int, int, int]  # pc, file index, line
Address = tuple[int, int]  # section index, offset


class DwarfError(Exception):
    """Something these readers do not know."""


@dataclass(slots=True)
class Lines:
    """Line tables of one object: rows by section, with file numbers that index `files`; a row of line -1 ends a sequence.

    entry_prologue_ends  offsets in .debug_line of DW_LNS_set_prologue_end for the first row of a sequence
    """

    files: list[str] = field(default_factory=list)
    rows: dict[int, list[Row]] = field(default_factory=dict)
    entry_prologue_ends: list[int] = field(default_factory=list)
    bias: dict[int, int] = field(default_factory=dict)  # offset of a line unit -> what its file numbers lack to index `files`


@dataclass(slots=True)
class Inlined:
    """One inlined call: name of the callee, where it was called, the code it became."""

    name: str
    start_line: int
    call_file: int
    call_line: int
    ranges: list[tuple[int, int]]
    children: list[Inlined] = field(default_factory=list)


@dataclass(slots=True)
class Location:
    """Where a word is while the pc is in [low, high): DWARF expression, see Function.frame for DW_OP_fbreg."""

    low: int
    high: int
    expr: bytes


@dataclass(slots=True)
class Function:
    """One concrete function. words: number of an invented variable (lower/traceargs.py) -> its places; frame: expression of the frame base."""

    name: str
    section: int
    low: int
    high: int
    line: int
    inlined: list[Inlined] = field(default_factory=list)
    words: dict[int, list[Location]] = field(default_factory=dict)
    frame: bytes = b""


def sleb(data: bytes, i: int) -> tuple[int, int]:
    v = shift = 0
    while True:
        b = data[i]
        i += 1
        v |= (b & 0x7F) << shift
        shift += 7
        if b < 0x80:
            return (v - (1 << shift) if b & 0x40 else v), i


def cstring(data: bytes, i: int) -> tuple[str, int]:
    j = data.index(b"\0", i)
    return data[i:j].decode("utf-8", "surrogateescape"), j + 1


class Reader:
    """The debug sections of one object."""

    def __init__(self, obj: Object) -> None:
        self.obj = obj
        self.sections: dict[str, Section] = {s.name: s for s in obj.sections if s.name.startswith(".debug_")}
        self._data: dict[str, bytes] = {}
        self._relocs: dict[str, dict[int, tuple[int, int]]] = {}
        self.invented: list[int] = []  # offsets in .debug_abbrev of the tags of invented variables

    def data(self, name: str) -> bytes:
        d = self._data.get(name)
        if d is None:
            s = self.sections.get(name)
            d = self._data[name] = self.obj.contents(s) if s else b""
        return d

    def relocs(self, name: str) -> dict[int, tuple[int, int]]:
        """Offset -> (symbol, addend)."""
        r = self._relocs.get(name)
        if r is None:
            s = self.sections.get(name)
            r = self._relocs[name] = {off: (info >> 32, addend) for off, info, addend in self.obj.relocations(s)} if s else {}
        return r

    def address(self, name: str, at: int) -> Address | None:
        """The code address stored at `at` of debug section `name`."""
        r = self.relocs(name).get(at)
        if r is None:
            return None
        sym = self.obj.symbols[r[0]]
        return sym[3], sym[4] + r[1]

    def offset(self, name: str, at: int) -> int:
        """A 4-byte offset into another debug section."""
        r = self.relocs(name).get(at)
        if r is not None:
            return self.obj.symbols[r[0]][4] + r[1]
        (v,) = struct.unpack_from("<I", self.data(name), at)
        return int(v)

    # -- line tables ------------------------------------------------------------------------------------------------

    def lines(self) -> Lines:
        out = Lines()
        data = self.data(".debug_line")
        i = 0
        while i + 4 <= len(data):
            (length,) = struct.unpack_from("<I", data, i)
            end = i + 4 + length
            if length:
                self.line_unit(data, i, end, out)
            i = end
        for section, rows in out.rows.items():
            if any(a[0] > b[0] for a, b in pairwise(rows)):
                rows.sort(key=lambda r: r[0])
            out.rows[section] = rows
        return out

    def line_unit(self, data: bytes, i: int, end: int, out: Lines) -> None:
        start = i
        i += 4
        version, i = data[i] | data[i + 1] << 8, i + 2
        if version not in (2, 3, 4, 5):
            raise DwarfError(f"line table version {version}")
        if version == 5:
            i += 2
        (header_length,) = struct.unpack_from("<I", data, i)
        i += 4
        program = i + header_length
        i += 1 + (version >= 4)
        i += 1  # default is_stmt
        line_base = data[i] - 256 if data[i] > 127 else data[i]
        line_range = data[i + 1]
        opcode_base = data[i + 2]
        i += 3
        arg_counts = data[i : i + opcode_base - 1]
        i += opcode_base - 1
        first_file = len(out.files)
        if version == 5:
            dirs, i = self.entries(data, i)
            files, i = self.entries(data, i)
            out.files += [join(dirs[d][0] if d < len(dirs) and d else "", n) for n, d in files]
            bias = first_file
        else:
            dirs4 = [""]
            while data[i]:
                name, i = cstring(data, i)
                dirs4.append(name)
            i += 1
            while data[i]:
                name, i = cstring(data, i)
                d, i = uleb(data, i)
                _, i = uleb(data, i)
                _, i = uleb(data, i)
                out.files.append(join(dirs4[d] if d < len(dirs4) else "", name))
            bias = first_file - 1
        out.bias[start] = bias
        rows = out.rows
        i = program
        section = -1
        pc = 0
        file = 1
        line = 1
        cur: list[Row] = []
        const_pc = (255 - opcode_base) // line_range
        while i < end:
            op = data[i]
            i += 1
            if op >= opcode_base:
                op -= opcode_base
                pc += op // line_range
                line += line_base + op % line_range
                cur.append((pc, file + bias, line))
            elif op == 1:
                cur.append((pc, file + bias, line))
            elif op == 2:
                n, i = uleb(data, i)
                pc += n
            elif op == 3:
                n, i = sleb(data, i)
                line += n
            elif op == 4:
                file, i = uleb(data, i)
            elif op == 8:
                pc += const_pc
            elif op == 10:
                if not cur:
                    out.entry_prologue_ends.append(i - 1)
            elif op == 9:
                pc += data[i] | data[i + 1] << 8
                i += 2
            elif op == 0:
                n, i = uleb(data, i)
                sub = data[i]
                if sub == 1:
                    cur.append((pc, file + bias, -1))
                    if section >= 0:
                        rows.setdefault(section, []).extend(cur)
                    cur = []
                    section, pc, file, line = -1, 0, 1, 1
                elif sub == 2:
                    a = self.address(".debug_line", i + 1)
                    if a is not None:
                        section, pc = a
                i += n
            else:
                for _ in range(arg_counts[op - 1]):
                    _, i = uleb(data, i)

    def entries(self, data: bytes, i: int) -> tuple[list[tuple[str, int]], int]:
        """A version 5 directory or file table: (name, directory index)."""
        nformat = data[i]
        i += 1
        formats: list[tuple[int, int]] = []
        for _ in range(nformat):
            kind, i = uleb(data, i)
            form, i = uleb(data, i)
            formats.append((kind, form))
        count, i = uleb(data, i)
        out: list[tuple[str, int]] = []
        for _ in range(count):
            name, d = "", 0
            for kind, form in formats:
                v: str | int
                if form == 0x1F:
                    v, _ = cstring(self.data(".debug_line_str"), self.offset(".debug_line", i))
                    i += 4
                elif form == 0x0E:
                    v, _ = cstring(self.data(".debug_str"), self.offset(".debug_line", i))
                    i += 4
                elif form == 0x08:
                    v, i = cstring(data, i)
                elif form == 0x0F:
                    v, i = uleb(data, i)
                elif form == 0x0B:
                    v, i = data[i], i + 1
                elif form == 0x05:
                    v, i = data[i] | data[i + 1] << 8, i + 2
                elif form == 0x1E:
                    v, i = 0, i + 16
                else:
                    raise DwarfError(f"line table form {form:#x}")
                if kind == 1:
                    name = str(v)
                elif kind == 2:
                    d = int(v)
            out.append((name, d))
        return out, i

    # -- functions and inlined calls --------------------------------------------------------------------------------

    def functions(self, lines: Lines) -> tuple[list[Function], int]:
        """Concrete functions that have inlined calls, and the language of the (last) unit. `lines` gives call_file its meaning."""
        out: list[Function] = []
        data = self.data(".debug_info")
        i = 0
        language = 0
        while i + 11 < len(data):
            (length,) = struct.unpack_from("<I", data, i)
            if not length:
                break
            unit = Unit(self, i, lines.bias)
            unit.walk(out)
            self.invented += unit.invented
            language = unit.language
            i += 4 + length
        return out, language


# form -> bytes, for forms of fixed size
FIXED = {
    0x01: 8, 0x05: 2, 0x06: 4, 0x07: 8, 0x0B: 1, 0x0C: 1, 0x0E: 4, 0x10: 4, 0x11: 1, 0x12: 2, 0x13: 4, 0x14: 8, 0x17: 4, 0x19: 0, 0x1E: 16,
    0x1F: 4, 0x20: 8, 0x25: 1, 0x26: 2, 0x27: 3, 0x28: 4, 0x29: 1, 0x2A: 2, 0x2B: 3, 0x2C: 4,
}  # fmt: skip


class Unit:
    """One compile unit of .debug_info."""

    def __init__(self, r: Reader, start: int, bias: dict[int, int]) -> None:
        self.r = r
        self.start = start
        self.biases = bias
        self.bias = 0
        data = r.data(".debug_info")
        self.data = data
        (length, self.version) = struct.unpack_from("<IH", data, start)
        self.end = start + 4 + length
        if self.version == 5:
            self.first = start + 12
            abbrev = r.offset(".debug_info", start + 8)
        elif self.version in (2, 3, 4):
            self.first = start + 11
            abbrev = r.offset(".debug_info", start + 6)
        else:
            raise DwarfError(f"unit version {self.version}")
        self.abbrevs = parse_abbrevs(r.data(".debug_abbrev"), abbrev)
        self.language = 0
        self.str_offsets_base = 8
        self.addr_base = 8
        self.rnglists_base = 12
        self.loclists_base = 12
        self.invented = [a[3] for a in self.abbrevs.values() if is_invented(a)]
        self.base: Address | None = None

    def string(self, form: int, at: int) -> str:
        r = self.r
        if form == 0x08:
            return cstring(self.data, at)[0]
        if form == 0x0E:
            return cstring(r.data(".debug_str"), r.offset(".debug_info", at))[0]
        if form == 0x1F:
            return cstring(r.data(".debug_line_str"), r.offset(".debug_info", at))[0]
        if form in (0x1A, 0x25, 0x26, 0x27, 0x28):
            k = self.number(form, at)
            return cstring(r.data(".debug_str"), r.offset(".debug_str_offsets", self.str_offsets_base + 4 * k))[0]
        raise DwarfError(f"string form {form:#x}")

    def number(self, form: int, at: int) -> int:
        n = FIXED.get(form)
        if n is not None:
            return int.from_bytes(self.data[at : at + n], "little") if n else 1
        if form in (0x0F, 0x15, 0x1A, 0x1B, 0x22, 0x23):
            return uleb(self.data, at)[0]
        if form == 0x0D:
            return sleb(self.data, at)[0]
        raise DwarfError(f"number form {form:#x}")

    def addr(self, form: int, at: int) -> Address | None:
        if form == 0x01:
            return self.r.address(".debug_info", at)
        return self.indexed_addr(self.number(form, at))

    def indexed_addr(self, k: int) -> Address | None:
        return self.r.address(".debug_addr", self.addr_base + 8 * k)

    def skip(self, form: int, at: int) -> int:
        n = FIXED.get(form)
        if n is not None:
            return at + n
        if form in (0x0F, 0x0D, 0x15, 0x1A, 0x1B, 0x22, 0x23):
            return uleb(self.data, at)[1]
        if form == 0x08:
            return self.data.index(b"\0", at) + 1
        if form in (0x18, 0x09):
            n, at = uleb(self.data, at)
            return at + n
        if form == 0x0A:
            return at + 1 + self.data[at]
        raise DwarfError(f"form {form:#x}")

    def walk(self, out: list[Function]) -> None:
        """Collect the concrete functions. Abstract ones may follow their uses, so names are resolved at the end."""
        data = self.data
        i = self.first
        names: dict[int, tuple[str, int]] = {}  # DIE offset in the unit -> (name, line)
        pending: list[tuple[Inlined | Function, int]] = []
        stack: list[Inlined | Function | None] = []
        words: dict[int, int] = {}  # DIE offset of an invented variable -> its number
        places: list[tuple[Function, int, int, list[Location]]] = []  # function, number (-1: that of the DIE at the offset), offset, places
        want_strings = (AT_name, AT_linkage_name)
        while i < self.end:
            die = i - self.start
            code, i = uleb(data, i)
            if code == 0:
                if stack:
                    stack.pop()
                continue
            tag, children, attrs, _ = self.abbrevs[code]
            if self.invented and tag in (DW_TAG_formal_parameter, DW_TAG_variable):
                i = self.word(die, i, attrs, stack[-1] if stack else None, words, places)
                if children:
                    stack.append(None)
                continue
            if tag not in (DW_TAG_compile_unit, DW_TAG_subprogram, DW_TAG_inlined):
                for _, form, const in attrs:
                    i = i if const is not None else self.skip(form, i)
                if children:
                    stack.append(stack[-1] if stack else None)
                continue
            got: dict[int, tuple[int, int]] = {}
            consts: dict[int, int] = {}
            for at, form, const in attrs:
                if const is not None:
                    consts[at] = const
                    continue
                got[at] = (form, i)
                i = self.skip(form, i)

            def num(at: int, got: dict[int, tuple[int, int]] = got, consts: dict[int, int] = consts) -> int:
                if at in consts:
                    return consts[at]
                return self.number(*got[at]) if at in got else 0

            node: Inlined | Function | None = None
            if tag == DW_TAG_compile_unit:
                self.language = num(AT_language)
                if AT_stmt_list in got:
                    self.bias = self.biases.get(self.r.offset(".debug_info", got[AT_stmt_list][1]), 0)
                if AT_str_offsets_base in got:
                    self.str_offsets_base = self.r.offset(".debug_info", got[AT_str_offsets_base][1])
                if AT_addr_base in got:
                    self.addr_base = self.r.offset(".debug_info", got[AT_addr_base][1])
                if AT_rnglists_base in got:
                    self.rnglists_base = self.r.offset(".debug_info", got[AT_rnglists_base][1])
                if AT_loclists_base in got:
                    self.loclists_base = self.r.offset(".debug_info", got[AT_loclists_base][1])
                if AT_low_pc in got:
                    self.base = self.addr(*got[AT_low_pc])
            else:
                name = ""
                for at in want_strings:
                    if at in got and not name:
                        name = self.string(*got[at])
                if tag == DW_TAG_subprogram:
                    if name:
                        names[die] = (name, num(AT_decl_line))
                    low = self.addr(*got[AT_low_pc]) if AT_low_pc in got else None
                    if low is not None:
                        form = got.get(AT_high_pc, (0x06, 0))[0]
                        if form in (0x01, 0x1B):
                            hi = self.addr(*got[AT_high_pc])
                            high = hi[1] if hi else low[1]
                        else:
                            high = low[1] + num(AT_high_pc)
                        node = Function(name, low[0], low[1], high, num(AT_decl_line))
                        if AT_frame_base in got and got[AT_frame_base][0] == 0x18:
                            node.frame = self.block(got[AT_frame_base][1])
                        out.append(node)
                else:
                    parent = stack[-1] if stack else None
                    node = Inlined("", 0, num(AT_call_file) + self.bias, num(AT_call_line), self.ranges(got))
                    if parent is not None:
                        (parent.inlined if isinstance(parent, Function) else parent.children).append(node)
                if not name and AT_abstract_origin in got:
                    pending.append((node, num(AT_abstract_origin))) if node is not None else None
            if children:
                stack.append(node)
        for node, origin in pending:
            name, line = names.get(origin, ("", 0))
            node.name = name
            if isinstance(node, Inlined):
                node.start_line = line
            elif not node.line:
                node.line = line
        for function, number, origin, locations in places:
            if number < 0:
                number = words.get(origin, -1)
            if number >= 0:
                function.words[number] = locations

    def word(self, die: int, i: int, attrs: list[tuple[int, int, int | None]], parent: Inlined | Function | None, words: dict[int, int],
             places: list[tuple[Function, int, int, list[Location]]]) -> int:
        """Read a variable's DIE, from its first attribute at i; the offset behind it. Ordinary variables are passed over."""
        number, origin = -1, 0
        locations: list[Location] = []
        artificial = False
        for at, form, const in attrs:
            if const is not None:
                continue
            if at == AT_name:
                name = self.string(form, i)
                number = int(name) if name.isdigit() else -1
            elif at == AT_artificial:
                artificial = True
            elif at == AT_abstract_origin:
                origin = self.number(form, i)
            elif at == AT_location and isinstance(parent, Function):
                locations = [Location(parent.low, parent.high, self.block(i))] if form == 0x18 else self.loclist(form, i)
            i = self.skip(form, i)
        if artificial and number >= 0:
            words[die] = number
        else:
            number = -1
        if isinstance(parent, Function) and locations and (number >= 0 or origin):
            places.append((parent, number, origin, locations))
        return i

    def block(self, at: int) -> bytes:
        n, at = uleb(self.data, at)
        return self.data[at : at + n]

    def loclist(self, form: int, at: int) -> list[Location]:
        """A version 5 location list; others are not read."""
        if form != 0x22:
            return []
        data = self.r.data(".debug_loclists")
        (rel,) = struct.unpack_from("<I", data, self.loclists_base + 4 * self.number(form, at))
        i = self.loclists_base + rel
        base = self.base[1] if self.base else 0
        out: list[Location] = []
        while True:
            kind = data[i]
            i += 1
            low = high = 0
            if kind == 0:
                return out
            if kind == 1:  # base_addressx
                base, i = self.addrx(data, i)
                continue
            if kind == 3:  # startx_length
                low, i = self.addrx(data, i)
                n, i = uleb(data, i)
                high = low + n
            elif kind == 4:  # offset_pair
                low, i = uleb(data, i)
                high, i = uleb(data, i)
                low, high = base + low, base + high
            else:
                raise DwarfError(f"location list entry {kind}")
            n, i = uleb(data, i)
            out.append(Location(low, high, data[i : i + n]))
            i += n

    def addrx(self, data: bytes, i: int) -> tuple[int, int]:
        """An address given by its index at data[i], as an offset in its section (0 where the index leads nowhere); and where data go on."""
        k, i = uleb(data, i)
        a = self.indexed_addr(k)
        return (a[1] if a else 0), i

    def ranges(self, got: dict[int, tuple[int, int]]) -> list[tuple[int, int]]:
        """Code of an inlined call: (low, high) offsets within its section."""
        if AT_low_pc in got and AT_high_pc in got:
            low = self.addr(*got[AT_low_pc])
            if low is None:
                return []
            form, at = got[AT_high_pc]
            if form in (0x01, 0x1B):
                hi = self.addr(form, at)
                return [(low[1], hi[1])] if hi else []
            return [(low[1], low[1] + self.number(form, at))]
        if AT_ranges not in got:
            return []
        form, at = got[AT_ranges]
        if self.version == 5:
            if form == 0x23:
                k = self.number(form, at)
                (rel,) = struct.unpack_from("<I", self.r.data(".debug_rnglists"), self.rnglists_base + 4 * k)
                return self.rnglist(self.rnglists_base + rel)
            return self.rnglist(self.r.offset(".debug_info", at))
        return self.old_ranges(self.r.offset(".debug_info", at))

    def rnglist(self, i: int) -> list[tuple[int, int]]:
        data = self.r.data(".debug_rnglists")
        out: list[tuple[int, int]] = []
        base = self.base[1] if self.base else 0
        while True:
            kind = data[i]
            i += 1
            if kind == 0:
                return out
            if kind == 1:  # base_addressx
                base, i = self.addrx(data, i)
            elif kind == 2:  # startx_endx
                k, i = uleb(data, i)
                e, i = uleb(data, i)
                a, b = self.indexed_addr(k), self.indexed_addr(e)
                if a and b:
                    out.append((a[1], b[1]))
            elif kind == 3:  # startx_length
                k, i = uleb(data, i)
                n, i = uleb(data, i)
                a = self.indexed_addr(k)
                if a:
                    out.append((a[1], a[1] + n))
            elif kind == 4:  # offset_pair
                lo, i = uleb(data, i)
                hi, i = uleb(data, i)
                out.append((base + lo, base + hi))
            elif kind == 5:  # base_address
                a = self.r.address(".debug_rnglists", i)
                base = a[1] if a else 0
                i += 8
            elif kind == 6:  # start_end
                a, b = self.r.address(".debug_rnglists", i), self.r.address(".debug_rnglists", i + 8)
                i += 16
                if a and b:
                    out.append((a[1], b[1]))
            elif kind == 7:  # start_length
                a = self.r.address(".debug_rnglists", i)
                n, i = uleb(data, i + 8)
                if a:
                    out.append((a[1], a[1] + n))
            else:
                raise DwarfError(f"range list entry {kind}")

    def old_ranges(self, i: int) -> list[tuple[int, int]]:
        data = self.r.data(".debug_ranges")
        out: list[tuple[int, int]] = []
        base = self.base[1] if self.base else 0
        while True:
            lo, hi = struct.unpack_from("<QQ", data, i)
            a, b = self.r.address(".debug_ranges", i), self.r.address(".debug_ranges", i + 8)
            i += 16
            if lo == (1 << 64) - 1 and a is None:
                base = b[1] if b else hi
            elif a is not None and b is not None:
                out.append((a[1], b[1]))
            elif lo == 0 and hi == 0:
                return out
            else:
                out.append((base + lo, base + hi))


Abbrev = tuple[int, bool, list[tuple[int, int, "int | None"]], int]  # tag, has children, [(attribute, form, implicit constant)], offset of the tag


def is_invented(abbrev: Abbrev) -> bool:
    """A variable that lower/traceargs.py made up: no other is artificial."""
    return abbrev[0] in (DW_TAG_formal_parameter, DW_TAG_variable) and any(at == AT_artificial for at, _, _ in abbrev[2])


def pushed(reader: Reader) -> dict[Address, list[tuple[int, int]]]:
    """Function -> (DWARF number of a register, where it is saved relative to the frame's canonical address) from .debug_frame, of every register but
    the frame pointer."""
    data = reader.data(".debug_frame")
    out: dict[Address, list[tuple[int, int]]] = {}
    i = 0
    factor = -8
    while i + 8 <= len(data):
        length, ident = struct.unpack_from("<II", data, i)
        end = i + 4 + length
        at = i + 8
        if ident == 0xFFFFFFFF:
            version = data[at]
            at = data.index(b"\0", at + 1) + 1 + (2 if version >= 4 else 0)
            _, at = uleb(data, at)
            factor, _ = sleb(data, at)
        else:
            start = reader.address(".debug_frame", at)
            if start is not None:
                out[start] = list(saves(data, at + 16, end, factor))
        i = end
    return out


def saves(data: bytes, i: int, end: int, factor: int) -> Iterator[tuple[int, int]]:
    """The DW_CFA_offset of a frame description's instructions."""
    while i < end:
        op = data[i]
        i += 1
        if op & 0xC0 == 0x80:
            n, i = uleb(data, i)
            if op & 0x3F != 6:
                yield op & 0x3F, n * factor
        elif op & 0xC0 == 0x40 or op & 0xC0 == 0xC0 or op in (0x00, 0x0A, 0x0B):
            pass
        elif op in (0x02, 0x03, 0x04):
            i += 1 << op - 2
        elif op in (0x06, 0x07, 0x08, 0x0D, 0x0E):
            _, i = uleb(data, i)
        elif op in (0x05, 0x09, 0x0C):
            r, i = uleb(data, i)
            n, i = uleb(data, i)
            if op == 0x05:
                yield r, n * factor
        elif op == 0x13:
            _, i = sleb(data, i)
        else:
            return


def parse_abbrevs(data: bytes, i: int) -> dict[int, Abbrev]:
    """Abbreviation code -> what it stands for."""
    out: dict[int, Abbrev] = {}
    while i < len(data):
        code, i = uleb(data, i)
        if not code:
            break
        at_tag = i
        tag, i = uleb(data, i)
        children = data[i] == 1
        i += 1
        attrs: list[tuple[int, int, int | None]] = []
        while True:
            at, i = uleb(data, i)
            form, i = uleb(data, i)
            const: int | None = None
            if form == 0x21:
                const, i = sleb(data, i)
            if not at and not form:
                break
            attrs.append((at, form, const))
        out[code] = (tag, children, attrs, at_tag)
    return out


def join(directory: str, name: str) -> str:
    return name if not directory or name.startswith("/") else f"{directory.rstrip('/')}/{name}"
