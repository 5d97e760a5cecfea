"""Drives the stages: the demand walk, the cache, the workers. Read builder.py first.

Takes a command line's patterns and options; gives an executable. What holds afterwards: the executable's bytes depend on
the sources, the options and rt0's own version only; the cache holds complete entries or none.
"""
