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

# Fields that `rt0 explain` reads in a running program: struct of the runtime -> field, or field of a field -> offset.
RUNTIME_FIELDS: dict[str, dict[str, int]] = {
    "g": {"m": 16, "sched.sp": 24, "sched.pc": 32, "stack": 56, "stackhi": 64, "stacklo": 72, "atomicstatus": 288, "goid": 296,
        "waitreason": 320, "lockedm": 344, "parentGoid": 408, "gopc": 416, "startpc": 424},
    "m": {"g0": 256, "curg": 272, "procid": 280, "id": 288, "p": 296, "spinning": 368, "alllink": 696, "lockedg": 712,
        "lockedInt": 724, "lockedExt": 720},
    "p": {"id": 0, "status": 4, "schedtick": 16, "syscalltick": 20, "m": 48, "runqhead": 72, "runqtail": 76, "runq": 80,
        "runnext": 2128},
    "stackseg": {"hi": 16, "size": 24, "total": 32},
    "schedt": {"goidgen": 0, "midle": 32, "nmidle": 40, "mnext": 48, "maxmcount": 56, "nmsys": 60, "nmfreed": 64, "ngsys": 72,
        "npidle": 88, "nmspinning": 92, "runq.head": 104, "runq.size": 120},
    "mheap": {"base": 8, "used": 16, "limit": 24, "pagesInUse": 19624},
    "mstats": {"numgc": 4184, "numforcedgc": 4188, "pause_total_ns": 80, "enablegc": 4200},
    "gcControllerState": {"heapLive": 0, "trigger": 8},
}  # fmt: skip
