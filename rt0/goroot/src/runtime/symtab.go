// From code addresses to names, files, lines and inlined calls.
//
// Reads the table the linker lays out between runtime.pclntab and runtime.epclntab; rt0/abi/pclntab.py has the format. Nothing here
// allocates except FuncForPC of an inlined call, and Frames: it also serves signal handlers.

package runtime

import "unsafe"

const (
	pclnMagic  = 0x30746370
	pclnBucket = 4096

	funcFlagAsm     = 1
	funcFlagWrapper = 2
	funcFlagRuntime = 4
	funcFlagArgs    = 8
	funcFlagSaves   = 16  // the lowest of five
	funcFlagLost    = 512 // rt0/abi/pclntab.py
)

// Places of words of arguments.
const (
	locFrame = iota
	locReg
	locConst
)

// What a function's arguments print as: operators, in the low four bits of a byte each (rt0/abi/pclntab.py).
const (
	argEnd = iota
	argWord
	argFar
	argOpen
	argClose
	argDots
	argPair   // {word, word}
	argTriple // {word, word, word}
)

// pcHeader heads the table.
type pcHeader struct {
	magic    uint32
	nfunc    uint32
	text     uintptr
	etext    uintptr
	functab  uint32
	buckets  uint32
	nbuckets uint32
	stridx   uint32
	nstridx  uint32
	size     uint32
}

// funcEntry is one function.
type funcEntry struct {
	entry   uint32
	size    uint32
	name    uint32
	strbase uint32
	data    uint32
}

// moduledata is what this program's linker-made tables are found by.
type moduledata struct {
	text, etext      uintptr
	pcln             *pcHeader
	inittasksRuntime *uintptr
	inittasksMain    *uintptr
}

var modinfo moduledata

func pclntabTable() (lo, hi uintptr)
func textTable() (lo, hi uintptr)
func inittasksTable() (rt, mn *uintptr)

func modulesinit() {
	lo, _ := pclntabTable()
	modinfo.pcln = (*pcHeader)(unsafe.Pointer(lo))
	modinfo.text, modinfo.etext = textTable()
	modinfo.inittasksRuntime, modinfo.inittasksMain = inittasksTable()
	if modinfo.pcln.magic != pclnMagic {
		throw("invalid function symbol table")
	}
	// The blob that tools find in the file: 32 bytes of header, then two strings (debug/buildinfo).
	p := (*byte)(add(unsafe.Pointer(buildinfoBlob()), 32))
	n, p := uvarintAt(p)
	if buildVersion == "" {
		buildVersion = unsafe.String(p, n)
	}
	n, p = uvarintAt((*byte)(add(unsafe.Pointer(p), uintptr(n))))
	modinfoString = unsafe.String(p, n)
}

func buildinfoBlob() *byte

func inText(pc uintptr) bool { return pc >= modinfo.text && pc < modinfo.etext }

// funcInfo is a function of the table, or none.
type funcInfo struct {
	*funcEntry
}

func (f funcInfo) valid() bool { return f.funcEntry != nil }

func (f funcInfo) entry() uintptr { return modinfo.pcln.text + uintptr(f.funcEntry.entry) }

func pclnAt(off uint32) *byte { return (*byte)(add(unsafe.Pointer(modinfo.pcln), uintptr(off))) }

// findfunc returns the function that contains pc.
func findfunc(pc uintptr) funcInfo {
	h := modinfo.pcln
	if h == nil || pc < h.text || pc >= h.etext {
		return funcInfo{}
	}
	off := uint32(pc - h.text)
	b := off / pclnBucket
	if b >= h.nbuckets {
		b = h.nbuckets - 1
	}
	i := *(*uint32)(unsafe.Pointer(pclnAt(h.buckets + 4*b)))
	e := (*funcEntry)(unsafe.Pointer(pclnAt(h.functab + i*20)))
	for {
		// Entries are 4-aligned, 20 bytes apart; the last one is a sentinel.
		next := (*funcEntry)(add(unsafe.Pointer(e), 20))
		if next.entry > off {
			break
		}
		e = next
		i++
		if i >= h.nfunc {
			return funcInfo{}
		}
	}
	// The address behind a function is where a call returns to that is its last instruction; link leaves a byte before the next one.
	if off < e.entry || off-e.entry > e.size {
		return funcInfo{}
	}
	return funcInfo{e}
}

