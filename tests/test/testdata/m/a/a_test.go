package a

import (
	"os"
	"testing"
)

func TestAdd(t *testing.T) {
	if Add(1, 2) != 3 {
		t.Fatal("bad")
	}
	t.Run("sub", func(t *testing.T) { t.Log("in sub") })
	t.Run("skip", func(t *testing.T) { t.Skip("why not") })
}

func TestSecret(t *testing.T) {
	if secret() != 42 {
		t.Error("no")
	}
	if _, err := os.ReadFile("testdata/x.txt"); err != nil {
		t.Log(err)
	}
	if os.Getenv("FAILME") != "" {
		t.Error("failme set")
	}
}

var Exported = secret()

func BenchmarkAdd(b *testing.B) {
	for b.Loop() {
		Add(1, 2)
	}
}

func FuzzAdd(f *testing.F) {
	f.Add(1, 2)
	f.Fuzz(func(t *testing.T, x, y int) {
		if Add(x, y) != Add(y, x) {
			t.Error("not commutative")
		}
	})
}
