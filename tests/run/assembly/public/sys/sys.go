package sys

import "syscall"

func SyscallNoError(trap, a1, a2, a3 uintptr) (r1, r2 uintptr)
func RawSyscallNoError(trap, a1, a2, a3 uintptr) (r1, r2 uintptr)
func Syscall(trap, a1, a2, a3 uintptr) (r1, r2 uintptr, err syscall.Errno)
func Syscall6(trap, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno)
func RawSyscall(trap, a1, a2, a3 uintptr) (r1, r2 uintptr, err syscall.Errno)
func RawSyscall6(trap, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno)
func Gettimeofday(timeval *syscall.Timeval) (err syscall.Errno)
