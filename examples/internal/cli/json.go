package cli

import (
	"encoding/json"
	"io"
)

// PrintJSON writes v to standard output. A program does so once.
func (p *Program) PrintJSON(v any) error {
	p.printed = true
	enc := json.NewEncoder(p.Stdout)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// Print writes a result to standard output: with --json as v, else as the table
// that fill makes.
func (p *Program) Print(v any, fill func(*Table)) error {
	if p.JSON {
		return p.PrintJSON(v)
	}
	t := NewTable()
	fill(t)
	return p.PrintText(t.Text(p.TableWidth()))
}

// PrintText writes a text for people to standard output.
func (p *Program) PrintText(text string) error {
	p.EndLine() // both may be the same terminal
	_, err := io.WriteString(p.Stdout, text)
	return err
}

// TableWidth is the Columns of standard output.
func (p *Program) TableWidth() int { return Columns(p.OutWidth) }
