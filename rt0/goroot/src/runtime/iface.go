package runtime

// Interface values: itabs, conversions to interface, and type assertions.
//
// An itab says how a concrete type implements an interface: the code address of each method. The compiler makes the itabs
// of conversions it sees (the linker lists those that are live: runtime.itabs); getitab makes the others when an assertion
// first needs them and remembers them, also negative answers (Fun[0] == 0), in a hash table.
//
// The table is read without a lock: entries are only added, with the itab complete before its address is stored; growth
// builds a new table and then swaps the pointer. Writers hold itabLock. Tables and itabs lie outside the heap.
//
// Source: layout internal/abi/iface.go; the merge of sorted method lists as in runtime/iface.go, go1.27.

import (
	"internal/abi"
	"internal/runtime/atomic"
	"unsafe"
)

const itabInitShift = 64 - 11

// itabTableType is an open-addressing hash table with triangular probing. At most an eighth of it is used: an assertion in a loop over values of several
// types is 3 times slower when one of them needs a second probe, for the branch cannot be foreseen.
type itabTableType struct {
	shift uintptr // 64 - log2 of the number of entries
	count uintptr // entries in use; guarded by itabLock
	// 1 << (64 - shift) pointers follow
}

var (
	itabLock  mutex
	itabTable *itabTableType // nil until the first use; replaced under itabLock, read atomically
)

func itabsTable() (lo, hi uintptr)

func newItabTable(shift uintptr) *itabTableType {
	t := (*itabTableType)(persistentalloc(16+8<<(64-shift), 64, &memstats.other_sys))
	t.shift = shift
	return t
}

func (t *itabTableType) entry(i uintptr) *unsafe.Pointer {
	return (*unsafe.Pointer)(add(unsafe.Pointer(t), 16+i*8))
}

// first is where the search for an itab begins.
func (t *itabTableType) first(inter *interfacetype, typ *_type) uintptr {
	x := uint64(uintptr(unsafe.Pointer(typ)))
	return uintptr((uint64(uintptr(unsafe.Pointer(inter))) ^ (x<<32 | x>>32)) * 0x9E3779B97F4A7C15 >> (t.shift & 63))
}

func (t *itabTableType) find(inter *interfacetype, typ *_type) *itab {
	mask := uintptr(1)<<(64-t.shift&63) - 1
	h := t.first(inter, typ)
	for i := uintptr(1); ; i++ {
		m := (*itab)(atomic.Loadp(unsafe.Pointer(t.entry(h))))
		if m == nil {
			return nil
		}
		if m.Inter == inter && m.Type == typ {
			return m
		}
		h = (h + i) & mask
	}
}

func (t *itabTableType) add(m *itab) {
	mask := uintptr(1)<<(64-t.shift&63) - 1
	h := t.first(m.Inter, m.Type)
	for i := uintptr(1); ; i++ {
		p := t.entry(h)
		if *p == nil {
			atomic.StorepNoWB(unsafe.Pointer(p), unsafe.Pointer(m))
			t.count++
			return
		}
		m2 := (*itab)(*p)
		if m2.Inter == m.Inter && m2.Type == m.Type {
			return
		}
		h = (h + i) & mask
	}
}

// itabAdd adds m to the current table; itabLock is held.
func itabAdd(m *itab) {
	t := itabTable
	size := uintptr(1) << (64 - t.shift)
	if t.count >= size/8 {
		t2 := newItabTable(t.shift - 1)
		for i := uintptr(0); i < size; i++ {
			if e := *t.entry(i); e != nil {
				t2.add((*itab)(e))
			}
		}
		atomic.StorepNoWB(unsafe.Pointer(&itabTable), unsafe.Pointer(t2))
		t = t2
	}
	t.add(m)
}

// itabsinit makes the table with the linker's itabs in it.
func itabsinit() {
	lock(&itabLock)
	if itabTable == nil {
		lo, hi := itabsTable()
		shift := uintptr(itabInitShift)
		for 1<<(64-shift) < hi-lo {
			shift--
		}
		t := newItabTable(shift)
		for ; lo < hi; lo += 8 {
			t.add(*(**itab)(unsafe.Pointer(lo)))
		}
		atomic.StorepNoWB(unsafe.Pointer(&itabTable), unsafe.Pointer(t))
	}
	unlock(&itabLock)
}

