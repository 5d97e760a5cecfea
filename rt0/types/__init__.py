"""Stage 3, types: the nodes of a package -> objects, types, constant values and the order of initialisation.

Takes the files rt0/syntax parsed; gives a Package whose scope holds the objects, and writes on every expression its mode, type and
constant value. Afterwards the package obeys every rule of the language specification, or its errors are reported in Go's words. Packages of
the program's own are checked whole; of a dependency only the declarations and bodies that something asks for. The structure, file by file, is that
of cmd/compile/internal/types2. Read check.py first, then objects.py and types.py for what is made.
"""
