// The errors the runtime panics with, and how panic values are printed.
//
// Texts are Go's. printpanicval must not allocate: it also runs when the heap is broken.

package runtime

import (
	"internal/abi"
	"internal/bytealg"
	"unsafe"
)

// Error identifies a run time error.
type Error interface {
	error

	// RuntimeError distinguishes run time errors from other errors; it does nothing.
	RuntimeError()
}

// A TypeAssertionError explains a failed type assertion.
type TypeAssertionError struct {
	_interface    *_type
	concrete      *_type
	asserted      *_type
	missingMethod string // a method the interface needs and concrete lacks
}

func (*TypeAssertionError) RuntimeError() {}

func (e *TypeAssertionError) Error() string {
	inter := "interface"
	if e._interface != nil {
		inter = toRType(e._interface).string()
	}
	as := toRType(e.asserted).string()
	if e.concrete == nil {
		return "interface conversion: " + inter + " is nil, not " + as
	}
	cs := toRType(e.concrete).string()
	if e.missingMethod != "" {
		return "interface conversion: " + cs + " is not " + as + ": missing method " + e.missingMethod
	}
	msg := "interface conversion: " + inter + " is " + cs + ", not " + as
	if cs == as {
		if toRType(e.concrete).pkgpath() != toRType(e.asserted).pkgpath() {
			msg += " (types from different packages)"
		} else {
			msg += " (types from different scopes)"
		}
	}
	return msg
}

// errorString is a run time error described by a string.
type errorString string

func (e errorString) RuntimeError() {}

func (e errorString) Error() string { return "runtime error: " + string(e) }

// errorAddressString is one about an address.
type errorAddressString struct {
	msg  string
	addr uintptr
}

func (e errorAddressString) RuntimeError() {}

func (e errorAddressString) Error() string { return "runtime error: " + e.msg }

// Addr returns the address whose access failed; it may be wrong.
func (e errorAddressString) Addr() uintptr { return e.addr }

// plainError is a run time error whose text has no prefix.
type plainError string

func (e plainError) RuntimeError() {}

func (e plainError) Error() string { return string(e) }

// A PanicNilError is the value of panic(nil).
type PanicNilError struct {
	_ [0]func() // not comparable
}

func (*PanicNilError) Error() string { return "runtime error: panic called with nil argument" }
func (*PanicNilError) RuntimeError() {}

// boundsError is a failed index or slice expression.
type boundsError struct {
	x      int64
	y      int
	signed bool // x is int64, not uint64
	code   abi.BoundsErrorCode
}

// In the formats %x is the offending index, %y the bound.
var boundsErrorFmts = [...]string{
	abi.BoundsIndex:      "index out of range [%x] with length %y",
	abi.BoundsSliceAlen:  "slice bounds out of range [:%x] with length %y",
	abi.BoundsSliceAcap:  "slice bounds out of range [:%x] with capacity %y",
	abi.BoundsSliceB:     "slice bounds out of range [%x:%y]",
	abi.BoundsSlice3Alen: "slice bounds out of range [::%x] with length %y",
	abi.BoundsSlice3Acap: "slice bounds out of range [::%x] with capacity %y",
	abi.BoundsSlice3B:    "slice bounds out of range [:%x:%y]",
	abi.BoundsSlice3C:    "slice bounds out of range [%x:%y:]",
	abi.BoundsConvert:    "cannot convert slice with length %x to array or pointer to array with length %y",
}

// For negative indices, whose bound does not matter.
var boundsNegErrorFmts = [...]string{
	abi.BoundsIndex:      "index out of range [%x]",
	abi.BoundsSliceAlen:  "slice bounds out of range [:%x]",
	abi.BoundsSliceAcap:  "slice bounds out of range [:%x]",
	abi.BoundsSliceB:     "slice bounds out of range [%x:]",
	abi.BoundsSlice3Alen: "slice bounds out of range [::%x]",
	abi.BoundsSlice3Acap: "slice bounds out of range [::%x]",
	abi.BoundsSlice3B:    "slice bounds out of range [:%x:]",
	abi.BoundsSlice3C:    "slice bounds out of range [%x::]",
}

func (e boundsError) RuntimeError() {}

