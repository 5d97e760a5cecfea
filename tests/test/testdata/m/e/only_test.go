package e

import (
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	println("setup")
	c := m.Run()
	println("teardown")
	os.Exit(c)
}

func TestOnly(t *testing.T) {
	t.Parallel()
	print("no newline")
}
