// The count of locks goes below zero: whatever finds out throws, and throwing takes locks.
package main

import _ "unsafe"

//go:linkname procUnpin runtime.procUnpin
func procUnpin()

func main() {
	procUnpin()
	println("printed")
}
