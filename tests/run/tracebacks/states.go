// What goroutines wait for, as their headers say it, and where each was made.
package main

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

var (
	ch    = make(chan int)
	nilch chan int
	mu    sync.Mutex
	rw    sync.RWMutex
	wg    sync.WaitGroup
	once  sync.Once
	cond  = sync.NewCond(&sync.Mutex{})
	stop  atomic.Bool
	pr, _ = io.Pipe()
)

type worker struct{ n int }

//go:noinline
func (w *worker) run(k int) { <-ch }

//go:noinline
func receive() { <-ch }

//go:noinline
func receiveOk() { _, _ = <-ch }

//go:noinline
func rangeOver() {
	for range ch {
	}
}

//go:noinline
func send(v int) { ch <- v }

//go:noinline
func receiveNil() { <-nilch }

//go:noinline
func sendNil() { nilch <- 1 }

//go:noinline
func selectTwo() {
	select {
	case <-ch:
	case nilch <- 1:
	}
}

//go:noinline
func selectOne() {
	select {
	case <-ch:
	}
}

//go:noinline
func selectNone() { select {} }

//go:noinline
func lock() { mu.Lock() }

//go:noinline
func rlock() { rw.RLock() }

//go:noinline
func wlock() { rw.Lock() }

//go:noinline
func wait() { wg.Wait() }

//go:noinline
func condWait() {
	cond.L.Lock()
	cond.Wait()
}

//go:noinline
func onceDo() { once.Do(func() { <-ch }) }

//go:noinline
func sleep() { time.Sleep(time.Hour) }

//go:noinline
func after() { <-time.After(time.Hour) }

//go:noinline
func pipe() { pr.Read(make([]byte, 1)) }

//go:noinline
func spin() {
	for !stop.Load() {
		runtime.Gosched()
	}
}

//go:noinline
func locked() {
	runtime.LockOSThread()
	<-ch
}

//go:noinline
func nested() {
	go receive()
	go func() {
		go send(3)
		<-ch
	}()
	<-ch
}

// garbage makes an object that nothing refers to, after fn has seen it.
//
//go:noinline
func garbage(fn func(*[64]int)) {
	done := make(chan bool)
	go func() {
		fn(new([64]int))
		close(done)
	}()
	<-done
}

func settle() {
	for range 200 {
		runtime.Gosched()
	}
	time.Sleep(20 * time.Millisecond)
}

// dump starts fn, waits until it waits and prints all stacks.
func dump(fn func()) {
	go fn()
	settle()
	stacks()
}

//go:noinline
func stacks() {
	buf := make([]byte, 1<<16)
	buf = buf[:runtime.Stack(buf, true)]
	os.Stderr.Write(buf)
}

