package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"golang.org/x/term"
)

// An Asker asks a question at a terminal and returns the answer; hidden is
// without echo. No answer (the end of the input) is "".
type Asker func(ctx context.Context, question string, hidden bool) (string, error)

// Confirm asks whether to go on, after a question such as "2 steps will run. Run
// them?", and says what it takes for a yes. It says so, and fails, if nobody can
// be asked.
func (p *Program) Confirm(ctx context.Context, question string) (bool, error) {
	answer, err := p.ask(ctx, question+" Type y or yes; anything else is no: ", false)
	return slices.Contains([]string{"y", "yes"}, strings.ToLower(strings.TrimSpace(answer))), err
}

// Secret asks for a secret without echo; note says so. It returns "" if nobody
// can be asked.
func (p *Program) Secret(ctx context.Context, what, note string) (string, error) {
	if p.Ask == nil {
		return "", nil
	}
	return p.ask(ctx, what+" ("+note+"): ", true)
}

// Line asks for something that is not secret. It returns "" if nobody can be asked.
func (p *Program) Line(ctx context.Context, question string) (string, error) {
	if p.Ask == nil {
		return "", nil
	}
	answer, err := p.ask(ctx, question, false)
	return strings.TrimSpace(answer), err
}

func (p *Program) ask(ctx context.Context, question string, hidden bool) (string, error) {
	if p.Ask == nil {
		return "", errors.New("there is no terminal to ask at")
	}
	p.EndLine()
	if width := Columns(p.ErrWidth); width > 0 {
		question = strings.TrimSuffix(wrap(question, width-1, ""), "\n")
		if !strings.HasSuffix(question, " ") {
			question += " "
		}
	}
	answer, err := p.Ask(ctx, printable(question), hidden)
	if err != nil && ctx.Err() != nil {
		return "", errInterrupted
	}
	return answer, err
}

// askAt asks at the terminal that in and out are, nil without one. The end of
// ctx ends the question, and leaves the terminal as it was.
func askAt(in, out *os.File) Asker {
	if !isTerminal(in) || !isTerminal(out) {
		return nil
	}
	return func(ctx context.Context, question string, hidden bool) (string, error) {
		state, err := term.GetState(int(in.Fd()))
		if err != nil {
			return "", err
		}
		fmt.Fprint(out, question)
		type reply struct {
			text string
			err  error
		}
		got := make(chan reply, 1)
		go func() {
			text, err := readAnswer(in, hidden)
			got <- reply{text, err}
		}()
		select {
		case r := <-got:
			if hidden || !strings.HasSuffix(r.text, "\n") {
				fmt.Fprintln(out)
			}
			return r.text, r.err
		case <-ctx.Done():
			fmt.Fprintln(out)
			_ = term.Restore(int(in.Fd()), state) // the echo was off
			return "", ctx.Err()
		}
	}
}

func readAnswer(in *os.File, hidden bool) (text string, err error) {
	if hidden {
		var b []byte
		b, err = term.ReadPassword(int(in.Fd()))
		text = string(b)
	} else {
		text, err = bufio.NewReader(in).ReadString('\n')
	}
	if errors.Is(err, io.EOF) {
		err = nil // no answer
	}
	return text, err
}
