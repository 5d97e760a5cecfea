// Kernel structures and constants of linux/amd64. Source: the kernel's uapi headers.

package runtime

import "unsafe"

const (
	_SIGHUP    = 1
	_SIGINT    = 2
	_SIGQUIT   = 3
	_SIGILL    = 4
	_SIGTRAP   = 5
	_SIGABRT   = 6
	_SIGBUS    = 7
	_SIGFPE    = 8
	_SIGKILL   = 9
	_SIGUSR1   = 10
	_SIGSEGV   = 11
	_SIGUSR2   = 12
	_SIGPIPE   = 13
	_SIGALRM   = 14
	_SIGTERM   = 15
	_SIGSTKFLT = 16
	_SIGCHLD   = 17
	_SIGCONT   = 18
	_SIGSTOP   = 19
	_SIGTSTP   = 20
	_SIGTTIN   = 21
	_SIGTTOU   = 22
	_SIGURG    = 23
	_SIGXCPU   = 24
	_SIGXFSZ   = 25
	_SIGVTALRM = 26
	_SIGPROF   = 27
	_SIGWINCH  = 28
	_SIGIO     = 29
	_SIGPWR    = 30
	_SIGSYS    = 31
	_NSIG      = 65

	_SIG_DFL     = 0
	_SIG_IGN     = 1
	_SIG_BLOCK   = 0
	_SIG_UNBLOCK = 1
	_SIG_SETMASK = 2

	_SA_SIGINFO  = 4
	_SA_RESTORER = 0x4000000
	_SA_ONSTACK  = 0x8000000
	_SA_RESTART  = 0x10000000

	_SS_DISABLE = 2

	_SI_USER   = 0
	_SI_TIMER  = -2
	_SI_TKILL  = -6
	_SI_KERNEL = 0x80

	_FPE_INTDIV  = 1
	_FPE_INTOVF  = 2
	_BUS_ADRERR  = 2
	_SEGV_MAPERR = 1
	_SEGV_ACCERR = 2
)

// sigset is the kernel's: bit sig-1.
type sigset uint64

const sigset_all = ^sigset(0)

func (s *sigset) add(i int)      { *s |= 1 << uint(i-1) }
func (s *sigset) del(i int)      { *s &^= 1 << uint(i-1) }
func (s *sigset) has(i int) bool { return *s>>uint(i-1)&1 != 0 }

type sigactiont struct {
	sa_handler  uintptr
	sa_flags    uint64
	sa_restorer uintptr
	sa_mask     sigset
}

type stackt struct {
	ss_sp    uintptr
	ss_flags int32
	pad      int32
	ss_size  uintptr
}

type siginfo struct {
	si_signo int32
	si_errno int32
	si_code  int32
	pad      int32
	si_addr  uint64
}

type ucontext struct {
	uc_flags uint64
	uc_link  uintptr
	uc_stack stackt

	r8, r9, r10, r11, r12, r13, r14, r15                uint64
	rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, eflags uint64
	cs, gs, fs, pad                                     uint16
	err, trapno, oldmask, cr2                           uint64
	fpstate                                             uintptr
}

// sigctxt is what a handler knows about the interrupted code.
type sigctxt struct {
	info  *siginfo
	ctxt  unsafe.Pointer
	limit uintptr // stack limit of the interrupted code
}

func (c *sigctxt) regs() *ucontext { return (*ucontext)(c.ctxt) }
func (c *sigctxt) rip() uint64     { return c.regs().rip }
func (c *sigctxt) rsp() uint64     { return c.regs().rsp }
func (c *sigctxt) rbp() uint64     { return c.regs().rbp }
func (c *sigctxt) sigcode() uint64 { return uint64(c.info.si_code) }
func (c *sigctxt) sigaddr() uint64 { return c.info.si_addr }
func (c *sigctxt) sigpc() uintptr  { return uintptr(c.rip()) }

// pushCall makes the interrupted code call fn, as if the next instruction were that call.
func (c *sigctxt) pushCall(fn uintptr) {
	r := c.regs()
	r.rsp -= 8
	*(*uint64)(unsafe.Pointer(uintptr(r.rsp))) = r.rip
	r.rip = uint64(fn)
}

func (c *sigctxt) fault() uintptr { return uintptr(c.sigaddr()) }
