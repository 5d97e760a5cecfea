"""References to std's symbols by //go:linkname and from assembly: what go's linker allows (each name asked of go1.27)."""

from __future__ import annotations

from pathlib import Path

import pytest

from rt0.load.constraint import Tags
from rt0.load.goroot import find_goroot
from rt0.load.linkname import StdSymbols
from rt0.load.load import EXPERIMENTS
from tests.conftest import Rt0, go_run, golden

GOLDEN = Path(__file__).parent / "golden" / "linkname.json"

ALLOWED = """
    runtime.gopark runtime.nanotime runtime.fastrand runtime.memmove runtime.throw runtime.procPin sync.runtime_procPin sync.runtime_Semacquire time.Sleep
    runtime.nosuch reflect.typedmemmove reflect.unsafe_New os.runtime_beforeExit os.checkClonePidfd runtime.mapaccess2 runtime.cputicks runtime.rand
    runtime.cheaprand syscall.runtime_envs internal/godebug.setUpdate syscall.Exit reflect.(*rtype).Method reflect.toType runtime.typehash runtime.strhash
    runtime.ncpu runtime.zeroVal runtime.overflowError runtime.writeBarrier example.com/x.F nosuch.F main.f
""".split()
REFUSED = """
    runtime.gcStart runtime.schedinit runtime.newproc runtime.fatal internal/sync.throw time.runtimeNow os.newFile runtime.mapaccess1 runtime.gogo
    runtime.systemstack runtime.mcall runtime.morestack runtime.goexit runtime.stopTheWorld internal/runtime/maps.rand syscall.rawSyscallNoError
    sync/atomic.LoadInt32 math.Sqrt runtime.allm runtime.firstmoduledata os.Args syscall.envs time.localLoc
""".split()


def test_rule() -> None:
    packages = """runtime sync time os reflect syscall internal/sync internal/godebug internal/runtime/maps sync/atomic math internal/runtime/atomic
        internal/poll internal/syscall/unix""".split()
    std = StdSymbols(find_goroot()[0], Tags((), EXPERIMENTS), packages)
    assert [s for s in ALLOWED if not std.may_refer(s)] == []
    assert [s for s in REFUSED if std.may_refer(s)] == []


HEAD = 'package main\n\nimport _ "unsafe"\n\n'
CASES = {
    "function": (HEAD + "//go:linkname f runtime.gcStart\nfunc f()\n\nvar c bool\n\nfunc main() {\n\tif c {\n\t\tf()\n\t}\n}\n", ""),
    "function that is not used": (HEAD + "//go:linkname f runtime.gcStart\nfunc f()\n\nfunc main() { println(1) }\n", ""),
    "variable": (HEAD + "//go:linkname v runtime.allm\nvar v int\n\nfunc main() {}\n", ""),
    "marked": (HEAD + "//go:linkname f runtime.nanotime\nfunc f() int64\n\nfunc main() { println(f() > 0) }\n", ""),
    "assembly": (HEAD + "func f()\n\nfunc main() { f() }\n", "TEXT ·f(SB), 4, $0\n\tJMP runtime·gcStart(SB)\n"),
}


def module(d: Path, go: str, asm: str) -> None:
    (d / "go.mod").write_text("module example.com/l\n\ngo 1.24\n")
    (d / "main.go").write_text(go)
    (d / "a.s").write_text(asm)


@pytest.mark.parametrize("name", CASES)
def test_like_go(name: str, rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    module(tmp_path, *CASES[name])
    want = golden(GOLDEN, name, request.config.getoption("--record"), lambda: go_run(["run", "."], tmp_path).record())
    assert rt0("run", ".", cwd=tmp_path).record() == want
    if name == "function":  # a second time, with what the first left in the cache
        assert rt0("run", ".", cwd=tmp_path).record() == want


def test_not_checked(rt0: Rt0, tmp_path: Path) -> None:
    module(tmp_path, HEAD + "//go:linkname v runtime.allgs\nvar v []*int\n\nfunc main() { println(len(v) > 0) }\n", "")
    assert rt0("run", ".", cwd=tmp_path).err.endswith("link: main: invalid reference to runtime.allgs\n")
    assert rt0("run", "-ldflags=-checklinkname=0", ".", cwd=tmp_path).err == "true\n"
