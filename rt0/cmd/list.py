"""`rt0 list [-f format] [-json[=fields]] [-deps] [-test] [-e] [-find] [-compiled] [packages]`: packages, and what they consist of.

    load/dirfiles.py   a folder's files, each in its list
    load/listing.py    packages with what is wrong with them, and their tests
    gotemplate.py      -f: Go's templates
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rt0.cmd.flags import FlagSet, Values
    from rt0.load.listing import Listing, Package, PackageError


def flags() -> FlagSet:
    from rt0.cmd.buildflags import add_build_flags
    from rt0.cmd.flags import FlagSet

    fs = FlagSet("rt0 list [-f format] [-json] [-m] [list flags] [build flags] [packages]", "Lists packages, one a line; with -f or -json what they consist of.")
    fs.add("f", "", "print each package by this template (text/template)", "format")
    fs.add("json", "", "print JSON; a list of field names asks for those alone", "fields", switch=True)
    fs.add("deps", False, "list the dependencies too, each before what imports it")
    fs.add("test", False, "list test programs and the packages compiled for them too")
    fs.add("e", False, "go on with packages that are wrong: their field Error says why")
    fs.add("find", False, "do not look at what packages import")
    fs.add("compiled", False, "set CompiledGoFiles")
    fs.add("export", False, "accepted: rt0 has no files of export data, so Export stays empty")
    fs.add("m", False, "list modules")
    fs.add("u", False, "with -m: available upgrades")
    fs.add("versions", False, "with -m: available versions")
    fs.add("retracted", False, "report retracted versions")
    fs.add("reuse", "", "with -m: old output that may be used again", "file")
    add_build_flags(fs, 2, test=True)
    fs.add("v", False, "accepted")
    return fs


def run(args: list[str]) -> int:
    from rt0.cmd.buildflags import big_stack, change_dir

    values, patterns = flags().parse(args)
    if values.switch("m"):
        from rt0.cmd.listmod import list_modules

        _check(values, patterns)
        return list_modules(values, patterns)
    change_dir(values)
    return big_stack(_list, values, patterns)


def _check(values: Values, patterns: list[str]) -> None:
    """Flags that exclude one another. Raises CompileError."""
    from rt0.diag import fatal, go_quote

    for p in patterns:
        if not p:
            raise fatal(f"go: invalid package: {go_quote(p)}")
    as_json = values.text("json") not in ("", "false")
    if values.text("f") and as_json:
        raise fatal("go list -f cannot be used with -json")
    if values.text("reuse") and not values.switch("m"):
        raise fatal("go list -reuse cannot be used without -m")
    if values.switch("m"):
        for name in ("compiled", "deps", "export", "find", "test"):
            if values.switch(name):
                raise fatal(f"go list -{name} cannot be used with -m")
        return
    for name in ("u", "versions"):
        if values.switch(name):
            raise fatal(f"go list -{name} can only be used with -m")
    if values.switch("find"):
        for name in ("deps", "test", "export"):
            if values.switch(name):
                raise fatal(f"go list -{name} cannot be used with -find")


def _list(values: Values, patterns: list[str]) -> int:
    from rt0.cmd.buildflags import platform, split_tags
    from rt0.cmd.gotemplate import Template, TemplateError
    from rt0.cmd.listvalues import context_value, module_value, package_json, package_value
    from rt0.diag import fatal
    from rt0.load.constraint import Tags
    from rt0.load.listing import Listing, collect, in_postorder
    from rt0.load.load import EXPERIMENTS, BuildContext
    from rt0.load.replaced import Files
    from rt0.load.workspace import Workspace

    _check(values, patterns)
    ctx = BuildContext.default(tuple(split_tags(values.text("tags"))), "list", values.switch("trimpath"))
    if platform() != ("linux", "amd64"):
        ctx.tags = Tags(ctx.tags.extra, EXPERIMENTS, platform=platform())
    ctx.mod, ctx.modfile = values.text("mod"), values.text("modfile")
    if values.text("overlay"):
        ctx.files = Files.read(values.text("overlay"), ctx.cwd)
    as_json = values.text("json")
    wanted = None if as_json in ("", "true", "false") else frozenset(as_json.split(","))
    text = values.text("f")
    template = None
    if as_json in ("", "false"):
        try:
            template = Template(text or "{{.ImportPath}}")
        except TemplateError as e:
            raise fatal(str(e)) from None
    ws = Workspace(ctx)
    embeds = wanted is None or bool(wanted & {"EmbedFiles", "TestEmbedFiles", "XTestEmbedFiles"})
    listing = Listing(ws, values.switch("find"), install_dir(), embeds)
    packages = listing.named(patterns or ["."])
    code = 0
    tolerant = values.switch("e")
    if not tolerant:
        code = _report(packages)
        if code:
            return code
    if values.switch("test"):
        for p in list(packages):
            if p.fields.get("TestGoFiles") or p.fields.get("XTestGoFiles"):
                main, test, external = listing.tests(p)
                if not tolerant and (wrong := _first_error([test, external, main])) is not None:
                    raise fatal(f"go: can't load test package: {wrong}")
                packages += [main, *([test] if test is not p else []), *([external] if external is not None else [])]
    named = {id(p) for p in packages}
    if values.switch("deps"):
        packages = in_postorder(packages)
        code = 0 if tolerant else _report(packages)
    everything = packages if values.switch("deps") else in_postorder(packages)
    _tell_apart(values, packages, everything, named)
    if values.switch("test") or len(named) > 1:
        code = 0 if tolerant else max(code, 0 if values.switch("deps") else _report(everything))
    if wanted is None or wanted & {"Deps", "DepsErrors"}:
        collect(everything, wanted is None or "Deps" in wanted, wanted is None or "DepsErrors" in wanted)
    out = sys.stdout
    for p in packages:
        _last_fields(listing, p, id(p) in named, values.switch("compiled"), as_json not in ("", "false") or ".Stale" in text)
        if template is None:
            out.write(package_json(p, wanted) + "\n")
            continue
        try:
            shown = template.execute(package_value(p), {"context": lambda _: context_value(ctx), "module": lambda a: module_value(listing.module_of(str(a[0])))})
        except TemplateError as e:
            out.flush()
            raise fatal(str(e)) from None
        out.write(shown if not shown or shown.endswith("\n") else shown + "\n")
    return code


def _report(packages: list[Package]) -> int:
    """Print the packages' errors; the exit code."""
    seen = set()
    for p in packages:
        if p.error is not None and str(p.error) not in seen:
            seen.add(str(p.error))
            print(p.error, file=sys.stderr)
    return 1 if seen else 0


