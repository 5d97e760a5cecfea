package main

// A program that ends in many ways, chosen by its first argument: what rt0 explain must tell right.

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"
)

var table = make(map[string][]byte)

func init() {
	for i := range 20 {
		table[fmt.Sprint("key", i)] = make([]byte, 100)
	}
}

func worker(n int, c chan int, wg *sync.WaitGroup) {
	defer wg.Done()
	c <- n
}

func forever(c chan int) { <-c }

func start(path string, args ...string) int {
	pid, err := syscall.ForkExec(path, args, &syscall.ProcAttr{Files: []uintptr{0, 1, 2}, Env: os.Environ()})
	if err != nil {
		panic(err)
	}
	return pid
}

func main() {
	switch os.Args[1] {
	case "ok":
		fmt.Println("fine")
	case "panic":
		panic("no way")
	case "deadlock":
		forever(make(chan int))
	case "exit3":
		os.Exit(3)
	case "killed":
		syscall.Kill(syscall.Getpid(), syscall.SIGKILL)
		select {}
	case "stdin":
		var b [100]byte
		n, _ := os.Stdin.Read(b[:])
		fmt.Printf("got %q\n", b[:n])
	case "sleep":
		go forever(make(chan int))
		fmt.Println("sleeping")
		time.Sleep(time.Hour)
	case "spin":
		for {
		}
	case "goroutines":
		c := make(chan int)
		var wg sync.WaitGroup
		for i := range 50 {
			wg.Add(1)
			go worker(i, c, &wg)
		}
		sum := 0
		for range 50 {
			sum += <-c
		}
		wg.Wait()
		fmt.Println(sum)
	case "threads": // each on a thread of its own, with system calls of its own
		var wg sync.WaitGroup
		for i := range 3 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				runtime.LockOSThread()
				for range 11 + i {
					syscall.Getppid()
				}
			}()
		}
		wg.Wait()
	case "gc":
		for range 3 {
			runtime.GC()
		}
	case "child":
		var status syscall.WaitStatus
		syscall.Wait4(start("/bin/echo", "echo", "from", "child"), &status, 0, nil)
		fmt.Println(status.ExitStatus())
	case "orphan":
		fmt.Println(start("/bin/sleep", "sleep", "1000"))
	case "exec":
		syscall.Exec("/bin/echo", []string{"echo", "replaced"}, os.Environ())
	case "busy":
		c := make(chan int)
		go func() {
			for i := range 20000 {
				c <- i
			}
			close(c)
		}()
		for range c {
			syscall.Getppid()
		}
	}
}
