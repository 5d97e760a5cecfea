// Command funcs has assembly call func values.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

func register(f func())
func memory(f func())
func onStack(f func())
func jump(f func())
func jumpMemory(f func())
func store(p *func(), f func())
func dispatch(i, a, b int) int

type T struct{ n int }

func (t T) value()    { fmt.Println("value method", t.n) }
func (t *T) pointer() { t.n++; fmt.Println("pointer method", t.n) }

func declared() { fmt.Println("declared") }

// aligned has locals that compiled code moves by aligned instructions.
func aligned(n int) func() {
	return func() {
		var a, b [8]float64
		for i := range a {
			a[i] = float64(n + i)
		}
		b = a
		fmt.Println(b, strings.Repeat("x", n))
	}
}

//go:noinline
func deep(n int, f func()) {
	var room [64]byte
	if n > 0 {
		deep(n-1, f)
	} else {
		f()
	}
	runtime.KeepAlive(&room)
}

func main() {
	n := len(os.Args)
	t := &T{n}
	for _, call := range []func(func()){register, memory, onStack, jump, jumpMemory} {
		call(declared)
		call(func() { n++; fmt.Println("closure", n) })
		call(t.value)
		call(t.pointer)
		call(aligned(n))
		call(func() { deep(3000, func() { n++ }); runtime.GC() })
		func() {
			defer func() { fmt.Println("recovered", recover()) }()
			call(func() { panic("inside") })
		}()
		func() {
			defer func() { fmt.Println("recovered", recover()) }()
			call(nil)
		}()
	}
	var kept func()
	store(&kept, func() { n++; fmt.Println("stored", n) })
	kept()
	fmt.Println(dispatch(0, 7, 3), dispatch(1, 7, 3))
}
