"""Worker processes: jobs come back, a job that kills its worker fails alone, a closed pool leaves no process."""

from __future__ import annotations

import io
import os
import subprocess

import pytest

from rt0.build.messages import Request, read_answer, read_request, write_message
from rt0.build.workers import Pool, WorkerError, kill_all

IR: Request = {"op": "ir", "opt": 0, "cpu": "x86-64", "want": "obj"}
GOOD = b"define i32 @f() {\n ret i32 1\n}\n"


def test_messages() -> None:
    f = io.BytesIO()
    write_message(f, {"op": "asm", "path": "é"}, b"\x00payload")
    write_message(f, {"ok": True}, b"object")
    f.seek(0)
    assert read_request(f) == ({"op": "asm", "path": "é"}, b"\x00payload")
    assert read_answer(f) == ({"ok": True}, b"object")
    assert read_answer(f) is None
    assert read_request(io.BytesIO(f.getvalue()[:20])) is None


def test_results_belong_to_their_jobs() -> None:
    pool = Pool(2)
    jobs = [pool.submit(f"j{i}", IR, b"define i32 @f%d() {\n ret i32 %d\n}\n" % (i, i)) for i in range(6)]
    assert [b"f%d\x00" % i in j.result() for i, j in enumerate(jobs)] == [True] * 6
    pool.close()


def test_bad_ir_is_an_llvm_error() -> None:
    pool = Pool(1)
    with pytest.raises(WorkerError) as e:
        pool.submit("bad", IR, b"define nonsense").result()
    assert e.value.kind == "llvm" and "expected" in e.value.text
    assert pool.submit("good", IR, GOOD).result()[:4] == b"\x7fELF"
    pool.close()


def test_crash_fails_one_job() -> None:
    """A worker that dies takes only its own job with it."""
    pool = Pool(1)
    first = pool.submit("first", IR, GOOD)
    first.result()
    kill_all()
    with pytest.raises(WorkerError) as e:
        pool.submit("lost", IR, GOOD).result()
    assert e.value.kind == "user" and "ended from outside (signal 9)" in e.value.text
    assert pool.submit("next", IR, GOOD).result()[:4] == b"\x7fELF"
    pool.close()


def test_close_ends_the_processes() -> None:
    pool = Pool(2)
    pool.submit("x", IR, GOOD).result()
    pids = [p.pid for p in pool._procs if isinstance(p, subprocess.Popen)]
    assert pids
    pool.close()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_no_worker_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Pool) -> None:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(Pool, "_spawn", fail)
    with pytest.raises(WorkerError) as e:
        Pool(1).submit("x", IR, GOOD).result()
    assert (e.value.kind, e.value.text) == ("user", "cannot start a worker: cannot allocate memory")


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("odd")])
def test_a_thread_that_ends_leaves_no_job_without_answer(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise error

    pool = Pool(1)
    pool.submit("first", IR, GOOD).result()
    monkeypatch.setattr("rt0.build.workers.read_answer", fail)
    for _ in range(2):
        with pytest.raises(WorkerError) as e:
            pool.submit("x", IR, GOOD).result()
        assert e.value.text in ("rt0: out of memory", "RuntimeError: odd")
    pool.close()
