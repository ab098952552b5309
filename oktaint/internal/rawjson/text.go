package rawjson

import (
	"encoding/binary"
	"math/bits"
)

// A text is JSON that is being read. Its methods take the place where something begins
// and return the place behind it, or -1 if it is not valid.
type text struct {
	b      []byte
	broken bool // a line break has been passed
}

// at returns the byte at i, and behind the end 0, which is not valid anywhere.
func (t *text) at(i int) byte {
	if uint(i) < uint(len(t.b)) {
		return t.b[i]
	}
	return 0
}

// blanks returns the first place from i on that is not white space.
func (t *text) blanks(i int) int {
	for ; ; i++ {
		switch t.at(i) {
		case ' ', '\t':
		case '\n', '\r':
			t.broken = true
		default:
			return i
		}
	}
}

// value reads any value; depth is how many arrays and objects it stands in.
func (t *text) value(i, depth int) int {
	switch t.at(i) {
	case '"':
		return t.str(i + 1)
	case '{':
		return t.object(i+1, depth+1)
	case '[':
		return t.array(i+1, depth+1)
	case 't':
		return t.word(i, "true")
	case 'f':
		return t.word(i, "false")
	case 'n':
		return t.word(i, "null")
	}
	return t.number(i)
}

func (t *text) word(i int, word string) int {
	if end := i + len(word); end <= len(t.b) && string(t.b[i:end]) == word {
		return end
	}
	return -1
}

// object reads an object from behind its brace.
func (t *text) object(i, depth int) int {
	if depth > maxDepth {
		return -1
	}
	if i = t.blanks(i); t.at(i) == '}' {
		return i + 1
	}
	for {
		colon := t.name(i)
		if colon < 0 {
			return -1
		}
		end := t.value(t.blanks(colon+1), depth)
		if end < 0 {
			return -1
		}
		switch i = t.blanks(end); t.at(i) {
		case ',':
			i = t.blanks(i + 1)
		case '}':
			return i + 1
		default:
			return -1
		}
	}
}

// name reads the name of a member, and returns the place of the colon behind it.
func (t *text) name(i int) int {
	if t.at(i) != '"' {
		return -1
	}
	end := t.str(i + 1)
	if end < 0 {
		return -1
	}
	if end = t.blanks(end); t.at(end) != ':' {
		return -1
	}
	return end
}

// array reads an array from behind its bracket.
func (t *text) array(i, depth int) int {
	if depth > maxDepth {
		return -1
	}
	if i = t.blanks(i); t.at(i) == ']' {
		return i + 1
	}
	for {
		end := t.value(i, depth)
		if end < 0 {
			return -1
		}
		switch i = t.blanks(end); t.at(i) {
		case ',':
			i = t.blanks(i + 1)
		case ']':
			return i + 1
		default:
			return -1
		}
	}
}

// str reads a string from behind its quotation mark.
func (t *text) str(i int) int {
	for {
		i = t.plain(i)
		switch t.at(i) {
		case '"':
			return i + 1
		case '\\':
			if i = t.escape(i + 1); i < 0 {
				return -1
			}
		default: // a control character, or the end
			return -1
		}
	}
}

// Each is a byte eight times.
const (
	ones    = 0x0101010101010101
	highs   = 0x80 * ones
	blanks8 = ' ' * ones
	quotes  = '"' * ones
	slashes = '\\' * ones
)

// plain returns the first place from i on where a byte of a string does not stand for
// itself: a control character, a quotation mark or a backslash. It looks at eight bytes
// at once: subtracting sets the high bit of the first byte that is sought, and none
// before it.
func (t *text) plain(i int) int {
	for ; i+8 <= len(t.b); i += 8 {
		w := binary.LittleEndian.Uint64(t.b[i:])
		q, s := w^quotes, w^slashes
		if hit := ((w-blanks8)&^w | (q-ones)&^q | (s-ones)&^s) & highs; hit != 0 {
			return i + bits.TrailingZeros64(hit)/8
		}
	}
	for ; i < len(t.b); i++ {
		if c := t.b[i]; c < ' ' || c == '"' || c == '\\' {
			break
		}
	}
	return i
}

// escape reads what stands behind a backslash.
func (t *text) escape(i int) int {
	switch t.at(i) {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 1
	case 'u':
		for n := 1; n <= 4; n++ {
			c := t.at(i + n)
			if !('0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F') {
				return -1
			}
		}
		return i + 5
	}
	return -1
}

// number reads a number. What follows it is for the caller to judge, as in 01.
func (t *text) number(i int) int {
	if t.at(i) == '-' {
		i++
	}
	if t.at(i) == '0' {
		i++
	} else if i = t.digits(i); i < 0 {
		return -1
	}
	if t.at(i) == '.' {
		if i = t.digits(i + 1); i < 0 {
			return -1
		}
	}
	if t.at(i)|0x20 != 'e' {
		return i
	}
	if i++; t.at(i) == '+' || t.at(i) == '-' {
		i++
	}
	return t.digits(i)
}

// digits reads one digit or more.
func (t *text) digits(i int) int {
	begin := i
	for c := t.at(i); '0' <= c && c <= '9'; c = t.at(i) {
		i++
	}
	if i == begin {
		return -1
	}
	return i
}
