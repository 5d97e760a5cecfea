"""The command line: a file per verb, each with `run(args: list[str]) -> int` giving the exit code.

Flags, output and exit codes are `go`'s: 0 done, 1 the build or the program failed, 2 wrong usage. verbs.py lists the verbs.
"""
