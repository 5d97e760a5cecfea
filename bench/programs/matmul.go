// Matrix multiplication, the plain triple loop over a transposed factor.
package main

import "fmt"

func matgen(n int) [][]float64 {
	a := make([][]float64, n)
	tmp := 1.0 / float64(n) / float64(n)
	for i := range a {
		a[i] = make([]float64, n)
		for j := range a[i] {
			a[i][j] = tmp * float64(i-j) * float64(i+j)
		}
	}
	return a
}

func matmul(a, b [][]float64) [][]float64 {
	m, n, p := len(a), len(a[0]), len(b[0])
	x, c := make([][]float64, m), make([][]float64, p)
	for i := range c {
		c[i] = make([]float64, n)
		for j := range c[i] {
			c[i][j] = b[j][i]
		}
	}
	for i, row := range a {
		x[i] = make([]float64, p)
		for j, col := range c {
			s := 0.0
			for k, v := range row {
				s += v * col[k]
			}
			x[i][j] = s
		}
	}
	return x
}

func main() {
	const n = 600
	x := matmul(matgen(n), matgen(n))
	fmt.Printf("%.6f\n", x[n/2][n/2])
}
