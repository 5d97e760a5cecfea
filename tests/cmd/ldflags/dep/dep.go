package dep
var V = "dep"
var N int
var un = 1
