// The bits of NaNs, also of those that an optimiser could work out.
package main

import (
	"fmt"
	"math"
	"math/cmplx"
)

func bits(what string, x float64) {
	fmt.Printf("%s %x %v\n", what, math.Float64bits(x), math.Signbit(x))
}
func bits32(what string, x float32) { fmt.Printf("%s %x\n", what, math.Float32bits(x)) }

type v struct{ x, y float64 }

func div(a, b float64) float64 { return a / b }
func sub(a, b float64) float64 { return a - b }

func main() {
	zero := 0.0
	bits("0/0", zero/zero)
	bits("-(0/0)", -(zero / zero))
	inf := math.Inf(1)
	bits("inf-inf", inf-inf)
	bits("inf+-inf", inf+math.Inf(-1))
	bits("inf*0", inf*zero)
	bits("inf/inf", inf/inf)
	bits("div", div(0, 0))
	bits("sub", sub(inf, inf))
	big := math.MaxFloat64
	h := big * 2
	bits("h-h", h-h)
	bits("nan", math.NaN())
	bits("nan+1", math.NaN()+1)
	bits("1-nan", 1-math.NaN())
	bits("-nan", -math.NaN())
	bits("sqrt", math.Sqrt(-1))
	bits("log", math.Log(-1))
	bits("mod", math.Mod(1, 0))
	bits("fma", math.FMA(inf, 0, 1))
	bits("asin", math.Asin(2))
	bits("pow", math.Pow(-1, .5))
	bits("copysign", math.Copysign(zero/zero, 1))
	bits("abs", math.Abs(zero/zero))
	bits("max", max(zero/zero, 1))
	bits("min", min(1, inf-inf))
	var z32 float32
	bits32("0/0", z32/z32)
	i32 := float32(inf)
	bits32("inf-inf", i32-i32)
	f := float32(math.MaxFloat64 * zero)
	bits32("f/f", f/f)
	bits32("conv", float32(zero/zero))
	bits("conv", float64(z32/z32))
	var p v
	bits("p.x/p.y", p.x/p.y)
	a := [4]float64{}
	for i := range a {
		a[i] = float64(i) / float64(i)
	}
	bits("a[0]", a[0])
	bits("a[1]", a[1])
	c := complex(0, 0)
	bits("c/c", real(c/c))
	bits("c/c", imag(c/c))
	ci := complex(inf, inf)
	ci *= 0
	bits("ci", real(ci))
	bits("ci", imag(ci))
	bits("cmplx", real(cmplx.Inf()*0))
	bits("cmplx", imag(cmplx.NaN()))
	x := 10.0
	for range 12 {
		x *= x
	}
	bits("x", x-x)
	x = 0
	for i := 0; i < 4; i++ {
		x = float64(i-2) / float64(i-2)
		bits("loop", x)
	}
	m := map[string]float64{}
	bits("map", m["a"]/m["b"])
	var s float64
	for _, y := range []float64{1, -1, 0} {
		s += y
	}
	bits("sum", s/s)
	fmt.Println(int64(math.Float64bits(s/s)) < 0)
	y := 1.0
	y /= zero
	y -= y
	bits("y", y)
	bits("ldexp", math.Ldexp(1, 5000)-math.Ldexp(1, 5000))
	e := math.Exp(1000)
	bits("exp", e-e)
	bits("exp*0", e*zero)
	bits32("max", float32(big)-float32(big))
	bits("neg", -zero/zero)
	bits("neg", zero/-zero)
	v := []float64{0, -zero, math.Copysign(0, -1), 1, -1, inf, -inf, zero / zero, math.NaN(), -math.NaN(), 1e308}
	for _, a := range v {
		for _, b := range v {
			fmt.Printf("%x %x %x %x\n", math.Float64bits(least(a, b)), math.Float64bits(most(a, b)), math.Float32bits(min(float32(a), float32(b))),
				math.Float32bits(max(float32(a), float32(b), 1)))
		}
	}
}

//go:noinline
func least(a, b float64) float64 { return min(a, b) }

//go:noinline
func most(a, b float64) float64 { return max(a, b) }
