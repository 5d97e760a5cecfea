package main

func main() {
	c := make(chan int)
	done := make(chan bool)
	go func() {
		s := 0
		for x := range c {
			s += x
		}
		println("sum", s)
		done <- true
	}()
	for i := 0; i < 1000; i++ {
		c <- i
	}
	close(c)
	<-done
	const N = 10000
	res := make(chan int, 100)
	for i := 0; i < N; i++ {
		go func() { res <- i }()
	}
	t := 0
	for i := 0; i < N; i++ {
		t += <-res
	}
	println(t)
	var ch chan int
	<-ch
}
