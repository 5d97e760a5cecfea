package main

import "sync"

func main() {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() { select {} }()
	go func() { var m sync.Mutex; m.Lock(); m.Lock() }()
	wg.Wait()
}
