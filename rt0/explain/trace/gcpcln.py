"""Reads the line table that gc's linker writes (.gopclntab): names of functions, file and line of an instruction.

    header   magic, 0, 0, quantum, pointer size; then words: functions, files, start of text (0 since go1.26), and the offsets of the names,
             of the file numbers by unit, of the file names, of the value tables, of the functions
    function table   (offset in text, offset of its record) per function, then the end of text
    value table      pairs (difference of the value, zigzag; difference of the pc), varints, up to a zero

rt0's own table is another one (rt0/obj/pclnread.py). A blob of another version is a ValueError.
Source: runtime/symtab.go (pcHeader, step), runtime/runtime2.go (_func), go1.27.
"""

from __future__ import annotations

import struct
from bisect import bisect_right

from rt0.abi.pclntab import read_uvarint, unzigzag

MAGIC = 0xFFFFFFF1  # since go1.20
_HEADER = struct.Struct("<IBBBB8Q")
_FUNC = struct.Struct("<IiiIIIIIIiBBBB")


class GcPclntab:
    def __init__(self, blob: bytes, text: int) -> None:
        magic, _, _, _, size, self._n, _, start, self._names, self._units, self._files, self._values, self._functab = _HEADER.unpack_from(blob)
        if magic != MAGIC or size != 8:
            raise ValueError("not a pclntab of this version")
        self._blob = blob
        self.text = start or text
        self._table = struct.unpack_from(f"<{2 * self._n}I", blob, self._functab)
        self._entries = self._table[::2]

    def functions(self) -> list[tuple[int, int, str]]:
        """(address, size with padding, name) of each, by address."""
        (end,) = struct.unpack_from("<I", self._blob, self._functab + 8 * self._n)
        ends = [*self._entries[1:], end]
        return [(self.text + at, ends[i] - at, self._string(self._names + self._record(i)[1])) for i, at in enumerate(self._entries)]

    def position(self, pc: int) -> tuple[str, int]:
        """File and line, ("", 0) when the table does not know."""
        off = pc - self.text
        i = bisect_right(self._entries, off) - 1
        if i < 0:
            return "", 0
        record = self._record(i)
        file, line = self._value(record[5], record[0], off), self._value(record[6], record[0], off)
        if file < 0 or line < 0:
            return "", 0
        (name,) = struct.unpack_from("<I", self._blob, self._units + 4 * (record[8] + file))
        return ("", 0) if name == 0xFFFFFFFF else (self._string(self._files + name), line)

    def _record(self, i: int) -> tuple[int, ...]:
        return _FUNC.unpack_from(self._blob, self._functab + self._table[2 * i + 1])

    def _value(self, table: int, entry: int, off: int) -> int:
        """The value in force at an offset of text, -1 for none."""
        if not table:
            return -1
        at, pc, value, first = self._values + table, entry, -1, True
        while True:
            d, at = read_uvarint(self._blob, at)
            if not d and not first:
                return -1
            first = False
            value += unzigzag(d)
            step, at = read_uvarint(self._blob, at)
            pc += step
            if off < pc:
                return value

    def _string(self, at: int) -> str:
        return self._blob[at : self._blob.index(b"\0", at)].decode("utf-8", "replace")
