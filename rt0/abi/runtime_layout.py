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
    "g": {"m": 16, "sched.sp": 24, "sched.pc": 32, "sched.bp": 40, "stack": 56, "stackhi": 64, "stacklo": 72, "syscallsp": 248,
        "syscallpc": 256, "syscallbp": 264, "atomicstatus": 288, "goid": 296, "waitreason": 320, "lockedm": 344, "parentGoid":
        408, "gopc": 416, "startpc": 424},
    "m": {"g0": 256, "curg": 272, "procid": 280, "id": 288, "p": 296, "alllink": 696, "lockedg": 712, "mMemory.traceBuf": 808},
    "p": {"id": 0, "status": 4, "m": 48, "runqhead": 72, "runqtail": 76, "runq": 80, "runnext": 2128, "pMemory.mcache": 2160},
    "stackseg": {"hi": 16, "size": 24},
    "schedt": {"mnext": 48, "maxmcount": 56, "nmfreed": 64, "runq.head": 104, "runq.size": 120},
    "mheap": {"base": 8, "used": 16, "limit": 24, "spans": 32, "nfreed": 19664},
    "mspan": {"startAddr": 16, "npages": 24, "elemsize": 40, "spanclass": 60, "state": 61, "allocCount": 88},
    "mcache": {"tinyAllocs": 1104},
    "mstats": {"numgc": 4184, "pause_total_ns": 80, "tinyallocs": 56},
    "gcControllerState": {"heapLive": 0},
    "traceState": {"watched": 1, "kept.head": 104, "keptGen": 120, "lost": 136},
    "traceBuf": {"link": 0, "mid": 8, "last": 16, "time": 24, "from": 32, "n": 40, "data": 49},
    "traceGen": {"gen": 0, "strings": 8, "stacks": 16400},
    "traceTable": {"last": 0, "nodes": 8},
    "traceNode": {"link": 0, "hash": 8, "id": 16, "n": 24},
}  # fmt: skip

# internal/cpu.X86: a byte each, from CPU_FEATURES_AT on, in this order.
CPU_FEATURES_AT = 64
CPU_FEATURES = """
    HasAES HasADX HasAVX HasAVXVNNI HasAVX2 HasAVX512 HasAVX512F HasAVX512CD HasAVX512BW HasAVX512DQ HasAVX512VL HasAVX512GFNI
    HasAVX512VAES HasAVX512VNNI HasAVX512VBMI HasAVX512VBMI2 HasAVX512BITALG HasAVX512VPOPCNTDQ HasAVX512VPCLMULQDQ HasBMI1
    HasBMI2 HasERMS HasFSRM HasFMA HasGFNI HasOSXSAVE HasPCLMULQDQ HasPOPCNT HasRDTSCP HasSHA HasSSE3 HasSSSE3 HasSSE41 HasSSE42
    HasVAES HasVPCLMULQDQ
""".split()
NUM_SPAN_CLASSES = 136
