// What constants rule out is not compiled: the functions that only it calls have no body.
package main

import "os"

func miss() bool // no body anywhere

const debug = false

type level int

const lv level = 2

func call() bool { println("call"); return true }

func stmts(n int) (r int) {
	if debug {
		miss()
	} else if n > 100 {
		r = 1
	}
	if !debug {
		r++
	} else {
		miss()
	}
	if debug && miss() || call() {
		r++
	}
	if debug && call() && miss() {
		miss()
	}
	if call() && debug {
		miss()
	} else {
		r++
	}
	if call() || !debug {
		r++
	} else {
		miss()
	}
	if !debug || miss() {
		r++
	}
	b := debug && miss()
	c := !debug || miss()
	if b || !c {
		r = -100
	}
	for debug {
		miss()
	}
	for i := 0; debug; i++ {
		miss()
	}
	for call() && debug {
		miss()
	}
	for debug && miss() {
		miss()
	}
	switch lv {
	case 1:
		miss()
	case 2:
		r++
		if n == 3 {
			break
		}
		r += 10
	case 3:
		miss()
	default:
		miss()
	}
out:
	switch {
	case debug, 1 > 2:
		miss()
	default:
		for {
			break out
		}
	}
	switch debug {
	case true:
		miss()
	}
	switch x := lv; "a" + "b" {
	case "ab":
		r += int(x)
	case "c":
		miss()
	}
	switch 1.5 {
	default:
		miss()
	case 1.5:
		r++
	}
	switch lv { // falls through: kept by gc, so nothing may be missing here
	case 2:
		r++
		fallthrough
	case 3:
		r++
	default:
		r = -1000
	}
	switch call() {
	case true:
		r++
	}
	func() {
		return
		miss()
	}()
	func() {
		defer func() { println(recover().(string)) }()
		if true {
			panic("p")
		}
		miss()
	}()
	func() {
		goto end
		miss()
	end:
		r++
		if true {
			return
		} else {
			miss()
		}
		miss()
	}()
	func() {
		i := 0
	again:
		i++
		if i < 3 {
			goto again
		}
		r += i
		{
			{
				return
			}
		}
		miss()
	}()
	for {
		if n > 0 {
			goto done
		}
		n++
	}
done:
	if false {
	inner:
		miss()
		if n > 0 {
			goto inner
		}
	}
	return r
	return miss2()
}

func miss2() int

func gen[T any](x T) T {
	if debug {
		missT()
	}
	switch lv {
	case 1:
		missT()
	}
	return x
	missT()
	return x
}

func missT()

var v = debug && miss()
var w = !debug || miss()

func main() {
	println(stmts(3), stmts(4), gen(5), v, w)
	os.Exit(3)
	println("never")
}
