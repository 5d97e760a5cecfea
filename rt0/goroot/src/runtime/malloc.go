package runtime

// Allocation of memory that the collector frees.
//
//	0 bytes                       &zerobase
//	below 16, no pointers         shares a 16-byte block (tiny)
//	up to 32 KB                   one object of a size-classed span of the P's mcache
//	above                         a span of its own
//
// How the collector learns where the pointers are: spans are either noscan or not; for each word of a small object
// that may hold pointers mallocgc writes one bit into mheap_.heapBits, from the type's mask (abi.Type.GCData), repeated
// for arrays; a large object only records its type. Writing bits costs a few instructions for objects up to 64 words
// and about 1/64 of the memory traffic above. Rejected: a type word before each object, which shifts the alignment and
// makes the collector chase types.
//
// An allocation is never interrupted by a collection half way: m.mallocing and m.locks keep the goroutine on its
// M until the object is zeroed and its bits are written.
//
// Source: names and size classes as in runtime/malloc.go, go1.27.

import (
	"internal/abi"
	"internal/runtime/atomic"
	"internal/runtime/math"
	"unsafe"
)

// zerobase is the address of all zero-size objects.
var zerobase uintptr

// zeroVal is what a map access returns for a missing element; internal/runtime/maps reads it too.
var zeroVal [abi.ZeroValSize]byte

// mallocgc allocates size bytes for objects of type typ (an array of typ when size is larger; nil: no pointers).
// The bytes are zero if needzero or if typ has pointers.
func mallocgc(size uintptr, typ *_type, needzero bool) unsafe.Pointer {
	if size == 0 {
		return unsafe.Pointer(&zerobase)
	}
	mp := acquirem()
	if mp.mallocing != 0 {
		throw("malloc deadlock")
	}
	mp.mallocing = 1
	c := getMCache(mp)
	noscan := typ == nil || typ.PtrBytes == 0
	var x uintptr
	refilled := false
	sampled := uintptr(0) // bytes that count for the memory profile
	if size <= maxSmallSize {
		if noscan && size < maxTinySize {
			off := c.tinyoffset
			if size&7 == 0 {
				off = (off + 7) &^ 7
			} else if size&3 == 0 {
				off = (off + 3) &^ 3
			} else if size&1 == 0 {
				off = (off + 1) &^ 1
			}
			if off+size <= maxTinySize && c.tiny != 0 {
				x = c.tiny + off
				c.tinyoffset = off + size
				c.tinyAllocs++
			} else {
				s := c.alloc[tinySpanClass]
				x = s.nextFree()
				if x == 0 {
					s = c.refill(tinySpanClass)
					x = s.nextFree()
					refilled = true
				}
				sampled = maxTinySize
				// Zeroed whole: the sharers come later.
				p := (*[2]uint64)(unsafe.Pointer(x))
				p[0] = 0
				p[1] = 0
				if size < c.tinyoffset || c.tiny == 0 {
					c.tiny = x
					c.tinyoffset = size
				}
			}
		} else {
			sc := makeSpanClass(sizeToClass(size), noscan)
			s := c.alloc[sc]
			x = s.nextFree()
			if x == 0 {
				s = c.refill(sc)
				x = s.nextFree()
				refilled = true
			}
			sampled = s.elemsize
			if noscan {
				if needzero && s.needzero != 0 {
					memclrNoHeapPointers(unsafe.Pointer(x), s.elemsize)
				}
			} else {
				if s.needzero != 0 {
					memclrNoHeapPointers(unsafe.Pointer(x), s.elemsize)
				}
				heapSetType(x, s.elemsize, size, typ)
			}
		}
	} else {
		x = mallocLarge(size, typ, noscan, needzero, mp)
		sampled = (size + pageMask) &^ pageMask
		refilled = true
	}
	if c.nextSample < int64(sampled) || c.sampledRate != MemProfileRate {
		sampleAlloc(c, x, sampled)
	} else {
		c.nextSample -= int64(sampled)
	}
	mp.mallocing = 0
	releasem(mp)
	if refilled {
		afterRefill()
	}
	return unsafe.Pointer(x)
}

// afterRefill starts a collection, or helps with the one under way, if it is time. Who does nothing but allocate is hardly ever found by a signal where it
// may be stopped: here it stops of itself.
func afterRefill() {
	if writeBarrier.enabled != 0 {
		gcAssist()
	} else if gcController.heapLive >= gcController.trigger || debug.gcstress > 0 && work.refills.Add(1)%uint32(debug.gcstress) == 0 {
		gcTriggered()
	}
	yieldIfAsked()
}

