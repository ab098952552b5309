// Rotate replaces the key of an OAuth service app: it stores a new key, adds it to the
// app, proves it with a token, writes it to the credentials file, and removes the old one.
// The key in the file works at every moment, also if the program is killed; run it again
// then.
//
// Without arguments it does the whole job against a simulated org inside the program:
//
//	go run ./examples/rotate
//
// Run it with --help for everything else.
package main

import (
	"context"
	"errors"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
)

func main() { cli.Main("rotate", run) }

// A job is one rotation.
type job struct {
	*cli.Program
	cli.AppFile
	grace time.Duration
	wait  bool
	over  bool // FILE.next is that of a rotation that is over
}

func run(ctx context.Context, p *cli.Program) error {
	j := &job{Program: p}
	j.AppFile.Flags(p, help)
	j.flags()
	if err := p.Parse(); err != nil {
		return err
	}
	if j.grace < 0 {
		return cli.Usagef("--grace is negative: write a time such as 1h")
	}
	if p.Demo() {
		end, err := j.Simulate(ctx, p)
		if err != nil {
			return err
		}
		defer end()
	}
	if err := j.Open(ctx, p); err != nil {
		return err
	}
	return j.rotate(ctx)
}

// rotate shows what is to be done, asks, and does it.
func (j *job) rotate(ctx context.Context) error {
	next, err := j.nextKey()
	if err != nil {
		return err
	}
	progress := cli.NewStepProgress(j.Program)
	build := func() (*oauthapp.RotationPlan, error) {
		return oauthapp.BuildRotation(ctx, j.Admin, oauthapp.Rotation{
			Credentials: j.Credentials, Next: next, Switch: j.switchTo, Grace: j.grace, Wait: j.wait,
			Base: j.Conn.Base, Progress: progress.Event,
		}, j.State())
	}
	plan, err := build()
	if errors.Is(err, oauthapp.ErrKeyInUse) { // killed before it removed FILE.next
		j.Say("that rotation is over: this is another one")
		j.over = true
		if next, err = oktaint.GenerateKey(); err == nil {
			plan, err = build()
		}
	}
	if err != nil {
		return err
	}
	j.Warn(plan.Warnings)
	j.Say("the app %q (%s) of %s:", plan.App.Label, plan.App.ID, j.Conn.Org)
	j.SaySteps(plan.Steps())
	if j.DryRun {
		return j.print(ctx, plan, nil, nil)
	}
	if err := j.Consent(ctx, j.Yes, "Rotate its key?"); err != nil {
		return err
	}
	if err := j.keep(next); err != nil { // before it is added to the app
		return err
	}
	result, err := plan.Apply(ctx)
	progress.End()
	if err == nil && result.OldKey == "" {
		err = j.forget()
	}
	if printErr := j.print(ctx, plan, result, err); err == nil {
		err = printErr
	}
	if err != nil {
		j.Say("Run the same command again to go on from here. The key in %s works.", j.File)
	}
	return err
}

// switchTo makes the new key the one that services use.
func (j *job) switchTo(_ context.Context, next oktaint.Credentials) error {
	return next.WriteFile(j.File)
}

// A printed is the result as --json prints it.
type printed struct {
	TenantID      string          `json:"tenant_id"`
	ApplicationID string          `json:"application_id"`
	KeyID         string          `json:"key_id"`                 // of the file of --credentials
	Steps         []oauthapp.Step `json:"steps,omitempty"`        // to do, of a dry run
	OldKeyID      string          `json:"old_key_id,omitempty"`   // if it is there still
	Until         time.Time       `json:"old_key_until,omitzero"` // when it may be removed
	*cli.Failure
}

// print writes the result to standard output.
func (j *job) print(ctx context.Context, plan *oauthapp.RotationPlan, result *oauthapp.RotationResult, end error) error {
	doc := printed{TenantID: j.Conn.Org.TenantID(), ApplicationID: plan.App.ID, KeyID: j.Credentials.Key.ID(), Failure: j.Failure(ctx, end)}
	if result == nil {
		doc.Steps = plan.Steps()
	} else {
		doc.KeyID, doc.OldKeyID, doc.Until = result.Credentials.Key.ID(), result.OldKey, result.Until
	}
	err := j.Print(doc, func(t *cli.Table) {
		t.Row("application_id:", doc.ApplicationID)
		t.Row("key_id:", doc.KeyID)
		t.Row("old_key_id:", cli.List(only(doc.OldKeyID)))
	})
	switch {
	case end != nil:
	case result == nil:
		j.Say("dry run: nothing was written")
	case !doc.Until.IsZero():
		j.Say("The old key works until %s. Run the same command again after that to remove it.", doc.Until.Local().Format("15:04 on Jan 2"))
	case j.Demo():
		j.Say("The key was rotated. Name a file with --credentials to do it for real.")
	default:
		j.Say("%s holds the new key, and the old one is gone.", j.File)
	}
	return err
}

func only(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}
