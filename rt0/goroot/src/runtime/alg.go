package runtime

// Hashing and equality of values by type.
//
// Type descriptors point to the equality function of their type; map types to the hash function of their key. For basic
// kinds these are the functions here, for structs and arrays the compiler makes them, and typehash hashes any type by its
// descriptor (interfaces, and map types made by reflect).
//
// The hash of bytes is internal/runtime/maps's, seeded at start. What must hold: x == y implies equal hashes, so +0 and -0
// hash alike; NaN != NaN, so every NaN gets a random hash, which keeps a map with many of them fast.

import (
	"internal/abi"
	"internal/runtime/maps"
	"unsafe"
)

const (
	hashK0 = 33054211828000289 // two odd constants to mix with
	hashK1 = 23344194077549503
)

func alginit() { maps.AlgInit() }

func memhash(p unsafe.Pointer, h, s uintptr) uintptr { return maps.MemHash(p, h, s) }

func memhash0(p unsafe.Pointer, h uintptr) uintptr   { return h }
func memhash8(p unsafe.Pointer, h uintptr) uintptr   { return maps.MemHash(p, h, 1) }
func memhash16(p unsafe.Pointer, h uintptr) uintptr  { return maps.MemHash(p, h, 2) }
func memhash32(p unsafe.Pointer, h uintptr) uintptr  { return maps.MemHash32(*(*uint32)(p), h) }
func memhash64(p unsafe.Pointer, h uintptr) uintptr  { return maps.MemHash64(*(*uint64)(p), h) }
func memhash128(p unsafe.Pointer, h uintptr) uintptr { return maps.MemHash(p, h, 16) }
func strhash(p unsafe.Pointer, h uintptr) uintptr    { return maps.StrHash(*(*string)(p), h) }

func f32hash(p unsafe.Pointer, h uintptr) uintptr {
	f := *(*float32)(p)
	if f == 0 {
		return hashK1 * (hashK0 ^ h)
	}
	if f != f {
		return hashK1 * (hashK0 ^ h ^ uintptr(rand()))
	}
	return memhash32(p, h)
}

func f64hash(p unsafe.Pointer, h uintptr) uintptr {
	f := *(*float64)(p)
	if f == 0 {
		return hashK1 * (hashK0 ^ h)
	}
	if f != f {
		return hashK1 * (hashK0 ^ h ^ uintptr(rand()))
	}
	return memhash64(p, h)
}

func c64hash(p unsafe.Pointer, h uintptr) uintptr {
	return f32hash(add(p, 4), f32hash(p, h))
}

func c128hash(p unsafe.Pointer, h uintptr) uintptr {
	return f64hash(add(p, 8), f64hash(p, h))
}

func interhash(p unsafe.Pointer, h uintptr) uintptr {
	a := (*iface)(p)
	if a.tab == nil {
		return h
	}
	return dynhash(a.tab.Type, &a.data, h)
}

func nilinterhash(p unsafe.Pointer, h uintptr) uintptr {
	a := (*eface)(p)
	if a._type == nil {
		return h
	}
	return dynhash(a._type, &a.data, h)
}

// dynhash hashes an interface's dynamic value.
func dynhash(t *_type, data *unsafe.Pointer, h uintptr) uintptr {
	if t.Equal == nil {
		panic(errorString("hash of unhashable type " + toRType(t).string()))
	}
	if t.TFlag&abi.TFlagDirectIface != 0 {
		return hashK1 * typehash(t, unsafe.Pointer(data), h^hashK0)
	}
	return hashK1 * typehash(t, *data, h^hashK0)
}

// typehash hashes the value at p. For a map with static key type the same answer as the compiler's function is required.
func typehash(t *_type, p unsafe.Pointer, h uintptr) uintptr {
	if t.TFlag&abi.TFlagRegularMemory != 0 {
		switch t.Size_ {
		case 4:
			return memhash32(p, h)
		case 8:
			return memhash64(p, h)
		}
		return memhash(p, h, t.Size_)
	}
	switch t.Kind_ {
	case abi.Float32:
		return f32hash(p, h)
	case abi.Float64:
		return f64hash(p, h)
	case abi.Complex64:
		return c64hash(p, h)
	case abi.Complex128:
		return c128hash(p, h)
	case abi.String:
		return strhash(p, h)
	case abi.Interface:
		if len((*interfacetype)(unsafe.Pointer(t)).Methods) == 0 {
			return nilinterhash(p, h)
		}
		return interhash(p, h)
	case abi.Array:
		a := (*arraytype)(unsafe.Pointer(t))
		for i := uintptr(0); i < a.Len; i++ {
			h = typehash(a.Elem, add(p, i*a.Elem.Size_), h)
		}
		return h
	case abi.Struct:
		s := (*structtype)(unsafe.Pointer(t))
		for i := range s.Fields {
			f := &s.Fields[i]
			if !f.Name.IsBlank() {
				h = typehash(f.Typ, add(p, f.Offset), h)
			}
		}
		return h
	}
	panic(errorString("hash of unhashable type " + toRType(t).string()))
}

