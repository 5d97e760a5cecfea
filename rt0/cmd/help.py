"""`rt0 help [VERB]`: the list of verbs, or a verb's flags from their declarations."""

from __future__ import annotations

import sys
from importlib import import_module

from rt0.cmd import verbs


def run(args: list[str]) -> int:
    if not args:
        return verbs.usage(sys.stdout)
    entry = verbs.VERBS.get(args[0])
    if entry is None:
        print(f"rt0 help {args[0]}: unknown help topic. Run 'rt0 help'.", file=sys.stderr)
        return 2
    module = import_module(f"rt0.cmd.{entry[0]}")
    flags = getattr(module, "FLAGS", None)
    print(flags.help_text() if flags else f"usage: rt0 {args[0]}\n\n{(module.__doc__ or '').strip()}")
    return 0
