"""Go's text/template, as far as `-f` needs it: parsed and evaluated here (text/template, go1.27).

Not the package itself compiled by rt0: the values would have to go to another process with their types, and a listing by template, which editors ask for
at every key, would wait for a program to be built first. All actions but `define`, `template` and `block` are there.

Values are str, bool, int, list, dict (a map), None (a nil pointer) and Struct, whose fields and methods are reached by name.
"""

from __future__ import annotations

import html
import re
import urllib.parse
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from rt0.diag import go_quote

Value = object
Function = Callable[[list[Value]], Value]  # takes its arguments; raises TypeError for a wrong number of them


class TemplateError(Exception):
    """The text is Go's."""


class _Break(Exception):
    pass


class _Continue(Exception):
    pass


@dataclass(slots=True)
class Struct:
    """A value with fields. type: what Go calls it. text: what fmt prints for it, None: its fields in braces"""

    type: str
    fields: dict[str, Value]
    text: str | None = None
    methods: dict[str, Function] = field(default_factory=dict)


@dataclass(slots=True)
class _Node:
    """kind: text, pipe, if, range, with, break, continue. at: "line:column" of the action's first word"""

    kind: str
    text: str = ""
    line: int = 0
    pipe: _Pipe | None = None
    body: list[_Node] = field(default_factory=list)
    orelse: list[_Node] = field(default_factory=list)


@dataclass(slots=True)
class _Pipe:
    declares: list[str]
    assigns: bool
    commands: list[list[_Operand]]


@dataclass(slots=True)
class _Operand:
    """kind: field (.A.B), var ($x.A), func, const, pipe. names: the chain behind it"""

    kind: str
    source: str
    line: int
    column: int
    value: Value = None
    names: list[str] = field(default_factory=list)
    pipe: _Pipe | None = None


_TOKEN = re.compile(
    r"""\s*(?:(?P<str>"(?:[^"\\\n]|\\.)*"|`[^`]*`)|(?P<char>'(?:[^'\\]|\\.)+')|(?P<num>[-+]?\d[\w.]*)|(?P<var>\$\w*)|(?P<field>(?:\.\w+)+)|(?P<dot>\.)"""
    r"""|(?P<op>:=|[|(),=])|(?P<name>\w+)|(?P<bad>\S))"""
)
_ACTION = re.compile(r"\{\{(?P<left>-(?=\s))?(?P<comment>\s*/\*.*?\*/\s*?)?(?P<body>(?:\"(?:[^\"\\\n]|\\.)*\"|`[^`]*`|'(?:[^'\\]|\\.)+'|(?!\}\}).)*?)(?P<right>\s-)?\}\}", re.DOTALL)


