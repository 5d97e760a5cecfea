"""Stage 5, llvm: IR text -> optimised module -> object or assembly text. Read codegen.py first.

Takes LLVM IR as text (from lower) or GNU assembly (from asm); gives ELF relocatable objects or AT&T assembly.
The only importer of llvmlite. LLVM aborts the process on its own bugs and exits on a bad assembly line, so nothing here
runs in the toolchain's main process: `rt0.build.worker` calls it in a process of its own.
"""
