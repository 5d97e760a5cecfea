"""The JSON events of -json, against the examples of cmd/internal/test2json."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rt0.test.events import Converter

NAMES = ("ascii attr bench benchfail benchshort empty frame framebig frameescape framefail framefuzz issue23036 issue23920 issue29755 panic smiley "
         "timeout unicode vet").split()  # fmt: skip


def told(lines: list[bytes], kinds: bool) -> list[dict[str, str]]:
    """The events without times; what one test prints without a break is one event, as the pieces depend on how it was written."""
    out: list[dict[str, str]] = []
    for line in lines:
        e = {k: v for k, v in json.loads(line).items() if k not in ("Time", "Elapsed", "Package") and (kinds or k != "OutputType")}
        if out and e["Action"] == "output" == out[-1]["Action"] and all(e.get(k) == out[-1].get(k) for k in ("Test", "OutputType")):
            out[-1]["Output"] += e["Output"]
        else:
            out.append(e)
    return out


@pytest.mark.parametrize("size", [1, 7, 0])
@pytest.mark.parametrize("name", NAMES)
def test_examples(name: str, size: int, goroot: Path) -> None:
    """size: bytes that arrive at a time, 0 for all at once."""
    folder = goroot / "src/cmd/internal/test2json/testdata"
    data, want = (folder / f"{name}.test").read_bytes(), (folder / f"{name}.json").read_bytes().splitlines()
    got: list[bytes] = []
    c = Converter(got.append, "")
    for i in range(0, len(data), size or len(data) or 1):
        c.write(data[i : i + (size or len(data))])
    c.close()
    kinds = name != "attr"  # its expected events have no OutputType
    assert told(got, kinds) == told(want, kinds)


def test_a_line_too_long_is_cut_between_characters() -> None:
    got: list[bytes] = []
    c = Converter(got.append, "p")
    text = "é" * 3001 + "\n"
    c.write(b"x" + text.encode())
    c.exited(True)
    c.close()
    events = [json.loads(line) for line in got]
    assert "".join(e["Output"] for e in events if e["Action"] == "output") == "x" + text
    assert all(len(e.get("Output", "").encode()) <= 1024 for e in events)
    assert events[-1]["Action"] == "pass" and events[-1]["Package"] == "p"
