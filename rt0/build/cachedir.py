"""Where the cache is. Apart from cache.py, since the fast path of `rt0 run` needs no more than this."""

from __future__ import annotations

import os


def cache_dir() -> str:
    """RT0CACHE, or rt0 below the user's cache folder. "off" gives ""."""
    d = os.environ.get("RT0CACHE", "")
    if d == "off":
        return ""
    if d:
        return os.path.abspath(d)
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "rt0")
