// N queens with bit masks.
package main

import "fmt"

func solve(all, cols, left, right uint) int {
	if cols == all {
		return 1
	}
	n := 0
	for free := all &^ (cols | left | right); free != 0; {
		bit := free & -free
		free ^= bit
		n += solve(all, cols|bit, (left|bit)<<1, (right|bit)>>1)
	}
	return n
}

func main() { fmt.Println(solve(1<<13-1, 0, 0, 0)) }
