"""GOPROXY: which proxies are asked, in which order (cmd/go/internal/modfetch/proxy.go, go1.27)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from rt0.mod import web
from rt0.mod.path import ModError
from rt0.mod.settings import gonoproxy, goproxy


@dataclass(slots=True, frozen=True)
class Proxy:
    url: str
    on_error: bool  # whether the next one is asked after any error


def proxies() -> list[Proxy]:
    """GOPROXY. Raises ModError."""
    out: list[Proxy] = []
    text = goproxy()
    if gonoproxy() and text != "direct":
        out.append(Proxy("noproxy", False))
    for word, sep in re.findall(r"([^,|]*)([,|]?)", text):
        url = word.strip()
        if not url:
            continue
        if url in ("off", "direct"):
            out.append(Proxy(url, False))
            break
        if re.search("[.:/]", url) and ":/" not in url and not url.startswith("/"):
            url = "https://" + url
        _check_url(url)
        out.append(Proxy(url, sep == "|"))
    if not out or (len(out) == 1 and out[0].url == "noproxy"):
        raise ModError("GOPROXY list is not the empty string, but contains no entries")
    return out


def _check_url(url: str) -> None:
    u = urlsplit(url)
    shown = web.redacted(url)
    if not u.scheme:
        raise ModError(f"invalid proxy URL missing scheme: {shown}")
    if u.scheme not in ("http", "https", "file"):
        raise ModError(f"invalid proxy URL scheme (must be https, http, file): {shown}")
    if u.scheme == "file" and (u.netloc or u.query or u.fragment):
        raise ModError(f"invalid file:// proxy URL with non-path elements: {shown}")
