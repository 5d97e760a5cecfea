// Package cast makes pointers to memory that has another type.
package cast

import (
	"reflect"
	"unsafe"
)

type Hdr struct {
	Data     uintptr
	Len, Cap int
}

func Header(p *[]byte) *Hdr                   { return (*Hdr)(unsafe.Pointer(p)) }
func RHeader(p *[]byte) *reflect.SliceHeader  { return (*reflect.SliceHeader)(unsafe.Pointer(p)) }
func SHeader(p *string) *reflect.StringHeader { return (*reflect.StringHeader)(unsafe.Pointer(p)) }
func Bytes[T any](s []T) []byte {
	var t T
	return unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), len(s)*int(unsafe.Sizeof(t)))
}
func As[T, S any](p *S) *T     { return (*T)(unsafe.Pointer(p)) }
func Words(s []*int) []uintptr { return *(*[]uintptr)(unsafe.Pointer(&s)) }
