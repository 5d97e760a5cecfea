package s2

func F() {}
