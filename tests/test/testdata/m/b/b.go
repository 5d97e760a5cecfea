package b

import "example.com/m/a"

func Twice(x int) int { return a.Add(x, x) }
