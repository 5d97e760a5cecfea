// Sieve of Eratosthenes over bytes, and a sum over what is left.
package main

import "fmt"

func main() {
	const n = 20_000_000
	composite := make([]bool, n+1)
	count, sum := 0, uint64(0)
	for i := 2; i <= n; i++ {
		if composite[i] {
			continue
		}
		count++
		sum += uint64(i)
		for j := i * i; j <= n; j += i {
			composite[j] = true
		}
	}
	fmt.Println(count, sum)
}
