package c

import "testing"

func TestFail(t *testing.T) {
	t.Log("logged")
	t.Errorf("wrong %d", 3)
}

func TestPanic(t *testing.T) { panic("oops") }
