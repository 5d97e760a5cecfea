"""The flags inside -ldflags, -gcflags and -asmflags: those of go's linker, compiler and assembler.

All flags those tools have are recognised (cmd/link/internal/ld/main.go, cmd/compile/internal/base/flag.go, go1.27). What cannot be done is refused, what
has no meaning here is passed over. Errors are the tools', under the package's name, exit code 1.
"""

from __future__ import annotations

import re

from rt0.build.options import Options
from rt0.cmd.flags import FlagSet, Values
from rt0.diag import CompileError, fatal

_LINK_SWITCHES = "8 a asan aslr bindnow c compressdwarf d debugnosplit dumpdep e f g h linkshared msan n pruneweakmap race".split()
_LINK_TEXTS = (
    "D H I L R T benchmark benchmarkprofile buildmode capturehostobjs cpuprofile debugtextsize debugtramp extar extld fipso funcalign importcfg "
    "installsuffix k libgcc macos macsdk memprofile memprofilerate o pluginpath r randlayout strictdups tmpdir v"
).split()
_LINK_REFUSED = ("H", "I", "T", "D", "E")  # they place things, and rt0's layout is fixed

_COMPILE_SWITCHES = (
    "% + B C E K L N S W asan clobberdead clobberdeadreg complete dwarf dwarfbasentries dwarflocationlists dynlink e errorurl h j k l live m msan "
    "nolocalimports pack r race shared smallframes std t v w wb errorurl linkshared"
).split()
_COMPILE_TEXTS = (
    "D I asmhdr bench blockprofile buildid c coveragecfg cpuprofile d embedcfg env gendwarfinl goversion importcfg importmap installsuffix json "
    "lang linkobj memprofile memprofilerate mutexprofile o p pgoprofile spectre symabis traceprofile trimpath"
).split()


def _compile_set() -> FlagSet:
    fs = FlagSet("compile [options] file.go...", "")
    for name in _COMPILE_SWITCHES:
        fs.add(name, "count" if name in ("m", "l", "live", "S", "K", "W", "h", "j", "E", "r", "t", "w", "%", "+") else False, "")
    for name in _COMPILE_TEXTS:
        fs.add(name, [], "")
    return fs


def _numbered(words: list[str]) -> list[str]:
    """-m -> -m=1: gc's counting switches take no separate value."""
    return [w + "=1" if re.fullmatch(r"--?(m|l|live|S|K|W|h|j|E|r|t|w|%|\+)", w) else w for w in words]


def apply_compile(o: Options, words: list[str], package: str) -> tuple[str, list[str]]:
    """Set what -gcflags say in the Options o; (language version or "", values of -d)."""
    values = _parse(_compile_set(), _numbered(words), package)
    o.escapes |= values.text("m") not in ("count", "0")
    o.assembly |= values.text("S") not in ("count", "0")
    o.all_errors |= values.switch("e")
    lang = values.last("lang")
    if lang and not re.fullmatch(r"go1(\.\d+)?", lang):
        raise _failed(package, f"invalid value {lang!r} for -lang".replace("'", '"') + ': should be something like "go1.12"')
    return lang.removeprefix("go"), values.texts("d")


def apply_asm(words: list[str], package: str) -> None:
    """-asmflags: nothing that changes the code."""
    for w in words:
        name = w.lstrip("-").partition("=")[0]
        if name in ("D", "I", "dynlink", "shared", "linkshared", "spectre"):
            raise _failed(package, f"asm: -{name} is not supported in -asmflags")
        if name not in ("S", "V", "d", "debug", "e", "gensymabis", "o", "p", "std", "trimpath", "v"):
            raise _failed(package, f"flag provided but not defined: -{name}\nusage: asm [options] file.s ...")


def apply_link(o: Options, words: list[str], package: str) -> None:
    """Set what -ldflags say in the Options o."""
    fs = FlagSet("link [options] main.o", "")
    for name in ("s", "w", *_LINK_SWITCHES):
        fs.add(name, False, "")
    fs.add("checklinkname", True, "")
    for name in ("X", "B", "buildid", "extldflags", "linkmode", *_LINK_TEXTS, "E"):
        fs.add(name, [], "")
    if words and words[-1] in ("-X", "--X"):
        raise _failed(package, "link: -X flag requires argument of the form importpath.name=value")
    values = _parse(fs, words, package)
    o.strip_symbols = values.switch("s")
    o.strip_dwarf |= values.switch("w") or (values.switch("s") and not any(re.fullmatch(r"--?w=(0|f|F|false|FALSE|False)", w) for w in words))
    o.check_linkname = values.switch("checklinkname")
    xs = []
    for text in values.texts("X"):
        name, eq, value = text.partition("=")
        if not eq or "." not in name:
            raise _failed(package, "link: -X flag requires argument of the form importpath.name=value")
        xs.append((name, value))
    o.x_values = tuple(xs)
    mode = values.last("linkmode") if values.texts("linkmode") else "auto"
    if mode == "external":
        raise fatal("-linkmode=external requires external (cgo) linking, which rt0 does not support")
    if mode not in ("auto", "internal"):
        raise _failed(package, f'invalid value "{mode}" for flag -linkmode: invalid linkmode: "{mode}"\nusage: link [options] main.o')
    for name in (*_LINK_REFUSED, "linkshared", "race", "msan", "asan"):
        if values.given(name) and not (name in _LINK_REFUSED and values.texts(name) in (["linux"], ["-1"])):
            raise _failed(package, f"link: -{name} is not supported")
    if values.texts("buildmode") and values.last("buildmode") != "exe":
        raise _failed(package, f"link: -buildmode={values.last('buildmode')} is not supported")
    o.build_id = values.last("buildid")
    o.gnu_build_id = _note(values.last("B"), package)


def _note(text: str, package: str) -> str:
    """The hexadecimal digits of -B, "gobuildid", or "" for none (cmd/link/internal/ld/elf.go, addbuildinfo)."""
    if text in ("", "none"):
        return ""
    if text == "gobuildid":
        return text
    if not text.startswith("0x"):
        raise _failed(package, f"link: -B argument must start with 0x: {text}")
    digits = text[2:]
    if len(digits) % 2:
        raise _failed(package, f"link: -B argument must have even number of digits: {text}")
    if len(digits) > 64:
        raise _failed(package, f"link: -B option too long (max 32 digits): {text}")
    if not re.fullmatch(r"[0-9a-fA-F]*", digits):
        raise _failed(package, f"link: -B argument contains invalid hex digit: {text}")
    return digits.lower()


def _parse(fs: FlagSet, words: list[str], package: str) -> Values:
    fs.foreign = True
    try:
        values, rest = fs.parse(words)
    except CompileError as e:
        raise _failed(package, str(e)) from None
    if rest:
        raise _failed(package, fs.short_usage())
    return values


def _failed(package: str, msg: str) -> CompileError:
    return fatal(f"# {package}\n{msg}")
