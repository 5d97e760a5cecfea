package abi

// reflect lays arguments and results out in memory only (as on a machine without argument registers); its overlay then moves
// them to the registers of rt0's calling convention.
const (
	IntArgRegs   = 0
	FloatArgRegs = 0

	EffectiveFloatRegSize = 8
)
