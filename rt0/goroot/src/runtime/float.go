package runtime

// Floating point helpers of the runtime, and division of complex numbers.
//
// complex128div follows C99 Annex G's recommended practice as Go does: an infinite or zero divisor gives infinities
// or zeros, not NaN, where the quotient's direction is known.

import "unsafe"

var inf = float64frombits(0x7FF0000000000000)

func isNaN(f float64) bool    { return f != f }
func isFinite(f float64) bool { return !isNaN(f - f) }
func isInf(f float64) bool    { return !isNaN(f) && !isFinite(f) }

func float64bits(f float64) uint64     { return *(*uint64)(unsafe.Pointer(&f)) }
func float64frombits(b uint64) float64 { return *(*float64)(unsafe.Pointer(&b)) }
func float32bits(f float32) uint32     { return *(*uint32)(unsafe.Pointer(&f)) }
func float32frombits(b uint32) float32 { return *(*float32)(unsafe.Pointer(&b)) }

func abs(x float64) float64 {
	return float64frombits(float64bits(x) &^ (1 << 63))
}

func copysign(x, y float64) float64 {
	return float64frombits(float64bits(x)&^(1<<63) | float64bits(y)&(1<<63))
}

// inf2one is 1 for an infinity, else 0, with f's sign.
func inf2one(f float64) float64 {
	if isInf(f) {
		return copysign(1, f)
	}
	return copysign(0, f)
}

func complex128div(n, m complex128) complex128 {
	a, b := real(n), imag(n)
	c, d := real(m), imag(m)
	var e, f float64
	// Smith's method: divide by the larger part first, so that nothing overflows early.
	if abs(c) >= abs(d) {
		ratio := d / c
		denom := c + ratio*d
		e = (a + b*ratio) / denom
		f = (b - a*ratio) / denom
	} else {
		ratio := c / d
		denom := d + ratio*c
		e = (a*ratio + b) / denom
		f = (b*ratio - a) / denom
	}
	if isNaN(e) && isNaN(f) {
		if m == 0 && (!isNaN(a) || !isNaN(b)) {
			e = copysign(inf, c) * a
			f = copysign(inf, c) * b
		} else if (isInf(a) || isInf(b)) && isFinite(c) && isFinite(d) {
			a = inf2one(a)
			b = inf2one(b)
			e = inf * (a*c + b*d)
			f = inf * (b*c - a*d)
		} else if (isInf(c) || isInf(d)) && isFinite(a) && isFinite(b) {
			c = inf2one(c)
			d = inf2one(d)
			e = 0 * (a*c + b*d)
			f = 0 * (b*c - a*d)
		}
	}
	return complex(e, f)
}
