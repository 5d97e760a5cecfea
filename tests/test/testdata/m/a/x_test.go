package a_test

import (
	"fmt"
	"testing"

	"example.com/m/a"
	"example.com/m/b"
)

func TestX(t *testing.T) {
	if a.Exported != 42 || b.Twice(2) != 4 {
		t.Fatal("x")
	}
}

func ExampleAdd() {
	fmt.Println(a.Add(1, 2))
	fmt.Println("two")
	// Output:
	// 3
	// two
}

func ExampleUnordered() {
	fmt.Println("b")
	fmt.Println("a")
	// Unordered output: a
	// b
}

func ExampleNone() {
	fmt.Println("not run")
}
