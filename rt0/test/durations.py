"""Durations as Go writes them: "1m30s", "1.5h", "250ms" (time.ParseDuration and Duration.String, go1.27). In nanoseconds."""

from __future__ import annotations

import re

SECOND = 1_000_000_000
_UNITS = {"ns": 1, "us": 1000, "µs": 1000, "μs": 1000, "ms": 1_000_000, "s": SECOND, "m": 60 * SECOND, "h": 3600 * SECOND}
_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)")


def parse_duration(text: str) -> int:
    """Raises ValueError."""
    sign, rest = (-1, text[1:]) if text[:1] == "-" else (1, text.removeprefix("+"))
    if rest == "0":
        return 0
    total, at = 0, 0
    while at < len(rest):
        m = _PART.match(rest, at)
        if m is None:
            raise ValueError("parse error")
        whole, _, fraction = m[1].partition(".")
        unit = _UNITS[m[2]]
        total += int(whole or "0") * unit + (int(fraction) * unit // 10 ** len(fraction) if fraction else 0)
        at = m.end()
    if not at or total >= 1 << 63:
        raise ValueError("parse error")
    return sign * total


def show_duration(ns: int) -> str:
    """1500 ms -> "1.5s", 600 s -> "10m0s"."""
    if ns < 0:
        return "-" + show_duration(-ns)
    if ns == 0:
        return "0s"
    for unit, name in ((1, "ns"), (1000, "µs"), (1_000_000, "ms")):
        if ns < unit * 1000:
            return _decimal(ns, unit) + name
    hours, rest = divmod(ns, 3600 * SECOND)
    minutes, seconds = divmod(rest, 60 * SECOND)
    text = _decimal(seconds, SECOND) + "s"
    if hours or minutes:
        text = f"{minutes}m{text}"
    return f"{hours}h{text}" if hours else text


def _decimal(value: int, unit: int) -> str:
    whole, rest = divmod(value, unit)
    fraction = f"{rest:0{len(str(unit)) - 1}d}".rstrip("0") if unit > 1 else ""
    return f"{whole}.{fraction}" if fraction else str(whole)
