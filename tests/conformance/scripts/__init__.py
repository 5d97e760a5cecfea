"""cmd/go's own scripts (GOROOT/src/cmd/go/testdata/script/*.txt), run with rt0 in the place of `go`.

    python -m tests.conformance.scripts [--go rt0|go] [-j N] [--timeout S] [--short] [-v] [NAME ...]

A NAME is a script's or a pattern (`list_*`); none: all of them. One line a script, then a summary. What each file here does:

    __main__.py   the command line; lists, verdicts
    engine.py     a script's lines: conditions, expansion, the commands (cmd/internal/script, README beside the scripts)
    place.py      the work folder and the environment a script starts in (cmd/go/script_test.go, go_test.go)
    proxy.py      the module proxy made from testdata/mod (cmd/go/proxy_test.go)
    sumdb.py      the checksum database that the proxy serves: tiles, signed tree (golang.org/x/mod/sumdb)
    notapplicable.txt, xfail.txt   script, two spaces, #, reason

With `--go go` the real command runs: a script that fails then, and is not in notapplicable.txt, is a fault of the runner. cmd/go's scripts run
a `go` that is built with hooks for tests (another version of itself, a version control server in its own process); the real command does not
have them, and neither has rt0: such scripts are in notapplicable.txt.
"""
