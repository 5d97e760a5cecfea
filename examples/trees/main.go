// Trees allocates binary trees of growing depth, many of them short-lived: work for the collector.
package main

import (
	"fmt"
	"runtime"
)

type tree struct{ left, right *tree }

func build(depth int) *tree {
	if depth == 0 {
		return &tree{}
	}
	return &tree{build(depth - 1), build(depth - 1)}
}

func (t *tree) count() int {
	if t.left == nil {
		return 1
	}
	return 1 + t.left.count() + t.right.count()
}

func main() {
	const min, max = 4, 14
	long := build(max)
	for d := min; d <= max; d += 2 {
		n := 1 << uint(max-d+min)
		sum := 0
		for i := 0; i < n; i++ {
			sum += build(d).count()
		}
		fmt.Printf("%6d trees of depth %2d: %8d nodes\n", n, d, sum)
	}
	var ms runtime.MemStats
	runtime.ReadMemStats(&ms)
	fmt.Printf("long-lived tree: %d nodes; collected: %v; heap below 64 MB: %v\n", long.count(), ms.NumGC > 0, ms.HeapAlloc < 64<<20)
}
