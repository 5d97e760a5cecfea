"""Durations, as Go reads and writes them."""

from __future__ import annotations

import pytest

from rt0.test.durations import parse_duration, show_duration

WRITTEN = {0: "0s", 1: "1ns", 1_100: "1.1µs", 2_200_000: "2.2ms", 3_300_000_000: "3.3s", 600_000_000_000: "10m0s", 3_723_000_000_000: "1h2m3s",
           -1_500_000_000: "-1.5s", 243_000_000_001: "4m3.000000001s", 999: "999ns", 1_000_000: "1ms"}  # fmt: skip
READ = {"0": 0, "5s": 5_000_000_000, "1m30s": 90_000_000_000, "1.5h": 5_400_000_000_000, ".5s": 500_000_000, "1us1µs1μs": 3000, "-2ms": -2_000_000, "+1s": 1_000_000_000}


@pytest.mark.parametrize("ns", WRITTEN)
def test_shown(ns: int) -> None:
    assert show_duration(ns) == WRITTEN[ns]
    assert parse_duration(WRITTEN[ns]) == ns


@pytest.mark.parametrize("text", READ)
def test_read(text: str) -> None:
    assert parse_duration(text) == READ[text]


@pytest.mark.parametrize("text", ["", "3", "-", "s", "1x", "1s ", "abc", ".s", "9223372036854775808ns"])
def test_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_duration(text)
