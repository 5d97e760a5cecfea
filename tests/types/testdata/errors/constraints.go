package p

type Int interface{ ~int | ~int8 }
type Both interface {
	int
	string
}
type Str interface {
	~string
	String() string
}
type My int
type Exact interface{ int | string }

func f[T Int](T)               {}
func g[T Both]()               {}
func h[T Str](T)               {}
func i[T comparable](T)        {}
func j[T Exact](T)             {}
func k[T interface{ m() }](T)  {}
func l[K comparable, V any](map[K]V) {}

type bad interface{ int | My | ~int }
type worse interface{ ~My }
type meth interface{ int | interface{ m() } }

var _ Int
var _ []Exact

func _() {
	f("x")
	f(My(1))
	f(int16(1))
	g[int]()
	h(My(1))
	h("x")
	i([]int{})
	i(func() {})
	i(struct{ f []int }{})
	var a any
	i(a)
	j(My(1))
	j(1.5)
	k(1)
	l(map[string]int{})
}

func _[T Int, U any, S Exact](t T, u U, s S) {
	_ = t + 1
	_ = t + 1.5
	_ = t == t
	_ = u == u
	_ = u + u
	_ = s + s
	_ = s * s
	_ = T("a")
	_ = string(t)
	_ = string(s)
	_ = U(t)
	_ = len(s)
	_ = t << 1
	var x interface{} = t
	_ = x.(T)
	_ = t.(int)
	switch any(t).(type) {
	case T, int:
	}
	var n T = nil
	_ = n
	for range u {
	}
	for i := range t {
		_ = i
	}
	_ = make(U)
	_ = *u
	u()
	u.foo()
	i[U](u)
	f[U](u)
	f[T](t)
}
