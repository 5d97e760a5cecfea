package s2

import "testing"

func TestX(t *testing.T) { x := }
