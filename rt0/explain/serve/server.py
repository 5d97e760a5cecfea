"""The HTTP server of -serve: one page, two things to ask for, and nobody else may.

    GET  /TOKEN/         the page with its editor
    POST /TOKEN/explain  {"sources": {name: text}, "args": "text", "stdin": "text"} -> lines of JSON, as job.py says
    POST /TOKEN/run      the same: the program runs by itself, and its output comes as it is written

Who may ask. The address is that of the loopback interface unless the user gives another. The token in the path is drawn anew for each server, 128 bits, and
compared in constant time. The Host header must name the address that is served, so that a foreign name which resolves to 127.0.0.1 gets nothing; an Origin
header must be that host's; what is posted must say that it is JSON, which a page of another origin may not send unasked. The answer's headers forbid
the page to load anything from elsewhere, to be framed, and to be kept.

Bounds. A body has at most MAX_BODY bytes; a client has STALL seconds for each piece it sends or reads; at most MAX_JOBS jobs and MAX_CLIENTS connections at
a time; a job may take MAX_BUILD seconds beyond the program's own time. When the client goes away its job ends.
"""

from __future__ import annotations

import contextlib
import hmac
import ipaddress
import json
import secrets
import select
import shlex
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from urllib.parse import urlsplit

from rt0.diag import fatal
from rt0.explain.model import SCHEMA, Report, Step
from rt0.explain.page.render import page
from rt0.explain.serve.job import Session, work
from rt0.explain.serve.nursery import Nursery
from rt0.explain.steps import STEPS
from rt0.llvm.codegen import binding
from rt0.version import VERSION

MAX_BODY = 2 << 20
MAX_JOBS = 4
MAX_CLIENTS = 64
MAX_BUILD = 300.0  # seconds
STALL = 20.0  # seconds
_RDHUP = getattr(select, "POLLRDHUP", 0x2000)


