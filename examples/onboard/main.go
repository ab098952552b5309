// Onboard sets up an OAuth service app in an Okta org: it creates the app with
// its key, assigns an admin role, grants scopes, and proves that all of it works.
// It does what used to take a script and a minute or two, in seconds, and can be
// run again after any failure.
//
// Without arguments it does the whole job against a simulated org inside the
// program:
//
//	go run ./examples/onboard
//
// With a tenant and a temporary API token of a Super Admin it does it for real:
//
//	go run ./examples/onboard --tenant-id TENANT_ID --api-token TOKEN
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

// patience is how long a new app may take to become known to the token endpoint.
const patience = 10 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() {
		<-ctx.Done()
		stop() // a second Ctrl-C ends the program at once
	}()
	p := &program{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv,
		terminal: isTerminal(os.Stderr), prompt: promptFor(os.Stdin, os.Stderr),
	}
	os.Exit(p.main(ctx, os.Args[1:]))
}

// A program is the command with everything it touches.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	terminal       bool                   // stderr is one: progress may rewrite its line
	prompt         func() (string, error) // asks for a token without echo; nil without a terminal

	mu sync.Mutex // held while a wait is told
}

// main does the job and returns the exit status.
func (p *program) main(ctx context.Context, args []string) int {
	err := p.run(ctx, args)
	var usage *usageError
	switch {
	case err == nil, errors.Is(err, errHelp):
		return exitDone
	case ctx.Err() != nil:
		p.say("onboard: interrupted: %v", err)
		return exitInterrupted
	case errors.As(err, &usage):
		p.say("onboard: %v", err)
		p.say("Run onboard --help for the flags.")
		return exitUsage
	case errors.Is(err, errIncomplete):
		p.say("onboard: %v", err)
		return exitIncomplete
	}
	p.say("onboard: %v", err)
	return exitFailed
}

func (p *program) say(format string, args ...any) { fmt.Fprintf(p.stderr, format+"\n", args...) }

// errIncomplete is wrapped by what is left to be done by an administrator.
var errIncomplete = errors.New("the app is set up, but not complete")

func (p *program) run(ctx context.Context, args []string) error {
	o, err := p.parse(args)
	if err != nil {
		return err
	}
	target, err := p.connect(oktaint.WithOnWait(ctx, p.waits), o)
	if err != nil {
		return err
	}
	defer target.close()
	store, err := openStore(o, target.info)
	if err != nil {
		return err
	}
	for _, w := range store.creds.Warnings {
		p.say("warning: %s", w)
	}
	j := &job{program: p, options: o, target: target, store: store}
	if j.journal, err = o.openJournal(target.info); err != nil {
		return err
	}
	return j.run(oktaint.WithOnWait(ctx, p.waits))
}
