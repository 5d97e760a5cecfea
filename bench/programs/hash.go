// Integer hashing and a hand-made open hash table: data-dependent indexes.
package main

import "fmt"

const size = 1 << 20

type slot struct{ key, val uint64 }

func mix(x uint64) uint64 {
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

func main() {
	table := make([]slot, size)
	x, sum := uint64(1), uint64(0)
	for i := 0; i < 6_000_000; i++ {
		x = x*6364136223846793005 + 1442695040888963407
		key := x>>45 + 1
		for h := mix(key) & (size - 1); ; h = (h + 1) & (size - 1) {
			if s := &table[h]; s.key == key {
				s.val++
				sum += s.val
				break
			} else if s.key == 0 {
				s.key = key
				break
			}
		}
	}
	fmt.Println(sum)
}
