"""Where the facts come from: a file per step with `collect(source) -> facts`; source is Build (source.py) or the run of the program."""
