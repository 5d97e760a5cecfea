import subprocess
names="runtime.gopark runtime.nanotime runtime.fastrand runtime.gcStart runtime.schedinit runtime.memmove runtime.newproc runtime.throw runtime.fatal runtime.procPin sync.runtime_procPin sync.runtime_Semacquire sync.fatal internal/sync.throw time.runtimeNow time.Sleep runtime.nosuch reflect.typedmemmove reflect.unsafe_New os.runtime_beforeExit os.newFile os.checkClonePidfd runtime.mapaccess1 runtime.mapaccess2 runtime.gogo runtime.systemstack runtime.mcall runtime.morestack runtime.goexit runtime.cputicks runtime.stopTheWorld internal/runtime/maps.rand runtime.rand runtime.cheaprand syscall.runtime_envs syscall.rawSyscallNoError internal/godebug.setUpdate syscall.Exit reflect.(*rtype).Method reflect.toType runtime.typehash runtime.strhash sync/atomic.LoadInt32 math.Sqrt V:runtime.allm V:runtime.ncpu V:runtime.zeroVal V:runtime.firstmoduledata V:runtime.overflowError V:os.Args V:syscall.envs V:time.localLoc V:runtime.writeBarrier".split()
for n in names:
    if n[:2]=="V:":
        src='package main\nimport (_ "unsafe"; _ "sync"; _ "time"; _ "os"; _ "reflect")\n//go:linkname v %s\nvar v int\nfunc main() { println(v != 77777777) }\n'%n[2:]
    else:
        src='package main\nimport (_ "unsafe"; _ "sync"; _ "time"; _ "os"; _ "reflect")\n//go:linkname f %s\nfunc f()\nvar cond bool\nfunc main() { if cond { f() } }\n'%n
    open("main.go","w").write(src); open("a.s","w").write("")
    def run(c):
        p=subprocess.run([c,"run","."],capture_output=True,text=True,timeout=100)
        return (p.stdout+p.stderr).strip()
    g,r=run("go"),run("rt0")
    print("same" if g==r else "DIFF", n, g.split("\n")[-1:], "" if g==r else r)