// getitab is the itab of typ for inter. When typ does not implement inter: nil if canfail, else a panic.
func getitab(inter *interfacetype, typ *_type, canfail bool) *itab {
	if len(inter.Methods) == 0 {
		throw("internal error - misuse of itab")
	}
	if typ.TFlag&abi.TFlagUncommon == 0 {
		if canfail {
			return nil
		}
		name := resolveNameOff(unsafe.Pointer(inter), inter.Methods[0].Name)
		panic(&TypeAssertionError{nil, typ, &inter.Type, name.Name()})
	}
	t := (*itabTableType)(atomic.Loadp(unsafe.Pointer(&itabTable)))
	if t == nil {
		itabsinit()
		t = itabTable
	}
	m := t.find(inter, typ)
	if m == nil {
		lock(&itabLock)
		m = itabTable.find(inter, typ) // someone may have been faster
		if m == nil {
			m = (*itab)(persistentalloc(unsafe.Sizeof(itab{})+uintptr(len(inter.Methods)-1)*8, 8, &memstats.other_sys))
			m.Inter = inter
			m.Type = typ
			// Hash stays 0: only the compiler's type switches read it, on itabs it made itself.
			itabInit(m)
			itabAdd(m)
		}
		unlock(&itabLock)
	}
	// The linker writes 0 for a method that nothing can call, so in its itabs, which lie below 2 GB, 0 says nothing.
	if m.Fun[0] != 0 || uintptr(unsafe.Pointer(m)) < 1<<31 {
		return m
	}
	if canfail {
		return nil
	}
	panic(&TypeAssertionError{concrete: typ, asserted: &inter.Type, missingMethod: itabMissing(inter, typ)})
}

// findMethod looks for interface method k of inter among typ's methods from index j on (both are sorted by name), and returns its index, or -1.
func findMethod(inter *interfacetype, k int, typ *_type, x *uncommontype, methods []abi.Method, j int) int {
	im := &inter.Methods[k]
	itype := resolveTypeOff(unsafe.Pointer(inter), im.Typ)
	iname := resolveNameOff(unsafe.Pointer(inter), im.Name)
	is := iname.Name()
	for ; j < len(methods); j++ {
		t := &methods[j]
		tname := resolveNameOff(unsafe.Pointer(typ), t.Name)
		if tname.Name() != is || resolveTypeOff(unsafe.Pointer(typ), t.Mtyp) != itype {
			continue
		}
		if tname.IsExported() {
			return j
		}
		// Unexported: only methods of the same package match.
		ipkg := pkgPath(iname)
		if ipkg == "" {
			ipkg = inter.PkgPath.Name()
		}
		tpkg := pkgPath(tname)
		if tpkg == "" {
			tpkg = resolveNameOff(unsafe.Pointer(typ), x.PkgPath).Name()
		}
		if tpkg == ipkg {
			return j
		}
	}
	return -1
}

func typeMethods(x *uncommontype) []abi.Method {
	return unsafe.Slice((*abi.Method)(add(unsafe.Pointer(x), uintptr(x.Moff))), int(x.Mcount))
}

// itabInit fills m.Fun; Fun[0] stays 0 when the type lacks a method.
func itabInit(m *itab) {
	inter := m.Inter
	typ := m.Type
	x := typ.Uncommon()
	methods := typeMethods(x)
	fun := unsafe.Slice(&m.Fun[0], len(inter.Methods))
	var fun0 uintptr
	j := 0
	for k := range inter.Methods {
		j = findMethod(inter, k, typ, x, methods, j)
		if j < 0 {
			return
		}
		code := uintptr(toRType(typ).textOff(methods[j].Ifn))
		if k == 0 {
			fun0 = code // last, so that a reader never takes half an itab for a whole one
		} else {
			fun[k] = code
		}
		j++
	}
	m.Fun[0] = fun0
}

// itabMissing is the name of the first method of inter that typ lacks.
func itabMissing(inter *interfacetype, typ *_type) string {
	x := typ.Uncommon()
	methods := typeMethods(x)
	j := 0
	for k := range inter.Methods {
		j = findMethod(inter, k, typ, x, methods, j)
		if j < 0 {
			return resolveNameOff(unsafe.Pointer(inter), inter.Methods[k].Name).Name()
		}
		j++
	}
	return ""
}

// panicdottypeE is called when x.(T) finds another type: have is x's dynamic type (nil: x is nil), want T, iface x's static type.
func panicdottypeE(have, want, iface *_type) {
	panic(&TypeAssertionError{iface, have, want, ""})
}

func panicdottypeI(have *itab, want, iface *_type) {
	var t *_type
	if have != nil {
		t = have.Type
	}
	panicdottypeE(t, want, iface)
}

// panicnildottype is x.(T) with nil x where x's static type is not at hand.
func panicnildottype(want *_type) {
	panic(&TypeAssertionError{nil, nil, want, ""})
}

// assertE2I is x.(I) for a dynamic type t.
func assertE2I(inter *interfacetype, t *_type) *itab {
	if t == nil {
		panic(&TypeAssertionError{nil, nil, &inter.Type, ""})
	}
	return getitab(inter, t, false)
}

