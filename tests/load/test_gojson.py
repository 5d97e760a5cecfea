"""JSON as Go writes it. Reading is tested by the messages of -overlay (test_command_line.py)."""

from __future__ import annotations

import json

import pytest

from rt0.load import gojson

# value -> text, as json.Marshal has it (what is no UTF-8 it spells \ufffd, which is the same text)
WRITTEN: list[tuple[object, str]] = [
    ({"b": 1, "a": [None, True, 2.0, 0.25]}, '{"b":1,"a":[null,true,2,0.25]}'),
    ("<a&b>\u2028é\x01\"\\\n", '"\\u003ca\\u0026b\\u003e\\u2028é\\u0001\\"\\\\\\n"'),
    ("x\udcffy\ud800", '"x\ufffdy\ufffd"'),
    ({"</script>": {"deep": 3.0}}, '{"\\u003c/script\\u003e":{"deep":3}}'),
]


@pytest.mark.parametrize(("value", "text"), WRITTEN)
def test_written(value: object, text: str) -> None:
    assert gojson.write(value) == text
    json.loads(text)
