"""One program, explained once as JSON for all tests of the folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Rt0

PROGRAM = """package main

import (
	"fmt"
	"os"
	"strings"
)

// Shape has an area.
type Shape interface{ Area() float64 }

type Square struct{ side float64 }

func (q Square) Area() float64 { return q.side * q.side }

func (q *Square) Grow(n int) { q.side += float64(n) }

func (q Square) String() string { return fmt.Sprintf("square %v", q.side) }

func Map[T, U any](xs []T, f func(T) U) []U {
	var out []U
	for _, x := range xs {
		out = append(out, f(x))
	}
	return out
}

var table = build()

var size = three()

var fixed = 0x2a

const big = 1 << 70 >> 68

func build() []int {
	fmt.Println("table after", size)
	return make([]int, size)
}

func three() int {
	fmt.Println("size")
	return 3
}

func leak() *int {
	x := size + len(os.Args)
	return &x
}

func init() { size++ }

type node struct{ next *node }

func keep(n *node) *node { return &node{n} }

func main() {
	var s Shape = &Square{2}
	fmt.Println(s, Map([]string{"x", "y"}, strings.ToUpper), *leak(), table, big, fixed)
	n := &node{}
	go keep(n)
	for i := range 3 {
		defer fmt.Println(i)
	}
}
"""


class Explained:
    """The report of one program as JSON has it, and the executable `rt0 build` makes of it."""

    def __init__(self, folder: Path, report: dict[str, Any], exe: bytes) -> None:
        self.folder = folder
        self.report = report
        self.exe = exe

    def step(self, name: str) -> dict[str, Any]:
        step: dict[str, Any] = next(s for s in self.report["steps"] if s["name"] == name)
        assert step["facts"] is not None, step["missing"]
        facts: dict[str, Any] = step["facts"]
        return facts


@pytest.fixture(scope="session")
def explained(rt0: Rt0, tmp_path_factory: pytest.TempPathFactory) -> Explained:
    folder = tmp_path_factory.mktemp("explained")
    (folder / "main.go").write_text(PROGRAM)
    r = rt0("explain", "-json", "-O2", "-step", "load,tokens,tree,types,inits,escape,ir,asm,object,link,elf", "main.go", cwd=folder)
    assert r.code == 0, r.err + r.out[:2000]
    b = rt0("build", "-O2", "-o", "prog", "main.go", cwd=folder)
    assert b.code == 0, b.err
    return Explained(folder, json.loads(r.out), (folder / "prog").read_bytes())
