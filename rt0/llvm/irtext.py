"""Functions in LLVM IR text with the source line of each instruction, read off the debug information the text carries.

    %t2 = call ptr @main.id(ptr %t1), !dbg !29      !29 = !DILocation(line: 21, scope: !8, inlinedAt: !31)

A line inlined from elsewhere has two places: where it was written and the call in the function that it stands in now. The !dbg of a shown line is taken off,
as are other references to metadata and attribute groups.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_DEFINE = re.compile(r'^define [^\n@]*@(?:"((?:[^"\\]|\\.)*)"|([-\w.$]+))\(')
_DBG = re.compile(r",? !dbg !(\d+)")
_NODE = re.compile(r"^!(\d+) = (?:distinct )?!(DILocation|DISubprogram|DILexicalBlock|DILexicalBlockFile|DIFile)\((.*)\)$", re.M)
_FIELD = re.compile(r'(\w+): (?:!(\d+)|(\d+)|"((?:[^"\\]|\\.)*)")')
_NOTES = re.compile(r", !\w+ !\d+|(?<=[)\w]) #\d+(?= |$)")  # !tbaa, !range ...; attribute groups
_PLAIN = re.compile(r'([@$])"([-\w.$]+)"')
_STRUCT = re.compile(r"\{(?! )([^{}]+)(?<! )\}")  # LLVM prints { i64, ptr }
_ESCAPE = re.compile(r"\\([0-9a-fA-F]{2})")


@dataclass(slots=True)
class Line:
    """A line of a function. file, line: in the source, "" and 0 where there is none; at_line: of the call, for what was inlined."""

    text: str
    file: str = ""
    line: int = 0
    at_line: int = 0


@dataclass(slots=True)
class Function:
    """A definition. instructions: how many of the lines are instructions."""

    name: str
    lines: list[Line] = field(default_factory=list)

    @property
    def instructions(self) -> int:
        return sum(is_instruction(x.text) for x in self.lines[1:])


def is_instruction(text: str) -> bool:
    """Not a label, a comment, a debug record or the closing brace."""
    t = text.strip()
    return bool(t) and t[0] not in ";}#]" and not t.endswith(":") and not t.startswith("define ") and not re.match(r'["\w.$-]+:(\s*;.*)?$', t)


class _Nodes:
    """The debug metadata of one module: number -> (kind, field -> number or text)."""

    def __init__(self, ir: str) -> None:
        self.nodes: dict[str, tuple[str, dict[str, str]]] = {}
        for number, kind, body in _NODE.findall(ir):
            self.nodes[number] = kind, {k: ref or num or text for k, ref, num, text in _FIELD.findall(body)}

    def place(self, number: str) -> tuple[str, int]:
        """(file, line) of a DILocation."""
        _, f = self.nodes[number]
        return self.file(f.get("scope", "")), int(f.get("line", "0"))

    def file(self, scope: str) -> str:
        while scope in self.nodes:
            kind, f = self.nodes[scope]
            if kind == "DIFile":
                return _unquote(f.get("filename", ""))
            scope = f.get("file") or f.get("scope", "")
        return ""

    def outermost(self, number: str) -> str:
        """The location of the call in the function that everything was inlined into."""
        while (at := self.nodes[number][1].get("inlinedAt")) is not None:
            number = at
        return number


def functions(ir: str) -> dict[str, Function]:
    """The definitions of a module, by name; those that are only there to be inlined (available_externally) are left out."""
    nodes = _Nodes(ir)
    out: dict[str, Function] = {}
    current: Function | None = None
    for text in ir.split("\n"):
        if current is None:
            m = _DEFINE.match(text)
            if m and " available_externally " not in text:
                current = out[_unquote(m[1] or m[2])] = Function(_unquote(m[1] or m[2]))
            else:
                continue
        if not text.lstrip().startswith("#dbg_"):  # notes for debuggers are no instructions
            current.lines.append(_line(text, nodes))
        if text.startswith("}"):
            current = None
    return out


def _line(text: str, nodes: _Nodes) -> Line:
    m = _DBG.search(text)
    x = Line(_plain(_DBG.sub("", text)))
    if m and nodes.nodes.get(m[1], ("",))[0] == "DILocation":
        x.file, x.line = nodes.place(m[1])
        outer = nodes.outermost(m[1])
        if outer != m[1]:
            x.at_line = nodes.place(outer)[1]
    elif m and nodes.nodes.get(m[1], ("",))[0] == "DISubprogram":
        x.file, x.line = nodes.file(m[1]), int(nodes.nodes[m[1]][1].get("line", "0"))
    return x


def _plain(text: str) -> str:
    """As LLVM prints it, whoever wrote it, and without references to notes that stand elsewhere."""
    text = _PLAIN.sub(r"\1\2", _NOTES.sub("", text).replace('@"\\01', '@"')).rstrip()
    text = _STRUCT.sub(r"{ \1 }", text)
    if text[:1] in (" ", "") or text.startswith(("define ", "}")) or re.match(r'["\w.$-]+:', text):
        return text
    return "  " + text


def _unquote(text: str) -> str:
    """LLVM writes bytes outside of printable ASCII as \\xx. A name that begins with \\01 is to be taken as it is: lower hides definitions so (unit.py)."""
    text = text.removeprefix("\\01")
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda m: chr(int(m[1], 16)), text).encode("latin-1", "replace").decode("utf-8", "surrogateescape")
