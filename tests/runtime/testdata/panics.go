package main

type E struct{ s string }

func (e E) Error() string { return "E:" + e.s }

func f(n int) int {
	defer func() { println("deferred", n) }()
	if n == 0 {
		panic("boom")
	}
	return f(n-1) + 1
}

func g() (r int) {
	defer func() {
		if e := recover(); e != nil {
			println("recovered", e.(string))
			r = 42
		}
	}()
	return f(3)
}

func h() (err error) {
	defer func() {
		if e := recover(); e != nil {
			err = e.(error)
		}
	}()
	var a []int
	i := 5
	_ = a[i]
	return nil
}

func nilp() (err error) {
	defer func() {
		if e := recover(); e != nil {
			err = e.(error)
		}
	}()
	var p *E
	println(p.s)
	return nil
}

func nested() {
	defer func() {
		println("outer recover", recover().(string))
	}()
	defer func() {
		defer func() {
			println("inner", recover().(string))
		}()
		panic("second")
	}()
	panic("first")
}

func main() {
	println(g())
	println(h().Error())
	println(nilp().Error())
	nested()
	defer println("main deferred")
	panic(E{"x"})
}
