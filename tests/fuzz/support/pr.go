// Package pr is what every generated program prints with: values without addresses, loop fuel, events in their order.
package pr

import (
	"reflect"
	"runtime"
	"strconv"
	"syscall"
)

var fuel = 1000

type Num interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr | ~float32 | ~float64
}

// Fuel sets what is left; Out takes one unit and says whether there was none.
func Fuel(n int) { fuel = n }

func Out() bool {
	if fuel <= 0 {
		return true
	}
	fuel--
	return false
}

func put(s string) {
	b := []byte(s)
	for len(b) > 0 {
		n, err := syscall.Write(1, b)
		if err != nil {
			return
		}
		b = b[n:]
	}
}

// T says that event n has happened and returns x.
func T[X any](n int, x X) X {
	put("#" + strconv.Itoa(n) + "\n")
	return x
}

//go:noinline
func Id[X any](x X) X { return x }

// Ix is an index into something of length n (0 when n is 0).
func Ix[I Num](i I, n int) int {
	if n <= 0 {
		return 0
	}
	k := int64(i) % int64(n)
	if k < 0 {
		k = -k
	}
	return int(k)
}

func S(s string) { put(s + "\n") }

// V prints values on one line, with their types.
func V(vs ...any) {
	var b []byte
	for i, v := range vs {
		if i > 0 {
			b = append(b, ' ')
		}
		switch x := v.(type) {
		case int:
			b = strconv.AppendInt(b, int64(x), 10)
		case string:
			b = strconv.AppendQuote(b, x)
		case bool:
			b = strconv.AppendBool(b, x)
		case nil:
			b = append(b, "nil"...)
		default:
			r := reflect.ValueOf(v)
			b = append(b, r.Type().String()...)
			b = append(b, '(')
			b = dump(b, r, 4)
			b = append(b, ')')
		}
	}
	put(string(append(b, '\n')))
}

func dump(b []byte, v reflect.Value, depth int) []byte {
	switch v.Kind() {
	case reflect.Invalid:
		return append(b, "nil"...)
	case reflect.Bool:
		return strconv.AppendBool(b, v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.AppendInt(b, v.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return strconv.AppendUint(b, v.Uint(), 10)
	case reflect.Float32:
		return strconv.AppendFloat(b, v.Float(), 'g', -1, 32)
	case reflect.Float64:
		return strconv.AppendFloat(b, v.Float(), 'g', -1, 64)
	case reflect.Complex64, reflect.Complex128:
		c := v.Complex()
		b = strconv.AppendFloat(b, real(c), 'g', -1, 64)
		b = append(b, '+')
		return append(strconv.AppendFloat(b, imag(c), 'g', -1, 64), 'i')
	case reflect.String:
		return strconv.AppendQuote(b, v.String())
	}
	if depth == 0 {
		return append(b, "..."...)
	}
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.IsNil() {
			return append(b, "nil"...)
		}
		b = append(b, '[')
		for i := 0; i < v.Len() && i < 20; i++ {
			if i > 0 {
				b = append(b, ' ')
			}
			b = dump(b, v.Index(i), depth-1)
		}
		return append(strconv.AppendInt(append(b, ';'), int64(v.Len()), 10), ']')
	case reflect.Struct:
		b = append(b, '{')
		for i := 0; i < v.NumField(); i++ {
			if i > 0 {
				b = append(b, ' ')
			}
			b = append(append(b, v.Type().Field(i).Name...), ':')
			b = dump(b, v.Field(i), depth-1)
		}
		return append(b, '}')
	case reflect.Map:
		if v.IsNil() {
			return append(b, "nil"...)
		}
		var items []string
		for it := v.MapRange(); it.Next(); {
			items = append(items, string(dump(append(dump(nil, it.Key(), depth-1), ':'), it.Value(), depth-1)))
		}
		for i := range items { // insertion sort: no imports for it
			for j := i; j > 0 && items[j] < items[j-1]; j-- {
				items[j], items[j-1] = items[j-1], items[j]
			}
		}
		b = append(b, "map["...)
		for i, s := range items {
			if i > 0 {
				b = append(b, ' ')
			}
			b = append(b, s...)
		}
		return append(b, ']')
	case reflect.Pointer:
		if v.IsNil() {
			return append(b, "nil"...)
		}
		return dump(append(b, '&'), v.Elem(), depth-1)
	case reflect.Interface:
		if v.IsNil() {
			return append(b, "nil"...)
		}
		b = append(append(b, v.Elem().Type().String()...), '(')
		return append(dump(b, v.Elem(), depth-1), ')')
	case reflect.Chan:
		if v.IsNil() {
			return append(b, "nil"...)
		}
		return append(strconv.AppendInt(append(b, "chan"...), int64(v.Len()), 10))
	}
	if v.IsNil() {
		return append(b, "nil"...)
	}
	return append(b, v.Kind().String()...)
}

// Line prints the line of its caller in the program, and the caller's name.
func Line() {
	pc, _, line, _ := runtime.Caller(1)
	name := ""
	if f := runtime.FuncForPC(pc); f != nil {
		name = f.Name()
	}
	put("line " + strconv.Itoa(line) + " " + name + "\n")
}

// Err is what a recovered value says.
func Err(r any) string {
	switch e := r.(type) {
	case nil:
		return "nil"
	case runtime.Error:
		return "runtime: " + e.Error()
	case error:
		return "error: " + e.Error()
	case string:
		return "string: " + e
	}
	return "value: " + string(dump(nil, reflect.ValueOf(r), 3))
}

// Try runs f and prints the panic that ends it, if one does.
func Try(name string, n int, f func()) {
	put("== " + name + "\n")
	fuel = n
	defer func() {
		if r := recover(); r != nil {
			put("!! " + Err(r) + "\n")
		}
	}()
	f()
}

// As is x.(X), or the zero value.
func As[X any](x any) X {
	v, _ := x.(X)
	return v
}

// Pick chooses; both values are made.
func Pick[X any](c bool, a, b X) X {
	if c {
		return a
	}
	return b
}

// Fit is f where every integer type can hold it; other conversions are implementation-defined.
func Fit[F Num](f F) F {
	if f >= 0 && f < 120 {
		return f
	}
	return 1
}

func Use(...any) {}