// uvarintAt decodes a number at p and returns it with the address behind it.
func uvarintAt(p *byte) (uint32, *byte) {
	v, shift := uint32(0), uint(0)
	for {
		b := *p
		p = (*byte)(add(unsafe.Pointer(p), 1))
		v |= uint32(b&0x7f) << shift
		if b < 0x80 {
			return v, p
		}
		shift += 7
	}
}

// pclnString returns the string at off.
func pclnString(off uint32) string {
	n, p := uvarintAt(pclnAt(off))
	return unsafe.String(p, n)
}

// str returns string number k of f's object.
func (f funcInfo) str(k uint32) string {
	return pclnString(*(*uint32)(unsafe.Pointer(pclnAt(modinfo.pcln.stridx + 4*(f.strbase+k)))))
}

func (f funcInfo) name() string {
	if !f.valid() {
		return ""
	}
	return pclnString(f.funcEntry.name)
}

func funcname(f funcInfo) string { return f.name() }

// lineReader walks a function's rows.
type lineReader struct {
	f         funcInfo
	flags     uint32
	file      uint32
	startLine uint32
	args      *byte // operators, nil without parameters
	argsEnd   *byte
	ninl      uint32
	inls      *byte // inlined calls
	rows      *byte
}

func (f funcInfo) reader() (r lineReader, ok bool) {
	if !f.valid() || f.data == 0 {
		return r, false
	}
	r.f = f
	p := pclnAt(f.data)
	r.flags, p = uvarintAt(p)
	r.file, p = uvarintAt(p)
	r.startLine, p = uvarintAt(p)
	if r.flags&funcFlagArgs != 0 {
		var n uint32
		n, p = uvarintAt(p)
		r.args = p
		p = (*byte)(add(unsafe.Pointer(p), uintptr(n)))
		r.argsEnd = p
	}
	r.ninl, p = uvarintAt(p)
	r.inls = p
	for i := uint32(0); i < r.ninl*5; i++ {
		_, p = uvarintAt(p)
	}
	r.rows = p
	return r, true
}

func (f funcInfo) flags() uint32 {
	if !f.valid() || f.data == 0 {
		// Without line information it is assembly, or machine code of LLVM's own.
		return funcFlagAsm
	}
	n, _ := uvarintAt(pclnAt(f.data))
	return n
}

func (f funcInfo) startLine() int32 {
	r, ok := f.reader()
	if !ok {
		return 0
	}
	return int32(r.startLine)
}

// at returns the row that holds for pc.
func (r *lineReader) at(pc uintptr) (file, line, inl uint32) {
	p := r.rows
	cur := r.f.entry()
	end := cur + uintptr(r.f.size)
	file, line = r.file, r.startLine
	for cur < end {
		var d, n uint32
		d, p = uvarintAt(p)
		cur += uintptr(d >> 1)
		if cur > pc {
			break
		}
		if cur >= end {
			break
		}
		n, p = uvarintAt(p)
		line += unzigzag(n)
		if d&1 != 0 {
			n, p = uvarintAt(p)
			file += unzigzag(n)
			n, p = uvarintAt(p)
			inl += unzigzag(n)
		}
	}
	return file, line, inl
}

func unzigzag(n uint32) uint32 { return n>>1 ^ -(n & 1) }

type inlCall struct {
	parent, name, startLine, callFile, callLine uint32
}

func (r *lineReader) inlined(i uint32) (c inlCall) {
	p := r.inls
	for ; i > 1; i-- {
		for j := 0; j < 5; j++ {
			_, p = uvarintAt(p)
		}
	}
	c.parent, p = uvarintAt(p)
	c.name, p = uvarintAt(p)
	c.startLine, p = uvarintAt(p)
	c.callFile, p = uvarintAt(p)
	c.callLine, p = uvarintAt(p)
	return c
}

// srcFrame is a frame of the source: one of the functions inlined at a pc, or the function itself.
type srcFrame struct {
	name      string
	file      string
	line      int32
	startLine int32
	inlined   bool // into the frame after it
	wrapper   bool
}

// inlineUnwinder enumerates the source frames of one machine frame, innermost first.
type inlineUnwinder struct {
	f    funcInfo
	r    lineReader
	ok   bool
	done bool
	file uint32
	line uint32
	inl  uint32
}

