"""`rt0 clean -cache`: empties the build cache."""

from __future__ import annotations

from rt0.build.cache import Cache, cache_dir
from rt0.cmd.flags import FlagSet
from rt0.diag import fatal

FLAGS = FlagSet("rt0 clean -cache", "Removes what rt0 has kept of earlier builds (RT0CACHE).")
FLAGS.add("cache", False, "remove the build cache")


def run(args: list[str]) -> int:
    values, rest = FLAGS.parse(args)
    if rest:
        raise fatal(f"rt0 clean: unexpected arguments: {' '.join(rest)}", 2)
    if values["cache"]:
        Cache(cache_dir()).clean()
    return 0
