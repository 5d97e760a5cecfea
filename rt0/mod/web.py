"""GET over file://, http:// and https://, with the errors that the go command gives (cmd/go/internal/web and auth, go1.27).

https requests carry the credentials of ~/.netrc (GOAUTH=netrc, the default). No request waits for ever: a server that sends nothing for a while is given up.
"""

from __future__ import annotations

import base64
import os
import sys
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import IO, TYPE_CHECKING, Protocol

from rt0.diag import go_quote
from rt0.mod.path import ModError
from rt0.mod.settings import getenv

if TYPE_CHECKING:
    import urllib.request
    from http.client import HTTPMessage

TIMEOUT = 60.0  # seconds without a byte
_MAX_LINES = 8
_MAX_DETAIL = _MAX_LINES * 81


class _Reader(Protocol):
    def read(self, n: int = -1, /) -> bytes: ...


@dataclass(slots=True)
class Trace:
    """-x: requests are printed to standard error."""

    on: bool = False


TRACE = Trace()


class HTTPError(ModError):
    """reading URL: STATUS. missing: 404 or 410."""

    def __init__(self, url: str, code: int, status: str, detail: str = "") -> None:
        self.code = code
        text = f"reading {url}: {status}"
        if detail:
            text = f"reading {url}: {status}\n\tserver response:" + ("\n\t" if "\n" in detail else " ") + detail
        ModError.__init__(self, text, code in (404, 410))


def redacted(url: str) -> str:
    """The URL with xxxxx for a password."""
    u = urllib.parse.urlsplit(url)
    if u.password is None:
        return url
    host = u.netloc.rpartition("@")[2]
    return u._replace(netloc=f"{u.username or ''}:xxxxx@{host}").geturl()


def join(url: str, path: str) -> str:
    return f"{url.removesuffix('/')}/{path.removeprefix('/')}"


def get(url: str) -> bytes:
    """What is at a URL. Raises ModError."""
    return b"".join(blocks(url))


def blocks(url: str) -> Iterator[bytes]:
    """The same, block by block."""
    scheme = urllib.parse.urlsplit(url).scheme
    if scheme == "file":
        yield from _file(url)
    elif scheme in ("http", "https"):
        yield from _http(url)
    else:
        raise ModError(f"unsupported scheme: {redacted(url)}")


def file_path(url: str) -> str:
    """The path that a file URL names. Raises ModError."""
    u = urllib.parse.urlsplit(url)
    if u.netloc not in ("", "localhost"):
        raise ModError("file URL specifies non-local host")
    if not u.path.startswith("/"):
        raise ModError("path is not absolute")
    return urllib.parse.unquote(u.path, errors="surrogateescape")


def _file(url: str) -> Iterator[bytes]:
    path = file_path(url)
    try:
        with open(path, "rb") as f:
            while data := f.read(1 << 20):
                yield data
    except FileNotFoundError:
        raise HTTPError(url, 404, "no such file or directory") from None
    except PermissionError:
        raise HTTPError(url, 403, "permission denied") from None
    except IsADirectoryError:
        raise ModError(f"read {redacted(url)}: read {path}: is a directory") from None
    except OSError as e:
        raise ModError(f"open {path}: {(e.strerror or str(e)).lower()}") from None


def _http(url: str) -> Iterator[bytes]:
    import http.client
    import urllib.error
    import urllib.request

    shown = redacted(url)
    u = urllib.parse.urlsplit(url)
    if u.scheme == "http" and u.username is not None:
        raise ModError(f"refusing to pass credentials to insecure URL: {shown}")
    request = urllib.request.Request(u._replace(netloc=u.netloc.rpartition("@")[2]).geturl(), headers={"User-Agent": "Go-http-client/1.1"})
    if u.scheme == "https":
        _credentials(request, u)
    if TRACE.on:
        print(f"# get {shown}", file=sys.stderr)
    try:
        with _opener().open(request, timeout=TIMEOUT) as response:
            if TRACE.on:
                print(f"# get {shown}: {response.status} {response.reason}", file=sys.stderr)
            yield from _body(response, shown)
    except urllib.error.HTTPError as e:
        if e.msg.startswith(urllib.request.HTTPRedirectHandler.inf_msg[:40]):
            raise ModError(f"Get {go_quote(redacted(e.url or url))}: stopped after 10 redirects") from None
        status = f"{e.code} {e.reason}" if e.reason else str(e.code)
        if TRACE.on:
            print(f"# get {shown}: {status}", file=sys.stderr)
        raise HTTPError(redacted(e.url or url), e.code, status, _detail(e)) from None
    except urllib.error.URLError as e:
        raise ModError(f"Get {go_quote(shown)}: {_reason(e.reason, u.hostname or '', u.port or (443 if u.scheme == 'https' else 80))}") from None
    except (http.client.HTTPException, TimeoutError, OSError) as e:
        raise ModError(f"Get {go_quote(shown)}: {_reason(e, u.hostname or '', u.port or 80)}") from None