func newInlineUnwinder(f funcInfo, pc uintptr) (u inlineUnwinder) {
	u.f = f
	u.r, u.ok = f.reader()
	if u.ok {
		u.file, u.line, u.inl = u.r.at(pc)
	}
	return u
}

func (u *inlineUnwinder) next() (s srcFrame, ok bool) {
	if u.done {
		return s, false
	}
	if !u.ok {
		u.done = true
		s.name = u.f.name()
		s.file = "?"
		return s, true
	}
	s.file = u.f.str(u.file)
	s.line = int32(u.line)
	if u.inl != 0 {
		c := u.r.inlined(u.inl)
		s.name = u.f.str(c.name)
		s.startLine = int32(c.startLine)
		s.inlined = true
		u.file, u.line, u.inl = c.callFile, c.callLine, c.parent
		return s, true
	}
	u.done = true
	s.name = u.f.name()
	s.startLine = int32(u.r.startLine)
	s.wrapper = u.r.flags&funcFlagWrapper != 0
	return s, true
}

// funcpkgpath returns the package of f by its name.
func funcpkgpath(f funcInfo) string {
	name := f.name()
	i := len(name) - 1
	for ; i > 0; i-- {
		if name[i] == '/' {
			break
		}
	}
	for ; i < len(name); i++ {
		if name[i] == '.' {
			break
		}
	}
	return name[:i]
}

// ---- The exported view

// A Func represents a Go function in the running binary.
type Func struct {
	opaque struct{} // a *Func is a *funcEntry or a *funcinl
}

// funcinl stands for an inlined call, which has no code of its own.
type funcinl struct {
	ones      uint32 // ^0: no funcEntry begins so
	entry     uintptr
	name      string
	file      string
	line      int32
	startLine int32
}

func (f *Func) raw() *funcEntry { return (*funcEntry)(unsafe.Pointer(f)) }

func (f *Func) inl() *funcinl {
	if f.raw().entry == ^uint32(0) {
		return (*funcinl)(unsafe.Pointer(f))
	}
	return nil
}

func (f *Func) funcInfo() funcInfo { return funcInfo{f.raw()} }

func (f funcInfo) _Func() *Func { return (*Func)(unsafe.Pointer(f.funcEntry)) }

// A frame that something was inlined into has no return address of its own there. Callers gives it the one of the machine frame with
// the number of frames inlined above it in the bits that no address of code has, so that every frame can be told by its pc alone.
const (
	inlShift = 48
	inlPC    = 1 << inlShift // pc of one frame further out
)

// pcFrame splits what Callers gave, or what is near it, into an address and the number of frames inlined above.
func pcFrame(pc uintptr) (addr uintptr, depth int) {
	return pc & (inlPC - 1), int(pc >> inlShift)
}

// skip leaves out the innermost n frames.
func (u *inlineUnwinder) skip(n int) {
	for ; n > 0 && u.inl != 0; n-- {
		u.next()
	}
}

// outer returns the pc of the frame that the one u last returned is inlined into, given the latter's; 0 if it is not inlined, or
// into a wrapper, which Callers does not show.
func (u inlineUnwinder) outer(pc uintptr) uintptr {
	if s, ok := u.next(); !ok || s.wrapper {
		return 0
	}
	return pc + inlPC
}

// FuncForPC returns the function that contains pc; of several inlined ones, the innermost, unless pc is from Callers and says which.
func FuncForPC(pc uintptr) *Func {
	pc, depth := pcFrame(pc)
	f := findfunc(pc)
	if !f.valid() {
		return nil
	}
	// Mostly pc comes from Caller: a return address, whose call may end an inlined body.
	if pc != f.entry() {
		pc--
	}
	u := newInlineUnwinder(f, pc)
	u.skip(depth)
	s, _ := u.next()
	if !s.inlined {
		return f._Func()
	}
	fi := &funcinl{ones: ^uint32(0), entry: f.entry(), name: s.name, file: s.file, line: s.line, startLine: s.startLine}
	return (*Func)(unsafe.Pointer(fi))
}

// Name returns the name of the function.
func (f *Func) Name() string {
	if f == nil {
		return ""
	}
	if fi := f.inl(); fi != nil {
		return fi.name
	}
	return f.funcInfo().name()
}

// Entry returns the entry address of the function.
func (f *Func) Entry() uintptr {
	if fi := f.inl(); fi != nil {
		return fi.entry
	}
	return f.funcInfo().entry()
}

