package main

import (
	"example.com/public/sys"
	vec "example.com/public/vec.v2"
	"os"
	"runtime"
	"sync"
	"syscall"
)

func main() {
	println(vec.Sum([]uint64{1, 2, 3, 1 << 40}))
	println(vec.Count(vec.New(7, "name")))
	println(vec.Consts())
	println(vec.Dot([]float64{1, 2, 3}, []float64{4, 5, 6}))
	println(vec.Table(0), vec.Table(3), vec.Str())
	println(vec.Fn(21), vec.Level())
	vec.Hook("x")
	println(vec.Apply(5))
	println(vec.Abs(-5), vec.Half(3))
	println(vec.Sub(255, 65535, -1, true))
	a, b := []byte("same text here"), []byte("same text here")
	println(vec.MemEq(&a[0], &b[0], 14))
	b[13] = 'x'
	println(vec.MemEq(&a[0], &b[0], 14), vec.MemEq(&a[0], &b[0], 13))
	vec.Clr(&a[2], 5)
	println(string(a[:2]), a[2], a[6], a[7])
	println(vec.Hash(&b[0], 3, 8) == vec.Hash(&b[0], 3, 8), vec.Hash(&b[0], 3, 8) == vec.Hash(&b[0], 3, 7))
	println(vec.CallBump(), vec.CallBump())
	func() {
		defer func() { println(recover().(runtime.Error).Error()) }()
		println(vec.Idx(2))
		println(vec.Idx(5))
	}()
	pid, _ := sys.SyscallNoError(syscall.SYS_GETPID, 0, 0, 0)
	println(int(pid) == os.Getpid())
	pid, _ = sys.RawSyscallNoError(syscall.SYS_GETPID, 0, 0, 0)
	println(int(pid) == os.Getpid())
	r1, r2, e := sys.Syscall(syscall.SYS_CLOSE, 12345, 0, 0)
	println(int(r1), r2, e.Error())
	r1, r2, e = sys.Syscall6(syscall.SYS_CLOSE, 12345, 0, 0, 0, 0, 0)
	println(int(r1), r2, e.Error())
	r1, r2, e = sys.RawSyscall(syscall.SYS_CLOSE, 12345, 0, 0)
	println(int(r1), r2, e.Error())
	var tv syscall.Timeval
	println(sys.Gettimeofday(&tv), tv.Sec > 1000000)
	f := sys.SyscallNoError
	defer func() { println("end") }()
	defer sys.RawSyscallNoError(syscall.SYS_GETPID, 0, 0, 0)
	var wg sync.WaitGroup
	for i := 0; i < 8; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for j := 0; j < 2000; j++ {
				if p, _ := f(syscall.SYS_GETPID, 0, 0, 0); p != pid {
					panic("pid")
				}
				if j%500 == 0 {
					runtime.GC()
				}
			}
		}()
	}
	wg.Wait()
}
