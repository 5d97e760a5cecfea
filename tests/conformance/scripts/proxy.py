"""The module proxy of cmd/go's scripts: serves testdata/mod on loopback (cmd/go/proxy_test.go and testdata/mod/README, 1.27).

An archive `PATH_VERSION.txt` (slashes as underscores, capitals as `!x`) holds `.info`, `.mod` and the files of the module's zip. Besides the
protocol, the first element of a request's path asks for a fault:

    /mod/invalid/...                   the body "invalid"
    /mod/404/...                       that status
    /mod/sumdb-404/...                 that status for what concerns the database, else as usual
    /mod/sumdb-direct|sumdb-wrong/...  the checksum database itself; one whose hashes are all wrong
    /mod/sumdb-redirect/M@V:/lookup/X  looks up M@V
    /mod/redirect/N/...                N redirections
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import threading
import zipfile
from collections.abc import Iterable
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.conformance.scripts.sumdb import SumDB
from tests.filetest import Archive

SUMDB_NAME = "localhost.localdev/sumdb"
VERIFIER_KEY = "localhost.localdev/sumdb+00000c67+AcTrnkbUA+TU4heY3hkjiSES/DSQniBqIeQ/YppAUtK6"
SIGNER_KEY = "PRIVATE+KEY+localhost.localdev/sumdb+00000c67+AXu6+oaVaOYuQOFrf1V59JK1owcFlJcHwwXHDfDGxSPk"
PSEUDO = re.compile(r"v\d+\.(0\.0-|\d+\.\d+-([^+]*\.)?0\.)\d{14}-[A-Za-z0-9]+(\+[0-9A-Za-z.-]+)?")
VERSION = re.compile(r"v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?")


def unescape(text: str) -> str:
    """`!x` as X. raises ValueError for a capital, which an escaped path does not have"""
    if re.search(r"[A-Z]|!(?![a-z])", text):
        raise ValueError(f"invalid escaped text {text!r}")
    return re.sub("!(.)", lambda m: m[1].upper(), text)


def escape(text: str) -> str:
    return re.sub("[A-Z]", lambda m: "!" + m[0].lower(), text)


def order(version: str) -> tuple[tuple[int, int, int], tuple[tuple[int, int, str], ...]]:
    """A key that sorts versions as semver.Compare does; what is no version comes first."""
    m = VERSION.fullmatch(version)
    if m is None:
        return (-1, 0, 0), ()
    words = tuple((0, int(w), "") if w.isdigit() else (1, 0, w) for w in m[4].split(".")) if m[4] else ((2, 0, ""),)
    return (int(m[1]), int(m[2]), int(m[3])), words


def matches_major(path: str, version: str) -> bool:
    """A path of major version N has versions of it (module.CheckPathMajor)."""
    m = re.search(r"(?:/v|^gopkg\.in/.*\.v)(\d+)(?:-unstable)?$", path)
    major = re.match(r"v\d+", version)
    if path.startswith("gopkg.in/"):
        return m is not None and major is not None and (major[0] == f"v{m[1]}" or version.startswith("v0.0.0-"))
    if version.endswith("+incompatible"):
        return m is None
    return major is not None and (major[0] == f"v{m[1]}" if m else major[0] in ("v0", "v1"))


def hash1(files: Iterable[tuple[str, bytes]]) -> str:
    """The "h1:" hash of files, name and content (golang.org/x/mod/sumdb/dirhash)."""
    lines = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files))
    return "h1:" + base64.b64encode(hashlib.sha256(lines.encode()).digest()).decode()


class Modules:
    """The archives of a folder. versions: (path, version), in the order of the files' names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.versions: list[tuple[str, str]] = []
        self.archive = cache(self._archive)
        self.zip = cache(self._zip)
        for file in sorted(folder.glob("*_v*.txt"), key=lambda f: f.name):
            path, _, version = file.stem.rpartition("_v")
            path = unescape(path.replace("_", "/"))
            if not re.search(r"/v([01]|0\d+)$", path):  # module.CheckPath: example.com/invalidpath/v1
                self.versions.append((path, unescape("v" + version)))

    def _archive(self, path: str, version: str) -> dict[str, bytes]:
        """name -> content. raises KeyError for a module that is not there"""
        file = self.folder / f"{escape(path).replace('/', '_')}_{escape(version)}.txt"
        if not file.is_file():
            raise KeyError(path)
        text = file.read_bytes().decode("utf-8", "surrogateescape")
        return {name: body.encode("utf-8", "surrogateescape") for name, body in Archive.parse(text).files.items()}

    def _zip(self, path: str, version: str) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
            for name, body in self.archive(path, version).items():
                if name not in (".info", ".mod", ".zip"):
                    full = name[1:] if name.startswith("/") else f"{path}@{version}/{name}"
                    z.writestr(zipfile.ZipInfo(full, (1980, 1, 1, 0, 0, 0)), body, zipfile.ZIP_DEFLATED)
        return out.getvalue()

    def gosum(self, path: str, version: str) -> bytes:
        """The two go.sum lines of a module."""
        files = self.archive(path, version)
        whole = hash1((f"{path}@{version}/{name}", body) for name, body in files.items() if not name.startswith("."))
        mod = hash1([("go.mod", files.get(".mod", b""))])
        return f"{path} {version} {whole}\n{path} {version}/go.mod {mod}\n".encode()

    def latest(self, path: str) -> str:
        """What @latest gives: a release, else a prerelease, else a pseudo-version; of each kind the lowest, as cmd/go's proxy has it."""
        kinds: dict[int, str] = {}
        for p, version in self.versions:
            if p == path:
                kind = 2 if PSEUDO.fullmatch(version) else 1 if "-" in version.partition("+")[0] else 0
                if kind not in kinds or order(kinds[kind]) > order(version):
                    kinds[kind] = version
        if not kinds:
            raise KeyError(path)
        return kinds[min(kinds)]

    def of_commit(self, path: str, commit: str) -> str:
        """The highest version made from a commit; the commit itself when there is none."""
        best = ""
        for p, version in self.versions:
            if p == path and order(best) < order(version):
                if PSEUDO.fullmatch(version):
                    have = version.rpartition("-")[2]
                else:
                    have = json.loads(self.archive(p, version).get(".info", b"{}") or b"{}").get("Short", "")
                if have.startswith(commit) or commit.startswith(have):
                    best = version
        return best or commit

    def serve(self, path: str) -> tuple[int, bytes]:
        """Status and body of PATH/@latest, PATH/@v/list, PATH/@v/VERSION.info|mod|zip."""
        try:
            escaped, found, _ = path.rpartition("/@latest")
            if found:
                path = f"{escaped}/@v/{escape(self.latest(unescape(escaped)))}.info"
            escaped, found, file = path.partition("/@v/")
            if not found:
                raise KeyError(path)
            module = unescape(escaped)
            if file == "list":
                return 200, self._list(module)
            version, dot, kind = file.rpartition(".")
            version = unescape(version)
            if re.fullmatch("[0-9a-f]+", version):
                version = self.of_commit(module, version)
            files = self.archive(module, version)
            return 200, self.zip(module, version) if kind == "zip" else files[dot + kind]
        except (KeyError, ValueError):
            return 404, b"404 page not found\n"

    def _list(self, module: str) -> bytes:
        have = [v for p, v in self.versions if p == module]
        if not have:
            raise KeyError(module)
        return "".join(f"{v}\n" for v in have if not PSEUDO.fullmatch(v) and VERSION.fullmatch(v) and matches_major(module, v)).encode()


