package d

func D() int { return "x" }
