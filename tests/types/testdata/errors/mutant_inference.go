package p

// The type of a generic argument mentions its own type parameter: which one cannot be inferred?
func _()         { f(g) }
func f[P any](P) {}
func g[Q Q](Q)   {}
func _()         { f(h) }
func h[Q any](Q) {}
