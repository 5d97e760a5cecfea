package main

// What the server of -serve must get the better of, chosen by the first argument.

import (
	"fmt"
	"os"
	"syscall"
	"time"
)

var kept [][]byte

func start(args ...string) int {
	pid, err := syscall.ForkExec("/proc/self/exe", args, &syscall.ProcAttr{Files: []uintptr{0, 1, 2}, Env: os.Environ(), Sys: &syscall.SysProcAttr{Setsid: true}})
	if err != nil {
		return -1
	}
	return pid
}

func main() {
	mode := "hello"
	if len(os.Args) > 1 {
		mode = os.Args[1]
	}
	switch mode {
	case "hello":
		fmt.Println("hello")
	case "echo":
		var b [100]byte
		n, _ := os.Stdin.Read(b[:])
		fmt.Fprintf(os.Stderr, "%q\n", os.Args[2:])
		fmt.Printf("read %q\n", b[:n])
		os.Exit(3)
	case "loop":
		fmt.Println("looping")
		for {
		}
	case "bomb": // each makes two of its kind, in sessions of their own, and ends; should nobody stop it, the twelfth generation is the last
		if len(os.Args) < 14 {
			args := append([]string{"x", "bomb"}, os.Args[2:]...)
			args = append(args, "again")
			start(args...)
			start(args...)
		}
		time.Sleep(200 * time.Millisecond)
	case "gigabyte":
		line := make([]byte, 1<<16)
		for i := range line {
			line[i] = 'x'
		}
		for range 1 << 14 {
			os.Stdout.Write(line)
		}
	case "memory":
		for {
			b := make([]byte, 16<<20)
			for i := 0; i < len(b); i += 4096 {
				b[i] = 1
			}
			kept = append(kept, b)
		}
	case "daemon": // a child in a session of its own stays when the program ends
		fmt.Println("left", start("x", "sleep"))
	case "sleep":
		fmt.Println("sleeping")
		time.Sleep(time.Hour)
	}
}
