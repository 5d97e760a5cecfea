"""What a program is told of the signals it was started with."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.conftest import Rt0

IGNORED = """package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	fmt.Println(signal.Ignored(syscall.SIGHUP), signal.Ignored(syscall.SIGINT), signal.Ignored(syscall.SIGTERM))
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGHUP)
	fmt.Println(signal.Ignored(syscall.SIGHUP))
	syscall.Kill(syscall.Getpid(), syscall.SIGHUP)
	fmt.Println(<-c)
}
"""


def test_inherited(rt0: Rt0, tmp_path: Path) -> None:
    """nohup's way: SIGHUP and SIGINT stay ignored, signal.Ignored says so, and Notify ends it. SIGTERM's inheritance is not looked at."""
    (tmp_path / "x.go").write_text(IGNORED)
    assert rt0("build", "-o", "x.exe", "x.go", cwd=tmp_path).code == 0
    p = subprocess.run(["sh", "-c", 'trap "" HUP INT TERM; exec ./x.exe'], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (p.returncode, p.stdout, p.stderr) == (0, "true true false\nfalse\nhangup\n", "")
    p = subprocess.run(["sh", "-c", "exec ./x.exe"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (p.returncode, p.stdout, p.stderr) == (0, "false false false\nfalse\nhangup\n", "")
