"""Step 2, from the scanner (rt0/syntax/tokens.py)."""

from __future__ import annotations

from collections import Counter

from rt0.build import dump
from rt0.diag import SourceFile
from rt0.explain.facts.tokens import Token, TokenFile, TokensFacts
from rt0.explain.source import Build
from rt0.syntax.tokens import tokens


def collect(source: Build) -> TokensFacts:
    facts = TokensFacts()
    for path in source.packages:
        for shown, filename in source.files(path):
            with open(filename, "rb") as f:
                data = f.read()
            file = TokenFile(shown, len(data), len(data.splitlines()), 0, 0)
            all_tokens = tokens(SourceFile(shown, data, 0))
            file.total = len(all_tokens)
            file.kinds = dict(Counter(t.kind for t in all_tokens).most_common())
            file.semicolons = sum(t.kind == "semicolon" and not t.text for t in all_tokens)
            file.tokens = [Token(t.line, t.col, t.kind, t.text.decode("utf-8", "surrogateescape"), dump.literal_value(t)) for t in all_tokens if source.covers(shown, t.line)]
            facts.files.append(file)
    return facts
