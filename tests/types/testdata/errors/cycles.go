package p

import "unsafe"

type A struct{ b B }
type B struct{ a [2]A }
type C C
type D [len(e)]int

var e D

type E interface{ F }
type F interface{ E }
type G[T any] struct{ x *G[[]T] }
type H[T any] struct{ h H[T] }
type K struct{ m map[string]K }

var f = g()

func g() int { return h }

var h = k() + f

func k() int { return 1 }

var self = self

const c1 = c2
const c2 = c1

type L = M
type M = L

type N[P any] struct{ f P }
type O struct{ n N[O] }
type Q [unsafe.Sizeof(Q{})]int

func inst[T any]() { inst[*T]() }

type R interface{ m() interface{ R } }

var a1, a2 = a2, 1
var v1 = func() int { return v2 }()
var v2 = (*S).get(nil)

type S struct{}

func (*S) get() int { return v1 }
