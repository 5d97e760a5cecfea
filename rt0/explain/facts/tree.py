"""Step 3: the syntax tree."""

from __future__ import annotations

from dataclasses import dataclass, field

from rt0.explain.model import Facts


@dataclass(slots=True)
class TreeNode(Facts):
    """kind: name of the production, as go/ast's. role: what it is to its parent. text: names, operators, literals.

    at    [line, column, line and column behind its end]; columns in bytes, from 1
    """

    kind: str
    role: str
    text: str
    at: list[int]
    children: list[TreeNode] = field(default_factory=list)


@dataclass(slots=True)
class TreeFile(Facts):
    """nodes, depth: of the whole file. decls: the declarations that are shown. functions: names of all functions."""

    name: str
    nodes: int
    depth: int
    kinds: dict[str, int]
    functions: list[str]
    decls: list[TreeNode] = field(default_factory=list)


@dataclass(slots=True)
class TreeFacts(Facts):
    files: list[TreeFile] = field(default_factory=list)
