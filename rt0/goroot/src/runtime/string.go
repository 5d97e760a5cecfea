package runtime

// Strings: concatenation and conversion.
//
// buf parameters: memory on the caller's stack that a short result may use, because the compiler proved that the result
// does not outlive the call's frame; nil otherwise.
//
// Source: names and the panic text from runtime/string.go, go1.27.

import "unsafe"

const tmpStringBufSize = 32

type tmpBuf [tmpStringBufSize]byte

// rawstring allocates n bytes and gives them as a string and as the slice to fill it through.
func rawstring(n int) (string, []byte) {
	p := (*byte)(mallocgc(uintptr(n), nil, false))
	return unsafe.String(p, n), unsafe.Slice(p, n)
}

// rawstringtmp is rawstring in buf when it fits.
func rawstringtmp(buf *tmpBuf, n int) (string, []byte) {
	if buf != nil && n <= len(buf) {
		p := &buf[0]
		return unsafe.String(p, n), unsafe.Slice(p, n)
	}
	return rawstring(n)
}

// rawbyteslice allocates a byte slice whose bytes up to cap are zero from len on.
func rawbyteslice(n int) []byte {
	cap := roundupsize(uintptr(n), true)
	p := mallocgc(cap, nil, false)
	memclrNoHeapPointers(add(p, uintptr(n)), cap-uintptr(n))
	return unsafe.Slice((*byte)(p), cap)[:n]
}

func rawruneslice(n int) []rune {
	if uintptr(n) > maxAlloc/4 {
		throw("out of memory")
	}
	mem := roundupsize(uintptr(n)*4, true)
	p := mallocgc(mem, nil, false)
	memclrNoHeapPointers(add(p, uintptr(n)*4), mem-uintptr(n)*4)
	return unsafe.Slice((*rune)(p), mem/4)[:n]
}

// concatstrings implements x+y+z+...: a single non-empty operand is returned itself, unless it lies on the stack of the
// caller (then buf is nil only if the result escapes, and the copy is needed).
func concatstrings(buf *tmpBuf, a []string) string {
	idx := 0
	l := 0
	count := 0
	for i, x := range a {
		n := len(x)
		if n == 0 {
			continue
		}
		if l+n < l {
			throw("string concatenation too long")
		}
		l += n
		count++
		idx = i
	}
	if count == 0 {
		return ""
	}
	if count == 1 && (buf != nil || !stringDataOnStack(a[idx])) {
		return a[idx]
	}
	s, b := rawstringtmp(buf, l)
	p := unsafe.Pointer(unsafe.SliceData(b))
	for _, x := range a {
		memmove(p, unsafe.Pointer(unsafe.StringData(x)), uintptr(len(x)))
		p = unsafe.Pointer(uintptr(p) + uintptr(len(x)))
	}
	return s
}

func concatstring2(buf *tmpBuf, a0, a1 string) string {
	n0, n1 := len(a0), len(a1)
	if n0 == 0 && (buf != nil || !stringDataOnStack(a1)) {
		return a1
	}
	if n1 == 0 && (buf != nil || !stringDataOnStack(a0)) {
		return a0
	}
	l := n0 + n1
	if l < 0 {
		throw("string concatenation too long")
	}
	s, b := rawstringtmp(buf, l)
	p := unsafe.Pointer(unsafe.SliceData(b))
	memmove(p, unsafe.Pointer(unsafe.StringData(a0)), uintptr(n0))
	memmove(unsafe.Pointer(uintptr(p)+uintptr(n0)), unsafe.Pointer(unsafe.StringData(a1)), uintptr(n1))
	return s
}

func concatstring3(buf *tmpBuf, a0, a1, a2 string) string {
	a := [3]string{a0, a1, a2}
	return concatstrings(buf, a[:])
}

func concatstring4(buf *tmpBuf, a0, a1, a2, a3 string) string {
	a := [4]string{a0, a1, a2, a3}
	return concatstrings(buf, a[:])
}

func concatstring5(buf *tmpBuf, a0, a1, a2, a3, a4 string) string {
	a := [5]string{a0, a1, a2, a3, a4}
	return concatstrings(buf, a[:])
}

// stringDataOnStack reports whether s may point into a goroutine's stack: anything that is neither heap nor static (static data lies
// below 2 GB). A wrong yes only costs a copy.
func stringDataOnStack(s string) bool {
	p := uintptr(unsafe.Pointer(unsafe.StringData(s)))
	return p >= 1<<31 && spanOfHeap(p) == nil
}

// concatbytes implements []byte(x+y+...).
func concatbytes(buf *tmpBuf, a []string) []byte {
	l := 0
	for _, x := range a {
		if l+len(x) < l {
			throw("string concatenation too long")
		}
		l += len(x)
	}
	if l == 0 {
		return []byte{}
	}
	var b []byte
	if buf != nil && l <= len(buf) {
		*buf = tmpBuf{}
		b = buf[:l]
	} else {
		b = rawbyteslice(l)
	}
	p := unsafe.Pointer(unsafe.SliceData(b))
	for _, x := range a {
		memmove(p, unsafe.Pointer(unsafe.StringData(x)), uintptr(len(x)))
		p = unsafe.Pointer(uintptr(p) + uintptr(len(x)))
	}
	return b
}

// slicebytetostring implements string(b) for the n bytes at ptr.
func slicebytetostring(buf *tmpBuf, ptr *byte, n int) string {
	if n == 0 {
		return ""
	}
	if n == 1 {
		p := unsafe.Pointer(&staticuint64s[*ptr])
		return unsafe.String((*byte)(p), 1)
	}
	var p unsafe.Pointer
	if buf != nil && n <= len(buf) {
		p = unsafe.Pointer(buf)
	} else {
		p = mallocgc(uintptr(n), nil, false)
	}
	memmove(p, unsafe.Pointer(ptr), uintptr(n))
	return unsafe.String((*byte)(p), n)
}

