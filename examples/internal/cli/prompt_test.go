package cli_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// A question says what it takes, and takes nothing else for a yes.
func TestConfirm(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]bool{
		"y\n": true, "yes\n": true, "Y": true, " YES \r\n": true, "Yes": true,
		"": false, "\n": false, "n\n": false, "no\n": false, "ye\n": false, "yes please\n": false, "yy\n": false, "1\n": false, "ja\n": false,
	} {
		var asked string
		p := &cli.Program{Ask: clitest.Answers(answer, &asked)}
		if yes, err := p.Confirm(t.Context(), "2 steps will run. Run them?"); err != nil || yes != want || asked != "2 steps will run. Run them? Type y or yes; anything else is no: \n" {
			t.Errorf("%q: %v, %v; asked %q", answer, yes, err, asked)
		}
	}
	if yes, err := new(cli.Program).Confirm(t.Context(), "Run them?"); yes || err == nil {
		t.Errorf("without a terminal: %v, %v", yes, err)
	}
}

// What is no secret is asked for with echo, and without anybody to ask there is no answer.
func TestLine(t *testing.T) {
	t.Parallel()
	var asked string
	p := &cli.Program{Ask: clitest.Answers(" prod-2024\r\n", &asked)}
	if line, err := p.Line(t.Context(), "Which kid? "); line != "prod-2024" || err != nil || asked != "Which kid? \n" {
		t.Errorf("%q, %v; asked %q", line, err, asked)
	}
	if line, err := new(cli.Program).Line(t.Context(), "Which kid? "); line != "" || err != nil {
		t.Errorf("without a terminal: %q, %v", line, err)
	}
}

// A long question is broken at blanks, and what it quotes is not obeyed.
func TestQuestion(t *testing.T) {
	t.Parallel()
	var asked string
	p := &cli.Program{Ask: clitest.Answers("00x", &asked), ErrWidth: func() int { return 40 }}
	if secret, err := p.Secret(t.Context(), "API token of a Super Admin for https://acme.okta.com\x1b[2J", "it is not shown"); secret != "00x" || err != nil {
		t.Errorf("%q, %v", secret, err)
	}
	if want := "API token of a Super Admin for\nhttps://acme.okta.com\uFFFD[2J (it is not\nshown):  without echo\n"; asked != want {
		t.Errorf("asked %q, want %q", asked, want)
	}
	if secret, err := new(cli.Program).Secret(t.Context(), "API token", ""); secret != "" || err != nil {
		t.Errorf("without a terminal: %q, %v", secret, err)
	}
}

// A question stands on a line of its own, below what was being told.
func TestQuestionAfterProgress(t *testing.T) {
	t.Parallel()
	var errs strings.Builder
	ask := func(_ context.Context, question string, _ bool) (string, error) {
		errs.WriteString(question)
		return "y\n", nil
	}
	p := &cli.Program{Stderr: &errs, ErrWidth: func() int { return 80 }, Ask: ask}
	p.Live("reading the users: 3")
	if yes, err := p.Confirm(t.Context(), "Go on?"); !yes || err != nil {
		t.Errorf("%v, %v", yes, err)
	}
	if want := "\rreading the users: 3\x1b[K\nGo on? Type y or yes; anything else is no: "; errs.String() != want {
		t.Errorf("%q, want %q", errs.String(), want)
	}
}

// An interrupt at a question ends the program, and says no more than that,
// whatever the terminal says of it.
func TestInterruptedQuestion(t *testing.T) {
	t.Parallel()
	o := clitest.Serve(t, oktatest.Config{})
	confirm := func(ctx context.Context, p *cli.Program) error {
		_, err := p.Confirm(ctx, "Go on?")
		return err
	}
	for _, cause := range []error{context.Canceled, os.ErrClosed, fmt.Errorf("read /dev/tty: %w", io.ErrUnexpectedEOF)} {
		for name, run := range map[string]func(context.Context, *cli.Program) error{"confirm": confirm, "secret": run} {
			ctx, stop := context.WithCancel(t.Context())
			waits := func(ctx context.Context, _ string, _ bool) (string, error) {
				stop()
				<-ctx.Done()
				return "", cause
			}
			got := clitest.Setup{Context: ctx, Ask: waits}.Run(t, "x", run, o.Flags()...)
			if got.Status != cli.ExitInterrupted || !strings.HasSuffix("\n"+got.Stderr, "\nx: interrupted\n") || got.Stdout != "" {
				t.Errorf("%s, %v: status %d: %q", name, cause, got.Status, got.Stderr)
			}
			stop()
		}
	}
}

// A terminal that fails is told as that.
func TestFailedQuestion(t *testing.T) {
	t.Parallel()
	o := clitest.Serve(t, oktatest.Config{})
	fails := func(context.Context, string, bool) (string, error) { return "", os.ErrClosed }
	clitest.Setup{Ask: fails}.Run(t, "whoami", run, o.Flags()...).Check(t, cli.ExitFailed, "whoami: read the API token: file already closed")
}

// At a terminal a secret is asked for without echo, and a question with it. How an
// interrupt ends a question is a test of onboard, as it takes a process of its own.
func TestAskAtTerminal(t *testing.T) {
	t.Parallel()
	term := clitest.OpenTerminal(t, 80)
	ask := cli.AskAt(term.TTY(), term.TTY())
	type reply struct {
		text string
		err  error
	}
	for _, hidden := range []bool{true, false} {
		got := make(chan reply)
		question := fmt.Sprintf("hidden %v? ", hidden)
		go func() {
			text, err := ask(t.Context(), question, hidden)
			got <- reply{text, err}
		}()
		term.Await(t, question)
		clitest.Await(t, "the echo is not switched", func() bool { return term.Echoes(t) != hidden })
		term.Type(t, "hunter2\n")
		if r := <-got; strings.TrimSpace(r.text) != "hunter2" || r.err != nil {
			t.Errorf("hidden %v: %q, %v", hidden, r.text, r.err)
		}
		if shown := strings.Contains(term.Shown(), "hunter2"); hidden && shown || !term.Echoes(t) {
			t.Errorf("hidden %v: the answer is shown: %v", hidden, shown)
		}
		if !hidden {
			term.Await(t, "hunter2")
		}
	}
	if file, err := os.Open(os.DevNull); err != nil || cli.AskAt(file, term.TTY()) != nil || cli.AskAt(term.TTY(), file) != nil {
		t.Error("a file that is none is a terminal")
	}
}
