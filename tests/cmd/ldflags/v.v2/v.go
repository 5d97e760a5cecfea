package v
var V = "vv"
type T int
var N T
