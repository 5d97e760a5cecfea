"""What counts as a test, and what an example is expected to print."""

from __future__ import annotations

import pytest

from rt0.test.testmain import comment_text, example_output, is_test

NAMES = {"Test": True, "TestX": True, "Test_x": True, "Test1": True, "TestÄ": True, "Testx": False, "Testä": False, "Tes": False, "XTest": False}

# body -> (output, in any order), or None
EXAMPLES: dict[str, tuple[str, bool] | None] = {
    "{ p() // Output: x\n}": ("x\n", False),
    "{ p()\n\t// Output:\n\t// 3\n\t// two\n}": ("3\ntwo\n", False),
    "{ p()\n\t// Output:   x\n\t//  y  \n\n}": ("x\n y\n", False),
    "{ p()\n\t// Unordered output: a\n\t// b\n}": ("a\nb\n", True),
    "{ p()\n\t// output:\n}": ("", False),
    "{ p()\n\t/* Output:\n x\n\n\n\n y */\n}": (" x\n\n y\n", False),
    "{ p()\n\t// Output: x\n\n\t// the last comment counts\n}": None,
    "{ p()\n\t// no\n\t// Output: x\n}": None,
    "{ p() // Output: x\n\t// y\n}": None,
    '{ p("// Output: x") }': None,
    "{ p(`\n// Output: x\n`)\n}": None,
    "{ p('\"') // Output: \"\n}": ('"\n', False),
    "{\n\t//go:noinline\n\t// Output: x\n}": ("x\n", False),
    "{}": None,
}


@pytest.mark.parametrize("name", NAMES)
def test_names(name: str) -> None:
    assert is_test(name, "Test") == NAMES[name]


@pytest.mark.parametrize("body", EXAMPLES)
def test_examples(body: str) -> None:
    assert example_output(body.encode()) == EXAMPLES[body]


def test_comment_text() -> None:
    assert comment_text(["// a  ", "//", "//", "//  b", "/* c\r\n d */"]) == "a\n\n b\n c\n d\n"