// assertE2I2 is x.(I) with comma ok: nil when t does not implement inter.
func assertE2I2(inter *interfacetype, t *_type) *itab {
	if t == nil {
		return nil
	}
	if table := (*itabTableType)(atomic.Loadp(unsafe.Pointer(&itabTable))); table != nil {
		// Nearly always the first probe finds it.
		m := (*itab)(atomic.Loadp(unsafe.Pointer(table.entry(table.first(inter, t)))))
		if m != nil && m.Inter == inter && m.Type == t && m.Fun[0] != 0 {
			return m
		}
	}
	return getitab(inter, t, true)
}

// typeAssert and interfaceSwitch are gc's entries with a cache in the caller's data; the hash table is the only cache here.
func typeAssert(s *abi.TypeAssert, t *_type) *itab {
	if s.CanFail {
		return assertE2I2(s.Inter, t)
	}
	return assertE2I(s.Inter, t)
}

func interfaceSwitch(s *abi.InterfaceSwitch, t *_type) (int, *itab) {
	cases := unsafe.Slice(&s.Cases[0], s.NCases)
	for i, c := range cases {
		if tab := getitab(c, t, true); tab != nil {
			return i, tab
		}
	}
	return len(cases), nil
}

//go:linkname reflect_ifaceE2I reflect.ifaceE2I
func reflect_ifaceE2I(inter *interfacetype, e eface, dst *iface) {
	*dst = iface{assertE2I(inter, e._type), e.data}
}

//go:linkname reflectlite_ifaceE2I internal/reflectlite.ifaceE2I
func reflectlite_ifaceE2I(inter *interfacetype, e eface, dst *iface) {
	*dst = iface{assertE2I(inter, e._type), e.data}
}

// Conversion of a value to an interface: a pointer to a copy nobody writes to. Small integers and zero values share static memory.

// staticuint64s[i] is i.
var staticuint64s = [256]uint64{
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
	16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
	32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
	48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63,
	64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79,
	80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95,
	96, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111,
	112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127,
	128, 129, 130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 140, 141, 142, 143,
	144, 145, 146, 147, 148, 149, 150, 151, 152, 153, 154, 155, 156, 157, 158, 159,
	160, 161, 162, 163, 164, 165, 166, 167, 168, 169, 170, 171, 172, 173, 174, 175,
	176, 177, 178, 179, 180, 181, 182, 183, 184, 185, 186, 187, 188, 189, 190, 191,
	192, 193, 194, 195, 196, 197, 198, 199, 200, 201, 202, 203, 204, 205, 206, 207,
	208, 209, 210, 211, 212, 213, 214, 215, 216, 217, 218, 219, 220, 221, 222, 223,
	224, 225, 226, 227, 228, 229, 230, 231, 232, 233, 234, 235, 236, 237, 238, 239,
	240, 241, 242, 243, 244, 245, 246, 247, 248, 249, 250, 251, 252, 253, 254, 255,
}

//go:linkname getStaticuint64s
func getStaticuint64s() *[256]uint64 { return &staticuint64s }

// The types of the copies that convTstring and convTslice make: their pointer masks are what counts.
var (
	stringEface any = ""
	sliceEface  any = []byte(nil)
)

func convT(t *_type, v unsafe.Pointer) unsafe.Pointer {
	x := mallocgc(t.Size_, t, false)
	typedmemmove(t, x, v)
	return x
}

func convTnoptr(t *_type, v unsafe.Pointer) unsafe.Pointer {
	x := mallocgc(t.Size_, nil, false)
	memmove(x, v, t.Size_)
	return x
}

func convT16(val uint16) unsafe.Pointer {
	if val < 256 {
		return unsafe.Pointer(&staticuint64s[val])
	}
	x := mallocgc(2, nil, false)
	*(*uint16)(x) = val
	return x
}

func convT32(val uint32) unsafe.Pointer {
	if val < 256 {
		return unsafe.Pointer(&staticuint64s[val])
	}
	x := mallocgc(4, nil, false)
	*(*uint32)(x) = val
	return x
}

func convT64(val uint64) unsafe.Pointer {
	if val < 256 {
		return unsafe.Pointer(&staticuint64s[val])
	}
	x := mallocgc(8, nil, false)
	*(*uint64)(x) = val
	return x
}

func convTstring(val string) unsafe.Pointer {
	if val == "" {
		return unsafe.Pointer(&zeroVal[0])
	}
	x := mallocgc(16, efaceOf(&stringEface)._type, false)
	*(*string)(x) = val
	return x
}

func convTslice(val []byte) unsafe.Pointer {
	if val == nil {
		return unsafe.Pointer(&zeroVal[0])
	}
	x := mallocgc(24, efaceOf(&sliceEface)._type, false)
	*(*[]byte)(x) = val
	return x
}
