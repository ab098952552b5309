package cli

import (
	"fmt"
	"strings"
	"unicode"
)

// Count writes a number with a noun: 1 step, 2 steps.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// List joins names for people, "none" if there are none.
func List[T ~string](names []T) string {
	if len(names) == 0 {
		return "none"
	}
	return Join(names)
}

// Join joins names by commas.
func Join[T ~string](names []T) string {
	all := make([]string, 0, len(names))
	for _, name := range names {
		all = append(all, string(name))
	}
	return strings.Join(all, ", ")
}

// Wrap returns a text, without anything that a terminal would obey, in lines of at
// most width columns, or as long as they are for 0.
func Wrap(text string, width int) string {
	text = printable(text)
	if width <= 0 {
		return text + "\n"
	}
	return wrap(text, width, "  ")
}

// printable takes out of a text what a terminal would not print but obey: names
// in an org are chosen by others.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, text)
}

// wrap breaks the lines of a text at blanks, so that none is broader than width
// unless one word is. Lines that it begins have the indent of their paragraph and
// hang.
func wrap(text string, width int, hang string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		if breadth(line) <= width {
			b.WriteString(line + "\n")
			continue
		}
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		lead := indent
		for _, part := range fold(line[len(indent):], width-len(indent), width-len(indent)-len(hang)) {
			b.WriteString(lead + part + "\n")
			lead = indent + hang
		}
	}
	return b.String()
}

// fold breaks one line at blanks into parts of at most first, then rest columns.
// A word that is broader stays whole: a terminal breaks it so that it can still be
// copied.
func fold(line string, first, rest int) (parts []string) {
	width, part := first, ""
	for word := range strings.FieldsSeq(line) {
		switch {
		case part == "":
			part = word
		case breadth(part)+1+breadth(word) <= width:
			part += " " + word
		default:
			parts = append(parts, part)
			part, width = word, rest
		}
	}
	return append(parts, part)
}

// clip cuts a line to a width, with a mark where something is missing.
func clip(line string, width int) string {
	if breadth(line) <= width {
		return line
	}
	return head(line, width-1) + "…"
}

// head is as much of a line as has this width, at least one character.
func head(line string, width int) string {
	n := 0
	for i, r := range line {
		if n += runeBreadth(r); n > width && i > 0 {
			return line[:i]
		}
	}
	return line
}

// breadth is how many columns a line takes.
func breadth(line string) (n int) {
	for _, r := range line {
		n += runeBreadth(r)
	}
	return n
}

// broad are the characters that take two columns of a terminal (East Asian Width
// W and F, in the blocks that names are written in).
var broad = &unicode.RangeTable{
	R16: []unicode.Range16{{0x1100, 0x115f, 1}, {0x2e80, 0x303e, 1}, {0x3041, 0xa4cf, 1}, {0xac00, 0xd7a3, 1}, {0xf900, 0xfaff, 1}, {0xfe30, 0xfe6f, 1}, {0xff00, 0xff60, 1}, {0xffe0, 0xffe6, 1}},
	R32: []unicode.Range32{{0x1f300, 0x1faff, 1}, {0x20000, 0x3fffd, 1}},
}

func runeBreadth(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case unicode.Is(broad, r):
		return 2
	}
	return 1
}