const tinySpanClass = spanClass(2<<1 | 1) // 16 bytes, noscan

// mallocLarge allocates an object with a span of its own.
func mallocLarge(size uintptr, typ *_type, noscan, needzero bool, mp *m) uintptr {
	if size+pageSize < size {
		throw("out of memory")
	}
	npages := (size + pageMask) >> pageShift
	sc := makeSpanClass(0, noscan)
	s := mheap_.alloc(npages, sc)
	if s == nil {
		throw("out of memory")
	}
	if (needzero || !noscan) && s.needzero != 0 {
		memclrNoHeapPointers(unsafe.Pointer(s.startAddr), npages<<pageShift)
	}
	s.userSize = size
	if !noscan {
		s.largeType = typ
	}
	x := s.nextFree()
	if writeBarrier.enabled != 0 {
		atomic.Or64(s.markBits, 1)
	}
	gcController.addLive(int64(s.elemsize))
	mheap_.central[sc].put(s)
	return x
}

// heapSetType writes the pointer bits of the object at x: elemsize bytes of room, of which size bytes are typ, repeated.
func heapSetType(x, elemsize, size uintptr, typ *_type) {
	word := (x - mheap_.base) / 8
	bits := mheap_.heapBits + word/64*8
	shift := word % 64
	if elemsize == 8 {
		p := (*uint64)(unsafe.Pointer(bits))
		*p |= 1 << shift
		return
	}
	if size <= 64*8 && size == typ.Size_ {
		// The mask is one word, as it is; the rest of the room gets zeros.
		var mask uint64
		if typ.TFlag&abi.TFlagGCMaskOnDemand == 0 {
			mask = gcMaskWord(typ.GCData, typ.PtrBytes/8)
		} else {
			mask = gcMaskWord(getGCMask(typ), typ.PtrBytes/8)
		}
		n := elemsize / 8
		if n <= 64 {
			writeHeapBits(bits, shift, mask, n)
			return
		}
	}
	heapSetTypeSlow(bits, shift, elemsize/8, size, typ)
}

// gcMaskWord reads the first n <= 64 bits of a type's pointer mask. Masks are padded to whole words of 8 bytes.
func gcMaskWord(mask *byte, n uintptr) uint64 {
	w := *(*uint64)(unsafe.Pointer(mask))
	if n < 64 {
		w &= 1<<n - 1
	}
	return w
}

// writeHeapBits stores the low n <= 64 bits of mask at bit shift of the word at bits, and on into the next word. The words belong to
// one span, whose owner is the caller, so plain stores do.
func writeHeapBits(bits, shift uintptr, mask uint64, n uintptr) {
	keep := ^uint64(0)
	if n < 64 {
		keep = 1<<n - 1
	}
	p := (*uint64)(unsafe.Pointer(bits))
	*p = *p&^(keep<<shift) | mask<<shift
	if shift+n > 64 {
		p = (*uint64)(unsafe.Pointer(bits + 8))
		*p = *p&^(keep>>(64-shift)) | mask>>(64-shift)
	}
}

// heapSetTypeSlow is heapSetType for arrays and for objects above 64 words. nwords: the room.
func heapSetTypeSlow(bits, shift, nwords, size uintptr, typ *_type) {
	ew := typ.Size_ / 8    // words of an element
	pw := typ.PtrBytes / 8 // of those, the prefix that may hold pointers
	mask := getGCMask(typ)
	done := uintptr(0) // words written
	end := size / 8
	if ew <= 64 {
		// As many elements as fit make one pattern of patw words.
		m := gcMaskWord(mask, pw)
		pat := m
		patw := ew
		if ew == 1 {
			pat = ^uint64(0)
			patw = 64
		} else {
			for patw+ew <= 64 {
				pat |= m << patw
				patw += ew
			}
		}
		for done < end {
			n := patw
			if n > end-done {
				n = end - done
			}
			v := pat
			if n < 64 {
				v &= 1<<n - 1
			}
			writeHeapBits(bits, shift, v, n)
			done += n
			shift += n
			bits += shift / 64 * 8
			shift %= 64
		}
	} else {
		for done < end {
			// One element, a word of its mask at a time; past pw the bits are zero.
			for i := uintptr(0); i < ew; i += 64 {
				n := ew - i
				if n > 64 {
					n = 64
				}
				var v uint64
				if i < pw {
					v = gcMaskWord((*byte)(unsafe.Pointer(uintptr(unsafe.Pointer(mask))+i/8)), min(pw-i, 64))
				}
				writeHeapBits(bits, shift, v, n)
				done += n
				shift += n
				bits += shift / 64 * 8
				shift %= 64
			}
		}
	}
	for done < nwords {
		n := nwords - done
		if n > 64 {
			n = 64
		}
		writeHeapBits(bits, shift, 0, n)
		done += n
		shift += n
		bits += shift / 64 * 8
		shift %= 64
	}
}

