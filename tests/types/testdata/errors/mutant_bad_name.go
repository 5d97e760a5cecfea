package p

func f(in <-chan ) {}

func g(ch chan int) { f(ch) }
