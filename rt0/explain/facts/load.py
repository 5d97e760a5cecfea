"""Step 1: files and packages."""

from __future__ import annotations

from dataclasses import dataclass, field

from rt0.explain.model import Facts


@dataclass(slots=True)
class LoadedFile(Facts):
    """A file of a package. why: why it is left out, "" when it is taken."""

    name: str
    why: str = ""


@dataclass(slots=True)
class LoadedPackage(Facts):
    """One package.

    module    path of its module, "" for the standard library
    files     taken: .go and .s; with names as errors show them
    left_out  the folder's other .go, .s and .h files
    overlay   how many of the files are rt0's own, in place of Go's or beside them
    cached    compiled units that the cache had when the build began
    """

    path: str
    name: str
    dir: str
    module: str
    standard: bool
    go: str
    imports: list[str]
    imported_by: list[str]
    files: list[LoadedFile]
    left_out: list[LoadedFile]
    overlay: int
    cached: int


@dataclass(slots=True)
class LoadFacts(Facts):
    """packages: dependencies first. executable_cached: the cache had the whole program. go_mod: path, "" outside a module."""

    main: str
    goroot: str
    go_mod: str
    module: str
    executable_cached: bool
    chains: dict[str, list[str]] = field(default_factory=dict)  # package -> the shortest way of imports from main to it, both included
    packages: list[LoadedPackage] = field(default_factory=list)
