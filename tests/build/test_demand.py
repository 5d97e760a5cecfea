"""The demand walk over a small world: what becomes live, what is compiled when, and what is said of a symbol that nobody has."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rt0.abi.defrecord import DefRecord
from rt0.build.demand import Demand, MissingSymbol
from rt0.build.symbols import owner_of
from rt0.build.units import CompiledUnit


class World:
    """Source of the walk: per package what a cache has and what can be compiled. asked: the requests to compile, in order."""

    def __init__(self, sources: dict[str, DefRecord], cached: dict[str, DefRecord] | None = None, pushed: dict[str, list[str]] | None = None) -> None:
        self.sources = sources
        self.in_cache = cached or {}
        self.pushed = pushed or {}
        self.asked: list[tuple[str, list[str]]] = []

    def cached(self, path: str) -> list[CompiledUnit]:
        defs = {s: d for s, d in self.in_cache.items() if owner_of(s) == path}
        return [CompiledUnit(path, "cached", defs)] if defs else []

    def candidates(self, symbol: str) -> list[str]:
        return [owner_of(symbol), *self.pushed.get(symbol, [])]

    def has_abi0(self, symbol: str) -> bool:
        return symbol in self.sources

    def is_go_function(self, symbol: str) -> bool:
        return symbol in self.sources

    def provide(self, path: str, symbols: list[str]) -> list[CompiledUnit]:
        self.asked.append((path, symbols))
        wanted = [s for s in symbols if s in self.sources and (owner_of(s) == path or path in self.pushed.get(s, []))]
        return [CompiledUnit(path, ",".join(symbols), {s: self.sources[s] for s in wanted})]


def meta(*refs: str, methods: Sequence[list[str]] = (), icalls: Sequence[str] = (), reflect_method: bool = False) -> DefRecord:
    return {"refs": list(refs), "methods": list(methods), "icalls": list(icalls), "reflect_method": reflect_method}


def walk(world: World, *roots: str) -> Demand:
    d = Demand(world)
    for r in roots:
        d.root(r)
    d.run()
    return d


def test_only_what_is_referred_to() -> None:
    d = walk(World({"main.main": meta("fmt.Println"), "fmt.Println": meta(), "fmt.Unused": meta()}), "main.main")
    assert d.live == {"main.main", "fmt.Println"}


def test_one_unit_per_package_and_round() -> None:
    world = World({"main.main": meta("a.F", "a.G", "b.H"), "a.F": meta("a.I"), "a.G": meta(), "a.I": meta(), "b.H": meta()})
    walk(world, "main.main")
    assert world.asked == [("main", ["main.main"]), ("a", ["a.F", "a.G"]), ("b", ["b.H"]), ("a", ["a.I"])]


def test_cached_units_are_not_compiled_again() -> None:
    world = World({"main.main": meta("a.F"), "a.G": meta()}, cached={"a.F": meta("a.G")})
    d = walk(world, "main.main")
    assert world.asked == [("main", ["main.main"]), ("a", ["a.G"])]
    assert {u.name for u in d.used.values()} == {"main.main", "cached", "a.G"}


@pytest.mark.parametrize("call_first", [True, False])
def test_method_lives_when_called_and_type_lives(call_first: bool) -> None:
    """A descriptor's method becomes live when both are: the type, and a call of the method's key through an interface."""
    sources = {
        "main.main": meta(*(["main.call", "type:main.T"] if call_first else ["type:main.T", "main.call"])),
        "main.call": meta(icalls=["M"]),
        "type:main.T": meta(methods=[["M", "main.T.M"], ["N", "main.T.N"]]),
        "main.T.M": meta(),
        "main.T.N": meta(),
    }
    assert walk(World(sources), "main.main").live == {"main.main", "main.call", "type:main.T", "main.T.M"}


def test_reflection_reaches_exported_methods() -> None:
    sources = {
        "main.main": meta("type:main.T", reflect_method=True),
        "type:main.T": meta(methods=[["M", "main.T.M"], ["main.n", "main.T.n"]]),
        "main.T.M": meta(),
        "main.T.n": meta(),
    }
    assert "main.T.M" in (live := walk(World(sources), "main.main").live) and "main.T.n" not in live


def test_pure_initialiser_lives_with_its_variable() -> None:
    sources = {"main.main": meta("a.v"), "a.v": meta(), "a.init.v0": meta("a.make"), "a.make": meta(), "a.w": meta(), "a.init.v1": meta()}
    d = Demand(World(sources))
    d.when_live("a.v", "a.init.v0")
    d.when_live("a.w", "a.init.v1")
    d.root("main.main")
    d.run()
    assert d.live == {"main.main", "a.v", "a.init.v0", "a.make"}


def test_pushed_by_another_package() -> None:
    """A symbol that its own package does not define comes from one that pushes it by linkname."""
    world = World({"main.main": meta("sync.pull"), "sync.pull": meta()}, pushed={"sync.pull": ["runtime"]})
    world.sources["sync.pull"] = meta()

    def provide(path: str, symbols: list[str]) -> list[CompiledUnit]:
        have = {"main": ["main.main"], "runtime": ["sync.pull"]}.get(path, [])
        return [CompiledUnit(path, path, {s: world.sources[s] for s in symbols if s in have})]

    world.provide = provide  # type: ignore[method-assign]
    assert walk(world, "main.main").provider["sync.pull"].package == "runtime"


def test_missing_symbol_names_the_referrer() -> None:
    with pytest.raises(MissingSymbol) as e:
        walk(World({"main.main": meta("a.gone")}), "main.main")
    assert (e.value.symbol, e.value.referrer) == ("a.gone", "main.main")


@pytest.mark.parametrize(
    ("symbol", "owner"),
    [
        ("fmt.Println", "fmt"),
        ("fmt.(*pp).printArg", "fmt"),
        ("slices.Sort[go/token.Pos]", "slices"),
        ("gopkg.in/yaml%2ev3.F", "gopkg.in/yaml.v3"),
        ("type:net/http.Client", "net/http"),
        ("type:**net/http.Client", "net/http"),
        ("type:int", ""),
        ("_rt0_amd64_linux", ""),
        ("a/b.v1/c.F.func1", "a/b.v1/c"),
    ],
)
def test_owner(symbol: str, owner: str) -> None:
    assert owner_of(symbol) == owner
