package p

const (
	a int8    = 128
	b uint    = -1
	c float32 = 1e100
	d         = 1 << 600
	e int     = 1.5
	f         = 1 / 0
	g         = "a" + 1
	h byte    = 'a' + 200
	i         = 10 % 0.5
	j         = ^uint8(0)
	k uint8   = ^0
	l         = len([10]int{})
	m string  = 65
	n         = -1 << 63
	o int64   = -n
	q         = 1e5000 * 1e5000
	r complex64 = 1e40i
	s         = 5.0 << 3
	t         = 5.5 << 3
	u int     = 0x1p-2
	v rune    = "a"[0]
	w         = 1.0 % 2
)

var x = [k]int{}
var y = [2]int{1, 2, 3}
var z = []int{5: 1, 5: 2, -1: 3}

var (
	_ = uint8(1000)
	_ = int(1e100)
	_ = string(1 << 40)
	_ = float32(1e39)
	_ = int8(200 - 100)
	_ = 'a' * 'b' * 1e10
	_ int32 = 'a' << 30
	_ = 07 + 08
	_ = 3 == 3.0
	_ int = 3.0
	_ int = "x"
	_ = 1 << 3.5
	_ = 1 << -1
	_ = 1 << 10000
	_ = [...]int{1 << 70: 1}
	_ = "abc"[5]
	_ = []int{1, 2}[-1]
	_ = [3]int{}[3]
)
