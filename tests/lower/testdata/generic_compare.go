package main

type Num interface{ ~int | ~float64 }

func f[T Num](v T) bool { return v == 3 }
func find(x func(func(int, string) bool), w string) (int, bool) {
	for j, u := range x {
		if u == w {
			return j, true
		}
	}
	return 0, false
}
func main() { f(2); f(2.5); find(nil, "x") }
