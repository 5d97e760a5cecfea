//go:build go1.21

// Range variables before go1.22: one for all iterations. The build line sets the language of this file.
package main

type T struct{ n int }

func (t *T) show() { print(t.n, " ") }

func main() {
	var fs []func()
	var ps []*int
	for i, v := range []int{1, 2, 3} {
		fs = append(fs, func() { print(i, v, " ") })
		ps = append(ps, &v)
	}
	for _, v := range [2]string{"a", "b"} {
		fs = append(fs, func() { print(v, " ") })
	}
	for i, r := range "xy" {
		fs = append(fs, func() { print(i, r, " ") })
	}
	c := make(chan int, 2)
	c <- 5
	c <- 6
	close(c)
	for x := range c {
		fs = append(fs, func() { print(x, " "); x++ })
	}
	for k, v := range map[string]int{"k": 1} {
		fs = append(fs, func() { print(k, v, " ") })
	}
	p := &[3]int8{7, 8, 9}
	for i := range p {
		fs = append(fs, func() { print(i, " ") })
	}
	for _, f := range fs {
		f()
	}
	println(*ps[0], *ps[1], ps[0] == ps[1])
	func() {
		for _, t := range []T{{1}, {2}} {
			defer t.show()
		}
	}()
	println()
	n := 0
outer:
	for i, x := range []int{4, 5, 6} {
		g := func() int { return i*10 + x }
		for j := 0; j < 2; j++ {
			n += g()
			if x == 5 {
				continue outer
			}
		}
		x = 100
		n += g()
	}
	println(n)
}