def _first_error(parts: list[Package | None]) -> PackageError | None:
    """What is wrong with the parts of a test program, or with what they import."""
    from rt0.load.listing import in_postorder

    for p in parts:
        if p is not None and (p.error is not None or p.fields.get("Incomplete")):
            return p.error or next((q.error for q in in_postorder([p]) if q.error is not None), None)
    return None


def _tell_apart(values: Values, packages: list[Package], everything: list[Package], named: set[int]) -> None:
    """Packages compiled for a test are called `PATH [TESTED.test]`, also by those that import them."""
    if not values.switch("test"):
        return
    old: dict[str, str] = {}
    for p in everything:
        if p.fields.get("ForTest"):
            name = p.description()
            old[name] = p.path
            p.fields["ImportPath"] = name
    for p in everything:
        renamed = {old[q.path]: q.path for q in p.imports if q.fields.get("ForTest")}
        p.fields["Imports"] = [renamed.get(i, i) for i in p.texts("Imports")]


def _last_fields(listing: Listing, p: Package, is_named: bool, compiled: bool, stale: bool) -> None:
    f = p.fields
    f["DepOnly"] = not is_named
    changed = {spec: path for spec, path in zip(p.raw, p.texts("Imports"), strict=False) if spec != path}
    if changed:
        f["ImportMap"] = changed
    if compiled and not f.get("Incomplete"):
        f["CompiledGoFiles"] = p.texts("GoFiles")
    if stale and not f.get("Standard"):
        bad = next((q for q in p.imports if q.error is not None or q.fields.get("Stale")), None)
        target = str(f.get("Target") or "")
        reason = f"stale dependency: {bad.path}" if bad is not None else "target missing" if target and not os.path.exists(target) else ""
        if not reason and target and _older(target, p):
            reason = "build ID mismatch"
        if not target and not reason:
            reason = "build ID mismatch"
        if reason and p.texts("GoFiles"):
            f["Stale"], f["StaleReason"] = True, reason


def _older(target: str, p: Package) -> bool:
    """A file of the package was written after the target."""
    when = os.stat(target).st_mtime
    return any(os.stat(os.path.join(str(p.fields["Dir"]), n)).st_mtime > when for n in p.texts("GoFiles"))


def install_dir() -> str:
    """Where commands are installed: GOBIN, else bin below the first folder of GOPATH."""
    from rt0.cmd.goenv import get

    gopath = get("GOPATH").partition(":")[0]
    return get("GOBIN") or (os.path.join(gopath, "bin") if gopath else "")
