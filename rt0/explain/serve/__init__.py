"""`rt0 explain -serve`: the page on this machine's loopback address, with an editor.

    server.py    HTTP: who may ask (token, Host, Origin, size), and what; passes jobs on and their answers back
    nursery.py   the process that has everything loaded and makes one process per job from itself; ends them all when the server is gone
    job.py       what such a process does: explain the edited program, or run it
    program.py   one run under limits, unwatched otherwise
    proctree.py  processes below a process, from /proc; how they are ended

What holds: a job and all it started are gone when its answer is complete, when its client has gone away, and when the server ends, however it ends.

    the server ends              the nursery reads the end of its pipe, kills everything below it, removes the folder of temporary files
    the nursery is killed        every job gets SIGKILL (PR_SET_PDEATHSIG)
    a job ends or is killed      the kernel kills what it traces (PTRACE_O_EXITKILL); what else was below it becomes the nursery's child
                                 (PR_SET_CHILD_SUBREAPER), which kills it

Files of the user are never written: an edited file stands in for the one on disk as with -overlay. Read server.py first.
"""
