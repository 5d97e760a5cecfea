package runtime

// GODEBUG: the runtime's own settings, and the notices to package internal/godebug.
//
// Settings come, later ones winning, from the program's defaults (set at link time), from the environment variable GODEBUG and,
// for what only rt0 has (preemptstress), from RT0DEBUG. Unknown names are ignored: internal/godebug knows them.

import (
	"internal/runtime/atomic"
	_ "unsafe" // for go:linkname
)

// debug: written by parsedebugvars and, while the program runs, by reparsedebugvars with single word stores.
var debug struct {
	gctrace            int32
	scavtrace          int32
	schedtrace         int32
	scheddetail        int32
	asyncpreemptoff    int32
	cgocheck           int32
	clobberfree        int32
	dontfreezetheworld int32
	efence             int32
	gccheckmark        int32
	gcstoptheworld     int32
	gcstress           int32 // collect at every so many refills of an mcache
	invalidptr         int32
	madvdontneed       int32
	panicnil           int32
	preemptstress      int32
	tracebackancestors int32
	tracebacklabels    int32
	inittrace          int32
	adaptivestackstart int32
	profstackdepth     int32
	traceadvanceperiod int32
}

type dbgVar struct {
	name  string
	value *int32
}

var dbgvars = [...]dbgVar{
	{"adaptivestackstart", &debug.adaptivestackstart},
	{"asyncpreemptoff", &debug.asyncpreemptoff},
	{"cgocheck", &debug.cgocheck},
	{"clobberfree", &debug.clobberfree},
	{"dontfreezetheworld", &debug.dontfreezetheworld},
	{"efence", &debug.efence},
	{"gccheckmark", &debug.gccheckmark},
	{"gcstoptheworld", &debug.gcstoptheworld},
	{"gcstress", &debug.gcstress},
	{"gctrace", &debug.gctrace},
	{"inittrace", &debug.inittrace},
	{"invalidptr", &debug.invalidptr},
	{"madvdontneed", &debug.madvdontneed},
	{"panicnil", &debug.panicnil},
	{"preemptstress", &debug.preemptstress},
	{"profstackdepth", &debug.profstackdepth},
	{"scavtrace", &debug.scavtrace},
	{"scheddetail", &debug.scheddetail},
	{"schedtrace", &debug.schedtrace},
	{"traceadvanceperiod", &debug.traceadvanceperiod},
	{"tracebackancestors", &debug.tracebackancestors},
	{"tracebacklabels", &debug.tracebacklabels},
}

// godebugDefault is the program's default settings; the linker may set it.
var godebugDefault string

// godebugEnv is GODEBUG's current value. Written by the goroutine that sets the variable.
var godebugEnv atomic.Pointer[string]

// godebugUpdate is internal/godebug's function to be told of changes.
var godebugUpdate atomic.Pointer[func(string, string)]

func parsedebugvars() {
	debug.invalidptr = 1
	debug.madvdontneed = 1
	debug.profstackdepth = 128
	debug.tracebacklabels = 1
	parsegodebug(godebugDefault)
	env := gogetenv("GODEBUG")
	p := new(string)
	*p = env
	godebugEnv.Store(p)
	parsegodebug(env)
	parsegodebug(gogetenv("RT0DEBUG"))
	setTraceback(gogetenv("GOTRACEBACK"))
	traceback_env = traceback_cache
}

func reparsedebugvars(env string) {
	parsegodebug(godebugDefault)
	parsegodebug(env)
}

// parsegodebug applies name=value,name=value,... from left to right.
func parsegodebug(s string) {
	for s != "" {
		field := s
		i := 0
		for i < len(s) && s[i] != ',' {
			i++
		}
		if i < len(s) {
			field, s = s[:i], s[i+1:]
		} else {
			s = ""
		}
		k := 0
		for k < len(field) && field[k] != '=' {
			k++
		}
		if k == len(field) {
			continue
		}
		name, value := field[:k], field[k+1:]
		n, ok := atoi32(value)
		if !ok {
			continue
		}
		for j := range dbgvars {
			if dbgvars[j].name == name {
				atomic.Storeint32(dbgvars[j].value, n)
			}
		}
	}
}

//go:linkname godebug_setUpdate internal/godebug.setUpdate
func godebug_setUpdate(update func(string, string)) {
	p := new(func(string, string))
	*p = update
	godebugUpdate.Store(p)
	godebugNotify(false)
}

//go:linkname godebug_setNewIncNonDefault internal/godebug.setNewIncNonDefault
func godebug_setNewIncNonDefault(newIncNonDefault func(string) func()) {
	p := new(func(string) func())
	*p = newIncNonDefault
	godebugNewIncNonDefault.Store(p)
}

var godebugNewIncNonDefault atomic.Pointer[func(string) func()]

//go:linkname godebug_registerMetric internal/godebug.registerMetric
func godebug_registerMetric(name string, read func() uint64) {
	m := &godebugMetric{name: name, read: read}
	for {
		m.next = godebugMetrics.Load()
		if godebugMetrics.CompareAndSwap(m.next, m) {
			return
		}
	}
}

// godebugMetric reads the counter of a setting that has had an effect.
type godebugMetric struct {
	name string
	read func() uint64
	next *godebugMetric
}

var godebugMetrics atomic.Pointer[godebugMetric]

// godebugNotify tells internal/godebug the settings. envChanged: the environment variable was set or removed.
func godebugNotify(envChanged bool) {
	update := godebugUpdate.Load()
	env := ""
	if p := godebugEnv.Load(); p != nil {
		env = *p
	}
	if envChanged {
		reparsedebugvars(env)
	}
	if update != nil {
		(*update)(godebugDefault, env)
	}
}

// godebugEnvChanged is called by setenv and unsetenv for GODEBUG.
func godebugEnvChanged(value string) {
	p := new(string)
	*p = value
	godebugEnv.Store(p)
	godebugNotify(true)
}
