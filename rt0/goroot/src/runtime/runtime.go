// Environment, arguments, exit: what os and syscall get from the runtime.

package runtime

import (
	"internal/runtime/atomic"
	"unsafe"
)

//go:linkname syscall_runtime_envs syscall.runtime_envs
func syscall_runtime_envs() []string { return append([]string{}, envs...) }

//go:linkname os_runtime_args os.runtime_args
func os_runtime_args() []string { return append([]string{}, argslice...) }

//go:linkname syscall_Getpagesize syscall.Getpagesize
func syscall_Getpagesize() int { return int(physPageSize) }

//go:linkname syscall_Exit syscall.Exit
func syscall_Exit(code int) { exit(int32(code)) }

//go:linkname syscall_runtimeSetenv syscall.runtimeSetenv
func syscall_runtimeSetenv(key, value string) {
	if key == "GODEBUG" {
		godebugEnvChanged(value)
	}
}

//go:linkname syscall_runtimeUnsetenv syscall.runtimeUnsetenv
func syscall_runtimeUnsetenv(key string) {
	if key == "GODEBUG" {
		godebugEnvChanged("")
	}
}

func gogetenv(key string) string {
	for _, s := range envs {
		if len(s) > len(key) && s[len(key)] == '=' && s[:len(key)] == key {
			return s[len(key)+1:]
		}
	}
	return ""
}

// getGodebugEarly finds GODEBUG before goenvs has run.
func getGodebugEarly() string {
	const prefix = "GODEBUG="
	for i := int32(0); ; i++ {
		p := argv_index(argv, argc+1+i)
		if p == nil {
			return ""
		}
		if s := unsafe.String(p, findnull(p)); hasPrefix(s, prefix) {
			return s[len(prefix):]
		}
	}
}

//go:linkname getAuxv
func getAuxv() []uintptr { return auxv }

//go:linkname syscall_runtimeAuxv syscall.runtime_getAuxv
func syscall_runtimeAuxv() []uintptr { return auxv }

// setCrashFD directs a copy of fatal output to fd and returns the former one.
//
//go:linkname setCrashFD
func setCrashFD(fd uintptr) uintptr { return atomic.Xchguintptr(&crashFD, fd) }

var crashFD = ^uintptr(0)

// writeErr writes to standard error, and to the crash file when the process dies.
func writeErr(b []byte) {
	data, n := unsafe.Pointer(unsafe.SliceData(b)), int32(len(b))
	write(2, data, n)
	if getg().m.dying > 0 || panicking.Load() > 0 {
		if fd := atomic.Loaduintptr(&crashFD); fd != ^uintptr(0) {
			write(fd, data, n)
		}
	}
}
