"""A Report as one HTML file.

The data are the report's JSON with two differences that keep the file small: of step 10 names stand once in a table (`packed`), and steps whose facts are larger
than MAX_STEP are cut, which their `missing` says.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from rt0.explain.facts.link import LinkFacts
from rt0.explain.model import Facts, Json, Report, Step, plain
from rt0.load import gojson

HERE = Path(__file__).parent
MAX_STEP = 1 << 20  # bytes of JSON of one step
CUT = ("functions", "files", "decisions", "names", "expressions", "slices", "calls", "goroutines")  # lists that may be cut, each from its end


def page(report: Report, sources: dict[str, str], *, serve: bool = False) -> str:
    """The page's text. sources: file name -> text, of the user's files; serve: with an editor, and allowed to ask the server it came from."""
    html = (HERE / "page.html").read_text(encoding="utf-8")
    if serve:
        html = html.replace("img-src data:", "img-src data:; connect-src 'self'", 1)
    script = _file("page.js") + (_file("editor.js") if serve else "")
    for mark, content in (("/*CSS*/", _file("page.css")), ("/*JS*/", script), ("/*DATA*/", gojson.write(page_data(report, sources)))):
        html = html.replace(mark, content, 1)
    return html


def page_data(report: Report, sources: dict[str, str]) -> dict[str, Json]:
    """What the page's script draws."""
    data = plain(_head(report))
    assert isinstance(data, dict)
    data["steps"] = [_step(s) for s in report.steps]
    data["sources"] = dict(sources)
    return data


def _head(report: Report) -> Facts:
    """The report without its steps."""
    return Report(report.schema, report.version, report.program, report.flags, report.args, [], report.stopped, report.problems)


def _file(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _step(step: Step) -> Json:
    out = plain(replace(step, facts=None))
    assert isinstance(out, dict)
    if isinstance(step.facts, LinkFacts):
        out["facts"] = packed(step.facts)
        return out
    facts = out["facts"] = plain(step.facts)
    if isinstance(facts, dict):
        cut = shortened(facts, MAX_STEP)
        if cut:
            out["missing"] = f"{step.missing} The page shows the beginning of {', '.join(cut)} only: rt0 explain -step {step.name} prints all.".strip()
    return out


def shortened(facts: dict[str, Json], limit: int) -> list[str]:
    """Cut long lists in place until the facts have at most `limit` bytes; names of those that were cut."""
    cut: list[str] = []
    for _ in range(20):
        if len(json.dumps(facts)) <= limit:
            break
        found = _longest(facts)
        if found is None:
            break
        owner, name, items = found
        owner[name] = list(items[: len(items) // 2])
        if name not in cut:
            cut.append(name)
    return cut


def _longest(facts: dict[str, Json]) -> tuple[dict[str, Json], str, list[Json]] | None:
    """The list of facts, or of one of the objects in them, that takes most room."""
    best: tuple[int, dict[str, Json], str, list[Json]] | None = None
    work: list[dict[str, Json]] = [facts]
    while work:
        d = work.pop()
        for name, value in d.items():
            if isinstance(value, list) and len(value) > 1:
                size = len(json.dumps(value))
                if best is None or size > best[0]:
                    best = size, d, name, value
                if name in ("files",):
                    work += [x for x in value if isinstance(x, dict)]
            elif isinstance(value, list):
                work += [x for x in value if isinstance(x, dict)]
    return None if best is None else best[1:]


def packed(facts: LinkFacts) -> dict[str, Json]:
    """Step 10 with a table of texts: pieces as size, section, package, kind, symbol, why as symbol, by, how, one after another; numbers of the table."""
    texts: dict[str, int] = {}

    def number(text: str) -> int:
        return texts.setdefault(text, len(texts))

    pieces: list[Json] = []
    for p in facts.pieces:
        pieces += p.size, number(p.section), number(p.package), number(p.kind), number(p.symbol)
    why: list[Json] = []
    for symbol, kept in facts.why.items():
        why += number(symbol), number(kept.by), number(kept.how)
    out = plain(replace(facts, pieces=[], why={}))
    assert isinstance(out, dict)
    return {**out, "pieces": pieces, "why": why, "texts": list(texts)}
