"""Step 3, from the parser's trees."""

from __future__ import annotations

from collections import Counter

from rt0.build import dump
from rt0.diag import SourceFile
from rt0.explain.facts.tree import TreeFacts, TreeFile, TreeNode
from rt0.explain.source import Build
from rt0.syntax import nodes as ast
from rt0.syntax.positions import end, start
from rt0.syntax.printer import node_children, node_parts

# what ends at its closing brace: `end` gives the place of that brace
BRACED = (ast.FuncDecl, ast.FuncLit, ast.BlockStmt, ast.CompositeLit, ast.SwitchStmt, ast.TypeSwitchStmt, ast.SelectStmt, ast.ForStmt, ast.RangeStmt,
          ast.IfStmt)  # fmt: skip


def collect(source: Build) -> TreeFacts:
    facts = TreeFacts()
    for path in source.packages:
        for file in source.parsed(path):
            if source.covers(file.source.name, 1, 1 << 30):
                facts.files.append(_file(source, file))
    return facts


def _file(source: Build, file: ast.File) -> TreeFile:
    kinds: Counter[str] = Counter()
    depth = 0
    decls = []
    for d in file.decls:
        if source.detail is not None and isinstance(d, ast.FuncDecl) and not source.covers(file.source.name, file.source.raw_position(d.pos - file.source.base).line):
            depth = max(depth, _count(d, kinds))
            continue
        node, deep = _node(d, "", file.source, kinds)
        depth = max(depth, deep)
        if source.covers(file.source.name, node.at[0], node.at[2]):
            decls.append(node)
    functions = [dump.func_name(d) for d in file.decls if isinstance(d, ast.FuncDecl)]
    return TreeFile(file.source.name, kinds.total(), depth, dict(kinds.most_common()), functions, decls)


def _count(x: ast.Node, kinds: Counter[str]) -> int:
    """How deep the tree under a node is; the node and all below it are counted."""
    kinds[type(x).__name__] += 1
    return 1 + max((_count(c, kinds) for c in node_children(x)), default=0)


def _node(x: ast.Node, label: str, src: SourceFile, kinds: Counter[str]) -> tuple[TreeNode, int]:
    """(the node, how deep the tree under it is)."""
    kinds[type(x).__name__] += 1
    attrs, children = node_parts(x)
    first = start(x) or x.pos
    b_offset = max(end(x) or first, first) - src.base
    a, b = src.raw_position(first - src.base), src.raw_position(b_offset)
    if isinstance(x, ast.FuncDecl):
        a = a._replace(col=1)  # the keyword: start is the name's place, which errors name
    node = TreeNode(type(x).__name__, label, " ".join(f"{k}={v}" if k else str(v) for k, v in attrs), [a.line, a.col, b.line, b.col])
    if isinstance(x, BRACED) and src.data[b_offset : b_offset + 1] == b"}":
        node.at[3] += 1
    depth = 0
    for name, value in children:
        for i, child in enumerate(value if isinstance(value, list) else [value]):
            sub, deep = _node(child, f"{name}[{i}]" if isinstance(value, list) else name, src, kinds)
            node.children.append(sub)
            depth = max(depth, deep)
            node.at = [*min(node.at[:2], sub.at[:2]), *max(node.at[2:], sub.at[2:])]
    node.children.sort(key=lambda c: c.at)
    return node, depth + 1
