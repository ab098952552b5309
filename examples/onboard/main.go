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
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp"
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
		p.say("interrupted: %v", err)
		p.say("Run the same command again to go on from here.")
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
	j := &job{program: p, options: o, target: target, store: store}
	if err := j.plan(ctx); err != nil || o.dryRun {
		return err
	}
	return j.apply(ctx)
}

// A target is the org to work on, and how to reach it.
type target struct {
	info  oktaint.OrgInfo
	admin *oktaint.Client   // with the temporary API token
	base  http.RoundTripper // nil: the default
	close func()
}

// A job is one onboarding.
type job struct {
	*program
	*options
	*target
	store *store

	steps *oauthapp.Plan
}

// plan reads the org and says what is to be done.
func (j *job) plan(ctx context.Context) (err error) {
	ctx = oktaint.WithOnWait(ctx, j.waits)
	if err := j.store.load(); err != nil {
		return err
	}
	j.steps, err = oauthapp.BuildPlan(ctx, j.admin, oauthapp.Desired{
		Label: j.label, Key: j.store.creds.Key.Public(), Scopes: j.scopes, Role: j.role,
	}, nil)
	var other *oauthapp.OtherKeyError
	if errors.As(err, &other) {
		return fmt.Errorf("%w. Nothing was written. Pass the app's key with --key FILE, or its credentials with --out FILE; or choose another --label", err)
	}
	if err != nil {
		return err
	}
	if err := j.store.check(ctx, j.admin, j.steps.App); err != nil {
		return err
	}
	if j.steps.Owner.Login != "" {
		j.say("API token of %s (%s)", j.steps.Owner.Login, list(j.steps.Owner.Roles))
	}
	for _, w := range j.steps.Warnings {
		j.say("warning: %s", w)
	}
	steps := j.steps.Steps()
	if len(steps) == 0 {
		j.say("nothing to do: app %s is as it should be", j.steps.App.ID)
	}
	if j.dryRun {
		return j.printPlan(steps)
	}
	return nil
}

// apply does the steps, verifies, and prints the result. Once the create may
// have been sent, the key is printed or stored whatever happens.
func (j *job) apply(ctx context.Context) error {
	if err := j.store.save(); err != nil { // the key, before anything depends on it
		return err
	}
	progress := newProgress(j.program)
	result, err := j.steps.Apply(ctx, progress.event)
	progress.end()
	for _, w := range result.Warnings {
		j.say("warning: %s", w)
	}
	out := j.outcome(result)
	if err == nil && !result.Granted.IsEmpty() {
		out.report, err = j.verify(ctx, out, result.Created)
	}
	err = errors.Join(err, j.store.complete(out))
	if printErr := j.print(out); printErr != nil {
		err = errors.Join(err, printErr)
	}
	if err == nil {
		err = out.incomplete()
	}
	return err
}

// verify proves that the app works. Without a token nothing is proved, but the
// app is there.
func (j *job) verify(ctx context.Context, out *outcome, created bool) (*oauthapp.Report, error) {
	opts := oauthapp.VerifyOptions{Base: j.base}
	if created {
		opts.Patience = patience
	}
	progress := newProgress(j.program)
	opts.Progress = progress.event
	report, err := oauthapp.Verify(ctx, j.store.credentials(out), opts)
	progress.end()
	if err != nil && ctx.Err() == nil {
		return nil, fmt.Errorf("%w: %w", errIncomplete, err)
	}
	return report, err
}
