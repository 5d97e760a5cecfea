// Matmul multiplies two matrices of float64 and prints a checksum.
package main

import (
	"fmt"
	"os"
	"strconv"
)

func matrix(n int, seed float64) [][]float64 {
	m := make([][]float64, n)
	for i := range m {
		m[i] = make([]float64, n)
		for j := range m[i] {
			m[i][j] = seed * float64(i-j) * float64(i+j) / float64(n*n)
		}
	}
	return m
}

func multiply(a, b [][]float64) [][]float64 {
	n := len(a)
	c := make([][]float64, n)
	for i := range c {
		row := make([]float64, n)
		for k, aik := range a[i] {
			for j, bkj := range b[k] {
				row[j] += aik * bkj
			}
		}
		c[i] = row
	}
	return c
}

func main() {
	n := 200
	if len(os.Args) > 1 {
		var err error
		if n, err = strconv.Atoi(os.Args[1]); err != nil || n < 1 {
			fmt.Fprintln(os.Stderr, "usage: matmul [n]")
			os.Exit(2)
		}
	}
	c := multiply(matrix(n, 1), matrix(n, 2))
	trace := 0.0
	for i := range c {
		trace += c[i][i]
	}
	fmt.Printf("%dx%d: corner %.6f, trace %.6f\n", n, n, c[n/2][n/2], trace)
}
