// Respond acts on users of an Okta org who were taken over: it suspends them,
// ends their sessions and tokens, moves them between groups, and puts back what
// can be put back. It shows a plan first, writes nothing that nobody has
// approved, and keeps a record of each request.
//
// Without arguments it shows all of that on a simulated org inside the program:
//
//	go run ./examples/respond
//
// With the credentials that onboard has written it does it for real:
//
//	go run ./examples/respond --credentials acme.json --playbook contain --user LOGIN
//
// Run it with --help for everything else.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// The exit statuses, as --help tells them.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitIncomplete  = 3
	exitInterrupted = 130
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() {
		<-ctx.Done()
		stop() // a second Ctrl-C ends the program at once
	}()
	p := &program{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv, configDir: os.UserConfigDir,
		terminal: isTerminal(os.Stderr), shows: isTerminal(os.Stdout), ask: askAt(os.Stdin, os.Stderr),
	}
	os.Exit(p.main(ctx, os.Args[1:]))
}

// A program is the command with everything it touches.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	configDir      func() (string, error)
	terminal       bool // stderr is one: progress may rewrite its line
	shows          bool // stdout is one: what is written there is seen
	ask            asker

	mu    sync.Mutex // held while anything is written to stderr
	open  bool       // the terminal's line has no end yet
	until time.Time  // the end of the wait that was told last
}

// main does the job and returns the exit status.
func (p *program) main(ctx context.Context, args []string) int {
	err := p.run(ctx, args)
	var usage *usageError
	var incomplete *incompleteError
	switch {
	case err == nil, errors.Is(err, errHelp):
		return exitDone
	case ctx.Err() != nil:
		p.say("respond: interrupted: %v", err)
		return exitInterrupted
	case errors.As(err, &usage):
		p.say("respond: %v", err)
		p.say("Run respond --help for the flags.")
		return exitUsage
	case errors.As(err, &incomplete):
		p.say("respond: %v", err)
		return exitIncomplete
	}
	p.say("respond: %v", err)
	return exitFailed
}

// An incompleteError is about what was not done, or would not be.
type incompleteError struct{ err error }

func (e *incompleteError) Error() string { return e.err.Error() }

func incompletef(format string, args ...any) error {
	return &incompleteError{fmt.Errorf(format, args...)}
}

func (p *program) run(ctx context.Context, args []string) error {
	o, err := p.parse(args)
	if err != nil {
		return err
	}
	ctx = oktaint.WithOnWait(ctx, p.waits)
	switch {
	case o.listActions:
		return p.listActions(o.asJSON)
	case o.demo:
		return p.demonstrate(ctx)
	}
	j := &job{program: p, options: o}
	if j.given, err = p.readUsers(o.users, o.most()); err != nil {
		return err
	}
	if j.client, err = p.connect(ctx, o); err != nil {
		return err
	}
	return j.run(ctx)
}