//go:linkname reflect_typehash reflect.typehash
func reflect_typehash(t *_type, p unsafe.Pointer, h uintptr) uintptr { return typehash(t, p, h) }

// The equality functions that descriptors of basic types point to.

func memequal0(p, q unsafe.Pointer) bool   { return true }
func memequal8(p, q unsafe.Pointer) bool   { return *(*uint8)(p) == *(*uint8)(q) }
func memequal16(p, q unsafe.Pointer) bool  { return *(*uint16)(p) == *(*uint16)(q) }
func memequal32(p, q unsafe.Pointer) bool  { return *(*uint32)(p) == *(*uint32)(q) }
func memequal64(p, q unsafe.Pointer) bool  { return *(*uint64)(p) == *(*uint64)(q) }
func memequal128(p, q unsafe.Pointer) bool { return memequal(p, q, 16) }
func f32equal(p, q unsafe.Pointer) bool    { return *(*float32)(p) == *(*float32)(q) }
func f64equal(p, q unsafe.Pointer) bool    { return *(*float64)(p) == *(*float64)(q) }
func c64equal(p, q unsafe.Pointer) bool    { return *(*complex64)(p) == *(*complex64)(q) }
func c128equal(p, q unsafe.Pointer) bool   { return *(*complex128)(p) == *(*complex128)(q) }
func strequal(p, q unsafe.Pointer) bool    { return *(*string)(p) == *(*string)(q) }

func interequal(p, q unsafe.Pointer) bool {
	x := (*iface)(p)
	y := (*iface)(q)
	return x.tab == y.tab && ifaceeq(x.tab, x.data, y.data)
}

func nilinterequal(p, q unsafe.Pointer) bool {
	x := (*eface)(p)
	y := (*eface)(q)
	return x._type == y._type && efaceeq(x._type, x.data, y.data)
}

// efaceeq compares the data words x, y of two interfaces with the same dynamic type t.
func efaceeq(t *_type, x, y unsafe.Pointer) bool {
	if t == nil {
		return true
	}
	eq := t.Equal
	if eq == nil {
		panic(errorString("comparing uncomparable type " + toRType(t).string()))
	}
	if t.TFlag&abi.TFlagDirectIface != 0 {
		return x == y
	}
	return eq(x, y)
}

// ifaceeq is efaceeq for interfaces with methods and the same itab.
func ifaceeq(tab *itab, x, y unsafe.Pointer) bool {
	if tab == nil {
		return true
	}
	return efaceeq(tab.Type, x, y)
}

// cmpstring orders two strings bytewise: -1, 0, 1.
func cmpstring(a, b string) int {
	n := len(a)
	if len(b) < n {
		n = len(b)
	}
	p, q := unsafe.Pointer(unsafe.StringData(a)), unsafe.Pointer(unsafe.StringData(b))
	i := 0
	for i+8 <= n && *(*uint64)(add(p, uintptr(i))) == *(*uint64)(add(q, uintptr(i))) {
		i += 8
	}
	for ; i < n; i++ {
		x, y := *(*byte)(add(p, uintptr(i))), *(*byte)(add(q, uintptr(i)))
		if x != y {
			if x < y {
				return -1
			}
			return 1
		}
	}
	if len(a) < len(b) {
		return -1
	}
	if len(a) > len(b) {
		return 1
	}
	return 0
}

// Hashes for tests and old linknames.

func stringHash(s string, seed uintptr) uintptr { return maps.StrHash(s, seed) }

func bytesHash(b []byte, seed uintptr) uintptr {
	return memhash(unsafe.Pointer(unsafe.SliceData(b)), seed, uintptr(len(b)))
}

func int32Hash(i uint32, seed uintptr) uintptr { return maps.MemHash32(i, seed) }
func int64Hash(i uint64, seed uintptr) uintptr { return maps.MemHash64(i, seed) }
func efaceHash(i any, seed uintptr) uintptr    { return nilinterhash(noescape(unsafe.Pointer(&i)), seed) }