// FileLine returns the file name and line number of the source code for pc.
func (f *Func) FileLine(pc uintptr) (file string, line int) {
	if fi := f.inl(); fi != nil {
		return fi.file, int(fi.line)
	}
	pc, depth := pcFrame(pc)
	u := newInlineUnwinder(f.funcInfo(), pc)
	u.skip(depth)
	r, _ := u.next()
	return r.file, int(r.line)
}

func (f *Func) startLine() int32 {
	if fi := f.inl(); fi != nil {
		return fi.startLine
	}
	return f.funcInfo().startLine()
}

// Frames translates the program counters of Callers into frames.
type Frames struct {
	callers []uintptr
	nextPC  uintptr // before callers, or 0
}

// Frame is what Frames returns for each call.
type Frame struct {
	// PC is the location in this frame: of the call, for all but the innermost.
	PC uintptr
	// Func is nil for inlined functions.
	Func *Func
	// Function is the package path-qualified name, or "".
	Function  string
	File      string
	Line      int
	startLine int
	// Entry is the entry address, or 0.
	Entry    uintptr
	funcInfo funcInfo
}

// CallersFrames prepares to return the frames of callers, which Callers has filled.
func CallersFrames(callers []uintptr) *Frames {
	return &Frames{callers: callers}
}

// Next returns the next frame, and whether there are more after it.
func (ci *Frames) Next() (frame Frame, more bool) {
	for {
		frame, ok := ci.step()
		if !ok {
			return Frame{}, false
		}
		return frame, ci.pending()
	}
}

// pending reports whether step has another frame.
func (ci *Frames) pending() bool {
	if ci.nextPC != 0 {
		return true
	}
	for _, pc := range ci.callers {
		if f, _, _ := callerFunc(pc); f.valid() {
			return true
		}
	}
	return false
}

// callerFunc returns the function of a pc as from Callers, the address of the call, and the number of frames inlined above.
func callerFunc(pc uintptr) (f funcInfo, at uintptr, depth int) {
	addr, depth := pcFrame(pc)
	at = addr - 1
	f = findfunc(at)
	if !f.valid() {
		f = findfunc(addr)
		at = addr
	}
	return f, at, depth
}

func (ci *Frames) step() (frame Frame, ok bool) {
	for {
		pc := ci.nextPC
		if pc != 0 {
			ci.nextPC = 0
		} else {
			if len(ci.callers) == 0 {
				return frame, false
			}
			pc = ci.callers[0]
			ci.callers = ci.callers[1:]
		}
		f, at, depth := callerFunc(pc)
		if !f.valid() {
			continue
		}
		u := newInlineUnwinder(f, at)
		u.skip(depth)
		s, _ := u.next()
		// The frames further out may be there or, when the addresses are from the text of a traceback, not.
		if next := u.outer(pc); next != 0 && len(ci.callers) > 0 && ci.callers[0] != next {
			ci.nextPC = next
		}
		frame.PC = at | uintptr(depth)<<inlShift
		frame.Function = s.name
		frame.File = s.file
		frame.Line = int(s.line)
		frame.startLine = int(s.startLine)
		frame.Entry = f.entry()
		frame.funcInfo = f
		if !s.inlined {
			frame.Func = f._Func()
		}
		return frame, true
	}
}

// runtime_expandFinalInlineFrame adds the frames that the last one is inlined into, which Callers had no room for.
//
//go:linkname runtime_expandFinalInlineFrame runtime/pprof.runtime_expandFinalInlineFrame
func runtime_expandFinalInlineFrame(stk []uintptr) []uintptr {
	if len(stk) == 0 {
		return stk
	}
	pc := stk[len(stk)-1]
	f, at, depth := callerFunc(pc)
	if !f.valid() {
		return stk
	}
	u := newInlineUnwinder(f, at)
	u.skip(depth)
	for {
		u.next()
		if pc = u.outer(pc); pc == 0 {
			return stk
		}
		stk = append(stk, pc)
	}
}

//go:linkname runtime_FrameStartLine runtime/pprof.runtime_FrameStartLine
func runtime_FrameStartLine(f *Frame) int { return f.startLine }

//go:linkname runtime_FrameSymbolName runtime/pprof.runtime_FrameSymbolName
func runtime_FrameSymbolName(f *Frame) string { return f.Function }