def address(text: str) -> tuple[str, int]:
    """(host, port) of the value of -serve: "true", PORT, HOST, HOST:PORT, [IPV6]:PORT. Port 0: any that is free. Raises ValueError."""
    if text in ("", "true"):
        return "127.0.0.1", 0
    if text.isascii() and text.isdigit():
        host, port = "", text
    elif text.startswith("["):
        host, _, port = text[1:].partition("]")
        port = port.removeprefix(":")
    else:
        host, _, port = text.partition(":")
    if port and not (port.isascii() and port.isdigit() and int(port) < 65536):
        raise ValueError("want HOST:PORT")
    return host or "127.0.0.1", int(port or 0)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 32

    def __init__(self, session: Session, nursery: Nursery, where: tuple[str, int]) -> None:
        if ":" in where[0]:
            self.address_family = socket.AF_INET6
        ThreadingHTTPServer.__init__(self, where, Handler)
        self.session = session
        self.nursery = nursery
        self.token = secrets.token_urlsafe(16)
        self.jobs = threading.BoundedSemaphore(MAX_JOBS)
        self.clients = threading.BoundedSemaphore(MAX_CLIENTS)
        self.sources: dict[str, str] = {}
        host, self.port = str(self.server_address[0]), int(self.server_address[1])
        self.any_host = host in ("0.0.0.0", "::")
        shown = "localhost" if self.any_host else where[0]
        self.url = f"http://{f'[{shown}]' if ':' in shown else shown}:{self.port}/{self.token}/"
        self.hosts = {f"{h}:{self.port}" for h in (where[0], f"[{where[0]}]", host, f"[{host}]")}
        if self.any_host or ipaddress.ip_address(host.partition("%")[0]).is_loopback:
            self.hosts.add(f"localhost:{self.port}")

    def knows(self, host: str) -> bool:
        """Whether a Host header names this server. One that listens at every address of the machine takes any address, but no foreign name."""
        if host.lower() in self.hosts:
            return True
        name, _, port = host.rpartition(":")
        if not self.any_host or port != str(self.port):
            return False
        try:
            ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return name.lower() == socket.gethostname().lower()
        return True

    def process_request(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        if not self.clients.acquire(blocking=False):
            self.shutdown_request(request)
            return
        ThreadingHTTPServer.process_request(self, request, client_address)

    def process_request_thread(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        try:
            ThreadingHTTPServer.process_request_thread(self, request, client_address)
        finally:
            self.clients.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no error; a bug is one line."""
        e = sys.exc_info()[1]
        if not isinstance(e, (ConnectionError, TimeoutError)):
            print(f"rt0: internal error: serve: {type(e).__name__}: {e}", file=sys.stderr)


class Refused(Exception):
    """status: of HTTP; the text says why."""

    def __init__(self, status: int, text: str) -> None:
        Exception.__init__(self, text)
        self.status = status


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "rt0"
    sys_version = ""
    timeout = STALL

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self._guarded(self._get)

    def do_POST(self) -> None:
        self._guarded(self._post)

    def _guarded(self, answer: Callable[[], None]) -> None:
        self.close_connection = True
        try:
            answer()
        except Refused as e:
            self._say(e.status, "text/plain; charset=utf-8", f"rt0 explain: {e}\n".encode())
            # What the client is still sending is read, up to a point, so that it gets to see the answer.
            with contextlib.suppress(OSError):
                self.wfile.flush()
                self.connection.shutdown(socket.SHUT_WR)
                self.connection.settimeout(1.0)
                for _ in range(256):
                    if not self.connection.recv(1 << 16):
                        break

    def _path(self) -> str:
        """What is asked for, behind the token. Raises Refused."""
        hosts = self.headers.get_all("Host") or []
        if len(hosts) != 1 or not self.server.knows(hosts[0]):
            raise Refused(403, "this address serves nobody under that name (Host)")
        token, slash, rest = self.path.partition("?")[0].removeprefix("/").partition("/")
        if not hmac.compare_digest(token.encode("utf-8", "replace"), self.server.token.encode()) or not slash:
            raise Refused(403, "wrong token: open the address that rt0 explain -serve has printed")
        origin = self.headers.get("Origin")
        if origin is not None and (urlsplit(origin).scheme != "http" or urlsplit(origin).netloc.lower() != hosts[0].lower()):
            raise Refused(403, "a page of another origin may not ask")
        return rest

    def _get(self) -> None:
        if self._path():
            raise Refused(404, "there is only one page here")
        s = self.server.session
        steps = [Step(i.number, i.name, i.title, i.why) for i in STEPS]
        text = page(Report(SCHEMA, VERSION, s.program, s.flags, [], steps), self.server.sources, serve=True)
        self._say(200, "text/html; charset=utf-8", text.encode("utf-8", "replace"))

    def _post(self) -> None:
        op = self._path()
        if op not in ("explain", "run"):
            raise Refused(404, "there is only explain and run")
        request = self._body()
        if not self.server.jobs.acquire(blocking=False):
            raise Refused(503, f"busy: {MAX_JOBS} jobs are at work")
        try:
            self._job({"op": op, **request})
        finally:
            self.server.jobs.release()

    def _body(self) -> dict[str, object]:
        if self.headers.get_content_type() != "application/json":
            raise Refused(415, "what is posted must be application/json")
        length = self.headers.get("Content-Length")
        if length is None or not (length.isascii() and length.isdigit()):
            raise Refused(411, "how long is it? (Content-Length)")
        if int(length) > MAX_BODY:
            raise Refused(413, f"more than {MAX_BODY >> 20} MB")
        try:
            data = json.loads(self.rfile.read(int(length)))
            sources, args, stdin = data["sources"], data["args"], data["stdin"]
            good = isinstance(sources, dict) and all(isinstance(t, str) and k.endswith(".go") and "\0" not in k for k, t in sources.items())
            if not good or not isinstance(args, str) or not isinstance(stdin, str):
                raise ValueError
        except (ValueError, KeyError, TypeError, RecursionError):
            raise Refused(400, 'want {"sources": {"./x.go": "text"}, "args": "text", "stdin": "text"}') from None
        try:
            words = shlex.split(args)
        except ValueError as e:
            raise Refused(400, f"arguments: {str(e).lower()}") from None
        if any("\0" in w for w in words):
            raise Refused(400, "arguments: a zero byte")
        return {"sources": sources, "args": words, "stdin": stdin}

    def _job(self, request: dict[str, object]) -> None:
        """Pass a job's lines on until it is done, the time is over, or the client is gone."""
        try:
            job = self.server.nursery.job()
        except OSError:
            raise Refused(500, "the process that makes jobs has ended: start rt0 explain -serve again") from None
        until = time.monotonic() + MAX_BUILD + self.server.session.timeout
        with job:
            job.sendall(json.dumps(request).encode() + b"\n")
            self.send_response(200)
            self._headers("application/x-ndjson")
            self.end_headers()
            poll = select.poll()
            poll.register(job, select.POLLIN)
            poll.register(self.connection, _RDHUP)
            tail = b""
            while True:
                ready = dict(poll.poll(max(until - time.monotonic(), 0) * 1000))
                if self.connection.fileno() in ready:
                    return
                data = job.recv(1 << 18) if ready else b""
                if not data:
                    break
                tail = (tail + data)[-16:]
                self.wfile.write(data)
            if not tail.endswith(b'{"done":true}\n'):
                why = "it took too long and was ended" if not ready else "the process that worked on it was ended from outside: is memory short?"
                self.wfile.write((b"" if tail.endswith(b"\n") or not tail else b"\n") + json.dumps({"error": why}).encode() + b"\n")

    def _say(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self._headers(kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _headers(self, kind: str) -> None:
        self.send_header("Content-Type", kind)
        self.send_header("Connection", "close")
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; connect-src 'self'; "
                                                    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'")  # fmt: skip


def warm() -> None:
    """Load what a job needs."""
    for info in STEPS:
        import_module(f"rt0.explain.collect.{info.name}")
    for name in ("rt0.build.builder", "rt0.build.listing", "rt0.llvm.codegen", "rt0.obj.objdump", "rt0.build.runindex", "rt0.build.vcs"):
        import_module(name)
    with contextlib.suppress(ImportError):
        import_module("capstone")
    binding()


def serve(session: Session, where: tuple[str, int]) -> int:
    """Serve until a signal ends it: SIGINT, SIGTERM, SIGHUP. The exit code. To be called from the main thread, before there are others."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    nursery = Nursery(partial(work, session), warm)
    try:
        try:
            server = Server(session, nursery, where)
        except OSError as e:
            raise fatal(f"rt0: explain -serve: {where[0]}:{where[1]}: {(e.strerror or str(e)).lower()}") from None
        with server:
            server.sources = _sources(nursery)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            print(f"rt0: explain serves {session.program} on {server.url} (ctrl-C ends it)", flush=True)
            signal.sigwait(signals)
            server.shutdown()
    finally:
        nursery.close()
    return 0


def _sources(nursery: Nursery) -> dict[str, str]:
    """The user's files, as a job reads them."""
    with nursery.job() as job:
        job.sendall(json.dumps({"op": "open", "sources": {}, "args": [], "stdin": ""}).encode() + b"\n")
        data = b""
        while more := job.recv(1 << 18):
            data += more
    for line in data.splitlines():
        message = json.loads(line)
        if "sources" in message:
            sources: dict[str, str] = message["sources"]
            return sources
        if "problems" in message:
            raise fatal("\n".join(p["text"] for p in message["problems"]))
        if "error" in message:
            raise fatal(message["error"])
    return {}
