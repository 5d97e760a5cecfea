package abi

// reflect lays arguments and results out in memory only (as on a machine without argument registers); its overlay then moves
// them to the registers of rt0's calling convention.
const (
	IntArgRegs   = 0
	FloatArgRegs = 0

	EffectiveFloatRegSize = 8
)

// rt0's calling convention as reflect and the runtime see it (docs/INTERFACES.md; rt0/abi/runtime_layout.py has the same numbers).
const (
	MaxFlatLeaves   = 6  // a type with more scalar leaves is passed in memory
	MaxResultLeaves = 10 // more, or a result that is in memory: results go through a pointer
	NumIntRegs      = 11
	NumFloatRegs    = 16
)

// How a leaf of a call is held (Leaf...) and travels (Place...).
const (
	LeafInt   = 0 // integer, pointer or bool
	LeafFloat = 1
	LeafMem   = 2 // the address of a copy of the value

	PlaceInt   = 0
	PlaceFloat = 1
	PlaceStack = 2
)
