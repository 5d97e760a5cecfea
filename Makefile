# What a person types while working on rt0. PYTHON and N (processes) may be given: make test N=4

PYTHON ?= python3
N ?= 2
PYTEST = $(PYTHON) -m pytest -q -n $(N)

.PHONY: test quick conformance bench lint

# Everything that CI runs, but for the installation.
test: lint
	$(PYTEST) tests

# Under a minute: what is true of the tree itself and of single stages, without a build of a whole program.
quick:
	$(PYTEST) tests/test_layers.py tests/test_docs.py tests/syntax tests/asm tests/types/test_codes.py tests/types/test_constant.py \
		tests/types/test_record.py tests/types/test_typelib.py tests/lower/test_facts.py tests/lower/test_layout.py
	$(PYTEST) tests/test_filetests.py -k "syntax/ or types/ or lower/"

# Go's own tests: a sample of run and compile tests, the type checker's, the assembler's encodings.
conformance:
	$(PYTEST) tests/conformance tests/types/test_check_errors.py tests/asm

# Code and builds measured side by side with the go on PATH.
bench:
	$(PYTHON) bench/programs.py --repeat 3
	$(PYTHON) bench/compile.py --repeat 4

lint:
	ruff check rt0 tests bench
	$(PYTHON) -m mypy
