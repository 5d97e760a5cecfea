// Frames of inlined calls: every one has its pc, name and line, through Caller, Callers, CallersFrames and FuncForPC.
package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
)

var (
	skip int
	npcs int
	pcs  = make([]uintptr, 32)
	pc   uintptr
	file string
	line int
	ok   bool
)

func f() { g() }

func g() {
	h()
}

func h() {
	npcs = runtime.Callers(skip, pcs)
	pc, file, line, ok = runtime.Caller(skip)
}

//go:noinline
func outer(n int) {
	skip = n
	f()
}

type point struct{ x int }

func (p *point) where() { f() }

type wherer interface{ where() }

type wrapped struct{ *point }

func logged(l *slog.Logger) { l.Info("there") }

func show(want int) {
	fmt.Println("caller", want, runtime.FuncForPC(pc).Name(), filepath.Base(file), line, ok)
	one, more := runtime.CallersFrames(pcs[:1]).Next()
	fmt.Println("  alone", one.Function, one.Line, more)
	for _, p := range pcs[:npcs] {
		name := runtime.FuncForPC(p - 1).Name()
		_, l := runtime.FuncForPC(p - 1).FileLine(p - 1)
		fmt.Println("  pc", name, l)
		if name == "main.main" {
			break
		}
	}
	ci := runtime.CallersFrames(pcs[:npcs])
	for {
		fr, more := ci.Next()
		fmt.Println("  frame", fr.Function, fr.Line, fr.Entry != 0, more)
		if fr.Function == "main.main" || !more {
			break
		}
	}
}

func main() {
	for i := 1; i <= 4; i++ {
		outer(i)
		show(i)
	}
	skip = 1
	var w wherer = wrapped{&point{1}}
	w.where()
	show(1)

	// Addresses alone, as in a traceback's text: the inlined frames come back.
	outer(1)
	var bare []uintptr
	last := uintptr(0)
	for _, p := range pcs[:npcs] {
		if e := runtime.FuncForPC(p).Entry(); e != last {
			bare, last = append(bare, p), e
		}
	}
	ci := runtime.CallersFrames(bare)
	for {
		fr, more := ci.Next()
		fmt.Println("bare", fr.Function)
		if fr.Function == "main.main" || !more {
			break
		}
	}

	var buf bytes.Buffer
	l := slog.New(slog.NewTextHandler(&buf, &slog.HandlerOptions{AddSource: true, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		switch a.Key {
		case slog.TimeKey:
			return slog.Attr{}
		case slog.SourceKey:
			s := a.Value.Any().(*slog.Source)
			return slog.String("at", fmt.Sprint(s.Function, " ", filepath.Base(s.File), ":", s.Line))
		}
		return a
	}}))
	logged(l)
	l.Warn("here")
	os.Stdout.Write(buf.Bytes())
}