// slicebytetostringtmp is string(b) that is used only while b does not change: no copy.
func slicebytetostringtmp(ptr *byte, n int) string {
	return unsafe.String(ptr, n)
}

func stringtoslicebyte(buf *tmpBuf, s string) []byte {
	var b []byte
	if buf != nil && len(s) <= len(buf) {
		*buf = tmpBuf{}
		b = buf[:len(s)]
	} else {
		b = rawbyteslice(len(s))
	}
	copy(b, s)
	return b
}

func stringtoslicerune(buf *[tmpStringBufSize]rune, s string) []rune {
	n := countrunes(s)
	var a []rune
	if buf != nil && n <= len(buf) {
		*buf = [tmpStringBufSize]rune{}
		a = buf[:n]
	} else {
		a = rawruneslice(n)
	}
	i := 0
	for k := 0; k < len(s); {
		r := rune(s[k])
		if r < runeSelf {
			k++
		} else {
			r, k = decoderune(s, k)
		}
		a[i] = r
		i++
	}
	return a
}

func slicerunetostring(buf *tmpBuf, a []rune) string {
	n := 0
	for _, r := range a {
		n += runelen(r)
	}
	if n == 0 {
		return ""
	}
	s, b := rawstringtmp(buf, n)
	i := 0
	for _, r := range a {
		i += encoderune(b[i:], r)
	}
	return s
}

func intstring(buf *[4]byte, v int64) string {
	r := rune(v)
	if int64(r) != v {
		r = runeError
	}
	var b []byte
	var s string
	if buf != nil {
		b = buf[:]
		s = unsafe.String(&buf[0], 4)
	} else {
		s, b = rawstring(4)
	}
	n := encoderune(b, r)
	return s[:n]
}

// Strings of C: bytes up to a zero.

func findnull(s *byte) int {
	if s == nil {
		return 0
	}
	n := uintptr(0)
	for *(*byte)(add(unsafe.Pointer(s), n)) != 0 {
		n++
	}
	return int(n)
}

func gostringnocopy(s *byte) string {
	return unsafe.String(s, findnull(s))
}

func gostring(p *byte) string {
	n := findnull(p)
	if n == 0 {
		return ""
	}
	s, b := rawstring(n)
	memmove(unsafe.Pointer(unsafe.SliceData(b)), unsafe.Pointer(p), uintptr(n))
	return s
}

func gostringn(p *byte, n int) string {
	if n == 0 {
		return ""
	}
	s, b := rawstring(n)
	memmove(unsafe.Pointer(unsafe.SliceData(b)), unsafe.Pointer(p), uintptr(n))
	return s
}

func gobytes(p *byte, n int) []byte {
	if n == 0 {
		return make([]byte, 0)
	}
	if n < 0 || uintptr(n) > maxAlloc {
		panic(errorString("gobytes: length out of range"))
	}
	b := unsafe.Slice((*byte)(mallocgc(uintptr(n), nil, false)), n)
	memmove(unsafe.Pointer(unsafe.SliceData(b)), unsafe.Pointer(p), uintptr(n))
	return b
}

func hasPrefix(s, prefix string) bool {
	return len(s) >= len(prefix) && s[:len(prefix)] == prefix
}

func hasSuffix(s, suffix string) bool {
	return len(s) >= len(suffix) && s[len(s)-len(suffix):] == suffix
}

// atoi64 parses a decimal integer with an optional sign.
func atoi64(s string) (int64, bool) {
	if s == "" {
		return 0, false
	}
	neg := false
	if s[0] == '-' {
		neg = true
		s = s[1:]
		if s == "" {
			return 0, false
		}
	}
	un := uint64(0)
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < '0' || c > '9' {
			return 0, false
		}
		if un > 1<<63/10 {
			return 0, false
		}
		un *= 10
		un1 := un + uint64(c) - '0'
		if un1 < un {
			return 0, false
		}
		un = un1
	}
	if !neg && un > 1<<63-1 || neg && un > 1<<63 {
		return 0, false
	}
	n := int64(un)
	if neg {
		n = -n
	}
	return n, true
}

func atoi(s string) (int, bool) {
	n, ok := atoi64(s)
	return int(n), ok
}

func atoi32(s string) (int32, bool) {
	n, ok := atoi64(s)
	if n == int64(int32(n)) {
		return int32(n), ok
	}
	return 0, false
}

// parseByteCount parses GOMEMLIMIT's value: a number of bytes with an optional B, KiB, MiB, GiB or TiB.
func parseByteCount(s string) (int64, bool) {
	if s == "" {
		return 0, false
	}
	last := s[len(s)-1]
	if last >= '0' && last <= '9' {
		n, ok := atoi64(s)
		return n, ok && n >= 0
	}
	if last != 'B' {
		return 0, false
	}
	s = s[:len(s)-1]
	if s == "" {
		return 0, false
	}
	shift := uint(0)
	if s[len(s)-1] == 'i' {
		s = s[:len(s)-1]
		if s == "" {
			return 0, false
		}
		switch s[len(s)-1] {
		case 'K':
			shift = 10
		case 'M':
			shift = 20
		case 'G':
			shift = 30
		case 'T':
			shift = 40
		default:
			return 0, false
		}
		s = s[:len(s)-1]
	}
	n, ok := atoi64(s)
	if !ok || n < 0 || n > (1<<63-1)>>shift {
		return 0, false
	}
	return n << shift, true
}