def _body(response: _Reader, shown: str) -> Iterator[bytes]:
    import http.client

    try:
        while data := response.read(1 << 16):
            yield data
        left = getattr(response, "length", None)
        if left:
            raise ModError(f'read "{shown}": unexpected EOF')
    except http.client.IncompleteRead:
        raise ModError(f'read "{shown}": unexpected EOF') from None
    except TimeoutError:
        raise ModError(f'read "{shown}": i/o timeout') from None
    except OSError as e:
        raise ModError(f'read "{shown}": {(e.strerror or str(e)).lower()}') from None


@cache
def _opener() -> urllib.request.OpenerDirector:
    """Follows redirects, but never from https to http."""
    import urllib.request

    class Redirects(urllib.request.HTTPRedirectHandler):
        max_repeats = max_redirections = 10

        def redirect_request(self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str) -> urllib.request.Request | None:
            scheme = urllib.parse.urlsplit(newurl).scheme
            if req.full_url.startswith("https:") and scheme != "https":
                raise ModError(f"Get {go_quote(newurl)}: redirected from secure URL {redacted(req.full_url)} to insecure URL {redacted(newurl)}")
            if scheme not in ("http", "https"):
                raise ModError(f"Get {go_quote(newurl)}: unsupported protocol scheme {go_quote(scheme)}")
            return urllib.request.HTTPRedirectHandler.redirect_request(self, req, fp, code, msg, headers, newurl)

    return urllib.request.build_opener(Redirects)


def _credentials(request: urllib.request.Request, u: urllib.parse.SplitResult) -> None:
    """Those of the URL, else those of ~/.netrc."""
    user, password = u.username, u.password
    if user is None and getenv("GOAUTH") in ("", "netrc"):
        import netrc

        path = os.environ.get("NETRC") or os.path.join(os.environ.get("HOME", ""), ".netrc")
        try:
            found = netrc.netrc(path).authenticators(u.hostname or "")
        except (OSError, netrc.NetrcParseError):
            found = None
        if found is not None:
            user, password = found[0], found[2]
    if user is not None:
        token = base64.b64encode(f"{urllib.parse.unquote(user)}:{urllib.parse.unquote(password or '')}".encode()).decode()
        request.add_header("Authorization", f"Basic {token}")


def _reason(e: object, host: str, port: int) -> str:
    """How Go words a failed connection."""
    import http.client
    import socket

    if isinstance(e, socket.gaierror):
        return f"dial tcp: lookup {host}: no such host"
    if isinstance(e, http.client.RemoteDisconnected):
        return "EOF"
    if isinstance(e, ConnectionRefusedError):
        return f"dial tcp {host}:{port}: connect: connection refused"
    if isinstance(e, TimeoutError):
        return "net/http: timeout awaiting response headers"
    if isinstance(e, OSError):
        return (e.strerror or str(e)).lower()
    return str(e)


def _detail(e: _Reader) -> str:
    """What a server says about an error, when it is plain text that can do a terminal no harm."""
    kind = getattr(e, "headers", {}).get("Content-Type", "")
    if kind.partition(";")[0].strip().lower() != "text/plain":
        return ""
    try:
        text = e.read(1 << 14).decode()
    except (OSError, UnicodeDecodeError):
        return ""
    if not all(c.isprintable() or c.isspace() for c in text):
        return ""
    out = ""
    for i, line in enumerate(text.split("\n")):
        if not line.strip():
            break
        if i:
            out += "\n\t"
        if i >= _MAX_LINES:
            return out + "[Truncated: too many lines.]"
        if len(out) + len(line) > _MAX_DETAIL:
            return out + "[Truncated: too long.]"
        out += line
    return out
