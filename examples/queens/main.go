// Queens counts the ways to put n queens on an n by n board and draws the first one.
package main

import (
	"flag"
	"fmt"
	"strings"
)

type board struct {
	n                 int
	cols, left, right []bool
	row               []int
	first             []int
	count             int
}

func (b *board) place(r int) {
	if r == b.n {
		b.count++
		if b.first == nil {
			b.first = append([]int(nil), b.row...)
		}
		return
	}
	for c := range b.n {
		l, d := r+c, r-c+b.n-1
		if b.cols[c] || b.left[l] || b.right[d] {
			continue
		}
		b.cols[c], b.left[l], b.right[d] = true, true, true
		b.row[r] = c
		b.place(r + 1)
		b.cols[c], b.left[l], b.right[d] = false, false, false
	}
}

func main() {
	n := flag.Int("n", 9, "size of the board")
	flag.Parse()
	b := &board{n: *n, cols: make([]bool, *n), left: make([]bool, 2**n), right: make([]bool, 2**n), row: make([]int, *n)}
	b.place(0)
	fmt.Printf("%d queens: %d solutions\n", *n, b.count)
	for _, c := range b.first {
		fmt.Println(strings.Repeat(". ", c) + "Q " + strings.Repeat(". ", *n-c-1))
	}
}