class Template:
    """A parsed template, called "main" in errors."""

    def __init__(self, text: str) -> None:
        self.variables: list[set[str]] = [{"$"}]
        self.functions = {*_BUILTINS, "join", "context", "module"}
        self.source = text
        self.parts = list(self._split(text))
        self.at = 0
        self.nodes, stop, _ = self._block(False)
        if stop:
            raise TemplateError(f"template: main:{self._line(len(text))}: unexpected {{{{{stop}}}}}")

    def execute(self, data: Value, functions: dict[str, Function]) -> str:
        """The text for a value. raises TemplateError"""
        run = _Run(functions, data)
        return run.nodes(self.nodes, data)

    def _line(self, at: int) -> int:
        return self.source.count("\n", 0, at) + 1

    def _split(self, text: str) -> Iterable[tuple[str, str, int]]:
        """("text" or "action", source, offset), white space trimmed where an action asks for it."""
        at, trim = 0, False
        while True:
            start = text.find("{{", at)
            piece = text[at : start if start >= 0 else len(text)]
            m = _ACTION.match(text, start) if start >= 0 else None
            if trim:
                piece = piece.lstrip()
            if start < 0:
                if piece:
                    yield "text", piece, at
                return
            if m is None:
                raise TemplateError(f"template: main:{self._line(start)}: unclosed action")
            if m["left"]:
                piece = piece.rstrip()
            if piece:
                yield "text", piece, at
            if m["comment"] is None or m["body"].strip():
                yield "action", m["body"], m.start("body")
            trim = bool(m["right"])
            at = m.end()

    def _block(self, inside: bool) -> tuple[list[_Node], str, tuple[str, int]]:
        """Nodes up to an end or else: (nodes, "end", "else" or "", the rest of the else with its offset)."""
        out: list[_Node] = []
        while self.at < len(self.parts):
            kind, source, offset = self.parts[self.at]
            self.at += 1
            line = self._line(offset)
            if kind == "text":
                out.append(_Node("text", source))
                continue
            word, _, rest = source.strip().partition(" ")
            if not word:
                raise TemplateError(f"template: main:{line}: missing value for command")
            if word in ("end", "else"):
                return out, word, (rest.strip(), offset + source.find(rest) if rest else offset)
            if word in ("if", "range", "with"):
                out.append(self._control(word, rest, offset + source.find(word) + len(word)))
            elif word in ("break", "continue"):
                out.append(_Node(word))
            else:
                out.append(_Node("pipe", line=line, pipe=self._pipe(source, offset, "command")))
        if inside:
            raise TemplateError(f"template: main:{self._line(len(self.source))}: unexpected EOF")
        return out, "", ("", 0)

    def _control(self, word: str, rest: str, offset: int) -> _Node:
        self.variables.append(set())
        node = _Node(word, line=self._line(offset), pipe=self._pipe(rest, offset, word))
        node.body, stop, (more, at) = self._block(True)
        if stop == "else":
            again = more.partition(" ")[0]
            if again in ("if", "with"):
                node.orelse = [self._control(again, more[len(again) :], at + len(again))]
            else:
                node.orelse, stop, _ = self._block(True)
        self.variables.pop()
        return node

    def _pipe(self, source: str, offset: int, context: str) -> _Pipe:
        tokens: list[tuple[str, str, int, bool]] = []
        for m in _TOKEN.finditer(source):
            kind = m.lastgroup or ""
            start = m.start(kind)
            if kind == "bad":
                raise TemplateError(f"template: main:{self._line(offset)}: unexpected {go_quote(m[kind])} in {context}")
            tokens.append((kind, m[kind], offset + start, start > 0 and not source[start - 1].isspace()))
        pipe, rest = self._parse_pipe(tokens, context, offset)
        if rest:
            raise TemplateError(f"template: main:{self._line(offset)}: unexpected {go_quote(rest[0][1])} in {context}")
        return pipe

    def _parse_pipe(self, t: list[tuple[str, str, int, bool]], context: str, offset: int) -> tuple[_Pipe, list[tuple[str, str, int, bool]]]:
        declares: list[str] = []
        assigns = False
        if len(t) > 1 and t[0][0] == "var" and t[1][1] in (":=", "=", ","):
            if t[1][1] == "," and len(t) > 3 and t[2][0] == "var" and t[3][1] == ":=":
                declares, t = [t[0][1], t[2][1]], t[4:]
            else:
                assigns = t[1][1] == "="
                declares, t = [t[0][1]], t[2:]
        commands: list[list[_Operand]] = []
        command: list[_Operand] = []
        while t:
            kind, text, at, _ = t[0]
            line = self._line(at)
            column = at - (self.source.rfind("\n", 0, at) + 1)
            if text == "|" and kind == "op":
                commands.append(command)
                command, t = [], t[1:]
                continue
            if text == ")" and kind == "op":
                break
            t = t[1:]
            if text == "(" and kind == "op":
                inner, t = self._parse_pipe(t, "parenthesized pipeline", at)
                if not t:
                    raise TemplateError(f"template: main:{line}: unclosed left paren")
                t = t[1:]
                operand = _Operand("pipe", "(...)", line, column, pipe=inner)
                if t and t[0][0] == "field" and t[0][3]:
                    operand.names, t = t[0][1].split(".")[1:], t[1:]
                command.append(operand)
                continue
            operand = self._operand(kind, text, line, column)
            if operand.kind in ("var", "func") and t and t[0][0] == "field" and t[0][3]:
                operand.names, t = t[0][1].split(".")[1:], t[1:]
            command.append(operand)
        commands.append(command)
        if not commands[0]:
            raise TemplateError(f"template: main:{self._line(offset)}: missing value for {context}")
        if not all(commands):
            raise TemplateError(f"template: main:{self._line(offset)}: missing value for command")
        if not assigns:
            self.variables[-1].update(declares)
        return _Pipe(declares, assigns, commands), t

    def _operand(self, kind: str, text: str, line: int, column: int) -> _Operand:
        match kind:
            case "field":
                return _Operand("field", text, line, column, names=text.split(".")[1:])
            case "dot":
                return _Operand("field", ".", line, column)
            case "var":
                if not any(text in scope for scope in self.variables):
                    raise TemplateError(f"template: main:{line}: undefined variable {go_quote(text)}")
                return _Operand("var", text, line, column, value=text)
            case "str":
                return _Operand("const", text, line, column, value=text[1:-1] if text[0] == "`" else _unquote(text))
            case "char":
                return _Operand("const", text, line, column, value=ord(_unquote(text)))
            case "num":
                try:
                    return _Operand("const", text, line, column, value=int(text, 0))
                except ValueError:
                    raise TemplateError(f"template: main:{line}: bad number syntax: {go_quote(text)}") from None
        if text in ("true", "false", "nil"):
            return _Operand("const", text, line, column, value={"true": True, "false": False, "nil": None}[text])
        if kind != "name":
            raise TemplateError(f"template: main:{line}: unexpected {go_quote(text)} in operand")
        if text not in self.functions:
            raise TemplateError(f"template: main:{line}: function {go_quote(text)} not defined")
        return _Operand("func", text, line, column)


