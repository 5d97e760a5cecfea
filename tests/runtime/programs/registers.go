// Narrow integers in the registers that are the callee's only when they carry arguments.
package main

//go:noinline
func f(a, b, c, d, e, f, g int, k byte, l bool, m int16, n int32, o int8) int {
	return a + int(k) + int(m)*2 + int(n)*3 + int(o)*5
}

//go:noinline
func r(x int) (a, b, c, d, e, f, g int, k byte, l bool, m int16) {
	return 1, 2, 3, 4, 5, 6, 7, byte(x), x > 3, int16(-x)
}

//go:noinline
func use(k byte) int {
	s := 0
	for i := 0; i < 3; i++ {
		s += f(1, 2, 3, 4, 5, 6, 7, k, true, int16(k), -int32(k), int8(k))
		switch k {
		case 'n':
			s++
		case '0':
			s += 1000
		case '1':
			s += 2000
		case '2':
			s += 3000
		case '4':
			s += 4000
		}
	}
	return s
}

func main() {
	println(use('0'), use('1'), use('n'))
	a, b, c, d, e, f, g, k, l, m := r(200)
	println(a, b, c, d, e, f, g, k, l, m)
	func() (a, b, c, d, e, f, g int, k byte, l bool, m int16) {
		defer func() { recover(); k = 77; m = -3; println(k, m) }()
		var p *int
		return *p, 2, 3, 4, 5, 6, 7, 8, true, 9
	}()
}
