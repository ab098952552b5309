package oauthapp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// VerifyOptions are the options of [Verify]. All of them may be left out.
type VerifyOptions struct {
	// Base sends the requests. Nil means the default of oktaint.
	Base http.RoundTripper

	// Patience is how long to go on while the org does not know a newly made
	// app, key or grant yet. Zero means to ask once. 10 seconds is plenty after
	// Apply.
	Patience time.Duration

	// Progress is called as in [Plan.Apply], with steps of the kind StepVerify.
	Progress func(Event)
}

// probes are the paths below /api/v1 that Verify reads one object of, by scope.
// An org always has users, groups and apps: its owner, Everyone, and this app.
var probes = map[scopes.Scope]string{
	scopes.UsersRead:  "users",
	scopes.GroupsRead: "groups",
	scopes.AppsRead:   "apps",
	scopes.LogsRead:   "logs",
}

// Verify proves that creds work: it mints a token, compares the scopes that the
// token carries with creds.Scopes, and reads one user, group, app and System
// Log event, as far as creds.Scopes cover them.
//
// An error means that there is no token, and keeps the chain to the token
// endpoint's [*oktaint.Error]. Everything else is in the Report: see
// [Report.OK] and [Report.Err]. Afterwards [Plan.ReadBack] looks at what the
// app holds once it was used.
func Verify(ctx context.Context, creds oktaint.Credentials, opts VerifyOptions) (*Report, error) {
	if creds.Kind == oktaint.KindAPIToken {
		return nil, errors.New("oauthapp: an API token carries no scopes that could be verified: pass the credentials of an OAuth app")
	}
	c := oktaint.NewClient(creds, opts.Base)
	src := c.Source()
	v := &verifier{creds: creds, progress: &reporter{f: opts.Progress}}
	ctx = oktaint.WithOnWait(ctx, v.progress.wait)
	v.progress.begin(Step{Kind: StepVerify, ApplicationID: creds.ApplicationID, Scopes: creds.Scopes}, v.parts())
	if err := v.mint(ctx, src, opts.Patience); err != nil {
		return nil, fmt.Errorf("oauthapp: verifying: no token for client %s: %w", creds.ClientID, err)
	}
	v.progress.advance()
	granted := src.Granted()
	report := &Report{
		Granted:  granted,
		Missing:  creds.Scopes.Minus(granted),
		Coverage: domains(creds.Scopes, granted),
	}
	v.probe(ctx, c, report)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("oauthapp: verifying: %w", context.Cause(ctx))
	}
	report.OK = report.Err() == nil
	return report, nil
}

// A verifier is one Verify.
type verifier struct {
	creds    oktaint.Credentials
	progress *reporter
}

// parts is how much there is to do: the token, and each wanted probe.
func (v *verifier) parts() int {
	n := 1
	for scope := range probes {
		if v.creds.Scopes.Covers(scope) {
			n++
		}
	}
	return n
}

// mint gets a token, asking again for as long as the refusal may only mean
// that the org has not caught up with a new app.
func (v *verifier) mint(ctx context.Context, src *oktaint.Source, patience time.Duration) error {
	end := time.Now().Add(patience)
	for wait := 250 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		_, err := src.TokenContext(ctx)
		if err == nil {
			return nil
		}
		left := time.Until(end)
		if !settling(err) || left <= 0 {
			return err
		}
		wait = min(wait, left)
		v.progress.wait(oktaint.Wait{For: wait, Reason: "the org does not know the new app, key or grants yet"})
		if pauseErr := pause(ctx, wait); pauseErr != nil {
			return fmt.Errorf("%w: %w", pauseErr, err)
		}
	}
}

// settling reports whether the token endpoint's refusal is one that a newly
// made app may get for a few seconds.
func settling(err error) bool {
	var e *oktaint.Error
	return errors.As(err, &e) && (e.OAuthError == "invalid_client" || e.OAuthError == "consent_required")
}

// probe reads one object of each wanted domain that has a probe.
func (v *verifier) probe(ctx context.Context, c *oktaint.Client, r *Report) {
	var g errgroup.Group
	for i := range r.Coverage {
		d := &r.Coverage[i]
		if d.probe == "" {
			continue
		}
		g.Go(func() error {
			if d.State != ScopeMissing {
				var rows []json.RawMessage
				err := c.Get(ctx, &rows, url.Values{"limit": {"1"}}, "api", "v1", d.probe)
				d.judge(len(rows), err)
			}
			v.progress.advance()
			return nil
		})
	}
	g.Wait()
}
