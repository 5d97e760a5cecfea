"""`.debug_frame`: how to find the caller's frame, for debuggers.

Every function of rt0 keeps a frame pointer, so one shape of rule serves all: until `push %rbp; mov %rsp,%rbp` the return address is at
the top of the stack, from there on it is above the saved RBP. The two instructions are looked for behind the stack check at the
start of each function; functions without them (leaf assembly) keep the first rule. The registers pushed right behind them are the caller's: a
debugger looks there for variables of outer frames. Epilogues are not described: they are three instructions long.
DWARF 4, section 6.4.
"""

from __future__ import annotations

import struct

from rt0.link.state import Output

PROLOGUE = b"\x55\x48\x89\xe5"  # push %rbp; mov %rsp,%rbp
SEARCH = 96  # bytes of a function in which the prologue may begin

# CFA = RSP+8, return address (column 16) at CFA-8; data alignment -8
_CIE_BODY = struct.pack("<IBBBBB", 0xFFFFFFFF, 1, 0, 1, 0x78, 16) + bytes([0x0C, 7, 8, 0x80 | 16, 1])


def _padded(body: bytes) -> bytes:
    body += bytes(-(len(body) + 4) % 8)  # DW_CFA_nop
    return struct.pack("<I", len(body)) + body


def _saved(code: bytes | bytearray, i: int) -> bytes:
    """Rules for the callee-saved registers that the instructions at `i` push, below the saved RBP."""
    start = i
    rules = bytearray()
    n = 2  # 8-byte words from the CFA down to the one before
    while True:
        if code[i] == 0x53:
            reg = 3
            i += 1
        elif code[i] == 0x41 and 0x54 <= code[i + 1] <= 0x57:
            reg = code[i + 1] - 0x54 + 12
            i += 2
        else:
            break
        n += 1
        rules += bytes([0x80 | reg, n])  # DW_CFA_offset
    return bytes([0x40 | (i - start)]) + bytes(rules) if rules else b""


def debug_frame(text: Output, code: bytes | bytearray, addresses: list[tuple[int, int]]) -> bytes:
    """The section for functions given as (address, size); code is the contents of the text section."""
    rows = [_padded(_CIE_BODY)]
    base = text.addr
    for addr, size in addresses:
        at = addr - base
        i = code.find(PROLOGUE, at, at + min(size, SEARCH))
        rules = b""
        if i >= 0:
            push = i - at + 1
            advance = bytes([0x40 | push]) if push < 64 else bytes([0x02, push])
            rules = advance + bytes([0x0E, 16, 0x80 | 6, 2, 0x40 | 3, 0x0D, 6]) + _saved(code, i + len(PROLOGUE))
        rows.append(_padded(struct.pack("<IQQ", 0, addr, size) + rules))
    return b"".join(rows)
