// What each signal means to the runtime.

package runtime

const (
	_SigNotify   = 1 << iota // os/signal may have it
	_SigKill                 // else the process dies quietly
	_SigThrow                // else the process dies loudly
	_SigPanic                // in Go code: a panic
	_SigDefault              // else the kernel's default action
	_SigGoExit               // unused
	_SigSetStack             // unused
	_SigUnblock              // always unblocked
	_SigIgn                  // its default action is to do nothing
)

type sigTabT struct {
	flags int32
	name  string
}

var sigtable = [...]sigTabT{
	0:          {0, "SIGNONE: no trap"},
	_SIGHUP:    {_SigNotify + _SigKill, "SIGHUP: terminal line hangup"},
	_SIGINT:    {_SigNotify + _SigKill, "SIGINT: interrupt"},
	_SIGQUIT:   {_SigNotify + _SigThrow, "SIGQUIT: quit"},
	_SIGILL:    {_SigThrow + _SigUnblock, "SIGILL: illegal instruction"},
	_SIGTRAP:   {_SigThrow + _SigUnblock, "SIGTRAP: trace trap"},
	_SIGABRT:   {_SigNotify + _SigThrow, "SIGABRT: abort"},
	_SIGBUS:    {_SigPanic + _SigUnblock, "SIGBUS: bus error"},
	_SIGFPE:    {_SigPanic + _SigUnblock, "SIGFPE: floating-point exception"},
	_SIGKILL:   {0, "SIGKILL: kill"},
	_SIGUSR1:   {_SigNotify, "SIGUSR1: user-defined signal 1"},
	_SIGSEGV:   {_SigPanic + _SigUnblock, "SIGSEGV: segmentation violation"},
	_SIGUSR2:   {_SigNotify, "SIGUSR2: user-defined signal 2"},
	_SIGPIPE:   {_SigNotify + _SigIgn, "SIGPIPE: write to broken pipe"},
	_SIGALRM:   {_SigNotify, "SIGALRM: alarm clock"},
	_SIGTERM:   {_SigNotify + _SigKill, "SIGTERM: termination"},
	_SIGSTKFLT: {_SigThrow + _SigUnblock, "SIGSTKFLT: stack fault"},
	_SIGCHLD:   {_SigNotify + _SigUnblock + _SigIgn, "SIGCHLD: child status has changed"},
	_SIGCONT:   {_SigNotify + _SigDefault, "SIGCONT: continue"},
	_SIGSTOP:   {0, "SIGSTOP: stop, unblockable"},
	_SIGTSTP:   {_SigNotify + _SigDefault, "SIGTSTP: keyboard stop"},
	_SIGTTIN:   {_SigNotify + _SigDefault, "SIGTTIN: background read from tty"},
	_SIGTTOU:   {_SigNotify + _SigDefault, "SIGTTOU: background write to tty"},
	_SIGURG:    {_SigNotify + _SigIgn, "SIGURG: urgent condition on socket"},
	_SIGXCPU:   {_SigNotify, "SIGXCPU: cpu limit exceeded"},
	_SIGXFSZ:   {_SigNotify, "SIGXFSZ: file size limit exceeded"},
	_SIGVTALRM: {_SigNotify, "SIGVTALRM: virtual alarm clock"},
	_SIGPROF:   {_SigNotify + _SigUnblock, "SIGPROF: profiling alarm clock"},
	_SIGWINCH:  {_SigNotify + _SigIgn, "SIGWINCH: window size change"},
	_SIGIO:     {_SigNotify, "SIGIO: i/o now possible"},
	_SIGPWR:    {_SigNotify, "SIGPWR: power failure restart"},
	_SIGSYS:    {_SigThrow, "SIGSYS: bad system call"},
	32:         {0, "signal 32"}, // the C library's
	33:         {0, "signal 33"},
	34:         {_SigUnblock, "signal 34"},
	35:         {_SigNotify, "signal 35"},
	36:         {_SigNotify, "signal 36"},
	37:         {_SigNotify, "signal 37"},
	38:         {_SigNotify, "signal 38"},
	39:         {_SigNotify, "signal 39"},
	40:         {_SigNotify, "signal 40"},
	41:         {_SigNotify, "signal 41"},
	42:         {_SigNotify, "signal 42"},
	43:         {_SigNotify, "signal 43"},
	44:         {_SigNotify, "signal 44"},
	45:         {_SigNotify, "signal 45"},
	46:         {_SigNotify, "signal 46"},
	47:         {_SigNotify, "signal 47"},
	48:         {_SigNotify, "signal 48"},
	49:         {_SigNotify, "signal 49"},
	50:         {_SigNotify, "signal 50"},
	51:         {_SigNotify, "signal 51"},
	52:         {_SigNotify, "signal 52"},
	53:         {_SigNotify, "signal 53"},
	54:         {_SigNotify, "signal 54"},
	55:         {_SigNotify, "signal 55"},
	56:         {_SigNotify, "signal 56"},
	57:         {_SigNotify, "signal 57"},
	58:         {_SigNotify, "signal 58"},
	59:         {_SigNotify, "signal 59"},
	60:         {_SigNotify, "signal 60"},
	61:         {_SigNotify, "signal 61"},
	62:         {_SigNotify, "signal 62"},
	63:         {_SigNotify, "signal 63"},
	64:         {_SigNotify, "signal 64"},
}