// getGCMask is the pointer mask of a type, PtrBytes/8 bits, padded to whole words. Types that reflect makes (and very
// large ones) carry no mask but room for a pointer to one, built here at first use.
func getGCMask(t *_type) *byte {
	if t.TFlag&abi.TFlagGCMaskOnDemand == 0 {
		return t.GCData
	}
	slot := (**byte)(unsafe.Pointer(t.GCData))
	if p := (*byte)(atomicLoadp(unsafe.Pointer(slot))); p != nil {
		return p
	}
	n := (t.PtrBytes/8 + 63) / 64 * 8
	p := (*byte)(persistentalloc(n, 8, &memstats.other_sys)) // outside the heap: this may run inside mallocgc
	fillGCMask(p, 0, t)
	atomicStorep(unsafe.Pointer(slot), unsafe.Pointer(p)) // two makers build equal masks; either may stay
	return p
}

// fillGCMask sets, from bit off on, the bits of the pointer words of t.
func fillGCMask(dst *byte, off uintptr, t *_type) {
	if t.PtrBytes == 0 {
		return
	}
	if t.TFlag&abi.TFlagGCMaskOnDemand == 0 {
		for i := uintptr(0); i < t.PtrBytes/8; i++ {
			if *(*byte)(add(unsafe.Pointer(t.GCData), i/8))>>(i%8)&1 != 0 {
				b := (*byte)(add(unsafe.Pointer(dst), (off+i)/8))
				*b |= 1 << ((off + i) % 8)
			}
		}
		return
	}
	switch t.Kind_ {
	case abi.Array:
		at := (*arraytype)(unsafe.Pointer(t))
		for i := uintptr(0); i < at.Len; i++ {
			fillGCMask(dst, off+i*at.Elem.Size_/8, at.Elem)
		}
	case abi.Struct:
		st := (*structtype)(unsafe.Pointer(t))
		for i := range st.Fields {
			f := &st.Fields[i]
			fillGCMask(dst, off+f.Offset/8, f.Typ)
		}
	default:
		throw("getGCMask: unexpected kind")
	}
}

// newobject implements new(T).
func newobject(typ *_type) unsafe.Pointer {
	return mallocgc(typ.Size_, typ, true)
}

// newarray allocates n elements.
func newarray(typ *_type, n int) unsafe.Pointer {
	if n == 1 {
		return mallocgc(typ.Size_, typ, true)
	}
	mem, overflow := math.MulUintptr(typ.Size_, uintptr(n))
	if overflow || mem > maxAlloc || n < 0 {
		panic(plainError("runtime: allocation size out of range"))
	}
	return mallocgc(mem, typ, true)
}

//go:linkname maps_newobject internal/runtime/maps.newobject
func maps_newobject(typ *_type) unsafe.Pointer {
	return mallocgc(typ.Size_, typ, true)
}

//go:linkname maps_newarray internal/runtime/maps.newarray
func maps_newarray(typ *_type, n int) unsafe.Pointer {
	return newarray(typ, n)
}

//go:linkname reflect_unsafe_New reflect.unsafe_New
func reflect_unsafe_New(typ *_type) unsafe.Pointer {
	return mallocgc(typ.Size_, typ, true)
}

//go:linkname reflectlite_unsafe_New internal/reflectlite.unsafe_New
func reflectlite_unsafe_New(typ *_type) unsafe.Pointer {
	return mallocgc(typ.Size_, typ, true)
}

//go:linkname reflect_unsafe_NewArray reflect.unsafe_NewArray
func reflect_unsafe_NewArray(typ *_type, n int) unsafe.Pointer {
	return newarray(typ, n)
}

//go:linkname reflect_verifyNotInHeapPtr reflect.verifyNotInHeapPtr
func reflect_verifyNotInHeapPtr(p uintptr) bool {
	return spanOf(p) == nil && p != 1<<64-1
}
