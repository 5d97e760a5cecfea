"""Step 1 as text."""

from __future__ import annotations

from collections import Counter

from rt0.explain.facts.load import LoadedPackage, LoadFacts
from rt0.explain.model import Facts
from rt0.explain.text import columns, count, dim, good, name, shown, strong


def brief(facts: Facts) -> list[str]:
    assert isinstance(facts, LoadFacts)
    own = [p for p in facts.packages if not p.standard]
    std = [p for p in facts.packages if p.standard]
    nfiles = sum(len(p.files) for p in own)
    out = [f"{count(nfiles, 'file')} of yours in {count(len(own), 'package')}; {count(len(std), 'package')} of the standard library "
           f"({count(sum(len(p.files) for p in std), 'file')}, {sum(p.overlay for p in std):,} of them rt0's own)"]  # fmt: skip
    left = [f for p in own for f in p.left_out]
    if left:
        out.append(f"left out of your folders: {_reasons(left_out_of(own))}")
    main = facts.packages[-1]
    longest = max(facts.chains.values(), key=len)
    cached = sum(1 for p in facts.packages if p.cached)
    deepest = f"; deepest: {' > '.join(longest[1:])}" if len(longest) > 1 else ""
    out.append(f"{name(main.path)} imports {', '.join(name(i) for i in main.imports[:6]) or 'nothing'}{', ...' if len(main.imports) > 6 else ''}{deepest}")
    out.append("the cache had the whole executable" if facts.executable_cached else f"the cache had compiled code of {count(cached, 'package')}")
    return out[:4]


def left_out_of(packages: list[LoadedPackage]) -> list[tuple[str, str]]:
    return [(f.name, f.why) for p in packages for f in p.left_out]


def _reasons(files: list[tuple[str, str]]) -> str:
    if len(files) <= 2:
        return ", ".join(f"{shown(n)} ({shown(why)})" for n, why in files)
    kinds = Counter(why for _, why in files)
    return ", ".join(f"{n} {shown(why)}" for why, n in kinds.most_common(3)) + (", ..." if len(kinds) > 3 else "")


def lines(facts: Facts) -> list[str]:
    assert isinstance(facts, LoadFacts)
    out = [f"GOROOT {shown(facts.goroot)}" + (f", module {name(facts.module)} of {shown(facts.go_mod)}" if facts.module else ", no module"), ""]
    for p in facts.packages:
        if p.standard:
            continue
        out.append(f"{strong(shown(p.path))} (package {p.name}, go{p.go}) in {shown(p.dir)}")
        files = [("  " + good("taken"), shown(f.name)) for f in p.files]
        files += [("  " + dim("left out"), f"{shown(f.name)}  {dim(shown(f.why))}") for f in p.left_out]
        out += columns(files)
        out.append(f"  imports {', '.join(name(i) for i in p.imports) or 'nothing'}")
    out += ["", strong("All packages, each after those it imports:"), ""]
    rows = [(dim("package"), dim("files"), dim("left out"), dim("rt0's"), dim("cached"), dim("why it is here"))]
    for p in facts.packages:
        chain = facts.chains.get(p.path)
        why = " > ".join(chain) if chain else "every program needs the runtime"
        rows.append((name(shown(p.path)), str(len(p.files)), str(len(p.left_out)), str(p.overlay or ""), str(p.cached or ""), dim(shown(why))))
    return out + columns(rows, right=(1, 2, 3, 4))
