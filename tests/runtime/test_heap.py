"""The memory half of the runtime as a plain Go package under the real `go test`.

The runtime's own files are compiled as they are, in a package that an overlay puts into the standard library (so that it may
import internal packages), beside heap/shim.go, which stands in for the scheduler. Linknames are stripped.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
RUNTIME = HERE.parents[1] / "rt0" / "goroot" / "src" / "runtime"
FILES = [
    "sizeclasses", "mheap", "mspan", "mcentral", "mcache", "fixalloc", "malloc", "mem_linux", "mgc",
    "mgcmark", "mgcpacer", "mgcsweep", "mfinal", "mstats", "mbarrier", "time", "chan", "select", "sema",
    "slice", "type", "iface", "string", "utf8", "float", "synctest", "atomic_pointer", "runtime2_mem",
    "debugvars", "print",
]


def test_heap(tmp_path: Path) -> None:
    go = shutil.which("go")
    if go is None:
        pytest.skip("no go")
    goroot = subprocess.run([go, "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip()
    package = Path(goroot) / "src" / "internal" / "rt0heap"
    replace: dict[str, str] = {}
    numbers = dict(re.findall(r"(?m)^\t(Max\w+Leaves)\s*= (\d+)", (RUNTIME.parent / "internal" / "abi" / "abi_amd64.go").read_text()))
    for name in FILES:
        text = (RUNTIME / f"{name}.go").read_text()
        text = re.sub(r"\babi\.(Max\w+Leaves)\b", lambda m: numbers[m[1]], text)  # of our calling convention: the real internal/abi has another
        text = re.sub(r"(?m)^//go:(linkname|notinheap).*\n", "", text)
        text = re.sub(r"(?m)^func (gcrootsTable|itabsTable|typesTable)\(\) \(lo, hi uintptr\)\n", "", text)
        text = text.replace("package runtime", "package rt0heap", 1)
        (tmp_path / f"{name}.go").write_text(text)
        replace[str(package / f"{name}.go")] = str(tmp_path / f"{name}.go")
    # waitReason and traceBlockReason as the runtime has them.
    text = (RUNTIME / "runtime2.go").read_text()
    enums = text[text.index("type waitReason uint8") : text.index("type throwType")]
    (tmp_path / "enums.go").write_text("package rt0heap\n\n" + enums)
    replace[str(package / "enums.go")] = str(tmp_path / "enums.go")
    for path in sorted((HERE / "heap").glob("*.go")):
        out = tmp_path / path.name
        out.write_text(path.read_text().replace("package runtime", "package rt0heap", 1))
        replace[str(package / path.name)] = str(out)
    overlay = tmp_path / "overlay.json"
    overlay.write_text(json.dumps({"Replace": replace}))
    run = subprocess.run(
        [go, "test", "-c", "-vet=off", f"-overlay={overlay}", "-o", str(tmp_path / "heap.test"), "internal/rt0heap"],
        capture_output=True, text=True, timeout=600, check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    run = subprocess.run([str(tmp_path / "heap.test")], capture_output=True, text=True, timeout=600, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