class _Run:
    """One execution."""

    def __init__(self, functions: dict[str, Function], data: Value) -> None:
        self.functions = {**_BUILTINS, **functions}
        self.scopes: list[dict[str, Value]] = [{"$": data}]

    def nodes(self, nodes: list[_Node], dot: Value) -> str:
        out: list[str] = []
        for n in nodes:
            if n.kind == "text":
                out.append(n.text)
            elif n.kind in ("break", "continue"):
                error = _Break if n.kind == "break" else _Continue
                raise error("".join(out))
            elif n.kind == "pipe":
                assert n.pipe is not None
                value = self.pipe(n.pipe, dot)
                if not n.pipe.declares:
                    out.append(show(value))
            else:
                self.scopes.append({})
                out.append(self.control(n, dot))
                self.scopes.pop()
        return "".join(out)

    def control(self, n: _Node, dot: Value) -> str:
        assert n.pipe is not None
        value = self.pipe(n.pipe, dot, n.kind == "range")
        if n.kind != "range":
            return self.nodes(n.body if truth(value) else n.orelse, value if n.kind == "with" and truth(value) else dot)
        if isinstance(value, Struct | bool | str):
            raise TemplateError(f'template: main:{n.line}: executing "main" at <{n.pipe.commands[0][0].source}>: range can\'t iterate over {show(value)}')
        pairs: list[tuple[Value, Value]]
        if isinstance(value, dict):
            pairs = sorted(value.items())
        elif isinstance(value, int):
            pairs = [(i, i) for i in range(value)]
        else:
            pairs = list(enumerate(value)) if isinstance(value, list) else []
        if not pairs:
            return self.nodes(n.orelse, dot)
        out = ""
        for key, item in pairs:
            names = n.pipe.declares
            if names:
                self.scopes[-1][names[-1]] = item
            if len(names) == 2:
                self.scopes[-1][names[0]] = key
            try:
                out += self.nodes(n.body, item)
            except _Break as e:
                return out + str(e)
            except _Continue as e:
                out += str(e)
        return out

    def pipe(self, pipe: _Pipe, dot: Value, ranges: bool = False) -> Value:
        value: Value = None
        for i, command in enumerate(pipe.commands):
            value = self.command(command, dot, [value] if i else [])
        if pipe.declares and not ranges:
            for scope in reversed(self.scopes):
                if pipe.assigns and pipe.declares[0] in scope:
                    scope[pipe.declares[0]] = value
                    break
            else:
                self.scopes[-1][pipe.declares[0]] = value
        return value

    def command(self, command: list[_Operand], dot: Value, last: list[Value]) -> Value:
        first = command[0]
        if first.kind == "func" and not first.names:
            if first.source in ("and", "or"):
                return self._shortcut(command, dot, last)
            return self._call(first, self.functions[first.source], [self.operand(a, dot) for a in command[1:]] + last)
        if first.names and first.kind in ("field", "var", "pipe"):
            return self.operand(first, dot, [self.operand(a, dot) for a in command[1:]] + last)
        if len(command) > 1 or last:
            raise self.error(first, f"can't give argument to non-function {first.source}")
        return self.operand(first, dot)

    def _shortcut(self, command: list[_Operand], dot: Value, last: list[Value]) -> Value:
        value: Value = None
        for a in command[1:]:
            value = self.operand(a, dot)
            if truth(value) == (command[0].source == "or"):
                return value
        return last[0] if last else value

    def operand(self, o: _Operand, dot: Value, args: list[Value] | None = None) -> Value:
        value: Value
        match o.kind:
            case "const":
                return o.value
            case "func":
                value = self._call(o, self.functions[o.source], [])
            case "pipe":
                assert o.pipe is not None
                value = self.pipe(o.pipe, dot)
            case "var":
                value = next((s[o.source] for s in reversed(self.scopes) if o.source in s), None)
            case _:
                value = dot
        for i, name in enumerate(o.names):
            at = o if o.kind != "field" else replace(o, column=o.column + sum(len(n) + 1 for n in o.names[:i]))
            value = self.field(at, value, name, args or [] if i == len(o.names) - 1 else [])
        return value

    def field(self, o: _Operand, value: Value, name: str, args: list[Value]) -> Value:
        if isinstance(value, Struct):
            if name in value.methods:
                return self._call(o, value.methods[name], args)
            if name in value.fields:
                if args:
                    raise self.error(o, f"{name} has arguments but cannot be invoked as function")
                return value.fields[name]
            raise self.error(o, f"can't evaluate field {name} in type {value.type}")
        if isinstance(value, dict):
            return value.get(name, "")
        if value is None:
            raise self.error(o, "nil pointer evaluating " + f"interface {{}}.{name}")
        raise self.error(o, f"can't evaluate field {name} in type {_type(value)}")

    def _call(self, o: _Operand, function: Function, args: list[Value]) -> Value:
        try:
            return function(args)
        except TemplateError as e:
            raise self.error(o, f"error calling {o.source.rpartition('.')[2]}: {e}") from None
        except (TypeError, KeyError, IndexError, ValueError) as e:
            raise self.error(o, f"wrong number of args for {o.source}: {e}" if isinstance(e, TypeError) else f"error calling {o.source}: {e}") from None

    @staticmethod
    def error(o: _Operand, text: str) -> TemplateError:
        return TemplateError(f'template: main:{o.line}:{o.column}: executing "main" at <{o.source}{"" if o.kind != "var" else "".join("." + n for n in o.names)}>: {text}')


