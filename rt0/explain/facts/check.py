"""Step 15: check, args, osinit."""

from __future__ import annotations

from dataclasses import dataclass, field

from rt0.explain.facts.process import Span
from rt0.explain.model import Facts


@dataclass(slots=True)
class CheckFacts(Facts):
    """What the runtime found. page_size, huge_page: bytes, -1 when the runtime does not keep them; random: the kernel's 16 bytes in hexadecimal."""

    spans: list[Span] = field(default_factory=list)
    page_size: int = -1
    huge_page: int = -1
    ncpu: int = -1
    affinity: list[int] = field(default_factory=list)  # processors it may run on
    cpu_features: list[str] = field(default_factory=list)
    random: str = ""
    vdso: int = 0
