// Text reads a table from standard input, sorts it and prints it aligned, with totals.
// Lines are: name, comma, quantity, comma, price; # begins a comment.
package main

import (
	"bufio"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
)

type item struct {
	name  string
	qty   int
	price float64
}

type byValue []item

func (s byValue) Len() int           { return len(s) }
func (s byValue) Less(i, j int) bool { return s[i].value() > s[j].value() }
func (s byValue) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }

func (i item) value() float64 { return float64(i.qty) * i.price }

func parse(line string) (it item, err error) {
	fields := strings.Split(line, ",")
	if len(fields) != 3 {
		return it, fmt.Errorf("want 3 fields, have %d", len(fields))
	}
	it.name = strings.TrimSpace(fields[0])
	if it.qty, err = strconv.Atoi(strings.TrimSpace(fields[1])); err != nil {
		return it, err
	}
	it.price, err = strconv.ParseFloat(strings.TrimSpace(fields[2]), 64)
	return it, err
}

func main() {
	var items []item
	in := bufio.NewScanner(os.Stdin)
	bad := 0
	for n := 1; in.Scan(); n++ {
		line, _, _ := strings.Cut(in.Text(), "#")
		if strings.TrimSpace(line) == "" {
			continue
		}
		it, err := parse(line)
		if err != nil {
			fmt.Fprintf(os.Stderr, "line %d: %v\n", n, err)
			bad++
			continue
		}
		items = append(items, it)
	}
	sort.Sort(byValue(items))
	w := bufio.NewWriter(os.Stdout)
	defer w.Flush()
	total := 0.0
	for _, it := range items {
		fmt.Fprintf(w, "%-12s %5d x %8.2f = %10.2f\n", strings.ToUpper(it.name[:1])+it.name[1:], it.qty, it.price, it.value())
		total += it.value()
	}
	fmt.Fprintf(w, "%-12s %29.2f\n", "total", total)
	fmt.Fprintln(w, "quoted:", strconv.Quote("tab\there"), strconv.FormatInt(int64(bad), 2), strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return 'a' + (r-'a'+13)%26
		}
		return r
	}, "uryyb"))
}
