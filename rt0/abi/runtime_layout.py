"""Facts that compiled code, the linker and the runtime share, each written once.

The runtime's Go and assembly (rt0/goroot/src/runtime) repeat some of these as constants; tests/abi compares them.
Offsets and sizes are bytes.
"""

from __future__ import annotations

# The block at the FS base of each M (runtime: m.tls; its words are tlsG ... in runtime2.go).
TLS_G = 16
TLS_STACK_LIMIT = 0x70  # LLVM's "split-stack" prologue compares SP with it

G_PANIC = 0  # struct g

# struct _defer { link *_defer; head *_deferfn; fp uintptr; buf [25]uint64 }
DEFER_BUF = 24
DEFER_SIZE = 224

MAX_FLAT_LEAVES = 6  # a type with more scalar leaves is passed and kept in memory
MAX_RESULT_LEAVES = 10  # more, or any mem result: results go through a pointer

# Integer arguments and results of x86_regcallcc, in order.
INT_REGS = ("rax", "rcx", "rdx", "rdi", "rsi", "r8", "r9", "r12", "r13", "r14", "r15")
