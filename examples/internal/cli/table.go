package cli

import (
	"cmp"
	"slices"
	"strings"
)

// A Table collects rows of cells. Its text fits the width of a terminal, and
// nothing is cut: long cells go on in the next line, and the last columns go
// below their row if there is no room for them.
type Table struct {
	heads []string // nil for a table without
	rows  [][]string
}

// NewTable returns a table with these heads, or without any.
func NewTable(heads ...string) *Table { return &Table{heads: heads} }

// Row adds a row. An empty cell that is not the last one is written as "-".
func (t *Table) Row(cells ...string) {
	row := make([]string, len(cells))
	for i, cell := range cells {
		row[i] = strings.TrimSpace(strings.ReplaceAll(printable(cell), "\n", " "))
		if row[i] == "" && i < len(cells)-1 {
			row[i] = "-"
		}
		if lead := len(cell) - len(strings.TrimLeft(cell, " ")); i == 0 { // an indent is meant
			row[i] = cell[:lead] + row[i]
		}
	}
	t.rows = append(t.rows, row)
}

// gap is what stands between two columns, and before what is below a row.
const gap = "  "

// leastLast is how broad the last column is to be at least, so that its lines
// can be read.
const leastLast = 20

// Text writes the table in lines of at most width columns; 0 means that they may
// be as long as they want. In a table without heads a row of one cell is a title:
// the rows below it have widths of their own.
func (t *Table) Text(width int) string {
	var b strings.Builder
	if len(t.heads) > 0 {
		t.write(&b, append([][]string{t.heads}, t.rows...), width)
		return b.String()
	}
	for rest := t.rows; len(rest) > 0; {
		n := slices.IndexFunc(rest[1:], func(row []string) bool { return len(row) == 1 }) + 1
		if n == 0 {
			n = len(rest)
		}
		if len(rest[0]) == 1 {
			b.WriteString(wrap(rest[0][0], cmp.Or(width, len(rest[0][0])), gap))
			rest, n = rest[1:], n-1
		}
		if n > 0 {
			t.write(&b, rest[:n], width)
		}
		rest = rest[n:]
	}
	return b.String()
}

// write writes rows with common widths.
func (t *Table) write(b *strings.Builder, rows [][]string, width int) {
	count := 0
	for _, row := range rows {
		count = max(count, len(row))
	}
	widths, beside := t.fit(rows, count, width)
	for i, row := range rows {
		writeRow(b, row[:min(beside, len(row))], widths)
		if i > 0 || len(t.heads) == 0 {
			t.writeBelow(b, row, beside, width)
		}
	}
}

// fit returns the widths of the columns that stand beside each other, and how
// many these are.
func (t *Table) fit(rows [][]string, count, width int) (widths []int, beside int) {
	natural, least := make([]int, count), make([]int, count)
	for _, row := range rows {
		for i, cell := range row {
			natural[i] = max(natural[i], breadth(cell))
			for word := range strings.FieldsSeq(cell) {
				least[i] = max(least[i], breadth(word))
			}
			if i == 0 {
				least[i] = natural[i]
			}
		}
	}
	if width <= 0 {
		return natural, count
	}
	for beside = count; beside > 1; beside-- {
		floor := slices.Clone(least[:beside])
		last := beside - 1
		if floor[last] = max(leastLast, floor[last]); len(t.heads) == 0 {
			floor[last] = min(floor[last], 2*leastLast) // one long word does not move all the others
		}
		floor[last] = min(floor[last], natural[last])
		if sum(floor)+len(gap)*last <= width {
			return narrow(slices.Clone(natural[:beside]), floor, width-len(gap)*last), beside
		}
	}
	return []int{min(natural[0], width)}, 1
}

// narrow takes from the columns until all fit: first from the last one, which is
// prose, as long as it stays easy to read; then from the broadest that has
// something to spare.
func narrow(widths, floor []int, width int) []int {
	const easy = 36
	last := len(widths) - 1
	widths[last] -= min(max(0, sum(widths)-width), max(0, widths[last]-max(floor[last], easy)))
	for sum(widths) > width {
		at := -1
		for i := range widths {
			if widths[i] > floor[i] && (at < 0 || widths[i] > widths[at]) {
				at = i
			}
		}
		if at < 0 {
			break
		}
		widths[at]--
	}
	return widths
}

func sum(list []int) (n int) {
	for _, v := range list {
		n += v
	}
	return n
}

// writeRow writes the cells beside each other, in as many lines as they take.
func writeRow(b *strings.Builder, row []string, widths []int) {
	cells, lines := make([][]string, len(row)), 1
	for i, cell := range row {
		cells[i] = []string{cell}
		if breadth(cell) > widths[i] {
			cells[i] = fold(cell, widths[i], widths[i])
		}
		lines = max(lines, len(cells[i]))
	}
	for n := range lines {
		line := ""
		for i, cell := range cells {
			text := ""
			if n < len(cell) {
				text = cell[n]
			}
			line += text + strings.Repeat(" ", max(0, widths[i]-breadth(text))) + gap
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

// writeBelow writes the columns for which there was no room, with their heads.
func (t *Table) writeBelow(b *strings.Builder, row []string, beside, width int) {
	for i := beside; i < len(row); i++ {
		if row[i] == "" {
			continue
		}
		text := row[i]
		if i < len(t.heads) {
			text = strings.ToLower(t.heads[i]) + ": " + text
		}
		const indent = gap + gap
		b.WriteString(wrap(indent+text, width, gap))
	}
}
