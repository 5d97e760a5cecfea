package runtime

// The few fields of g, m and p that the memory half touches.

import (
	"internal/abi"
	"internal/runtime/atomic"
	"unsafe"
)

type mutex struct{ key uint32 }
type note struct{ key uint32 }
type funcval struct{ fn uintptr }
type iface struct {
	tab  *itab
	data unsafe.Pointer
}
type eface struct {
	_type *_type
	data  unsafe.Pointer
}

func efaceOf(ep *any) *eface { return (*eface)(unsafe.Pointer(ep)) }

type (
	_type         = abi.Type
	itab          = abi.ITab
	interfacetype = abi.InterfaceType
	arraytype     = abi.ArrayType
	chantype      = abi.ChanType
	functype      = abi.FuncType
	ptrtype       = abi.PtrType
	structtype    = abi.StructType
	uncommontype  = abi.UncommonType
	name          = abi.Name
	nameOff       = abi.NameOff
	typeOff       = abi.TypeOff
	textOff       = abi.TextOff
)

type coro struct{}

type g struct {
	m          *m
	param      unsafe.Pointer
	waiting    *sudog
	selectDone atomic.Uint32
	preempt    bool
	sleepWhen  int64
	timer      *timer
	waitreason waitReason
	waitsince  int64
	coroarg    *coro
	writebuf   []byte
	schedlink  *g
	gMemory
}

type sudog struct {
	g, _        *g
	next, prev  *sudog
	elem        unsafe.Pointer
	releasetime int64
	acquiretime int64
	waiters     uint16
	ticket      uint32
	isSelect    bool
	success     bool
	waitlink    *sudog
	waittail    *sudog
	c           *hchan
}

const (
	tlsWBNext = iota
	tlsWBEnd
)

type m struct {
	tls               [2]uintptr
	alllink           *m
	g0, gsignal, curg *g
	p                 *p
	mallocing, locks  int32
	dying             int32
	printlock         int8
	preemptoff        string
	mMemory
}

type p struct{ pMemory }

type gList struct{ list []*g }

func (l *gList) push(gp *g)  { l.list = append(l.list, gp) }
func (l *gList) empty() bool { return len(l.list) == 0 }
func (l *gList) pop() *g {
	gp := l.list[0]
	l.list = l.list[1:]
	return gp
}
