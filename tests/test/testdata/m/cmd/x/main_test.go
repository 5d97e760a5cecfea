package main

import "testing"

func TestMsg(t *testing.T) {
	if msg() != "hi" {
		t.Fatal()
	}
	main()
}
