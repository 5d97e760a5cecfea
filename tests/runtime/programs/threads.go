// System calls on all threads: each is seen to have made them, whatever it does; threads made later inherit what they changed.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	prGetKeepCaps = 7
	prSetKeepCaps = 8
)

func keepcaps() uintptr {
	v, _, e := syscall.RawSyscall(syscall.SYS_PRCTL, prGetKeepCaps, 0, 0)
	if e != 0 {
		panic(e)
	}
	return v
}

func main() {
	runtime.GOMAXPROCS(4)
	// Threads of goroutines that are locked to them: asleep, in a system call, running.
	ask := make([]chan chan uintptr, 6)
	r, w, _ := os.Pipe()
	for i := range ask {
		ask[i] = make(chan chan uintptr)
		go func() {
			runtime.LockOSThread()
			for c := range ask[i] {
				c <- keepcaps()
			}
		}()
	}
	go func() {
		var b [1]byte
		syscall.Read(int(r.Fd()), b[:])
	}()
	var stop sync.WaitGroup
	done := make(chan bool)
	stop.Add(1)
	go func() {
		defer stop.Done()
		for {
			select {
			case <-done:
				return
			default:
				// A thread is made and ends, again and again.
				end := make(chan bool)
				go func() { runtime.LockOSThread(); close(end) }()
				<-end
			}
		}
	}()
	time.Sleep(10 * time.Millisecond)
	for n := range 20 {
		want := uintptr(n+1) % 2
		if _, _, e := syscall.AllThreadsSyscall(syscall.SYS_PRCTL, prSetKeepCaps, want, 0); e != 0 {
			panic(e)
		}
		c := make(chan uintptr)
		for i := range ask {
			ask[i] <- c
			if got := <-c; got != want {
				fmt.Println("thread", i, "has", got, "want", want)
			}
		}
		go func() {
			runtime.LockOSThread()
			c <- keepcaps()
		}()
		if got := <-c; got != want {
			fmt.Println("a new thread has", got, "want", want)
		}
	}
	close(done)
	stop.Wait()
	w.Close()
	_, _, e := syscall.AllThreadsSyscall(syscall.SYS_PRCTL, ^uintptr(0), 0, 0)
	fmt.Println(e)
	if err := syscall.Setgid(os.Getgid()); err != nil {
		fmt.Println(err)
	}
	if err := syscall.Setuid(os.Getuid()); err != nil {
		fmt.Println(err)
	}
	// All threads tell the same in /proc.
	tasks, _ := os.ReadDir("/proc/self/task")
	uids := map[string]bool{}
	for _, t := range tasks {
		b, _ := os.ReadFile("/proc/self/task/" + t.Name() + "/status")
		for _, line := range strings.Split(string(b), "\n") {
			if strings.HasPrefix(line, "Uid:") {
				uids[line] = true
			}
		}
	}
	fmt.Println(len(uids))
}
