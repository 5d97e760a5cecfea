"""System calls of linux/amd64: their names, and their arguments in the words of the manual: `mmap(nil, 65536, PROT_READ|PROT_WRITE, ...)`.

`shown` spells one call. What each argument is stands in ARGUMENTS, a word per argument; a call that is not listed shows its six words in
hexadecimal. Memory that an argument points to (a path, what is written) is read while the thread still stands at the call, so the
words that need it are fetched by `pointed` and kept with the call.

Source: <asm/unistd_64.h>; section 2 of the manual; <linux/sched.h>, <asm-generic/mman-common.h>, <linux/futex.h>, <linux/prctl.h>.
"""

from __future__ import annotations

import errno
import signal
from collections.abc import Callable, Sequence

# Numbers 0-334 and 424-462 in order.
_NAMES = """
    read write open close stat fstat lstat poll lseek mmap mprotect munmap brk rt_sigaction rt_sigprocmask rt_sigreturn ioctl pread64
    pwrite64 readv writev access pipe select sched_yield mremap msync mincore madvise shmget shmat shmctl dup dup2 pause nanosleep
    getitimer alarm setitimer getpid sendfile socket connect accept sendto recvfrom sendmsg recvmsg shutdown bind listen getsockname
    getpeername socketpair setsockopt getsockopt clone fork vfork execve exit wait4 kill uname semget semop semctl shmdt msgget msgsnd
    msgrcv msgctl fcntl flock fsync fdatasync truncate ftruncate getdents getcwd chdir fchdir rename mkdir rmdir creat link unlink
    symlink readlink chmod fchmod chown fchown lchown umask gettimeofday getrlimit getrusage sysinfo times ptrace getuid syslog getgid
    setuid setgid geteuid getegid setpgid getppid getpgrp setsid setreuid setregid getgroups setgroups setresuid getresuid setresgid
    getresgid getpgid setfsuid setfsgid getsid capget capset rt_sigpending rt_sigtimedwait rt_sigqueueinfo rt_sigsuspend sigaltstack
    utime mknod uselib personality ustat statfs fstatfs sysfs getpriority setpriority sched_setparam sched_getparam sched_setscheduler
    sched_getscheduler sched_get_priority_max sched_get_priority_min sched_rr_get_interval mlock munlock mlockall munlockall vhangup
    modify_ldt pivot_root _sysctl prctl arch_prctl adjtimex setrlimit chroot sync acct settimeofday mount umount2 swapon swapoff reboot
    sethostname setdomainname iopl ioperm create_module init_module delete_module get_kernel_syms query_module quotactl nfsservctl
    getpmsg putpmsg afs_syscall tuxcall security gettid readahead setxattr lsetxattr fsetxattr getxattr lgetxattr fgetxattr listxattr
    llistxattr flistxattr removexattr lremovexattr fremovexattr tkill time futex sched_setaffinity sched_getaffinity set_thread_area
    io_setup io_destroy io_getevents io_submit io_cancel get_thread_area lookup_dcookie epoll_create epoll_ctl_old epoll_wait_old
    remap_file_pages getdents64 set_tid_address restart_syscall semtimedop fadvise64 timer_create timer_settime timer_gettime
    timer_getoverrun timer_delete clock_settime clock_gettime clock_getres clock_nanosleep exit_group epoll_wait epoll_ctl tgkill utimes
    vserver mbind set_mempolicy get_mempolicy mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr kexec_load waitid
    add_key request_key keyctl ioprio_set ioprio_get inotify_init inotify_add_watch inotify_rm_watch migrate_pages openat mkdirat
    mknodat fchownat futimesat newfstatat unlinkat renameat linkat symlinkat readlinkat fchmodat faccessat pselect6 ppoll unshare
    set_robust_list get_robust_list splice tee sync_file_range vmsplice move_pages utimensat epoll_pwait signalfd timerfd_create eventfd
    fallocate timerfd_settime timerfd_gettime accept4 signalfd4 eventfd2 epoll_create1 dup3 pipe2 inotify_init1 preadv pwritev
    rt_tgsigqueueinfo perf_event_open recvmmsg fanotify_init fanotify_mark prlimit64 name_to_handle_at open_by_handle_at clock_adjtime
    syncfs sendmmsg setns getcpu process_vm_readv process_vm_writev kcmp finit_module sched_setattr sched_getattr renameat2 seccomp
    getrandom memfd_create kexec_file_load bpf execveat userfaultfd membarrier mlock2 copy_file_range preadv2 pwritev2 pkey_mprotect
    pkey_alloc pkey_free statx io_pgetevents rseq
""".split()
_NAMES_FROM_424 = """
    pidfd_send_signal io_uring_setup io_uring_enter io_uring_register open_tree move_mount fsopen fsconfig fsmount fspick pidfd_open
    clone3 close_range openat2 pidfd_getfd faccessat2 process_madvise epoll_pwait2 mount_setattr quotactl_fd landlock_create_ruleset
    landlock_add_rule landlock_restrict_self memfd_secret process_mrelease futex_waitv set_mempolicy_home_node cachestat fchmodat2
    map_shadow_stack futex_wake futex_wait futex_requeue statmount listmount lsm_get_self_attr lsm_set_self_attr lsm_list_modules mseal
""".split()
NUMBERS = {name: n for n, name in enumerate(_NAMES)} | {name: 424 + n for n, name in enumerate(_NAMES_FROM_424)}
NAMES = {n: name for name, n in NUMBERS.items()}

