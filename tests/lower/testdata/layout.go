package p

import "unsafe"

type (
	E        struct{}
	T1       struct{ A int8; B int64 }
	T2       struct{ A int8; B E }
	T3       struct{ A bool; B string; C []int; D any; E error; F func(); G map[int]int; H chan int; I *int; J unsafe.Pointer }
	T4       struct{ A [3]T1; B int16 }
	T5       struct{ A complex64; B int8; C complex128; D float32 }
	T6       struct{ A, B, C int8; D int16; E int8; F int32 }
	T7       struct{ A [0]int64; B int8 }
	T8       struct{ A int8; B [0]int64 }
	T9       struct{ A E; B E }
	T10      struct{ A *T10; B [2]struct{ X uint16; Y *byte } }
	T11      [5]T6
	T12      struct{ a, b, c, d, e, f, g int }
	T13      struct{ A struct{ B struct{ C *int; D int8 } }; E int8 }
	T14      string
	T15      interface{ M() }
	T16      struct{ A float64; B uint8; C uintptr }
	T17      struct{ _ int32; A int64; _ [4]byte }
	T18      [1]*int
	T19      struct{ A *int }
	T20      struct{ A [1]func(); B E }
	G[T any] struct{ A int8; B T }
	T21      struct{ A G[int16]; B G[string] }
)
