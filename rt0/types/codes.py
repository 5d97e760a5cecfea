"""The classes of type errors: what each one says of a program, and the smallest program that has it.

Every error of the Checker carries one of these names (`Diagnostic.code`); they are those of Go's internal/types/errors. An entry is the name, a
paragraph, and a program that has this error and no other (tests/types/test_codes.py checks every one of them, and that no name is used that
is not here). A program without a package clause is in package p; a line `-- NAME --` begins another file.

To add an error: report it with `check.errorf(at, CODE, ...)`, in gc's words; take the code that gc has (types2 passes it to errorf), and enter
it here when it is new.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple


class Code(NamedTuple):
    name: str
    what: str
    example: str  # "" when no program that has been parsed can have it


@cache
def codes() -> dict[str, Code]:
    """The entries by name."""
    out = {}
    for m in re.finditer(r"(?m)^(\w+)\n((?:    \S.*\n)+)((?:\n| {8}.*\n)*)", _ENTRIES):
        example = "".join(line[8:] or "\n" for line in m[3].splitlines(keepends=True)).strip("\n")
        out[m[1]] = Code(m[1], " ".join(m[2].split()), example + "\n" if example else "")
    return out


_ENTRIES = '''
AmbiguousSelector
    A selector names a field or method that several embedded fields offer at the same depth.

        type A struct{ n int }
        type B struct{ n int }
        var c struct{ A; B }
        var _ = c.n

BadDecl
    A declaration cannot be what it says: a generic function without a body, a method whose receiver cannot have one.

        func f[T any](T)

BadDotDotDotSyntax
    `...` where it has no meaning: in a conversion, or as the length of an array type that no literal follows.

        var s []int
        var _ = []int(s...)

BadImportPath
    The string of an import is no path.

        import "a b"

BadOffsetofSyntax
    unsafe.Offsetof is given something that is not the field of a struct.

        import "unsafe"
        var x int
        var _ = unsafe.Offsetof(x)

BadRecv
    A receiver declares another number of type parameters than its type has.

        type T[P any] struct{}
        func (T[A, B]) m() {}

BlankIfaceMethod
    A method of an interface is called `_`.

        type T interface{ _() }

BlankPkgName
    A package is called `_`.

        package _

BrokenImport
    An imported package cannot be found or loaded.

        import _ "fmt/"

CannotInferTypeArgs
    The type arguments of a call do not follow from its arguments.

        func f[T any]() {}
        func _() { f() }

DivByZero
    A division of integers by the constant zero.

        var x int
        var _ = x / 0

DuplicateCase
    Two cases of a switch are the same constant or type.

        func _(x int) {
            switch x {
            case 1, 1:
            }
        }

DuplicateDecl
    One scope, parameter list or struct has a name twice.

        var x, x int

DuplicateDefault
    A switch or select has two default cases.

        func _(x int) {
            switch x {
            default:
            default:
            }
        }

DuplicateFieldAndMethod
    A struct type has a field and a method of the same name.

        type T struct{ f int }
        func (T) f() {}

DuplicateLitField
    A struct literal gives a field twice.

        var _ = struct{ a int }{a: 1, a: 2}

DuplicateLitKey
    A map, slice or array literal has a key twice.

        var _ = map[string]int{"a": 1, "a": 2}

DuplicateMethod
    A type has two methods of the same name.

        type T int
        func (T) m() {}
        func (T) m() {}

ImpossibleAssert
    A type assertion or a case of a type switch names a type that lacks a method of the interface.

        type T int
        var x interface{ m() }
        var _ = x.(T)

IncomparableMapKey
    The key type of a map cannot be compared.

        var _ map[[]int]bool

IncompatibleAssign
    A value does not have the type that its place wants.

        var _ int = "a"

InvalidAppend
    The first argument of append is no slice.

        var x int
        var _ = append(x, 1)

InvalidArrayLen
    The length of an array is not a constant integer from 0 on.

        var n int
        var _ [n]int

InvalidAssert
    A type assertion of a value that is no interface.

        var x int
        var _ = x.(int)

InvalidBlank
    The blank identifier is read.

        var _ = _

InvalidCall
    What is called is no function.

        var x int
        func _() { x() }

InvalidCap
    cap of something without a capacity.

        var _ = cap("a")

InvalidChanAssign
    A bidirectional channel is assigned to a channel type of another name.

        type C chan int
        type D chan int
        var c C
        var _ D = c

InvalidClear
    clear of something that is neither map nor slice.

        func _(x int) { clear(x) }

InvalidClose
    close of something that is no channel, or one that may only be received from.

        func _(c <-chan int) { close(c) }

InvalidComplex
    complex of values that are no floating-point numbers.

        var _ = complex("a", "b")

InvalidCond
    The condition of an if or for statement is not of boolean type.

        func _(x int) {
            if x {
            }
        }

InvalidConstInit
    The value of a constant is not constant.

        var x = 1
        const c = x

InvalidConstType
    The type of a constant is not a basic one.

        const c []int = nil

InvalidConstVal
    A constant is not representable: an invalid literal, or one whose value goes beyond what the compiler keeps.

        const _ = 1 << 600

InvalidConversion
    A value is converted to a type to which it has no conversion.

        var x string
        var _ = int(x)

InvalidCopy
    copy of something that is no slice, or between slices of different elements.

        func _(a []int, b []string) { copy(a, b) }

InvalidDeclCycle
    A declaration needs itself.

        type T [1]T

InvalidDefer
    defer is not followed by a call of a function.

        func _() { defer int(1) }

InvalidDelete
    delete of something that is no map.

        func _(x []int) { delete(x, 0) }

InvalidDotDotDot
    `...` follows an argument of a call that cannot take it.

        var s []int
        var _ = len(s...)

InvalidExprSwitch
    The value of a switch cannot be compared.

        func _(x struct{ f func() }) {
            switch x {
            }
        }

InvalidGo
    go is not followed by a call of a function.

        func _() { go int(1) }

InvalidIfaceAssign
    A value lacks a method of the interface that its place wants.

        type T int
        var _ interface{ m() } = T(0)

InvalidImag
    imag of something that is no complex number.

        var _ = imag("a")

InvalidIndex
    An index is no integer, is negative, or lies outside a constant length.

        var a [3]int
        var _ = a[3]

InvalidIndirection
    `*` is applied to something that is no pointer.

        var x int
        var _ = *x

InvalidInitCycle
    The initial value of a package's variable depends on the variable.

        var x = f()
        func f() int { return x }

InvalidInitDecl
    Something other than a function without parameters is called init.

        var init int

InvalidInstanceCycle
    A generic function or type needs itself with ever larger type arguments.

        func f[T any]() { f[*T]() }

InvalidIota
    iota stands outside of a constant declaration.

        var _ = iota

InvalidIterVar
    A range statement has more iteration variables than the value ranged over gives.

        func _(c chan int) {
            for range c {
            }
            for a, b := range c {
                _, _ = a, b
            }
        }

InvalidLen
    len of something without a length.

        var _ = len(1)

InvalidLit
    The type of a composite literal is no struct, array, slice or map.

        var _ = int{}

InvalidLitField
    An element of a struct literal is not given by the name of a field.

        type T struct{ a int }
        var _ = T{1: 2}

InvalidLitIndex
    The key of an array or slice literal is no constant integer.

        var i = 1
        var _ = []int{i: 2}

InvalidMainDecl
    In package main something other than a function without parameters is called main.

        package main
        var main int

InvalidMake
    make of something other than a slice, map or channel.

        var _ = make(int)

InvalidMethodExpr
    A method expression names a method that the type itself does not have.

        type T int
        func (*T) m() {}
        var _ = T.m

InvalidMinMaxOperand
    min or max of values that have no order.

        var x any
        var _ = min(x, x)

InvalidOffsetof
    unsafe.Offsetof of a method, or of a field that is reached through a pointer.

        import "unsafe"
        type A struct{ n int }
        var b struct{ *A }
        var _ = unsafe.Offsetof(b.n)

InvalidPkgUse
    The name of a package is used by itself.

        import "fmt"
        var _ = fmt
        var _ = fmt.Sprint()

InvalidPtrEmbed
    An embedded field is a pointer that may not be embedded.

        type P *int
        type T struct{ P }

InvalidRangeExpr
    A range statement ranges over something that cannot be.

        func _(x float64) {
            for range x {
            }
        }

InvalidReal
    real of something that is no complex number.

        var _ = real("a")

InvalidReceive
    A channel that may only be sent to is received from.

        func _(c chan<- int) { <-c }

InvalidRecv
    The type of a receiver may not have methods.

        func (int) m() {}

InvalidSelectCase
    A case of a select statement is neither a send nor a receive.

        func _(c chan int) {
            select {
            case (<-c):
            case x := 1 + <-c:
                _ = x
            }
        }

InvalidSend
    Something is sent to a channel that may only be received from.

        func _(c <-chan int) { c <- 1 }

InvalidShiftCount
    The right side of a shift is no integer, negative, or too large for a constant shift.

        var x int
        var _ = x << -1

InvalidShiftOperand
    The left side of a shift is no integer.

        var x float64
        var _ = x << 1

InvalidSliceExpr
    A slice expression with three indices of a string.

        var s string
        var _ = s[0:1:1]

InvalidStructLit
    A struct literal has too few or too many values.

        var _ = struct{ a, b int }{1}

InvalidSyntaxTree
    The tree is none that the parser makes.

InvalidTypeArg
    A type argument does not satisfy its constraint.

        func f[T interface{ ~int }](T) {}
        func _() { f[string]("") }

InvalidTypeCycle
    An anonymous interface refers to itself.

        type T interface{ m() interface{ T } }

InvalidTypeSwitch
    A type switch over a value that is no interface.

        func _(x int) {
            switch x.(type) {
            }
        }

InvalidUnion
    A union has terms that overlap, or terms that may not stand in one.

        type T interface{ int | ~int }

InvalidUnsafeAdd
    The length given to unsafe.Add is no integer.

        import "unsafe"
        var p unsafe.Pointer
        var f float64
        var _ = unsafe.Add(p, f)

InvalidUnsafeSlice
    unsafe.Slice of something that is no pointer.

        import "unsafe"
        var x int
        var _ = unsafe.Slice(x, 1)

InvalidUnsafeSliceData
    unsafe.SliceData of something that is no slice.

        import "unsafe"
        var x int
        var _ = unsafe.SliceData(x)

InvalidUnsafeString
    The length given to unsafe.String is no integer, or negative.

        import "unsafe"
        var b byte
        var _ = unsafe.String(&b, -1)

InvalidUntypedConversion
    An untyped value cannot become what its context asks for.

        var a []int
        var _ = a[len(a) == 1]

MismatchedPkgName
    The files of a folder have different package clauses.

        package p
        -- b.go --
        package q

MismatchedTypes
    The two sides of an operator have different types.

        var x int
        var y string
        var _ = x + y

MisplacedConstraintIface
    An interface that is a constraint is used as the type of a value.

        var _ comparable

MisplacedTypeParam
    A type parameter stands where it may not.

        func f[T any]() {
            type _ T
        }

MissingFieldOrMethod
    A selector names nothing that the type has.

        var x struct{}
        var _ = x.f

MissingInitBody
    A function init has no body.

        func init()

MissingLitField
    A struct literal names a field that does not exist.

        var _ = struct{}{a: 1}

MissingLitKey
    An element of a map literal has no key.

        var _ = map[int]int{1}

MissingReturn
    A function with results may end without a return.

        func f() int {}

MixedStructLit
    A struct literal has some values with the names of their fields and some without.

        var _ = struct{ a, b int }{a: 1, 2}

NoNewVar
    `:=` declares nothing new.

        func _() {
            x := 1
            x := 2
            _ = x
        }

NonNumericIncDec
    ++ or -- of something that is no number.

        func _(x string) { x++ }

NonSliceableOperand
    Something that is neither string, array, slice, map nor pointer to an array is indexed or sliced.

        var x int
        var _ = x[:]

NonVariadicDotDotDot
    `...` in the call of a function that is not variadic.

        func f(s []int) {}
        func _() { f(nil...) }

NotAGenericType
    Type arguments are given to a type that has no type parameters.

        type T int
        var _ T[int]

NotAType
    A value stands where a type is wanted.

        var x int
        var y x

NotAnExpr
    A type stands where a value is wanted.

        var _ = 1 + int

NumericOverflow
    A constant is beyond the range of its type.

        var _ int8 = 1000

OutOfScopeResult
    A bare return where another variable hides a result.

        func f() (x int) {
            {
                x := 1
                _ = x
                return
            }
        }

OversizeArrayLit
    An array literal has more elements than the array.

        var _ = [1]int{1, 2}

RepeatedDecl
    `:=` has a name twice on its left.

        func _() {
            x, x := 1, 2
            _ = x
        }

SwappedMakeArgs
    make is given a length beyond the capacity.

        var _ = make([]int, 2, 1)

SwappedSliceIndices
    The constant bounds of a slice expression go down.

        var s []int
        var _ = s[2:1]

TooManyValues
    A call gives another number of values than one.

        func f() {}
        var _ = 1 + f()

TruncatedFloat
    A constant with a fraction is used as an integer.

        var _ int = 1.5

TypeTooLarge
    A type or variable is larger than the machine can address.

        import "unsafe"
        var x [1 << 50][1 << 50]int
        var _ = unsafe.Sizeof(x)

UnaddressableFieldAssign
    A field of a map's element is assigned.

        func _(m map[int]struct{ a int }) { m[0].a = 1 }

UnaddressableOperand
    The address of something that has none.

        var _ = &1

UnassignableOperand
    Something that is no variable, map element or blank is assigned.

        func _() { 1 = 2 }

UncalledBuiltin
    A built-in function is used without a call.

        var _ = len

UndeclaredImportedName
    A package does not have the name that is asked of it.

        import "strings"
        var _ = strings.Nothing

UndeclaredName
    A name is not declared.

        var _ = x

UndefinedOp
    An operator is not defined for its operands.

        var _ = !1

UnexportedLitField
    A struct literal without names sets an unexported field of another package.

        import "strings"
        var _ = strings.Reader{"", 0, 0}

UnexportedName
    A name of another package is not exported, though its type is seen from outside.

        import "bytes"
        var _ bytes.readOp

UnsupportedFeature
    The file's language version is older than what it uses.

        //go:build go1.22

        package p

        type A[P any] = []P

UntypedLit
    A composite literal has no type and its context gives none.

        var _ = struct{ a [1]int }{{1}}

UntypedNilUse
    nil stands where nothing says which type it has.

        var _ = nil

UnusedExpr
    A statement is an expression without effect.

        func _(x int) { x + 1 }

UnusedImport
    An imported package is not used.

        import "fmt"

UnusedResults
    go or defer of a built-in function whose result would be lost.

        func _(s []int) { defer len(s) }

UnusedVar
    A variable of a function is declared and never used.

        func _() { x := 1 }

WrongArgCount
    A call has too few or too many arguments.

        func f(int) {}
        func _() { f() }

WrongAssignCount
    The two sides of an assignment or definition have different numbers of values.

        var a, b = 1

WrongResultCount
    A return statement has another number of values than the function.

        func f() int { return }

WrongTypeArgCount
    A generic function or type is given too few or too many type arguments.

        type T[P any] struct{}
        var _ T[int, int]
'''
