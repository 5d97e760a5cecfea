package runtime

// fixalloc: free lists of fixed-size records outside the garbage-collected heap (spans, specials, sudogs, mark bits).
//
// A record is taken from the free list, or cut from a chunk of persistentalloc memory. Memory never goes back to the
// system; it is reused for the same kind of record only. Records start zeroed.
// No lock of its own: the owner's lock guards it (mheap_.lock for spans, mheap_.specialLock for specials).

import "unsafe"

const fixAllocChunk = 16 << 10

type fixalloc struct {
	size   uintptr  // bytes of a record, at least 8 and rounded to 8
	list   *fixfree // freed records
	chunk  uintptr  // next byte of the current chunk
	nchunk uintptr  // bytes left in it
	inuse  uintptr  // bytes handed out
	stat   *sysMemStat
}

type fixfree struct {
	next *fixfree
}

func (f *fixalloc) init(size uintptr, stat *sysMemStat) {
	f.size = (size + 7) &^ 7
	f.stat = stat
}

func (f *fixalloc) alloc() unsafe.Pointer {
	f.inuse += f.size
	if v := f.list; v != nil {
		f.list = v.next
		memclrNoHeapPointers(unsafe.Pointer(v), f.size)
		return unsafe.Pointer(v)
	}
	if f.nchunk < f.size {
		f.chunk = uintptr(persistentalloc(fixAllocChunk, 8, f.stat))
		f.nchunk = fixAllocChunk
	}
	v := f.chunk
	f.chunk += f.size
	f.nchunk -= f.size
	return unsafe.Pointer(v)
}

func (f *fixalloc) free(p unsafe.Pointer) {
	f.inuse -= f.size
	v := (*fixfree)(p)
	v.next = f.list
	f.list = v
}

// Persistent memory: small blocks that live until the process ends.

const persistentChunk = 256 << 10

// persistent: guarded by lock.
var persistent struct {
	lock mutex
	base uintptr
	off  uintptr
}

// persistentalloc returns size zeroed bytes, aligned to align (a power of two; 0 means 8), that are never freed and
// never scanned.
func persistentalloc(size, align uintptr, stat *sysMemStat) unsafe.Pointer {
	if align == 0 {
		align = 8
	}
	if size >= persistentChunk/4 {
		p := sysAlloc((size+4095)&^4095, stat)
		if p == nil {
			throw("runtime: cannot allocate memory")
		}
		return p
	}
	lock(&persistent.lock)
	off := (persistent.off + align - 1) &^ (align - 1)
	if persistent.base == 0 || off+size > persistentChunk {
		p := sysAlloc(persistentChunk, &memstats.other_sys)
		if p == nil {
			unlock(&persistent.lock)
			throw("runtime: cannot allocate memory")
		}
		persistent.base = uintptr(p)
		off = 0
	}
	p := persistent.base + off
	persistent.off = off + size
	unlock(&persistent.lock)
	if stat != &memstats.other_sys {
		stat.add(int64(size))
		memstats.other_sys.add(-int64(size))
	}
	return unsafe.Pointer(p)
}
