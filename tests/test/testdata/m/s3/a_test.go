package s3

import ("fmt"; "testing"; "time")

func ExampleA() { fmt.Println("x")
// Output: y
}

func TestSlow(t *testing.T) { time.Sleep(5*time.Second) }
