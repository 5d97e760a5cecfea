"""The process in which LLVM runs: reads requests from stdin, writes answers to stdout, forever.

messages.py says what they look like. LLVM writes what it has to say before dying to stderr, which the parent keeps (see workers.py).
"""

from __future__ import annotations

import os
import sys

from rt0.build.messages import Request, read_request, write_message
from rt0.diag import CompileError
from rt0.llvm.codegen import LLVMError, compile_ir, host_cpu
from rt0.obj.pctab import add_pctab


def handle(req: Request, payload: bytes) -> bytes:
    """Carry out one request. Raises LLVMError or CompileError."""
    if req["op"] == "ir":
        cpu, features = host_cpu() if req["cpu"] == "native" else (req["cpu"], req.get("features", ""))
        out = compile_ir(payload.decode(), req["opt"], cpu, features, req["want"], req.get("verify", False), req.get("variables", False))
        if req["want"] == "obj":
            args = {symbol: bytes.fromhex(ops) for symbol, ops in req.get("args", {}).items()}
            out = add_pctab(out, keep_dwarf=req.get("dwarf", True), package=req.get("package", ""), args=args)
        return out
    assert req["op"] == "asm", req["op"]
    from rt0.asm.assemble import assemble, go_asm_header

    return assemble(
        req["path"], payload, pkg_path=req["pkg_path"], include_dirs=req["include_dirs"], headers=go_asm_header(req["go_asm"]), debug_name=req["debug_name"],
        recorded=req["recorded"], goamd64=req["goamd64"], func_values=req["func_values"],
    )


def main() -> None:
    stdin = sys.stdin.buffer
    # LLVM or a stray print must not write into the protocol.
    stdout = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.setrecursionlimit(20000)
    while (msg := read_request(stdin)) is not None:
        req, payload = msg
        try:
            out = handle(req, payload)
        except LLVMError as e:
            write_message(stdout, {"ok": False, "kind": "llvm", "error": str(e)}, b"")
        except CompileError as e:
            write_message(stdout, {"ok": False, "kind": "user", "error": str(e)}, b"")
        except OSError as e:  # a full disk, a file that went away, LLVM's library that did not fit into memory
            where = f"{e.filename}: " if e.filename else ""
            text = "cannot load LLVM (llvmlite): is memory short?" if "libllvmlite" in str(e) else f"{where}{(e.strerror or str(e)).lower()}"
            write_message(stdout, {"ok": False, "kind": "user", "error": text}, b"")
        except MemoryError:
            write_message(stdout, {"ok": False, "kind": "user", "error": "out of memory"}, b"")
        except Exception as e:
            import traceback

            write_message(stdout, {"ok": False, "kind": "bug", "error": "".join(traceback.format_exception(e))}, b"")
        else:
            write_message(stdout, {"ok": True}, out)


if __name__ == "__main__":
    main()
