package runtime

// Bubbles of testing/synctest: a set of goroutines with a clock of their own.
//
// TODO(synctest): run bubbles. What is here keeps the rest of the runtime honest about which bubble a goroutine, a channel or a
// timer belongs to; synctest.Run itself still refuses.

import "unsafe"

type synctestBubble struct {
	timers timers
	now    int64 // the bubble's time, nanoseconds since 1970
}

// bubbleOf is the bubble whose timers ts are; timers is its first field.
func bubbleOf(ts *timers) *synctestBubble { return (*synctestBubble)(unsafe.Pointer(ts)) }

// sameBubble reports whether the running goroutine may touch the timers of ts.
func sameBubble(ts *timers) bool {
	b := getg().bubble
	return b != nil && &b.timers == ts
}

//go:linkname synctestRun internal/synctest.Run
func synctestRun(f func()) {
	panic(plainError("rt0: testing/synctest is not supported"))
}

//go:linkname synctestWait internal/synctest.Wait
func synctestWait() { panic(plainError("goroutine is not in a bubble")) }

//go:linkname synctest_isInBubble internal/synctest.IsInBubble
func synctest_isInBubble() bool { return getg().bubble != nil }

//go:linkname synctest_associate internal/synctest.associate
func synctest_associate(p unsafe.Pointer) int { return 0 }

//go:linkname synctest_disassociate internal/synctest.disassociate
func synctest_disassociate(p unsafe.Pointer) {}

//go:linkname synctest_isAssociated internal/synctest.isAssociated
func synctest_isAssociated(p unsafe.Pointer) bool { return false }

//go:linkname synctest_acquire internal/synctest.acquire
func synctest_acquire() any {
	if b := getg().bubble; b != nil {
		return b
	}
	return nil
}

//go:linkname synctest_release internal/synctest.release
func synctest_release(b any) {}

//go:linkname synctest_inBubble internal/synctest.inBubble
func synctest_inBubble(b any, f func()) {
	gp := getg()
	old := gp.bubble
	gp.bubble = b.(*synctestBubble)
	f()
	gp.bubble = old
}
