"""rt0: a Go toolchain written in Python. Start reading at rt0/pipeline.py."""

