// Wordcount counts the lines, words and bytes of the files named on the command line
// and prints the most frequent words of all of them together.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"
	"unicode"
)

type counts struct{ lines, words, bytes int }

func count(r io.Reader, freq map[string]int) (counts, error) {
	var c counts
	br := bufio.NewReader(r)
	for {
		line, err := br.ReadString('\n')
		c.bytes += len(line)
		if strings.HasSuffix(line, "\n") {
			c.lines++
		}
		for _, w := range strings.FieldsFunc(line, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' }) {
			c.words++
			freq[strings.ToLower(w)]++
		}
		if err == io.EOF {
			return c, nil
		}
		if err != nil {
			return c, err
		}
	}
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: wordcount file...")
		os.Exit(2)
	}
	freq := make(map[string]int)
	status := 0
	for _, name := range os.Args[1:] {
		f, err := os.Open(name)
		if err != nil {
			fmt.Fprintln(os.Stderr, "wordcount:", err)
			status = 1
			continue
		}
		c, err := count(f, freq)
		f.Close()
		if err != nil {
			fmt.Fprintln(os.Stderr, "wordcount:", err)
			status = 1
			continue
		}
		fmt.Printf("%8d%8d%8d %s\n", c.lines, c.words, c.bytes, name)
	}
	words := make([]string, 0, len(freq))
	for w := range freq {
		words = append(words, w)
	}
	sort.Slice(words, func(i, j int) bool {
		if freq[words[i]] != freq[words[j]] {
			return freq[words[i]] > freq[words[j]]
		}
		return words[i] < words[j]
	})
	for i, w := range words {
		if i == 10 {
			break
		}
		fmt.Printf("%6d %s\n", freq[w], w)
	}
	os.Exit(status)
}
