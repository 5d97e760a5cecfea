"""`rt0 help [VERB]`: the list of verbs, or a verb's flags from their declarations."""

from __future__ import annotations

import sys

from rt0.cmd import verbs


def run(args: list[str]) -> int:
    if not args:
        return verbs.usage(sys.stdout)
    entry = verbs.VERBS.get(args[0])
    if entry is None or len(args) > 1:
        print(f"rt0 help {' '.join(args)}: unknown help topic. Run 'rt0 help'.", file=sys.stderr)
        return 2
    module = verbs.module(entry[0])
    flags = getattr(module, "flags", None)
    print(flags().help_text() if flags else f"usage: rt0 {args[0]}\n\n{(module.__doc__ or '').strip()}")
    return 0
