// Sieve finds primes with a chain of goroutines: each passes on what its own prime does not divide.
package main

import "fmt"

func generate(ch chan<- int) {
	for i := 2; ; i++ {
		ch <- i
	}
}

func filter(in <-chan int, out chan<- int, prime int) {
	for {
		if i := <-in; i%prime != 0 {
			out <- i
		}
	}
}

func main() {
	ch := make(chan int)
	go generate(ch)
	sum := 0
	for i := 0; i < 200; i++ {
		prime := <-ch
		sum += prime
		if i%20 == 19 {
			fmt.Printf("prime %3d is %4d, sum so far %d\n", i+1, prime, sum)
		}
		next := make(chan int)
		go filter(ch, next, prime)
		ch = next
	}
}