# call -> what its arguments are: a name of _FLAGS or _CHOICES, or
#   n decimal   x hexadecimal   p pointer   fd   path string in memory   buf N bytes in memory, the next argument being N   sig signal   mode octal
#   time address of a timespec   set address of a signal set   fds address of two descriptors
ARGUMENTS = {
    "read": "fd p n", "write": "fd buf n", "open": "path open mode", "close": "fd", "fstat": "fd p", "lseek": "fd n n", "mmap": "p n prot map fd x",
    "mprotect": "p n prot", "munmap": "p n", "brk": "p", "rt_sigaction": "sig p p n", "rt_sigprocmask": "sighow set set n", "ioctl": "fd x p",
    "pread64": "fd p n n", "pwrite64": "fd buf n n", "writev": "fd p n", "access": "path n", "pipe2": "fds open", "sched_yield": "", "mincore": "p n p",
    "madvise": "p n advice", "dup": "fd", "dup2": "fd fd", "dup3": "fd fd open", "nanosleep": "time p", "getpid": "", "gettid": "", "socket": "n x n",
    "connect": "fd p n", "accept4": "fd p p x", "bind": "fd p n", "listen": "fd n", "getsockname": "fd p p", "getpeername": "fd p p",
    "setsockopt": "fd n n p n", "getsockopt": "fd n n p p", "sendto": "fd buf n x p n", "recvfrom": "fd p n x p p", "clone": "clone p p p p",
    "clone3": "p n", "vfork": "", "fork": "", "execve": "path p p", "exit": "n", "exit_group": "n", "wait4": "n p x p", "waitid": "n n p x p", "kill": "n sig",
    "tkill": "n sig", "tgkill": "n n sig", "uname": "p", "fcntl": "fd fcntl n", "getcwd": "p n", "readlink": "path p n", "readlinkat": "at path p n",
    "getrlimit": "rlimit p", "setrlimit": "rlimit p", "prlimit64": "n rlimit p p", "getuid": "", "getgid": "", "geteuid": "", "getegid": "", "setsid": "",
    "sigaltstack": "p p", "prctl": "prctl p x x x", "arch_prctl": "archprctl p", "futex": "p futexop n time p n", "sched_getaffinity": "n n p",
    "sched_setaffinity": "n n p", "set_tid_address": "p", "timer_create": "n p p", "timer_settime": "n n p p", "timer_delete": "n", "clock_gettime": "clock p",
    "clock_nanosleep": "clock x time p", "epoll_create1": "open", "epoll_ctl": "fd epollctl fd p", "epoll_wait": "fd p n n",
    "epoll_pwait": "fd p n n p n", "eventfd2": "n open", "openat": "at path open mode", "newfstatat": "at path p x", "unlinkat": "at path x", "unlink": "path",
    "mkdirat": "at path mode", "faccessat2": "at path n x", "getdents64": "fd p n", "statx": "at path x x p", "set_robust_list": "p n", "getrandom": "p n x",
    "pidfd_open": "n x", "pidfd_send_signal": "fd sig p x", "rseq": "p n x x", "setitimer": "n p p", "chdir": "path", "stat": "path p", "lstat": "path p",
    "rename": "path path", "renameat": "at path at path", "symlinkat": "path at path", "fchmodat": "at path mode", "ftruncate": "fd n", "fsync": "fd", "flock": "fd x",
    "sendfile": "fd fd p n", "splice": "fd p fd p n x", "copy_file_range": "fd p fd p n x", "pause": "", "alarm": "n", "rt_sigreturn": "", "umask": "mode",
    "restart_syscall": "", "shutdown": "fd n", "membarrier": "x x n",
}  # fmt: skip

