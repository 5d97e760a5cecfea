// What programs ask the runtime about itself: callers, versions, stacks.

package runtime

import (
	"internal/goarch"
	"internal/goos"
	"unsafe"
)

// Caller reports file and line number of the skip'th caller: 0 is the caller of Caller.
//
//go:noinline
func Caller(skip int) (pc uintptr, file string, line int, ok bool) {
	var rpc [1]uintptr
	cpc, cbp := callerframe(getfp())
	if callersfrom(unwinder{pc: cpc, bp: cbp}, skip, rpc[:]) < 1 {
		return
	}
	frames := Frames{callers: rpc[:]}
	frame, _ := frames.step()
	return rpc[0], frame.File, frame.Line, frame.PC != 0
}

// Callers fills pc with the return program counters of function invocations on the calling goroutine's stack, and returns how many:
// skip 0 is Callers itself, 1 its caller. Translate them with CallersFrames.
//
//go:noinline
func Callers(skip int, pc []uintptr) int {
	if len(pc) == 0 {
		return 0
	}
	n := 0
	if skip == 0 {
		pc[0] = callersPC() + 1
		n = 1
	} else {
		skip--
	}
	cpc, cbp := callerframe(getfp())
	return n + callersfrom(unwinder{pc: cpc, bp: cbp}, skip, pc[n:])
}

func callersPC() uintptr {
	f := Callers
	return **(**uintptr)(unsafe.Pointer(&f))
}

var defaultGOROOT string // set by the linker

// GOROOT returns the root of the Go tree: $GOROOT, or what the program was built with.
func GOROOT() string {
	if s := gogetenv("GOROOT"); s != "" {
		return s
	}
	return defaultGOROOT
}

var buildVersion string // from the build information (symtab.go)

// Version returns the Go tree's version string.
func Version() string { return buildVersion }

// GOOS is the running program's operating system target.
const GOOS string = goos.GOOS

// GOARCH is the running program's architecture target.
const GOARCH string = goarch.GOARCH

// Compiler is the name of the compiler toolchain whose behaviour this one shares.
const Compiler = "gc"

// Stack formats a stack trace of the calling goroutine into buf, and of all others if all, and returns the bytes written.
//
//go:noinline
func Stack(buf []byte, all bool) int {
	var stw worldStop
	if all {
		stw = stopTheWorld(stwAllGoroutinesStack)
	}
	n := 0
	if len(buf) > 0 {
		gp := getg()
		pc, bp := callerframe(getfp())
		n = stackprint(gp, pc, getfp()+16, bp, buf, all)
	}
	if all {
		startTheWorld(stw)
	}
	return n
}

func stackprint(gp *g, pc, sp, bp uintptr, buf []byte, all bool) (n int) {
	systemstack(func() {
		g0 := getg()
		g0.m.traceback = 1
		g0.writebuf = buf[0:0:len(buf)]
		goroutineheader(gp)
		traceback(pc, sp, bp, gp)
		if all {
			tracebackothers(gp, nil)
		}
		g0.m.traceback = 0
		n = len(g0.writebuf)
		g0.writebuf = nil
	})
	return n
}

//go:linkname debug_modinfo runtime/debug.modinfo
func debug_modinfo() string { return modinfoString }

var modinfoString string // likewise
