"""Flag -C: the command runs in another folder."""

from __future__ import annotations

import os

from rt0.diag import fatal


def enter(d: str) -> None:
    """Make d the working directory. Raises CompileError."""
    try:
        os.chdir(d)
    except OSError as e:
        raise fatal(f"rt0: chdir {d}: {(e.strerror or str(e)).lower()}") from None