func (e boundsError) Error() string {
	format := boundsErrorFmts[e.code]
	if e.signed && e.x < 0 {
		format = boundsNegErrorFmts[e.code]
	}
	b := make([]byte, 0, 100)
	b = append(b, "runtime error: "...)
	for i := 0; i < len(format); i++ {
		c := format[i]
		if c != '%' {
			b = append(b, c)
			continue
		}
		i++
		if format[i] == 'x' {
			b = appendIntStr(b, e.x, e.signed)
		} else {
			b = appendIntStr(b, int64(e.y), true)
		}
	}
	return string(b)
}

func appendIntStr(b []byte, v int64, signed bool) []byte {
	if signed && v < 0 {
		b = append(b, '-')
		v = -v
	}
	var buf [20]byte
	return append(b, itoa(buf[:], uint64(v))...)
}

// itoa writes val in decimal to the end of buf and returns that part.
func itoa(buf []byte, val uint64) []byte {
	i := len(buf) - 1
	for val >= 10 {
		buf[i] = byte(val%10 + '0')
		i--
		val /= 10
	}
	buf[i] = byte(val + '0')
	return buf[i:]
}

type stringer interface {
	String() string
}

// printpanicval prints a panic value: basic types as they are, others by type and address.
func printpanicval(v any) {
	e := efaceOf(&v)
	if e._type == nil {
		print("nil")
		return
	}
	// A predeclared type prints its value alone; a type defined from one, type(value).
	name := ""
	if !isPredeclared(e._type) {
		name = toRType(e._type).string()
	}
	p := e.data
	open, end := "(", ")"
	if name == "" {
		open, end = "", ""
	}
	switch e._type.Kind() {
	case abi.String:
		if name != "" {
			open, end = `("`, `")`
		}
		print(name, open)
		printindented(*(*string)(p))
		print(end)
	case abi.Bool:
		print(name, open, *(*bool)(p), end)
	case abi.Int:
		print(name, open, *(*int)(p), end)
	case abi.Int8:
		print(name, open, *(*int8)(p), end)
	case abi.Int16:
		print(name, open, *(*int16)(p), end)
	case abi.Int32:
		print(name, open, *(*int32)(p), end)
	case abi.Int64:
		print(name, open, *(*int64)(p), end)
	case abi.Uint:
		print(name, open, *(*uint)(p), end)
	case abi.Uint8:
		print(name, open, *(*uint8)(p), end)
	case abi.Uint16:
		print(name, open, *(*uint16)(p), end)
	case abi.Uint32:
		print(name, open, *(*uint32)(p), end)
	case abi.Uint64:
		print(name, open, *(*uint64)(p), end)
	case abi.Uintptr:
		print(name, open, *(*uintptr)(p), end)
	case abi.Float32:
		print(name, open, *(*float32)(p), end)
	case abi.Float64:
		print(name, open, *(*float64)(p), end)
	case abi.Complex64:
		print(name, *(*complex64)(p)) // brings its own parentheses
	case abi.Complex128:
		print(name, *(*complex128)(p))
	default:
		print("(", toRType(e._type).string(), ") ", p)
	}
}

// isPredeclared reports whether t is int, string, ... itself.
func isPredeclared(t *_type) bool {
	s := toRType(t).string()
	return t.TFlag&abi.TFlagNamed != 0 && bytealg.IndexByteString(s, '.') < 0 && bytealg.IndexByteString(s, '[') < 0
}

// printindented prints s with its lines after the first indented, so that it cannot be taken for other output.
func printindented(s string) {
	for {
		i := bytealg.IndexByteString(s, '\n')
		if i < 0 {
			break
		}
		i++
		print(s[:i])
		print("\t")
		s = s[i:]
	}
	print(s)
}

// panicwrap is called by the wrapper of a value method entered with a nil pointer. The wrapper, which may be inlined, is named pkg.(*T).M.
//
//go:noinline
func panicwrap() {
	pc, _ := callerframe(getfp())
	u := newInlineUnwinder(findfunc(pc-1), pc-1)
	s, _ := u.next()
	name := s.name
	i := bytealg.IndexByteString(name, '(')
	if i < 1 || i+2 >= len(name) || name[i-1:i+2] != ".(*" {
		throw("panicwrap: unexpected string after package name: " + name)
	}
	pkg := name[:i-1]
	name = name[i+2:]
	i = bytealg.IndexByteString(name, ')')
	if i < 0 || i+2 >= len(name) {
		throw("panicwrap: unexpected string after type name: " + name)
	}
	typ, meth := name[:i], name[i+2:]
	panic(plainError("value method " + pkg + "." + typ + "." + meth + " called using nil *" + typ + " pointer"))
}
