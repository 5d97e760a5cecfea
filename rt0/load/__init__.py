"""Stage 1: patterns -> packages, dependencies first.

Takes what the user named (files, directories, import paths), gives a LoadedProgram: every package of the build with the files that build
constraints leave, in initialisation order, runtime first. Afterwards every import is resolved and no file is missing. Read load.py first.
"""
