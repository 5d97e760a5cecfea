package main

import "fmt"

func msg() string { return "hi" }

func main() { fmt.Println(msg()) }
