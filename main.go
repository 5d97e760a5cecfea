package main
import (_ "unsafe"; _ "sync"; _ "time"; _ "os"; _ "reflect")
//go:linkname v runtime.writeBarrier
var v int
func main() { println(v != 77777777) }