var cases = map[string]func(){
	"receive":     func() { dump(receive) },
	"receiveOk":   func() { dump(receiveOk) },
	"rangeOver":   func() { dump(rangeOver) },
	"send":        func() { dump(func() { send(4) }) },
	"receiveNil":  func() { dump(receiveNil) },
	"sendNil":     func() { dump(sendNil) },
	"selectTwo":   func() { dump(selectTwo) },
	"selectOne":   func() { dump(selectOne) },
	"selectNone":  func() { dump(selectNone) },
	"mutex":       func() { mu.Lock(); dump(lock) },
	"rlock":       func() { rw.Lock(); dump(rlock) },
	"wlock":       func() { rw.RLock(); dump(wlock) },
	"wlock2":      func() { rw.Lock(); dump(wlock) },
	"waitgroup":   func() { wg.Add(1); dump(wait) },
	"cond":        func() { dump(condWait) },
	"once":        func() { go onceDo(); settle(); dump(onceDo) },
	"sleep":       func() { dump(sleep) },
	"after":       func() { dump(after) },
	"pipe":        func() { dump(pipe) },
	"locked":      func() { dump(locked) },
	"lockedMain":  func() { runtime.LockOSThread(); stacks() },
	"nested":      func() { dump(nested) },
	"method":      func() { w := &worker{}; go w.run(3); dump(receive) },
	"methodValue": func() { w := &worker{}; f := w.run; go f(3); dump(receive) },
	"goInterface": func() { var i interface{ run(int) } = &worker{}; go i.run(3); dump(receive) },
	"goBuiltin":   func() { go println(); dump(receive) },
	"goArgs":      func() { go send(7); settle(); stacks() },
	"read": func() {
		dump(func() { r, _, _ := os.Pipe(); r.Read(make([]byte, 1)) })
	},
	"stdin": func() {
		dump(func() { os.Stdin.Read(make([]byte, 1)) })
	},
	"signal": func() {
		c := make(chan os.Signal, 1)
		signal.Notify(c, os.Interrupt)
		settle()
		stacks()
	},
	"timer": func() { time.AfterFunc(time.Millisecond, func() { receive() }); settle(); stacks() },
	"tick": func() {
		dump(func() {
			for range time.Tick(time.Hour) {
			}
		})
	},
	"finalizer": func() {
		garbage(func(p *[64]int) { runtime.SetFinalizer(p, func(*[64]int) { receive() }) })
		runtime.GC()
		settle()
		runtime.GC()
		settle()
		stacks()
	},
	"cleanup": func() {
		garbage(func(p *[64]int) { runtime.AddCleanup(p, func(int) { receive() }, 3) })
		runtime.GC()
		settle()
		runtime.GC()
		settle()
		stacks()
	},
	// reports
	"stackMe":    func() { buf := make([]byte, 1<<12); os.Stderr.Write(buf[:runtime.Stack(buf, false)]) },
	"stackShort": func() { buf := make([]byte, 40); os.Stderr.Write(buf[:runtime.Stack(buf, false)]) },
	"debugStack": func() { os.Stderr.Write(debug.Stack()) },
	"printStack": func() { debug.PrintStack() },
	"inDefer": func() {
		defer func() {
			recover()
			debug.PrintStack()
		}()
		var p *worker
		send(p.n)
	},
	"afterRecover": func() {
		func() { defer func() { recover() }(); panic(1) }()
		debug.PrintStack()
	},
	"profile2": func() { go send(8); settle(); pprof.Lookup("goroutine").WriteTo(os.Stderr, 2) },
	"deadlockOthers": func() {
		go receive()
		go send2()
		go selectNone()
		settle()
		wg.Add(1)
		wg.Wait()
	},
	"deadlockMutex":                  func() { mu.Lock(); mu.Lock() },
	"deadlockSelect":                 func() { selectTwo() },
	"deadlockGoexit":                 func() { go receive(); runtime.Goexit() },
	"deadlockLocked":                 func() { runtime.LockOSThread(); <-ch },
	"panicOthers/GOTRACEBACK=all":    func() {},
	"panicOthers/GOTRACEBACK=single": func() {},
	"panicRunnable/GOTRACEBACK=all":  func() {},
	"panicInGo":                      func() { go func() { panic("in go") }(); settle() },
	"panicInGoNested": func() {
		go func() { func() { defer func() { println("d") }(); go func() { panic("nested") }(); <-ch }() }()
		settle()
	},
	"panicTimer": func() { time.AfterFunc(time.Millisecond, func() { panic("in timer") }); settle(); receive() },
	"panicFinalizer": func() {
		garbage(func(p *[64]int) { runtime.SetFinalizer(p, func(*[64]int) { panic("in finalizer") }) })
		runtime.GC()
		settle()
		runtime.GC()
		settle()
	},
	"panicCleanup": func() {
		garbage(func(p *[64]int) { runtime.AddCleanup(p, func(int) { panic("in cleanup") }, 3) })
		runtime.GC()
		settle()
		runtime.GC()
		settle()
	},
	"panicSort": func() { strings.Map(func(r rune) rune { panic("in map") }, "abc") },
	"panicFmt":  func() { fmt.Println(panicker{}) },
	"panicOnce": func() { once.Do(func() { panic("in once") }) },
}

type panicker struct{}

func (panicker) String() string { return strings.Repeat("x", -1) }

//go:noinline
func send2() { send(5) }

func panicOthers() {
	go receive()
	go lock()
	go sleep()
	mu.Lock()
	settle()
	panic("others")
}

func panicRunnable() {
	runtime.GOMAXPROCS(1)
	go receive()
	panic("runnable")
}

func main() {
	switch os.Args[1] {
	case "panicOthers":
		panicOthers()
	case "panicRunnable":
		panicRunnable()
	}
	cases[os.Args[1]]()
}
