"""`rt0 test`: a layer above build. Read runner.py; cmd/test.py is the way there, load/tests.py says what a test program consists of."""
