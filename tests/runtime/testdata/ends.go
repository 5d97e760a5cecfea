package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

func f(n int) int {
	var a [100]int
	a[n%100] = n
	if n == 0 {
		return 0
	}
	return f(n-1) + a[n%100]
}

func main() {
	switch os.Args[1] {
	case "nilfunc":
		var g func()
		g()
	case "badaddr":
		p := (*int)(unsafe.Pointer(uintptr(0xdead0000)))
		*p = 1
	case "lock":
		runtime.LockOSThread()
		done := make(chan int)
		go func() { runtime.LockOSThread(); done <- syscall.Gettid() }()
		a := <-done
		b := syscall.Gettid()
		fmt.Println(a != b, b == os.Getpid())
		for i := 0; i < 20; i++ {
			go func() { runtime.LockOSThread(); done <- syscall.Gettid() }()
			<-done
		}
		runtime.UnlockOSThread()
		fmt.Println("ok")
	case "maxstack":
		debug.SetMaxStack(1 << 20)
		f(100000)
	case "sleep":
		time.Sleep(300 * time.Millisecond)
	case "pipe":
		for i := 0; i < 100000; i++ {
			fmt.Println("line", i)
		}
	case "quit":
		go func() { select {} }()
		syscall.Kill(os.Getpid(), syscall.SIGQUIT)
		time.Sleep(time.Second)
	case "stackall":
		var wg sync.WaitGroup
		wg.Add(1)
		c := make(chan int)
		go func() { wg.Done(); <-c }()
		wg.Wait()
		time.Sleep(10 * time.Millisecond)
		b := make([]byte, 10000)
		n := runtime.Stack(b, true)
		fmt.Println(string(b[:n]))
	case "throwpanic":
		defer func() { debug.PrintStack() }()
		var m sync.Mutex
		m.Unlock()
	case "procs":
		runtime.GOMAXPROCS(2)
		fmt.Println(runtime.GOMAXPROCS(3), runtime.GOMAXPROCS(1), runtime.NumCPU() > 0)
		var wg sync.WaitGroup
		for i := 0; i < 50; i++ {
			wg.Add(1)
			go func() {
				defer wg.Done()
				f(1000)
				if i%10 == 0 {
					runtime.GOMAXPROCS(1 + i%4)
				}
			}()
		}
		wg.Wait()
		fmt.Println("ok", runtime.Version() != "", runtime.GOOS, runtime.GOARCH, runtime.Compiler)
	case "exitgo":
		go os.Exit(5)
		select {}
	case "mainexit":
		go func() { runtime.Gosched() }()
		runtime.Goexit()
	case "paniconfault":
		debug.SetPanicOnFault(true)
		defer func() { fmt.Println(recover()) }()
		p := (*int)(unsafe.Pointer(uintptr(0xdead0000)))
		*p = 1
	case "gopanicnil":
		go func() { panic(nil) }()
		time.Sleep(time.Second)
	case "manythreads":
		var wg sync.WaitGroup
		for i := 0; i < 50; i++ {
			wg.Add(1)
			go func() { defer wg.Done(); ts := syscall.Timespec{Nsec: 50e6}; syscall.Nanosleep(&ts, nil) }()
		}
		t := time.Now()
		wg.Wait()
		fmt.Println(time.Since(t) < 2*time.Second)
	}
}
