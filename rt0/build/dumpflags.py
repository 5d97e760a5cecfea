"""-d=STAGE[:FUNC] and -stop=STAGE: what they may name. dump.py makes the text."""

from __future__ import annotations

from rt0.diag import fatal
from rt0.pipeline import STAGES

NAMES = [s[0] for s in STAGES]

ABOUT = {
    "load": "packages in initialisation order, with files and imports",
    "syntax": "the tree, a node per line",
    "types": "objects and expressions with their types and constant values",
    "lower": "LLVM IR as rt0 writes it",
    "llvm": "LLVM IR after optimisation",
    "asm": "Plan 9 assembly",
    "obj": "sections, symbols and relocations of the object",
    "link": "address, size, kind and name of every symbol of the executable",
}

# what else a stage can tell: name -> (stage, about)
DETAILS = {
    "escape": ("lower", "each variable and allocation: stack or heap, and the way of its address that decides it"),
    "inits": ("types", "package variables in the order they are initialised, how, and what each waits for"),
    "sizes": ("link", "every byte of the executable: offset, size, section, kind and symbol"),
    "tokens": ("syntax", "tokens with positions, and the values of literals"),
    "why": ("link", "why a symbol is in the executable: the shortest chain of references that keeps it; FUNC is a symbol"),
}


def help_text() -> str:
    """-d=help."""
    lines = ["-d=STAGE[:FUNC] prints what a stage made; -stop=STAGE ends the build after it. The stages:", ""]
    lines += [f"\t{name:<8} {ABOUT[name]}" for name in NAMES]
    lines += ["", "More of what they know:", ""]
    lines += [f"\t{name:<8} {about} ({stage})" for name, (stage, about) in DETAILS.items()]
    lines += ["", "FUNC is f, T.m, (*T).m, or with the path of any package of the program: fmt.Println."]
    return "\n".join(lines)


def parse(text: str) -> tuple[str, str]:
    """(stage, function or "") of a -d flag."""
    stage, _, func = text.partition(":")
    if stage == "help":
        raise fatal(help_text(), 0)
    if stage not in NAMES and stage not in DETAILS:
        raise fatal(f'invalid value "{text}" for flag -d: no stage "{stage}"; see -d=help', 2)
    return stage, func


def stage_number(stage: str) -> int:
    """0 for load ...; used to compare with -stop. Of a detail that of its stage."""
    if stage in DETAILS:
        stage = DETAILS[stage][0]
    if stage not in NAMES:
        raise fatal(f'invalid value "{stage}" for flag -stop: want one of {" ".join(NAMES)}', 2)
    return NAMES.index(stage)
