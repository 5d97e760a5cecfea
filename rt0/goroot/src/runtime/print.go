package runtime

// print and println, panic messages and tracebacks: everything goes through gwrite, unbuffered, to standard error, or to
// g.writebuf where somebody collects it (runtime.Stack).
//
// printlock is held from the first to the last operand of a print statement, so that lines of different threads do not
// mix; it nests.
//
// Source: formats as runtime/print.go, go1.27: floats in %g's shortest form, complex as (r+ii), pointers in hex.

import (
	"internal/strconv"
	"unsafe"
)

type hex uint64

var debuglock mutex

func printlock() {
	mp := getg().m
	mp.locks++ // stay on this M from here until debuglock is held
	mp.printlock++
	if mp.printlock == 1 {
		lock(&debuglock)
	}
	mp.locks--
}

func printunlock() {
	mp := getg().m
	mp.printlock--
	if mp.printlock == 0 {
		unlock(&debuglock)
	}
}

func gwrite(b []byte) {
	if len(b) == 0 {
		return
	}
	gp := getg()
	if gp == nil || gp.writebuf == nil || gp.m.dying > 0 {
		writeErr(b)
		return
	}
	n := copy(gp.writebuf[len(gp.writebuf):cap(gp.writebuf)], b)
	gp.writebuf = gp.writebuf[:len(gp.writebuf)+n]
}

// bytes gives a string's bytes without a copy; nobody may write to them.
func bytes(s string) []byte {
	return unsafe.Slice(unsafe.StringData(s), len(s))
}

func printstring(s string) { gwrite(bytes(s)) }
func printsp()             { printstring(" ") }
func printnl()             { printstring("\n") }

func printbool(v bool) {
	if v {
		printstring("true")
	} else {
		printstring("false")
	}
}

func printuint(v uint64) {
	var buf [20]byte
	i := len(buf)
	for {
		i--
		buf[i] = byte(v%10) + '0'
		v /= 10
		if v == 0 {
			break
		}
	}
	gwrite(buf[i:])
}

func printint(v int64) {
	if v < 0 {
		printstring("-")
		v = -v
	}
	printuint(uint64(v))
}

// minhexdigits pads printhex with zeros; set while holding printlock.
var minhexdigits = 0

func printhexopts(include0x bool, mindigits int, v uint64) {
	const dig = "0123456789abcdef"
	var buf [32]byte
	i := len(buf)
	n := 0
	for v != 0 || n < mindigits || n == 0 {
		i--
		buf[i] = dig[v%16]
		v /= 16
		n++
	}
	if include0x {
		i--
		buf[i] = 'x'
		i--
		buf[i] = '0'
	}
	gwrite(buf[i:])
}

func printhex(v uint64)             { printhexopts(true, minhexdigits, v) }
func printpointer(p unsafe.Pointer) { printhex(uint64(uintptr(p))) }
func printuintptr(p uintptr)        { printhex(uint64(p)) }

func printfloat64(v float64) {
	var buf [32]byte
	gwrite(strconv.AppendFloat(buf[:0], v, 'g', -1, 64))
}

func printfloat32(v float32) {
	var buf [32]byte
	gwrite(strconv.AppendFloat(buf[:0], float64(v), 'g', -1, 32))
}

// printfloat is what compiled code calls for operands of type float64.
func printfloat(v float64) { printfloat64(v) }

func printcomplex128(c complex128) {
	var buf [64]byte
	gwrite(strconv.AppendComplex(buf[:0], c, 'g', -1, 128))
}

func printcomplex64(c complex64) {
	var buf [64]byte
	gwrite(strconv.AppendComplex(buf[:0], complex128(c), 'g', -1, 64))
}

func printcomplex(c complex128) { printcomplex128(c) }

func printslice(s []byte) {
	printstring("[")
	printint(int64(len(s)))
	printstring("/")
	printint(int64(cap(s)))
	printstring("]")
	printpointer(unsafe.Pointer(unsafe.SliceData(s)))
}

func printeface(e eface) {
	printstring("(")
	printpointer(unsafe.Pointer(e._type))
	printstring(",")
	printpointer(e.data)
	printstring(")")
}

func printiface(i iface) {
	printstring("(")
	printpointer(unsafe.Pointer(i.tab))
	printstring(",")
	printpointer(i.data)
	printstring(")")
}

// printquoted prints s as a Go string literal, but for bytes that are no UTF-8: \x and two digits.
func printquoted(s string) {
	printlock()
	printstring(`"`)
	for i := 0; i < len(s); {
		r, next := decoderune(s, i)
		switch {
		case r == '\n':
			printstring(`\n`)
		case r == '\r':
			printstring(`\r`)
		case r == '\t':
			printstring(`\t`)
		case r == '\\' || r == '"':
			printstring(`\`)
			printstring(s[i:next])
		case r == runeError && next == i+1:
			printstring(`\x`)
			printhexopts(false, 2, uint64(s[i]))
		case r >= ' ' && r <= '~':
			printstring(s[i:next])
		case r < 127:
			printstring(`\x`)
			printhexopts(false, 2, uint64(r))
		case r < 0x10000:
			printstring(`\u`)
			printhexopts(false, 4, uint64(r))
		default:
			printstring(`\U`)
			printhexopts(false, 8, uint64(r))
		}
		i = next
	}
	printstring(`"`)
	printunlock()
}