# Bits that may be set together: (value, name); a zero word's name is first where it has one.
_FLAGS: dict[str, tuple[tuple[int, str], ...]] = {
    "prot": ((0, "PROT_NONE"), (1, "PROT_READ"), (2, "PROT_WRITE"), (4, "PROT_EXEC")),
    "map": ((1, "MAP_SHARED"), (2, "MAP_PRIVATE"), (0x10, "MAP_FIXED"), (0x20, "MAP_ANONYMOUS"), (0x4000, "MAP_NORESERVE"), (0x100000, "MAP_FIXED_NOREPLACE"),
            (0x20000, "MAP_STACK"), (0x40000, "MAP_HUGETLB"), (0x8000, "MAP_POPULATE")),
    "open": ((0, "O_RDONLY"), (1, "O_WRONLY"), (2, "O_RDWR"), (0o100, "O_CREAT"), (0o200, "O_EXCL"), (0o400, "O_NOCTTY"), (0o1000, "O_TRUNC"),
             (0o2000, "O_APPEND"), (0o4000, "O_NONBLOCK"), (0o200000, "O_DIRECTORY"), (0o400000, "O_NOFOLLOW"), (0o2000000, "O_CLOEXEC"), (0o10000000, "O_PATH")),
    "clone": ((0x100, "CLONE_VM"), (0x200, "CLONE_FS"), (0x400, "CLONE_FILES"), (0x800, "CLONE_SIGHAND"), (0x1000, "CLONE_PIDFD"), (0x2000, "CLONE_PTRACE"),
              (0x4000, "CLONE_VFORK"), (0x8000, "CLONE_PARENT"), (0x10000, "CLONE_THREAD"), (0x20000, "CLONE_NEWNS"), (0x40000, "CLONE_SYSVSEM"),
              (0x80000, "CLONE_SETTLS"), (0x100000, "CLONE_PARENT_SETTID"), (0x200000, "CLONE_CHILD_CLEARTID"), (0x1000000, "CLONE_CHILD_SETTID")),
}  # fmt: skip

_CHOICES: dict[str, dict[int, str]] = {
    "advice": {0: "MADV_NORMAL", 4: "MADV_DONTNEED", 8: "MADV_FREE", 14: "MADV_HUGEPAGE", 15: "MADV_NOHUGEPAGE", 24: "MADV_POPULATE_WRITE", 25: "MADV_COLLAPSE"},
    "sighow": {0: "SIG_BLOCK", 1: "SIG_UNBLOCK", 2: "SIG_SETMASK"},
    "archprctl": {0x1001: "ARCH_SET_GS", 0x1002: "ARCH_SET_FS", 0x1003: "ARCH_GET_FS", 0x1004: "ARCH_GET_GS"},
    "prctl": {1: "PR_SET_PDEATHSIG", 15: "PR_SET_NAME", 16: "PR_GET_NAME", 22: "PR_SET_SECCOMP", 38: "PR_SET_NO_NEW_PRIVS", 0x53564D41: "PR_SET_VMA"},
    "rlimit": {0: "RLIMIT_CPU", 3: "RLIMIT_STACK", 6: "RLIMIT_NPROC", 7: "RLIMIT_NOFILE", 9: "RLIMIT_AS"},
    "clock": {0: "CLOCK_REALTIME", 1: "CLOCK_MONOTONIC", 2: "CLOCK_PROCESS_CPUTIME_ID", 3: "CLOCK_THREAD_CPUTIME_ID", 7: "CLOCK_BOOTTIME"},
    "futexop": {0: "FUTEX_WAIT", 1: "FUTEX_WAKE", 128: "FUTEX_WAIT_PRIVATE", 129: "FUTEX_WAKE_PRIVATE", 9: "FUTEX_WAIT_BITSET", 137: "FUTEX_WAIT_BITSET_PRIVATE"},
    "epollctl": {1: "EPOLL_CTL_ADD", 2: "EPOLL_CTL_DEL", 3: "EPOLL_CTL_MOD"},
    "fcntl": {0: "F_DUPFD", 1: "F_GETFD", 2: "F_SETFD", 3: "F_GETFL", 4: "F_SETFL", 1030: "F_DUPFD_CLOEXEC"},
    "at": {0xFFFFFF9C: "AT_FDCWD", 0xFFFFFFFFFFFFFF9C: "AT_FDCWD"},
}  # fmt: skip
_NEVER_RETURNS = ("exit", "exit_group", "rt_sigreturn")

SHOWN_BYTES = 32  # of a buffer that a call hands over

Read = Callable[[int, int], bytes]  # (address, bytes) -> memory, b"" where there is none


def name_of(number: int) -> str:
    return NAMES.get(number, f"syscall_{number}")