def _type(value: Value) -> str:
    return {str: "string", bool: "bool", int: "int", list: "[]string"}.get(type(value), "interface {}")


def truth(value: Value) -> bool:
    return True if isinstance(value, Struct) else bool(value)


def show(value: Value) -> str:
    """What fmt.Print shows."""
    match value:
        case None:
            return "<nil>"
        case bool():
            return "true" if value else "false"
        case list():
            return "[" + " ".join(map(show, value)) + "]"
        case dict():
            return "map[" + " ".join(f"{k}:{show(v)}" for k, v in sorted(value.items())) + "]"
        case Struct():
            if value.text is not None:
                return value.text
            return "&{" + " ".join(map(show, value.fields.values())) + "}"
    return str(value)


def _unquote(text: str) -> str:
    return re.sub(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)", _escape, text[1:-1])


def _escape(m: re.Match[str]) -> str:
    c = m[1]
    if c[0] in "xuU" and len(c) > 1:
        return chr(int(c[1:], 16))
    if c.isdigit():
        return chr(int(c, 8))
    return {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}.get(c, c)


def _printf(args: list[Value]) -> str:
    """fmt.Sprintf for the verbs %v %s %d %q %t %x with flags and widths."""
    format, *rest = args

    def one(m: re.Match[str]) -> str:
        if m[3] == "%":
            return "%"
        if not rest:
            return f"%!{m[3]}(MISSING)"
        v = rest.pop(0)
        if m[3] == "q":
            text = "[" + " ".join(go_quote(show(x)) for x in v) + "]" if isinstance(v, list) else go_quote(show(v))
        elif m[3] == "x" and isinstance(v, int):
            text = f"{v:x}"
        elif m[3] == "x":
            text = show(v).encode().hex()
        elif m[3] == "d" and not isinstance(v, int):
            text = f"%!d({_type(v)}={show(v)})"
        else:
            text = show(v)
        width = int(m[2] or 0)
        return text.ljust(width) if "-" in m[1] else text.rjust(width, "0" if "0" in m[1] and m[3] == "d" else " ")

    out = re.sub(r"%([-+# 0]*)(\d*)(?:\.\d+)?([a-zA-Z%])", one, show(format))
    return out + (f"%!(EXTRA {', '.join(f'{_type(v)}={show(v)}' for v in rest)})" if rest else "")


