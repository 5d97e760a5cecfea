package runtime

// Type descriptors: the offsets in them, the tables of them, and equality of two.
//
// Descriptors are laid out as internal/abi says. NameOff, TypeOff and TextOff in descriptors that the compiler made are
// plain 32-bit addresses (everything static lies below 2 GB). reflect makes descriptors at run time too; what those
// refer to lies anywhere, so reflect registers it (addReflectOff) and gets a negative number that stands for it.
// A TextOff of 0 or -1 is a method that the linker dropped because nothing can call it.

import (
	"internal/abi"
	"unsafe"
)

type rtype struct {
	*abi.Type
}

func toRType(t *abi.Type) rtype { return rtype{t} }

//go:linkname maps_typeString internal/runtime/maps.typeString
func maps_typeString(typ *abi.Type) string { return toRType(typ).string() }

func (t rtype) string() string {
	s := t.nameOff(t.Str).Name()
	if t.TFlag&abi.TFlagExtraStar != 0 {
		return s[1:]
	}
	return s
}

func (t rtype) uncommon() *uncommontype { return t.Uncommon() }

// name is the type's own name without package and without type arguments' inner dots.
func (t rtype) name() string {
	if t.TFlag&abi.TFlagNamed == 0 {
		return ""
	}
	s := t.string()
	depth := 0
	i := len(s) - 1
	for i >= 0 && (s[i] != '.' || depth != 0) {
		if s[i] == ']' {
			depth++
		} else if s[i] == '[' {
			depth--
		}
		i--
	}
	return s[i+1:]
}

func (t rtype) pkgpath() string {
	if u := t.uncommon(); u != nil {
		return t.nameOff(u.PkgPath).Name()
	}
	switch t.Kind() {
	case abi.Struct:
		return (*structtype)(unsafe.Pointer(t.Type)).PkgPath.Name()
	case abi.Interface:
		return (*interfacetype)(unsafe.Pointer(t.Type)).PkgPath.Name()
	}
	return ""
}

// reflectOffs: what reflect registered, by negative number. Guarded by lock. Two slices and a search from the end would do;
// maps keep it fast for programs that make many types.
var reflectOffs struct {
	lock mutex
	ptrs []unsafe.Pointer // ptrs[i] has number -1-i
	nums map[unsafe.Pointer]int32
}

//go:linkname reflect_addReflectOff reflect.addReflectOff
func reflect_addReflectOff(ptr unsafe.Pointer) int32 {
	lock(&reflectOffs.lock)
	id, ok := reflectOffs.nums[ptr]
	if !ok {
		if reflectOffs.nums == nil {
			reflectOffs.nums = make(map[unsafe.Pointer]int32)
		}
		reflectOffs.ptrs = append(reflectOffs.ptrs, ptr)
		id = -int32(len(reflectOffs.ptrs))
		reflectOffs.nums[ptr] = id
	}
	unlock(&reflectOffs.lock)
	return id
}

// offPtr is what a nonzero offset stands for.
func offPtr(off int32) unsafe.Pointer {
	if off > 0 {
		return unsafe.Pointer(uintptr(off))
	}
	lock(&reflectOffs.lock)
	i := int(-1 - off)
	var p unsafe.Pointer
	if i < len(reflectOffs.ptrs) {
		p = reflectOffs.ptrs[i]
	}
	unlock(&reflectOffs.lock)
	return p
}

func resolveNameOff(ptrInModule unsafe.Pointer, off nameOff) name {
	if off == 0 {
		return name{}
	}
	p := offPtr(int32(off))
	if p == nil {
		throw("runtime: name offset base pointer out of range")
	}
	return name{Bytes: (*byte)(p)}
}

func (t rtype) nameOff(off nameOff) name { return resolveNameOff(unsafe.Pointer(t.Type), off) }

func resolveTypeOff(ptrInModule unsafe.Pointer, off typeOff) *_type {
	if off == 0 {
		return nil
	}
	return (*_type)(offPtr(int32(off)))
}

