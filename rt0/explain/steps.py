"""The 20 steps from main.go to exit, in order. `WHY` texts speak to somebody who sees them for the first time, and are true of rt0.

The first eleven look at the build, the others at the process that runs. A step's name names its files in facts/, collect/ and show/, and is the value
of -step.
"""

from __future__ import annotations

from dataclasses import dataclass

BUILD, PROCESS = "build", "process"


@dataclass(frozen=True, slots=True)
class StepInfo:
    """source: BUILD or PROCESS, what the collector asks."""

    number: int
    name: str
    title: str
    source: str
    why: str


def _steps(*rows: tuple[str, str, str, str]) -> tuple[StepInfo, ...]:
    return tuple(StepInfo(i, name, title, source, " ".join(why.split())) for i, (name, title, source, why) in enumerate(rows, 1))


STEPS = _steps(
    ("load", "Which files belong to the program", BUILD, """
        A program is made of packages, and a package is the .go files of one folder that fit this system: file names such as x_windows.go and //go:build lines
        leave the others out. From the package you named, imports are followed until nothing new turns up. Circles are not allowed, so all packages can be put in
        an order where each one comes after everything it imports, and every later step uses that order. What was compiled before from the same sources with
        the same flags is taken from the cache."""),
    ("tokens", "From characters to words", BUILD, """
        The scanner cuts the text of a file into tokens: names, keywords, literals, operators. It also writes the semicolons that you left out: where a line
        ends after a name, a literal, a closing bracket or a word like return, a statement ends. This rule looks at one token only, which keeps the scanner simple
        and is the reason why an opening brace must stand on the line of its if or func."""),
    ("tree", "From words to a tree", BUILD, """
        The parser reads the tokens by the grammar of the language and builds a tree: a file holds declarations, a function holds statements, a call holds the
        function and its arguments. Brackets and precedence have become shape: in 1+2*3 the addition holds the multiplication. Every node remembers its place in
        the source, and all that is told about lines later, from error messages to tracebacks, goes back to this."""),
    ("types", "What every name and expression is", BUILD, """
        The checker finds what each name stands for and gives every expression a type. Constants are computed here, exactly and of any size, and get a machine
        type only where one is needed. Type arguments that were left out are inferred from the values. A type satisfies an interface by having its
        methods and never says so, so this is found out where a value is assigned. Of packages from the standard library only what the program names is
        looked at."""),
    ("inits", "In which order things are initialised", BUILD, """
        Before main.main runs, package variables get their values and init functions are called. A package comes after those it imports. Inside a package a
        variable waits for all that its initialiser needs, also through the functions it calls; apart from that the order is that of the source. Values that the
        compiler can work out itself lie ready in the file and cost nothing at the start."""),
    ("escape", "Stack or heap", BUILD, """
        Memory on the stack is free to take and disappears with its function; memory on the heap has to be allocated and later found by the garbage collector.
        Go lets you take the address of anything, and the compiler decides: it follows where an address flows, into variables, results, calls and
        goroutines. If it may be held longer than the function runs, or by code that cannot be looked into, the variable is put on the heap. Each decision below comes with
        the way that forced it."""),
    ("ir", "The program as LLVM sees it", BUILD, """
        rt0 writes each function in the language of LLVM: simple operations on values of fixed size, with all that Go promises spelled out, such as checks of
        indices, nil and zero divisors, and calls of the runtime for maps, channels and allocation. LLVM then optimises: it keeps variables in registers, puts small
        functions into their callers, and removes checks that cannot fail. The calling convention stays Go-like: arguments and results travel in registers."""),
    ("asm", "The machine's instructions", BUILD, """
        From optimised code LLVM chooses the processor's instructions and registers. Go people write them in the notation of Plan 9, sources first and the target
        last; processor manuals write the target first. Both are shown beside the bytes that the processor reads. Nearly every function begins by comparing its stack pointer with
        the end of the stack, so that goroutines can start with a small stack and get more when they need it."""),
    ("object", "Bytes with holes", BUILD, """
        What was compiled is kept as object files in the ELF format, one section for every function and variable. The code cannot know yet where other functions
        and variables will lie, so it has holes, and for each hole a relocation: which bytes, how to compute them, and the name of the symbol they depend on. One section per symbol lets the
        linker take exactly what is needed."""),
    ("link", "One file with addresses", BUILD, """
        The linker starts at the entry and follows references; what it does not reach is left out. Methods are subtler: one is kept only if its type is in use and somebody calls a
        method of that name through an interface, or reflection might. Then everything gets an address, the holes are filled, and tables are written: for tracebacks (which line is this
        address?), for the garbage collector (where are pointers?) and for debuggers."""),
    ("elf", "The file that the kernel reads", BUILD, """
        An executable is a file in the ELF format. Its header says what it is and at which address to begin; the program headers say which parts of the file are to be mapped where,
        and whether they may be written or executed. The kernel needs no more than that. Sections, symbols and debug information are for people and their tools."""),
    ("execve", "The kernel loads the program", PROCESS, """
        A shell starts a program with the system call execve. The kernel reads the first bytes of the file, sees ELF, throws away what the process was before and maps the parts that
        the program headers name; pages are read from disk when they are first touched. It adds a stack and its own page of helper functions (vdso), and gives the main thread the
        entry address as the place to go on. From here the scheduler of the kernel treats it like any other thread."""),
    ("stack", "What lies on the stack at the beginning", PROCESS, """
        Before the first instruction the kernel has written to the top of the stack what the program is to know: the number of arguments, pointers to them, pointers to the environment,
        and the auxiliary vector, a list of facts such as the size of a page, the address of the vdso and some random bytes. This layout is fixed by the ABI, and it is all a static
        program is given."""),
    ("entry", "The first instructions", PROCESS, """
        The entry point is _rt0_amd64_linux. Nobody has called it, so there is no return address: it takes argc and argv off the stack, puts them into registers and goes on to
        rt0_go. That makes the first goroutine g0, which stands for the stack the kernel gave, and the first thread m0, ties the two together, and sets the register FS so that every
        function can find the current goroutine."""),
    ("check", "Is the world as expected", PROCESS, """
        The runtime first makes sure that it was compiled for this machine: sizes of types, atomic operations, features of the processor. Then it keeps the arguments and reads what the
        kernel said about itself in the auxiliary vector, and asks how many processors it may use."""),
    ("schedinit", "Scheduler, memory and collector get ready", PROCESS, """
        schedinit puts the parts of the runtime in place in a fixed order: stacks, the heap, the first thread, arguments and environment, the garbage collector, and at last the Ps. A P is the
        right to run Go code, with a run queue and a memory cache of its own; there are as many as processors, or as GOMAXPROCS says. Address space is
        reserved in large pieces and given memory only when used."""),
    ("newproc", "A goroutine for runtime.main", PROCESS, """
        Each go statement becomes a call of newproc, and the very first goroutine is made in the same way, by assembly: its function is runtime.main. newproc takes a g and a small stack,
        prepares it so that it will start in that function and end in goexit, and puts it in the run queue of the current P. Nothing of it runs yet."""),
    ("mstart", "The scheduler takes over", PROCESS, """
        mstart turns the thread into one that schedules, and never returns. schedule looks for a goroutine that can run: in its P's queue, in the global one, at the network poller, at other
        Ps. execute marks it as running and gogo loads its stack pointer and jumps. From now on the thread's own stack, g0, is used for the runtime's work only."""),
    ("main", "runtime.main runs", PROCESS, """
        The main goroutine is still not your main. It sets the limit of stacks, starts sysmon, a thread without a P that watches over the others, runs the initialisation of the runtime, starts the
        goroutines of the garbage collector, and runs the initialisation of every package in the order of step 5, tied to the main thread as long as that lasts. Then it calls main.main."""),
    ("run", "Your program", PROCESS, """
        Now your code runs. Goroutines (G) are put on threads (M) that hold a P; one that waits leaves its thread to another. When main.main returns, the process exits with code 0, no
        matter what other goroutines do. A panic that nobody recovers is printed with a traceback, and the exit code is 2."""),
)  # fmt: skip

NAMES = [s.name for s in STEPS]
