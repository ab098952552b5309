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
	if err := deliver.Mint(ctx, src, creds.Scopes, time.Now().Add(opts.Patience), v.progress.wait); err != nil {
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
