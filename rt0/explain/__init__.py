"""`rt0 explain`: how a program comes from main.go to main.main, and what it does until it exits, told on the user's own program in 20 steps.

A layer above build. For each step of steps.py, three files of the step's name:

    facts/       dataclasses: what is known of the step; no imports but model.py
    collect/     `collect(source)`: asks the stage that did the work, or the process that ran; computes no fact a second time
    show/        `brief(facts)`, `lines(facts)`: the facts as text

What holds: the executable that is explained is byte for byte the one that `rt0 build` makes with the same flags; a step whose facts cannot be had says why
in one sentence (`Step.missing`) and the others are shown.

Read steps.py first, then report.py, which runs the collectors.
"""
