package oauthapp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp/internal/deliver"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
)

// VerifyOptions are the options of [Verify]. All of them may be left out.
type VerifyOptions struct {
	// Base sends the requests. Nil means the default of oktaint.
	Base http.RoundTripper

	// Patience is how long to go on while the org does not know a newly made
	// app, key or grant yet, and again while it does not show yet what a newly
	// assigned role opens. Zero means to ask once. 10 seconds is plenty after
	// Apply.
	Patience time.Duration

	// Progress is called as in [Plan.Apply], with steps of the kind StepVerify.
	Progress func(Event)
}

// Verify proves that creds work: it mints a token, compares the scopes that the
// token carries with creds.Scopes, and asks for one object of each core resource
// of the inventory that creds.Scopes cover. creds.Roles say what the app should
// see, if it may not read its own roles.
//
// An error means that there is no token or no answer, and keeps the chain to the
// token endpoint's [*oktaint.Error]. Everything else is in the Report: see
// [Report.OK] and [Report.Err]. Afterwards [Plan.ReadBack] looks at what the
// app holds once it was used.
func Verify(ctx context.Context, creds oktaint.Credentials, opts VerifyOptions) (*Report, error) {
	if creds.Kind == oktaint.KindAPIToken {
		return nil, errors.New("oauthapp: an API token carries no scopes that could be verified: pass the credentials of an OAuth app")
	}
	c := oktaint.NewClient(creds, opts.Base)
	src := c.Source()
	v := &verifier{creds: creds, opts: opts, progress: &reporter{f: opts.Progress}}
	ctx = oktaint.WithOnWait(ctx, v.progress.wait)
	parts := 1 + len(inventory.Expect(creds.Scopes, nil, nil).Rows)
	v.task = v.progress.begin(Step{Kind: StepVerify, ApplicationID: creds.ApplicationID, Scopes: creds.Scopes}, parts)
	if err := v.mint(ctx, src); err != nil {
		return nil, fmt.Errorf("oauthapp: verifying: no token for client %s: %w", creds.ClientID, err)
	}
	v.task.advance()
	granted := src.Granted()
	report := &Report{ClientID: creds.ClientID, Granted: granted, Missing: creds.Scopes.Minus(granted)}
	var err error
	if report.Coverage, err = v.probe(ctx, c); err != nil {
		return nil, fmt.Errorf("oauthapp: verifying: %w", err)
	}
	report.OK = report.Err() == nil
	return report, nil
}

// A verifier is one Verify.
type verifier struct {
	creds    oktaint.Credentials
	opts     VerifyOptions
	progress *reporter
	task     *task
}

// mint gets a token, asking again for as long as the refusal, or the lack of a
// scope, may only mean that the org has not caught up with a new app.
func (v *verifier) mint(ctx context.Context, src *oktaint.Source) error {
	end := time.Now().Add(v.opts.Patience)
	for wait := 250 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		tok, err := src.TokenContext(ctx)
		left := time.Until(end)
		switch {
		case err != nil && !settling(err), left <= 0, err == nil && src.Granted().CoversAll(v.creds.Scopes):
			return err
		case err == nil:
			src.Invalidate(tok)
		}
		wait = min(wait, left)
		v.progress.wait(oktaint.Wait{For: wait, Reason: "the org does not know the new app, key or grants yet"})
		if pauseErr := deliver.Pause(ctx, wait); pauseErr != nil && err != nil {
			return fmt.Errorf("%w: %w", pauseErr, err)
		} else if pauseErr != nil {
			return pauseErr
		}
	}
}

// settling reports whether the token endpoint's refusal is one that a newly
// made app may get for a few seconds.
func settling(err error) bool {
	var e *oktaint.Error
	return errors.As(err, &e) && (e.OAuthError == "invalid_client" || e.OAuthError == "consent_required")
}

// probe asks for one object of each core resource.
func (v *verifier) probe(ctx context.Context, c *oktaint.Client) (*inventory.Report, error) {
	return inventory.Probe(ctx, c, inventory.Options{
		Roles: v.creds.Roles, Patience: v.opts.Patience,
		Progress: func(e inventory.Event) {
			switch {
			case e.Wait != nil:
				v.progress.wait(*e.Wait)
			case e.Row != nil:
				v.task.advance()
			}
		},
	})
}
