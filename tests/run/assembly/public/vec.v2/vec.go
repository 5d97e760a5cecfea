package vec

const (
	Width  = 4
	big    = 1 << 40
	Name   = "abc"
	Debug  = true
	Factor = 2.5
)

type hdr struct {
	flag  uint8
	_     [3]byte
	count uint32
	data  *uint64
	name  string
	in    struct{ a, b int16 }
}
type Pair struct{ x, y int64 }

//go:noescape
func Sum(p []uint64) uint64

//go:noescape
func Count(h *hdr) (n uint32, l int)
func Consts() (w, b, hs, ps, off int)

//go:noescape
func Dot(a, b []float64) float64
func Table(i int) uint32
func Str() string
func level() int
func Level() int { return level() }

var tab [8]uint32
var Fn = double
var Hook func(string) = hello

func hello(s string)      { println("hello", s) }
func double(x int) int    { return 2 * x }
func callback(x int) int  { println("callback", x); return x + 1 }
func Apply(n int) int
func New(n uint32, s string) *hdr { return &hdr{count: n, name: s} }
func Abs(x int8) int8
func Half(x float32) float32
func Sub(a uint8, b uint16, c int32, d bool) (e uint8, f uint16, gg int32, h bool)
func MemEq(a, b *byte, n uintptr) bool
func Clr(a *byte, n uintptr)
func Hash(p *byte, seed, n uintptr) uintptr
var counter int
func Bump() int { counter++; return counter }
func CallBump() int
func Idx(n int) (r int)
func oops(i int) int { var a [3]int; return a[i] }
