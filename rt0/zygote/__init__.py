"""A resident process that has rt0's modules and LLVM loaded and is forked for every build: what is saved is the start, a third of a small build's time.

    place       which process may serve whom: the name of its socket
    client      asking it, and starting it
    server      the process itself

It keeps nothing of one build for the next: a fork of it knows what a fresh process knows after its imports. Its absence changes nothing but time.
Zygote is Android's word for such a process.
"""
