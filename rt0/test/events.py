"""`rt0 test -json`: what a test program prints, as a stream of JSON events; `go doc test2json` describes them.

Test programs run with -test.v=test2json and mark the lines that frame tests with ^V, the text of errors with ^O and ^N, and escape these characters
with ^[ elsewhere. The rules are those of cmd/internal/test2json (go1.27): lines of up to 4096 bytes are looked at whole; output comes out by lines,
long ones in pieces of up to 1024 bytes that do not cut characters.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime

from rt0.load import gojson

FRAME, ERROR, ERROR_END, ESCAPE = 0x16, 0x0F, 0x0E, 0x1B
_UPDATES = tuple(f"=== {w}".encode() for w in ("RUN   ", "PAUSE ", "CONT  ", "NAME  ", "PASS  ", "FAIL  ", "SKIP  ", "ATTR  ", "ARTIFACTS "))
_REPORTS = (b"--- PASS: ", b"--- FAIL: ", b"--- SKIP: ", b"--- BENCH: ")
_IN, _OUT = 4096, 1024
_BENCHMARK = re.compile(rb"Benchmark(?![a-z])")

Event = dict[str, str | float]


class Converter:
    """One test program's output. write: takes whole lines of JSON."""

    def __init__(self, write: Callable[[bytes], None], package: str) -> None:
        self.emit = write
        self.package = package
        self.start = time.monotonic()
        self.test = ""  # the test that prints
        self.reports: list[Event] = []  # results of tests not told yet: of one and the subtests in it
        self.result = ""
        self.failed_build = ""
        self.marked = False  # only lines with a mark frame tests
        self.in_error = False
        self.escaped = False
        self.framing = False
        self.input = Lines(_IN, self._line, self._part)
        self.output = Lines(_OUT, self._output, self._output)
        self._event({"Action": "start"})

    def write(self, data: bytes) -> None:
        self.input.write(data)

    def exited(self, passed: bool) -> None:
        """The process has ended."""
        if not passed:
            self.result = "fail"
        elif self.result != "skip":
            self.result = "pass"

    def close(self) -> None:
        """What is left, and the package's result."""
        self.input.flush()
        self.output.flush()
        if self.result:
            e: Event = {"Action": self.result, "Elapsed": round(time.monotonic() - self.start, 3)}
            if self.result == "fail" and self.failed_build:
                e["FailedBuild"] = self.failed_build
            self._event(e)

    # ------------------------------------------------------------ lines

    def _part(self, data: bytes) -> None:
        self.output.write(data)

    def _line(self, line: bytes) -> None:
        """A whole line of the test's output."""
        if not line:
            return
        saw = False
        if self.marked and line[0] != FRAME:
            self.output.write(line)
            return
        if line[0] == FRAME:
            self.output.flush()
            saw = True
            line = line[1:]
        trim = line.removesuffix(b"\n").removesuffix(b"\r") if line.endswith(b"\n") else line
        if trim == b"=== NAME":
            line, trim = b"=== NAME  \n", b"=== NAME  "
        if trim in (b"PASS", b"FAIL") or trim.startswith(b"FAIL\t"):
            self._flush_reports(0)
            self.test = ""
            self.marked = saw
            self._frame(line)
            self.result = "pass" if trim == b"PASS" else "fail"
            return
        if line.startswith(b"?   \t") and trim.endswith(b"\t[no test files]") and not self.reports:
            self.result = "skip"
        whole, indent = line, 0
        update = line.startswith(_UPDATES)
        if not update:
            while line.startswith(b"    "):
                line = line[4:]
                indent += 1
            if not line.startswith(_REPORTS):
                if 0 < indent <= len(self.reports):
                    self.test = str(self.reports[indent - 1]["Test"])
                self.output.write(whole)
                return
        text = line[4:].decode("utf-8", "replace")
        action, _, name = text.partition(" ")
        action = action.removesuffix(":").lower()
        name = name.strip()
        if line[:1] == b"-":
            self._report(whole, indent, action, name, saw)
        else:
            self._update(whole, action, name, saw)

    def _report(self, whole: bytes, indent: int, action: str, name: str, saw: bool) -> None:
        """--- PASS: name (0.00s)"""
        e: Event = {"Action": action}
        i = name.find(" (")
        if i >= 0:
            if name.endswith("s)"):
                try:
                    e["Elapsed"] = float(name[i + 2 : -2])
                except ValueError:
                    pass
            name = name[:i]
        if len(self.reports) < indent:  # deeper than any test
            self.output.write(whole)
            return
        self.marked = saw
        self._flush_reports(indent)
        e["Test"] = self.test = name
        self.reports.append(e)
        self._frame(whole)

    def _update(self, whole: bytes, action: str, name: str, saw: bool) -> None:
        """=== RUN   name"""
        e: Event = {"Action": action}
        if action == "artifacts":
            name, _, e["Path"] = name.partition(" ")
        elif action == "attr":
            name, _, rest = name.partition(" ")
            e["Key"], _, e["Value"] = rest.partition(" ")
        self.marked = saw
        self._flush_reports(0)
        self.test = name
        if action == "name":
            return
        if action == "pause":
            self._frame(whole)
            self._event(e)
        else:
            self._event(e)
            self._frame(whole)

    def _frame(self, line: bytes) -> None:
        self.framing = True
        self.output.write(line)
        self.framing = False

    def _flush_reports(self, depth: int) -> None:
        self.test = ""
        while len(self.reports) > depth:
            self._event(self.reports.pop())

    # ------------------------------------------------------------ events

    def _output(self, out: bytes) -> None:
        """One piece of output, divided where an error begins and ends."""
        kind = "frame" if self.framing else "error-continue" if self.in_error else ""
        piece = bytearray()
        i = 0
        while i < len(out):
            c = out[i]
            i += 1
            if self.escaped:
                self.escaped = False
                piece.append(c)
            elif c == ESCAPE:
                self.escaped = True
            elif c == ERROR:
                if piece:
                    self._text(piece, kind)
                    piece = bytearray()
                self.in_error, kind = True, "error"
            elif c == ERROR_END:
                if out[i : i + 1] == b"\n":
                    piece += b"\n"
                    i += 1
                self._text(piece, kind)
                piece = bytearray()
                self.in_error, kind = False, ""
            else:
                piece.append(c)
        if piece:
            self._text(piece, kind)

    def _text(self, piece: bytearray, kind: str) -> None:
        e: Event = {"Action": "output", "Output": piece.decode("utf-8", "replace")}
        if kind:
            e["OutputType"] = kind
        self._event(e)

    def _event(self, e: Event) -> None:
        """Write an event: Time, Action, Package, Test, then what it has besides, in the order of Go's struct."""
        out: Event = {"Time": _now(), "Action": e["Action"], "Package": self.package}
        test = e.get("Test") or self.test
        if test:
            out["Test"] = test
        out |= {k: e[k] for k in ("Elapsed", "Output", "OutputType", "FailedBuild", "Key", "Value", "Path") if k in e and e[k] != ""}
        self.emit(gojson.write(out).encode() + b"\n")


