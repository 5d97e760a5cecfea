"""The kernel's side of watching a process: ptrace(2) and waitpid through ctypes, the registers, what a stop means.

A traced thread stops for its tracer, which is told by waitpid, looks (registers here, memory through /proc/PID/mem), and lets it go on
with `resume`. All calls must come from the thread that started the program. What stops a thread, and how the wait status tells:

    signal                 WSTOPSIG is the signal; `resume(tid, signal)` delivers it, `resume(tid)` swallows it
    breakpoint, step       SIGTRAP; after a breakpoint RIP is one past the int3
    system call            SIGTRAP | 0x80 (TRACESYSGOOD), once before the call and once after it; `syscall_info` says which
    clone, fork, exec, ... SIGTRAP with the event's number in the status above bit 16; `event_message` has the new thread's id

Source: ptrace(2), <linux/ptrace.h>, <sys/user.h> (struct user_regs_struct).
"""

from __future__ import annotations

import ctypes
import os
import struct
from dataclasses import dataclass

TRACEME, PEEKTEXT, POKETEXT, CONT, SINGLESTEP, GETREGS, SETREGS, SYSCALL = 0, 1, 4, 7, 9, 12, 13, 24
SETOPTIONS, GETEVENTMSG, GETSIGINFO, GET_SYSCALL_INFO = 0x4200, 0x4201, 0x4202, 0x420E

O_TRACESYSGOOD, O_TRACEFORK, O_TRACEVFORK, O_TRACECLONE, O_TRACEEXEC, O_TRACEEXIT, O_EXITKILL = 1, 2, 4, 8, 16, 64, 0x100000
EVENT_FORK, EVENT_VFORK, EVENT_CLONE, EVENT_EXEC, EVENT_VFORK_DONE, EVENT_EXIT, EVENT_STOP = 1, 2, 3, 4, 5, 6, 128

WALL = 0x40000000  # __WALL: threads too

REGISTERS = (
    "r15", "r14", "r13", "r12", "rbp", "rbx", "r11", "r10", "r9", "r8", "rax", "rcx", "rdx", "rsi", "rdi", "orig_rax", "rip", "cs",
    "eflags", "rsp", "ss", "fs_base", "gs_base", "ds", "es", "fs", "gs",
)  # fmt: skip
_REGS = struct.Struct(f"<{len(REGISTERS)}Q")
_INDEX = {name: i for i, name in enumerate(REGISTERS)}
_RIP, _RSP = _INDEX["rip"], _INDEX["rsp"]

# struct ptrace_syscall_info: op, arch, instruction pointer, stack pointer, then of an entry number and six arguments, of an exit the result
_SYSCALL_INFO = struct.Struct("<B3xIQQ7Q")
_SYSCALL_RESULT = struct.Struct("<B3xIQQqB")
SYSCALL_ENTRY, SYSCALL_EXIT = 1, 2

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.restype = ctypes.c_long
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def call(request: int, tid: int, addr: int = 0, data: int = 0) -> int:
    """ptrace(request, tid, addr, data); OSError (ProcessLookupError when the thread is gone or is not stopped)."""
    ctypes.set_errno(0)
    r: int = _libc.ptrace(request, tid, addr, data)
    if r == -1 and (e := ctypes.get_errno()):
        raise OSError(e, os.strerror(e))
    return r & 0xFFFFFFFFFFFFFFFF


@dataclass(slots=True)
class Registers:
    """The integer registers of a stopped thread, in the order of REGISTERS."""

    words: list[int]

    def __getitem__(self, name: str) -> int:
        return self.words[_INDEX[name]]

    def __setitem__(self, name: str, value: int) -> None:
        self.words[_INDEX[name]] = value

    @property
    def rip(self) -> int:
        return self.words[_RIP]

    @property
    def rsp(self) -> int:
        return self.words[_RSP]


_buffer = ctypes.create_string_buffer(128 + _REGS.size)
_address = ctypes.addressof(_buffer)


def registers(tid: int) -> Registers:
    call(GETREGS, tid, 0, _address)
    return Registers(list(_REGS.unpack_from(_buffer)))


def set_registers(tid: int, regs: Registers) -> None:
    _REGS.pack_into(_buffer, 0, *regs.words)
    call(SETREGS, tid, 0, _address)


def syscall_info(tid: int) -> tuple[int, int, tuple[int, ...]]:
    """(SYSCALL_ENTRY, number, six arguments), (SYSCALL_EXIT, result, ()), or (0, 0, ()) when the thread stands at no system call."""
    call(GET_SYSCALL_INFO, tid, 88, _address)
    op, _, _, _, nr, *args = _SYSCALL_INFO.unpack_from(_buffer)
    if op == SYSCALL_ENTRY:
        return op, nr, tuple(args)
    if op == SYSCALL_EXIT:
        return op, _SYSCALL_RESULT.unpack_from(_buffer)[4], ()
    return 0, 0, ()


def event_message(tid: int) -> int:
    """What the event that a thread stopped for carries: the id of the new thread, the exit status."""
    call(GETEVENTMSG, tid, 0, _address)
    return int(struct.unpack_from("<Q", _buffer)[0])


def poke_byte(tid: int, addr: int, value: int) -> int:
    """Put a byte into the program's code; returns the byte that was there."""
    word = call(PEEKTEXT, tid, addr)
    call(POKETEXT, tid, addr, word & ~0xFF | value)
    return word & 0xFF


def tgkill(pid: int, tid: int, sig: int) -> None:
    """Send a signal to one thread."""
    if _libc.syscall(ctypes.c_long(234), ctypes.c_long(pid), ctypes.c_long(tid), ctypes.c_long(sig)) == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
