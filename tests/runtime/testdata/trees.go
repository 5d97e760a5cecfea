package main

type T struct{ l, r *T }

func mk(n int) *T {
	if n == 0 {
		return &T{}
	}
	return &T{mk(n - 1), mk(n - 1)}
}
func (t *T) c() int {
	if t.l == nil {
		return 1
	}
	return 1 + t.l.c() + t.r.c()
}

func main() {
	long := mk(16)
	res := make(chan int)
	for k := 0; k < 8; k++ {
		go func() {
			s := 0
			for i := 0; i < 60; i++ {
				s += mk(12).c()
			}
			res <- s
		}()
	}
	t := 0
	for k := 0; k < 8; k++ {
		t += <-res
	}
	println(t, long.c())
}
