package main

import (
	"example.com/x/dep"
	v "example.com/x/v.v2"
)

type S string
type A = string

var plain string
var init1 = "init" + "ial"
var named S = "named"
var alias A = "alias"
var num = 5
var fn = f()
var unused S
var other, pair = "other", "pair"
var ptr *string
var iface any = "x"
var arr [2]string
var st struct{ a, b string }
var g G[int]

type G[T any] struct{ x T }

const c = "const"

func f() string { return "called" }
func main() {
	println(plain, init1, named, alias, num, fn, c, other, pair, dep.V, v.V, len(plain), f())
	_ = func() string { return plain }
}