def _wrong(path: str, version: str) -> bytes:
    return f"{path} {version} h1:wrong\n{path} {version}/go.mod h1:wrong\n".encode()


class Proxy:
    """The server, from start() on; url is what GOPROXY is set to."""

    def __init__(self, folder: Path) -> None:
        self.modules = Modules(folder)
        self.sumdb = SumDB(SIGNER_KEY, self.modules.gosum)
        self.wrong = SumDB(SIGNER_KEY, _wrong)
        for path, version in self.modules.versions:
            self.sumdb.lookup(path, version)
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                status, body = proxy.serve(unquote(urlsplit(self.path).path))
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", body.decode())
                    body = b""
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/mod"

    def start(self) -> None:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def serve(self, path: str) -> tuple[int, bytes]:
        """Status and body of a request; with 302 the body is the place to go to."""
        if not path.startswith("/mod/"):
            return 404, b"404 page not found\n"
        path = path.removeprefix("/mod/")
        first, _, rest = path.partition("/")
        if first == "invalid":
            return 200, b"invalid"
        if first.isdigit() and int(first) >= 200:
            return int(first), b""
        if m := re.fullmatch(r"sumdb-(\d{3,})", first):
            if rest.startswith("sumdb/"):
                return int(m[1]), b""
            path = rest
        if first == "sumdb-direct":
            return self.sumdb.serve("/" + rest)
        if first == "sumdb-wrong":
            return self.wrong.serve("/" + rest)
        if first == "sumdb-redirect":
            module, _, asked = rest.partition(":")
            return self.sumdb.serve("/lookup/" + module if asked.startswith("/lookup/") else asked)
        if first == "redirect":
            count, _, rest = rest.partition("/")
            return 302, (f"/mod/{rest}" if int(count) <= 1 else f"/mod/redirect/{int(count) - 1}/{rest}").encode()
        if path == f"sumdb/{SUMDB_NAME}/supported":
            return 200, b""
        if path.startswith(f"sumdb/{SUMDB_NAME}/"):
            return self.sumdb.serve(path.removeprefix(f"sumdb/{SUMDB_NAME}"))
        return self.modules.serve(path)