def _join(items: Value, sep: Value) -> str:
    if not isinstance(items, list):
        raise TemplateError(f"wrong type for value; expected []string; got {_type(items)}")
    return show(sep).join(map(show, items))


def _index(args: list[Value]) -> Value:
    value, *keys = args
    for k in keys:
        if isinstance(value, dict):
            value = value.get(k, "")
        elif isinstance(value, list | str) and isinstance(k, int):
            if not 0 <= k < len(value):
                raise TemplateError(f"reflect: slice index out of range: {k}" if isinstance(value, str) else f"index out of range: {k}")
            value = ord(value[k]) if isinstance(value, str) else value[k]
        else:
            raise TemplateError(f"can't index item of type {_type(value)}")
    return value


def _slice(args: list[Value]) -> Value:
    value, *at = args
    if not isinstance(value, list | str):
        raise TemplateError(f"can't slice item of type {_type(value)}")
    lo, hi = [*[x for x in at if isinstance(x, int)], *([0, len(value)][len(at) :])][:2]
    return value[lo:hi]


def _len(value: Value) -> int:
    if not isinstance(value, list | str | dict):
        raise TemplateError(f"len of type {_type(value)}")
    return len(value.encode()) if isinstance(value, str) else len(value)


def _less(a: Value, b: Value) -> bool:
    if isinstance(a, int) and isinstance(b, int):
        return a < b
    if isinstance(a, str) and isinstance(b, str):
        return a < b
    raise TemplateError("incompatible types for comparison")


def _print(args: list[Value]) -> str:
    """fmt.Sprint: a space between two operands when neither is a string."""
    out = ""
    for i, a in enumerate(args):
        if i and not isinstance(a, str) and not isinstance(args[i - 1], str):
            out += " "
        out += show(a)
    return out


def _println(args: list[Value]) -> str:
    return " ".join(map(show, args)) + "\n"


def _one(f: Callable[[Value], Value]) -> Function:
    """A function of one argument."""

    def call(a: list[Value]) -> Value:
        (v,) = _exactly(1, a)
        return f(v)

    return call


def _two(f: Callable[[Value, Value], Value]) -> Function:
    """A function of two arguments."""

    def call(a: list[Value]) -> Value:
        v, w = _exactly(2, a)
        return f(v, w)

    return call


def _exactly(n: int, args: list[Value]) -> list[Value]:
    if len(args) != n:
        raise TypeError(f"want {n} got {len(args)}")
    return args


def _equal(a: list[Value]) -> bool:
    if len(a) < 2:
        raise TemplateError("missing argument for comparison")
    return any(type(a[0]) is type(x) and a[0] == x for x in a[1:])


def _js(a: list[Value]) -> str:
    return _print(a).replace("\\", "\\\\").replace("'", "\\'").replace('"', '\\"').replace("<", "\\u003C").replace(">", "\\u003E")


_BUILTINS: dict[str, Function] = {
    "and": lambda a: a[-1],
    "or": lambda a: a[-1],
    "not": _one(lambda v: not truth(v)),
    "len": _one(_len),
    "index": _index,
    "slice": _slice,
    "print": _print,
    "printf": _printf,
    "println": _println,
    "html": lambda a: html.escape(_print(a)).replace("&quot;", "&#34;").replace("&#x27;", "&#39;"),
    "js": _js,
    "urlquery": lambda a: urllib.parse.quote_plus(_print(a)),
    "eq": _equal,
    "ne": _two(lambda a, b: a != b),
    "lt": _two(_less),
    "le": _two(lambda a, b: _less(a, b) or a == b),
    "gt": _two(lambda a, b: _less(b, a)),
    "ge": _two(lambda a, b: _less(b, a) or a == b),
    "join": _two(_join),
}
