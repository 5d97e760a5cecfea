"""IR text -> object or assembly, by tier.

A tier is an optimisation level as given to -O:

    0   SROA and CFG clean-up only, plain code generation: the fastest build
    1   the light pipeline that `rt0 run` uses for what is not cached yet: SROA, instcombine, CFG, dead code
    2   LLVM's O2 with vectorisers: `rt0 build`'s default
    3   LLVM's O3

What holds: a module is emitted once only (emission rewrites it: emitting twice gives different code, FACTS-codegen A4);
the datalayout is in the text; LSR is off, since it leaves pointers past the end of an object as the only reference to it
(FACTS-runtime 7); nop features are explicit so that text and object agree byte for byte (FACTS-codegen B1).
Errors: LLVMError with LLVM's text. An assertion inside LLVM kills the process: callers run in a worker.
"""

from __future__ import annotations

import functools
from typing import Any

from rt0.abi.target import TRIPLE

# GOAMD64 -> LLVM's name of the CPU level
CPU_LEVELS = {"v1": "x86-64", "v2": "x86-64-v2", "v3": "x86-64-v3", "v4": "x86-64-v4"}

# opt level -> (IR pipeline level, code generation level)
_CODEGEN_LEVEL = {0: 0, 1: 1, 2: 2, 3: 3}


class LLVMError(Exception):
    """LLVM rejected its input: a bug in lower or asm, or a broken .ll file."""


@functools.cache
def binding() -> Any:
    """llvmlite.binding, initialised. Imported here: it costs 90 ms."""
    import llvmlite.binding as llvm

    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    llvm.initialize_native_asmparser()
    llvm.set_option("rt0", "-disable-lsr")
    return llvm


@functools.cache
def _target_machine(cpu: str, features: str, opt: int) -> Any:
    llvm = binding()
    feats = "+fast-15bytenop" + ("," + features if features else "")
    target = llvm.Target.from_triple(TRIPLE)
    return target.create_target_machine(cpu=cpu, features=feats, opt=_CODEGEN_LEVEL[opt], reloc="static", codemodel="small")


def _optimise(module: Any, tm: Any, opt: int, variables: bool) -> None:
    llvm = binding()
    pto = llvm.create_pipeline_tuning_options(speed_level=opt)
    if opt >= 2:
        pto.loop_vectorization = pto.slp_vectorization = pto.loop_unrolling = pto.loop_interleaving = True
        pb = llvm.create_pass_builder(tm, pto)
        pb.getModulePassManager().run(module, pb)
        return
    pb = llvm.create_pass_builder(tm, pto)
    pm = llvm.create_new_module_pass_manager()
    pm.add_always_inliner_pass()
    pm.add_sroa_pass()
    pm.add_simplify_cfg_pass()
    if opt == 1:
        pm.add_instruction_combine_pass()
        pm.add_simplify_cfg_pass()
        if not variables:  # a field that nobody reads is still looked at in a debugger
            pm.add_dead_store_elimination_pass()
        pm.add_aggressive_dce_pass()
    pm.run(module, pb)


def load() -> None:
    """Load and initialise LLVM now: before a fork, so that children share it."""
    binding()


def host_cpu() -> tuple[str, str]:
    """(cpu, features) of this machine, for `rt0 run`."""
    llvm = binding()
    return llvm.get_host_cpu_name(), "+prefer-256-bit"


def compile_ir(ir: str, opt: int = 2, cpu: str = "x86-64", features: str = "", want: str = "obj", verify: bool = False,
               variables: bool = False) -> bytes:
    """Compile one module.

    ir      LLVM IR text with datalayout and triple set
    want    "obj": ELF object; "asm": AT&T assembly text; "ir": the optimised IR
    variables  the module describes its variables
    raises  LLVMError with LLVM's message when the text does not parse or verify
    """
    llvm = binding()
    try:
        module = llvm.parse_assembly(ir)
        if verify:
            module.verify()
    except RuntimeError as e:
        raise LLVMError(str(e)) from None
    tm = _target_machine(cpu, features, opt)
    _optimise(module, tm, opt, variables)
    if want == "ir":
        return str(module).encode()
    if want == "asm":
        text: str = tm.emit_assembly(module)
        return text.encode()
    obj: bytes = tm.emit_object(module)
    return obj
