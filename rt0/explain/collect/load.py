"""Step 1, from load (LoadedProgram) and the cache."""

from __future__ import annotations

from rt0.build.units import cached_names
from rt0.explain.facts.load import LoadedFile, LoadedPackage, LoadFacts
from rt0.explain.source import Build


def collect(source: Build) -> LoadFacts:
    loaded, product = source.loaded, source.product
    overlay = loaded.context.overlay + "/"
    by: dict[str, list[str]] = {}
    for path, info in loaded.packages.items():
        for target in sorted(set(info.imports.values())):
            by.setdefault(target, []).append(path)
    facts = LoadFacts(loaded.main, loaded.context.goroot, loaded.gomod, loaded.module, product.cached() is not None)
    facts.chains = _chains({p: sorted(set(i.imports.values())) for p, i in loaded.packages.items()}, loaded.main)
    for path, info in loaded.packages.items():
        taken = [*info.go_files, *info.s_files]
        facts.packages.append(LoadedPackage(
            path, info.name, info.dir, info.module, info.standard, info.go_version, sorted(set(info.imports.values())), by.get(path, []),
            [LoadedFile(name) for name, _ in taken], [LoadedFile(name, why) for name, why in info.left_out],
            sum(f.startswith(overlay) for _, f in taken), len(cached_names(product.cache, product.keys[path])) if path != "unsafe" else 0,
        ))  # fmt: skip
    return facts


def _chains(imports: dict[str, list[str]], main: str) -> dict[str, list[str]]:
    """The shortest chain of imports from main to each package, found breadth first."""
    chains = {main: [main]}
    work = [main]
    for path in work:
        for target in imports.get(path, ()):
            if target not in chains:
                chains[target] = [*chains[path], target]
                work.append(target)
    return chains
