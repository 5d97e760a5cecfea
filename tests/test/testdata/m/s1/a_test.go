package s1

import "testing"

func TestX(t testing.T) {}
