"""cmd/go's own scripts with rt0 in the place of `go` (tests/conformance/scripts): a fixed share of those that pass, and the runner itself."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conformance.scripts import engine
from tests.conformance.scripts.__main__ import Runner, entries, select
from tests.conformance.scripts.proxy import Proxy
from tests.conformance.scripts.sumdb import sign

# a share of each kind, the quick ones
SHARE = """
build_dash_o_dev_null build_no_go run_hello test_match_no_tests_build_failure
""".split()


def test_every_entry_is_a_script_with_a_reason(goroot: Path) -> None:
    names = set(select([]))
    for name in ("xfail.txt", "notapplicable.txt"):
        assert all(entries(name).values()), name
        assert entries(name).keys() <= names


def test_share_passes(cache_dir: str, goroot: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    runner = Runner("rt0", cache_dir)
    try:
        with ThreadPoolExecutor(2) as pool:
            verdicts = list(pool.map(runner.run, SHARE))
    finally:
        runner.close()
    assert [f"{v.name} {v.kind} {v.text}\n{v.log}" for v in verdicts if v.kind != "pass"] == []


def script(tmp_path: Path) -> engine.Script:
    work = tmp_path / "work"
    (work / "gopath" / "src").mkdir(parents=True)
    return engine.Script(work, {"PATH": "/bin:/usr/bin", "A": "x.y"}, 1e18, False, frozenset())


def test_engine_words_conditions_and_failures(tmp_path: Path) -> None:
    s = script(tmp_path)
    s.run("\n".join([
        "# a comment",
        "exec echo 'it''s $A' $A'z' # rest",
        "stdout '^it''s \\$A x\\.yz$'",
        "! stdout xQy",  # $A in a pattern is quoted
        "[!GOOS:linux] stop",
        "[GOOS:linux] ! exec false",
        "? exec false",
        "exec sh -c 'echo one' &",
        "exec sh -c 'echo two >&2' &",
        "wait",
        "stdout -count=1 one",
        "stderr two",
        "cp stdout out",
        "exists out",
        "! exists -exec out",
        "replace one 1\\n2 out",
        "grep ^2$ out",
        "symlink l -> out",
        "cmp l out",
    ]))
    for text, why in (("exec false", "1: exec: exit status 1"), ("! exec true", "1: exec: unexpected success"), ("nix", "1: unknown command nix"),
                      ("stdout 'a", "1: unterminated"), ("exec false &", "wait|exit status 1"), ("! stdout x.y\nexec echo xay\nstdout $A", "3: stdout: no match")):
        with pytest.raises(engine.Failed, match=why):
            s.run(text)
    with pytest.raises(engine.Skip, match="why"):
        s.run("[linux] skip\n".replace("[linux]", "[GOARCH:amd64]").replace("skip", "skip why"))


def test_engine_ends_what_takes_too_long(tmp_path: Path) -> None:
    s = script(tmp_path)
    s.until = 0
    with pytest.raises(engine.TimedOut):
        s.run("exec sleep 30")


def test_signature_is_that_of_rfc_8032() -> None:
    seed = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    assert sign(seed, b"\x72").hex() == ("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                                         "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")


def test_proxy_and_database(goroot: Path) -> None:
    proxy = Proxy(goroot / "src" / "cmd" / "go" / "testdata" / "mod")
    assert b"v1.5.2\n" in proxy.serve("/mod/rsc.io/quote/@v/list")[1]
    assert proxy.serve("/mod/rsc.io/quote/@v/v1.5.2.zip")[1].startswith(b"PK")
    assert proxy.serve("/mod/rsc.io/nothing/@v/list")[0] == 404
    assert proxy.serve("/mod/410/rsc.io/quote/@v/list")[0] == 410
    status, body = proxy.serve("/mod/sumdb-direct/lookup/rsc.io/quote@v1.5.2")
    number, rest = body.decode().split("\n", 1)
    assert status == 200 and "rsc.io/quote v1.5.2 h1:3fEykkD9k7lYzXqCYrwGAf7iNhbk4yCjHmKBN9td4L0=" in rest
    tree, size = rest.split("\n\n")[1].split("\n")[:2]
    assert tree == "go.sum database tree" and int(size) > int(number)
    width = int(size) - int(size) // 256 * 256
    tile = proxy.serve(f"/mod/sumdb-direct/tile/8/0/{int(size) // 256:03}.p/{width}")[1]
    assert len(tile) == 32 * width and proxy.sumdb.leaves[-1] == tile[-32:]
    assert base64.b64encode(proxy.sumdb.subtree(0, int(size))).decode() in rest
    proxy.server.server_close()
