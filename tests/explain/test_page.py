"""The page: what the file is, and what it does in a browser (chromium driven by Playwright, where both are there)."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rt0.explain.model import SCHEMA, Facts, Report, Step
from rt0.explain.page.render import page, shortened
from rt0.explain.steps import NAMES, STEPS
from tests.conftest import Rt0

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

PROGRAM = """package main

import (
	"fmt"
	"os"
)

type pair[K comparable, V any] struct {
	key K
	val V
}

func twice(s string) string { return s + s }

type hostile = struct {
	X int `a:"</script><script>alert('1')</script>&"`
}

func (p pair[K, V]) String() string { return fmt.Sprint(p.key) }

func main() {
	p := pair[string, int]{twice("</script><b>\\xff\\x00&"), len(os.Args)}
	done := make(chan bool)
	go func() {
		fmt.Println("goroutine", p.val)
		done <- true
	}()
	<-done
	fmt.Printf("%q\\n", p.key)
	fmt.Println(pair[hostile, int]{})
}
"""


@pytest.fixture(scope="module")
def written(rt0: Rt0, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    (folder / "main.go").write_text(PROGRAM)
    r = rt0("explain", "-O1", "-html", "page.html", "main.go", cwd=folder)
    assert r.code == 0, r.err
    return folder / "page.html"


def test_one_file(written: Path) -> None:
    """Small, whole, and nothing in it that the network would be asked for."""
    text = written.read_text()
    assert len(text) < 3 << 20
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)
    assert data is not None
    report = json.loads(data[1])
    assert [s["name"] for s in report["steps"]] == NAMES and report["sources"]["./main.go"] == PROGRAM
    assert text.count("</script>") == 2, "no text of the program ends the script"
    assert not re.search(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", text) and "@import" not in text
    pieces = next(s for s in report["steps"] if s["name"] == "link")["facts"]["pieces"]
    functions = {f["symbol"]: f for f in next(s for s in report["steps"] if s["name"] == "ir")["facts"]["functions"]}
    assert {"main.main", "main.twice", "main.main.func1"} <= functions.keys() and functions["main.main"]["after"]
    assert sum(pieces[::5]) == next(s for s in report["steps"] if s["name"] == "link")["facts"]["size"]


def test_error_in_place(rt0: Rt0, tmp_path: Path) -> None:
    (tmp_path / "main.go").write_text("package main\n\nfunc main() { x }\n")
    r = rt0("explain", "-html", "page.html", "main.go", cwd=tmp_path)
    assert r.code == 1 and "step types" in r.err
    assert "undefined: x" in (tmp_path / "page.html").read_text()


def test_large_facts_are_cut() -> None:
    facts: dict[str, Any] = {"functions": [{"text": "x" * 1000} for _ in range(4000)], "size": 7}
    assert shortened(facts, 1 << 20) == ["functions"]
    assert len(json.dumps(facts)) <= 1 << 20 and facts["size"] == 7 and facts["functions"]


def test_without_facts() -> None:
    """A report in which nothing is known still is a page."""
    steps = [Step(s.number, s.name, s.title, s.why, "not seen", 0.0, None) for s in STEPS]
    text = page(Report(SCHEMA, "0", "<main>&", [], [], steps), {})
    assert "<main>&" not in text and "\\u003cmain\\u003e\\u0026" in text
    assert isinstance(steps[0], Facts)


@pytest.fixture(scope="module")
def browser(written: Path) -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
    if CHROMIUM is None:
        pytest.skip("no chromium")
    with sync_api.sync_playwright() as p:
        b = p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield b
        b.close()


class Seen:
    """The page in a browser, and what went wrong or out."""

    def __init__(self, browser: Any, path: Path, width: int = 1400, scheme: str = "light") -> None:
        self.page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        self.trouble: list[str] = []
        self.page.on("console", lambda m: self.trouble.append(m.text))
        self.page.on("pageerror", lambda e: self.trouble.append(str(e)))
        self.page.on("request", lambda r: self.trouble.append(r.url) if r.url != path.as_uri() and not r.url.startswith("data:") else None)
        self.page.goto(path.as_uri())

    def count(self, selector: str) -> int:
        n: int = self.page.locator(selector).count()
        return n

    def close(self) -> None:
        self.page.close()
        assert self.trouble == []


def test_every_step(browser: Any, written: Path) -> None:
    """Each of the 20 is reached by click and by key."""
    seen = Seen(browser, written)
    for name in NAMES:
        seen.page.click(f'#toc a[href="#step-{name}"]')
        assert seen.page.locator(f"#step-{name}").is_visible()
    seen.page.evaluate("scrollTo(0, 0)")
    for name in NAMES[1:]:
        seen.page.keyboard.press("n")
        assert seen.page.evaluate("location.hash") == f"#step-{name}"
    assert seen.page.evaluate("document.querySelector('b b') === null && document.scripts.length === 2")
    seen.close()


def test_source_and_bytes(browser: Any, written: Path) -> None:
    """A source line marks its instructions, and an instruction the line."""
    seen = Seen(browser, written)
    line = PROGRAM.splitlines().index("	<-done") + 1
    source = f'#bench-source [data-at="./main.go:{line}"]'
    seen.page.click(source)
    marked = seen.page.locator("#bench-asm .sel")
    assert marked.count() > 0 and any("CALL runtime.chanrecv1" in t for t in marked.all_inner_texts())
    assert seen.count("#step-tree .sel") > 0 and seen.count("#step-tokens .sel") == 1
    seen.page.keyboard.press("Escape")
    assert seen.count(".sel") == 0
    seen.page.locator("#bench-asm [data-at]", has_text="CALL runtime.makechan").first.click()
    made = PROGRAM.splitlines().index("	done := make(chan bool)") + 1
    assert seen.page.locator("#bench-source .sel").get_attribute("data-at") == f"./main.go:{made}"
    seen.close()


def test_texts_of_the_program_stay_texts(browser: Any, written: Path) -> None:
    """Quotes, tags and bytes that are no UTF-8, in strings and in names of symbols, are shown as they are."""
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', written.read_text(), re.S)
    assert data is not None
    symbols = [t for t in next(s for s in json.loads(data[1])["steps"] if s["name"] == "link")["facts"]["texts"] if "<script>" in t and "String" in t]
    assert symbols
    seen = Seen(browser, written)
    seen.page.fill("#search", symbols[0])
    seen.page.keyboard.press("Enter")
    assert f"Why {symbols[0]} is here" in seen.page.locator("#why").inner_text()
    assert seen.page.evaluate("document.scripts.length") == 2
    assert "</script><b>\\xff\\x00&" in seen.page.locator("#step-tokens").inner_text()
    seen.close()


def test_types_of_tokens(browser: Any, written: Path) -> None:
    """A token tells what step 4 knows of it."""
    seen = Seen(browser, written)
    seen.page.locator("#step-tokens .tok", has_text="done").first.hover()
    assert "var, chan bool" in seen.page.locator("#step-tokens .tip").first.inner_text()
    seen.close()


def test_print(browser: Any, written: Path) -> None:
    """On paper: no contents and no buttons, everything unfolded, nothing that has to be scrolled."""
    seen = Seen(browser, written)
    seen.page.emulate_media(media="print")
    assert not seen.page.locator("#toc").is_visible() and not seen.page.locator(".bar").first.is_visible()
    assert seen.page.evaluate("[...document.querySelectorAll('.box')].every((b) => b.scrollHeight <= b.clientHeight + 2)")
    seen.close()


def test_treemap_and_search(browser: Any, written: Path) -> None:
    seen = Seen(browser, written)
    first = seen.page.locator("#step-link .bar button").all_inner_texts()
    seen.page.locator('#step-link svg g[aria-label^="runtime,"]').click()
    assert len(seen.page.locator("#step-link .bar button").all_inner_texts()) == len(first) + 1
    seen.page.keyboard.press("Backspace")
    assert seen.page.locator("#step-link .bar button").all_inner_texts() == first
    seen.page.keyboard.press("/")
    seen.page.keyboard.type("fmt.Fprintf")
    seen.page.keyboard.press("Enter")
    assert "Why fmt.Fprintf is here" in seen.page.locator("#why").inner_text()
    assert "_rt0_amd64_linux" in seen.page.locator("#why .chain").inner_text()
    seen.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 820, 1400])
def test_widths(browser: Any, written: Path, width: int, scheme: str) -> None:
    """Nothing makes the page itself wider than the window. RT0TEST_SCREENSHOTS: a folder for pictures of some steps, for people to look at."""
    seen = Seen(browser, written, width, scheme)
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    folder = os.environ.get("RT0TEST_SCREENSHOTS")
    for name in ("load", "asm", "link", "schedinit", "run") if folder else ():
        seen.page.evaluate(f"document.getElementById('step-{name}').scrollIntoView()")
        seen.page.screenshot(path=f"{folder}/{width}-{scheme}-{name}.png")
    seen.close()


def test_executable(browser: Any, rt0: Rt0, written: Path) -> None:
    """Of a finished executable there is less to tell; the page says so and works."""
    cwd = written.parent
    assert rt0("build", "-O1", "-o", "prog", "main.go", cwd=cwd).code == 0
    assert rt0("explain", "-exe", "./prog", "-html", "exe.html", cwd=cwd).code == 0
    seen = Seen(browser, cwd / "exe.html")
    assert seen.count("#step-elf table") >= 5 and seen.count("#step-run svg") == 1 and seen.count("#step-tree .missing") == 1
    seen.close()


def test_picture(browser: Any, written: Path, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """The picture in the README; --update takes it anew."""
    picture = Path(__file__).parents[2] / "docs" / "explain.png"
    if not pytestconfig.getoption("--update"):
        assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n" and picture.stat().st_size < 200_000
        return
    seen = Seen(browser, written, 1240)
    seen.page.click('#toc a[href="#step-asm"]')
    seen.page.evaluate("document.querySelectorAll('#step-asm .box').forEach((b) => { b.style.maxHeight = '25rem'; })")
    line = PROGRAM.splitlines().index("	done := make(chan bool)") + 1
    seen.page.click(f'#bench-source [data-at="./main.go:{line}"]')
    seen.page.evaluate("document.querySelector('#step-asm .bar').scrollIntoView(); document.querySelector('#bench-source').scrollTop = 200")
    seen.page.screenshot(path=str(picture), clip={"x": 0, "y": 0, "width": 1240, "height": 520})
    seen.close()