def _now() -> str:
    """The time as RFC 3339 with nanoseconds."""
    ns = time.time_ns()
    zone = datetime.fromtimestamp(ns // 1_000_000_000).astimezone().strftime("%z")
    at = time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(ns // 1_000_000_000))
    fraction = f"{ns % 1_000_000_000:09d}".rstrip("0")
    return f"{at}{'.' + fraction if fraction else ''}{'Z' if zone in ('+0000', '') else zone[:3] + ':' + zone[3:]}"


class Lines:
    """A buffer of `size` bytes: `line` gets whole lines that fit, `part` the pieces of longer ones. A line also ends before a ^V that is not escaped;
    the name of a benchmark comes out before its figures."""

    __slots__ = ("buffer", "line", "middle", "part", "size")

    def __init__(self, size: int, line: Callable[[bytes], None], part: Callable[[bytes], None]) -> None:
        self.size = size
        self.line = line
        self.part = part
        self.buffer = b""
        self.middle = False  # of a long line

    def write(self, data: bytes) -> None:
        self.buffer += data
        while self.buffer:
            end = self._end(self.buffer[: self.size])
            if end:
                piece, self.buffer = self.buffer[:end], self.buffer[end:]
                (self.part if self.middle else self.line)(piece)
                self.middle = False
                continue
            if not self.middle:
                name, tab, _ = self.buffer.partition(b"\t")
                if tab and _BENCHMARK.match(name.rstrip(b" ")):
                    self._split(len(name) + 1)
                    continue
            if len(self.buffer) < self.size:
                return
            self._split(_whole_characters(self.buffer[: self.size]) or self.size)

    def _split(self, n: int) -> None:
        piece, self.buffer = self.buffer[:n], self.buffer[n:]
        self.middle = True
        self.part(piece)

    @staticmethod
    def _end(data: bytes) -> int:
        """Where the first line ends; 0 when it does not."""
        newline = data.find(b"\n") + 1
        mark = data.find(FRAME, 1, newline or len(data))
        while mark > 0:
            before = mark
            while before > 0 and data[before - 1] == ESCAPE:
                before -= 1
            if (mark - before) % 2 == 0:
                return mark
            mark = data.find(FRAME, mark + 1, newline or len(data))
        return newline

    def flush(self) -> None:
        """What is left."""
        if self.buffer:
            piece, self.buffer = self.buffer, b""
            self.part(piece)


def _whole_characters(data: bytes) -> int:
    """Length of data without a character that is cut at its end."""
    for back in range(1, min(4, len(data)) + 1):
        c = data[-back]
        if c & 0xC0 != 0x80:
            need = 1 if c < 0x80 else 2 if c < 0xE0 else 3 if c < 0xF0 else 4
            return len(data) - back if need > back else len(data)
    return len(data)
