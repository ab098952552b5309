package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// An asker asks a question at a terminal and returns the answer; hidden is
// without echo. It is nil where there is no terminal.
type asker func(ctx context.Context, question string, hidden bool) (string, error)

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// askAt asks at the terminal that in and out are. The end of ctx ends the
// question, and leaves the terminal as it was.
func askAt(in, out *os.File) asker {
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
			if hidden {
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

func readAnswer(in *os.File, hidden bool) (string, error) {
	if hidden {
		text, err := term.ReadPassword(int(in.Fd()))
		return string(text), err
	}
	text, err := bufio.NewReader(in).ReadString('\n')
	if err == io.EOF {
		err = nil // no answer
	}
	return text, err
}
