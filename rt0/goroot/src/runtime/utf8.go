package runtime

// UTF-8 for range loops and conversions. The same answers as unicode/utf8, which the runtime cannot import.

const (
	runeError = '\uFFFD'
	runeSelf  = 0x80
	maxRune   = '\U0010FFFF'
)

// countrunes is len([]rune(s)).
func countrunes(s string) int {
	n := 0
	for i := 0; i < len(s); {
		if s[i] < runeSelf {
			i++
		} else {
			_, j := decoderune(s, i)
			i = j
		}
		n++
	}
	return n
}

// decoderune decodes the rune that starts at s[k] and returns it and the index after it. An encoding that is wrong in
// any way (stray byte, overlong, surrogate, too large, cut off) is one runeError of width 1.
func decoderune(s string, k int) (rune, int) {
	c := s[k]
	if c < runeSelf {
		return rune(c), k + 1
	}
	left := len(s) - k
	if c < 0xC2 {
		return runeError, k + 1
	}
	if c < 0xE0 {
		if left > 1 {
			c1 := s[k+1]
			if c1&0xC0 == 0x80 {
				return rune(c&0x1F)<<6 | rune(c1&0x3F), k + 2
			}
		}
		return runeError, k + 1
	}
	if c < 0xF0 {
		if left > 2 {
			c1, c2 := s[k+1], s[k+2]
			if c1&0xC0 == 0x80 && c2&0xC0 == 0x80 {
				r := rune(c&0x0F)<<12 | rune(c1&0x3F)<<6 | rune(c2&0x3F)
				if r >= 0x800 && (r < 0xD800 || r > 0xDFFF) {
					return r, k + 3
				}
			}
		}
		return runeError, k + 1
	}
	if c < 0xF5 {
		if left > 3 {
			c1, c2, c3 := s[k+1], s[k+2], s[k+3]
			if c1&0xC0 == 0x80 && c2&0xC0 == 0x80 && c3&0xC0 == 0x80 {
				r := rune(c&0x07)<<18 | rune(c1&0x3F)<<12 | rune(c2&0x3F)<<6 | rune(c3&0x3F)
				if r >= 0x10000 && r <= maxRune {
					return r, k + 4
				}
			}
		}
	}
	return runeError, k + 1
}

// encoderune writes the encoding of r into p, at least 4 bytes when r needs them, and returns its width.
func encoderune(p []byte, r rune) int {
	u := uint32(r)
	if u < 0x80 {
		p[0] = byte(u)
		return 1
	}
	if u < 0x800 {
		p[1] = 0x80 | byte(u&0x3F)
		p[0] = 0xC0 | byte(u>>6)
		return 2
	}
	if u > maxRune || u >= 0xD800 && u <= 0xDFFF {
		u = runeError
	}
	if u < 0x10000 {
		p[2] = 0x80 | byte(u&0x3F)
		p[1] = 0x80 | byte(u>>6&0x3F)
		p[0] = 0xE0 | byte(u>>12)
		return 3
	}
	p[3] = 0x80 | byte(u&0x3F)
	p[2] = 0x80 | byte(u>>6&0x3F)
	p[1] = 0x80 | byte(u>>12&0x3F)
	p[0] = 0xF0 | byte(u>>18)
	return 4
}

// runelen is the width of r's encoding.
func runelen(r rune) int {
	u := uint32(r)
	switch {
	case u < 0x80:
		return 1
	case u < 0x800:
		return 2
	case u >= 0x10000 && u <= maxRune:
		return 4
	}
	return 3
}
