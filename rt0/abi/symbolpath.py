"""How a package's path begins the names of its symbols."""

from __future__ import annotations


def path_prefix(path: str) -> str:
    """Package path as it begins symbol names: dots of the last element and odd bytes as %xx (gc's objabi.PathToPrefix).

    An escaped path is left as it is: no import path contains a percent sign.
    """
    slash = path.rfind("/")
    if "." not in path[slash + 1 :] and path.isascii() and path.isprintable() and " " not in path and '"' not in path:
        return path
    out = []
    for i, b in enumerate(path.encode()):
        if b <= 0x20 or (b == 0x2E and i > slash) or b == 0x22 or b >= 0x7F:
            out.append(f"%{b:02x}")
        else:
            out.append(chr(b))
    return "".join(out)