def flags_text(kind: str, value: int) -> str:
    """The names of the bits set in a word; bits without a name in hexadecimal."""
    bits = _FLAGS[kind]
    names = []
    if kind == "open":
        names.append(bits[value & 3][1] if value & 3 < 3 else "3")
        value &= ~3
        bits = bits[3:]
    elif kind == "clone" and value & 0xFF:
        names.append(signal_name(value & 0xFF))
        value &= ~0xFF
    elif value == 0 and bits[0][0] == 0:
        return bits[0][1]
    for bit, name in bits:
        if bit and value & bit == bit:
            names.append(name)
            value &= ~bit
    if value or not names:
        names.append(f"{value:#x}")
    return "|".join(names)


def signal_name(number: int) -> str:
    """SIGURG; SIG34 for one without a name."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"SIG{number}"


def pointed(number: int, args: Sequence[int], read: Read) -> tuple[str, ...]:
    """What the arguments of a call point to, spelled, in their order: strings, buffers, times and signal sets. "" for those that point to nothing shown."""
    out = []
    for i, kind in enumerate(ARGUMENTS.get(name_of(number), "").split()):
        a, text = args[i], ""
        if kind == "path" and a:
            text = quoted(read(a, 256).split(b"\0")[0], 255)
        elif kind == "buf" and a and i + 1 < len(args):
            text = quoted(read(a, min(args[i + 1], SHOWN_BYTES + 1)), SHOWN_BYTES)
        elif kind == "time" and len(raw := read(a, 16) if a else b"") == 16:
            sec, nsec = int.from_bytes(raw[:8], "little"), int.from_bytes(raw[8:], "little")
            text = f"{{{sec}.{nsec:09d} s}}"
        elif kind == "set" and len(raw := read(a, 8) if a else b"") == 8:
            word = int.from_bytes(raw, "little")
            text = "all signals" if word == 2**64 - 1 else "[" + " ".join(signal_name(n + 1)[3:] for n in range(64) if word >> n & 1) + "]"
        out.append(text)
    return tuple(out)


def quoted(data: bytes, limit: int) -> str:
    """Bytes as a string literal, what does not fit left out with dots."""
    text = data[:limit].decode("utf-8", "backslashreplace")
    body = "".join(c if c.isprintable() and c not in '"\\' else c.encode("unicode_escape").decode() if c not in '"\\' else "\\" + c for c in text)
    return f'"{body}"' + ("..." if len(data) > limit else "")


def arguments(number: int, args: Sequence[int], texts: Sequence[str] = ()) -> list[str]:
    """The arguments of a call, spelled; `texts` is what `pointed` gave."""
    name = name_of(number)
    kinds = ARGUMENTS.get(name)
    if kinds is None:
        return [f"{a:#x}" for a in args]
    out = []
    for i, kind in enumerate(kinds.split()):
        a = args[i]
        if kind == "mode" and i and kinds.split()[i - 1] == "open" and not args[i - 1] & 0o100:
            continue  # only a file that is made has a mode
        if i < len(texts) and texts[i]:
            out.append(texts[i])
        elif kind in _FLAGS:
            out.append(flags_text(kind, a & 0xFFFFFFFF))
        elif kind in _CHOICES:
            out.append(_CHOICES[kind].get(a & 0xFFFFFFFF if kind != "at" else a, str(signed(a))))
        elif kind in ("n", "fd"):
            out.append(str(signed(a)))
        elif kind == "sig":
            out.append(signal_name(a))
        elif kind == "mode":
            out.append(f"{a:#o}")
        elif kind == "x" or a:
            out.append(f"{a:#x}")
        else:
            out.append("nil")
    return out


def signed(word: int) -> int:
    """An argument as a signed number: an int where its upper half says so or is empty."""
    if word >> 63:
        return word - 2**64
    return word - 2**32 if 0xFFFF0000 <= word < 2**32 else word


def result(number: int, value: int | None) -> str:
    """What a call gave: a number, an address, or -1 and the name of the error. None: it has not come back."""
    if value is None:
        return "" if name_of(number) in _NEVER_RETURNS else "not back when watched last"
    if -4096 < value < 0:
        return f"-1 {errno.errorcode.get(-value, {512: 'ERESTARTSYS', 514: 'ERESTARTNOHAND', 516: 'ERESTART_RESTARTBLOCK'}.get(-value, str(-value)))}"
    return f"{value:#x}" if name_of(number) in ("mmap", "brk") else str(value)


def shown(number: int, args: Sequence[int], texts: Sequence[str], value: int | None) -> str:
    """One call on a line: `clone(CLONE_VM|CLONE_FS, 0x7f..) = 4711`."""
    end = result(number, value)
    return f"{name_of(number)}({', '.join(arguments(number, args, texts))})" + (f" = {end}" if end else "")