func (t rtype) typeOff(off typeOff) *_type { return resolveTypeOff(unsafe.Pointer(t.Type), off) }

func (t rtype) textOff(off textOff) unsafe.Pointer {
	if off > 0 {
		return unsafe.Pointer(uintptr(off))
	}
	if off < 0 {
		if p := offPtr(int32(off)); p != nil {
			return p
		}
	}
	return unsafe.Pointer(funcPC(unreachableMethod))
}

// unreachableMethod stands in itabs and method tables for methods that were dropped.
func unreachableMethod() {
	throw("unreachable method called. linker bug?")
}

//go:linkname reflect_resolveNameOff reflect.resolveNameOff
func reflect_resolveNameOff(ptrInModule unsafe.Pointer, off int32) unsafe.Pointer {
	return unsafe.Pointer(resolveNameOff(ptrInModule, nameOff(off)).Bytes)
}

//go:linkname reflect_resolveTypeOff reflect.resolveTypeOff
func reflect_resolveTypeOff(rtype unsafe.Pointer, off int32) unsafe.Pointer {
	return unsafe.Pointer(resolveTypeOff(rtype, typeOff(off)))
}

//go:linkname reflect_resolveTextOff reflect.resolveTextOff
func reflect_resolveTextOff(rtype unsafe.Pointer, off int32) unsafe.Pointer {
	return toRType((*_type)(rtype)).textOff(textOff(off))
}

//go:linkname reflectlite_resolveNameOff internal/reflectlite.resolveNameOff
func reflectlite_resolveNameOff(ptrInModule unsafe.Pointer, off int32) unsafe.Pointer {
	return unsafe.Pointer(resolveNameOff(ptrInModule, nameOff(off)).Bytes)
}

//go:linkname reflectlite_resolveTypeOff internal/reflectlite.resolveTypeOff
func reflectlite_resolveTypeOff(rtype unsafe.Pointer, off int32) unsafe.Pointer {
	return unsafe.Pointer(resolveTypeOff(rtype, typeOff(off)))
}

func typesTable() (lo, hi uintptr)

// allTypes is the table of all descriptors in the program, sorted by their string.
func allTypes() []*_type {
	lo, hi := typesTable()
	return unsafe.Slice((**_type)(unsafe.Pointer(lo)), (hi-lo)/8)
}

//go:linkname reflect_compiledTypelinks reflect.compiledTypelinks
func reflect_compiledTypelinks() ([]*abi.Type, [][]*abi.Type) {
	return allTypes(), nil
}

// reflect_typelinks is for packages that pull it: the descriptors as offsets from a section at address 0.
//
//go:linkname reflect_typelinks reflect.typelinks
func reflect_typelinks() ([]unsafe.Pointer, [][]int32) {
	tl := allTypes()
	offs := make([]int32, len(tl))
	for i, t := range tl {
		offs[i] = int32(uintptr(unsafe.Pointer(t)))
	}
	return []unsafe.Pointer{nil}, [][]int32{offs}
}

//go:linkname reflect_adjustAIXGCDataForRuntime reflect.adjustAIXGCDataForRuntime
func reflect_adjustAIXGCDataForRuntime(addr *byte) *byte { return addr }

// pkgPath is the package of an unexported name, if the name itself carries it.
func pkgPath(n name) string {
	if n.Bytes == nil || *n.Data(0)&(1<<2) == 0 {
		return ""
	}
	i, l := n.ReadVarint(1)
	off := 1 + i + l
	if n.HasTag() {
		i2, l2 := n.ReadVarint(off)
		off += i2 + l2
	}
	var no int32
	p := n.Data(off) // not aligned
	for k := uintptr(0); k < 4; k++ {
		no |= int32(*(*byte)(add(unsafe.Pointer(p), k))) << (8 * k)
	}
	return resolveNameOff(unsafe.Pointer(n.Bytes), nameOff(no)).Name()
}
