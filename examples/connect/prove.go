package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/scopes"
)

// facts are what was found out about a credential.
type facts struct {
	client  *oktaint.Client
	who     oktaint.Principal
	token   *oauthapp.TokenReport // of an API token; nil for an app
	missing scopes.Set            // that were asked for, and that the token does not carry
	report  *inventory.Report
	limits  []oktaint.Limit
}

// prove gets a token with the credentials and finds out whose they are. It completes
// the credentials by what it learns.
func (j *job) prove(ctx context.Context) (*facts, error) {
	if j.kid != "" {
		if err := j.rename(j.kid); err != nil {
			return nil, cli.Usagef("--kid: %w", err)
		}
	}
	j.Live("proving the credential")
	f, err := j.mint(ctx)
	if err != nil {
		return nil, err
	}
	if f.who, err = oktaint.WhoAmI(ctx, f.client); err != nil {
		return nil, fmt.Errorf("whose credential it is: %w", err)
	}
	if f.who.RolesErr == nil {
		j.creds.Roles = f.who.RoleTypes()
	}
	if j.creds.Kind == oktaint.KindAPIToken {
		if f.token, err = oauthapp.CheckAPIToken(ctx, f.client); err != nil {
			return nil, err
		}
	}
	j.ClearLine()
	if f.token != nil {
		j.Warn(f.token.Warnings)
	}
	return f, nil
}

// mint gets an access token, of which the credentials learn their scopes and whether
// the app requires DPoP. An API token is one already.
func (j *job) mint(ctx context.Context) (*facts, error) {
	f := &facts{client: oktaint.NewClient(j.creds, j.conn.Base)}
	if j.creds.Kind == oktaint.KindAPIToken {
		return f, nil
	}
	tok, err := f.client.Source().TokenContext(ctx)
	for kidRefused(err) && j.kid == "" {
		if err = j.askKid(ctx, err); err != nil {
			return nil, err
		}
		f.client = oktaint.NewClient(j.creds, j.conn.Base)
		tok, err = f.client.Source().TokenContext(ctx)
	}
	if err != nil {
		return nil, explain(err)
	}
	granted := f.client.Source().Granted()
	f.missing = j.creds.Scopes.Minus(granted)
	j.creds.Scopes, j.creds.DPoP = j.creds.Scopes.Minus(f.missing), tok.TokenType == "DPoP"
	if !f.missing.IsEmpty() && !j.scopesTold { // nobody said that it has them
		f.client = oktaint.NewClient(j.creds, j.conn.Base)
	}
	return f, nil
}

// explain adds to an error of the token endpoint which flag helps.
func explain(err error) error {
	var e *oktaint.Error
	if errors.As(err, &e) && (e.OAuthError == "invalid_scope" || e.OAuthError == "consent_required") {
		return fmt.Errorf("%w. Name the scopes that it has with --client-scopes", err)
	}
	return err
}

// kidRefused reports whether the org does not know the key by its kid.
func kidRefused(err error) bool {
	var e *oktaint.Error
	return errors.As(err, &e) && e.OAuthError == "invalid_client" && strings.Contains(e.OAuthDescription, "kid")
}

// askKid asks under which kid the key is registered: an app that another program made
// may have it under a name of its own. Without an answer refused is the error.
func (j *job) askKid(ctx context.Context, refused error) error {
	j.ClearLine()
	kid, err := j.Line(ctx, fmt.Sprintf("The org does not know the key by the kid %s. Which kid does the Admin Console show for it, among the app's public keys (Enter alone gives up)? ", j.creds.Key.ID()))
	switch {
	case err != nil:
		return fmt.Errorf("read the kid: %w", err)
	case kid == "":
		return fmt.Errorf("%w. If it is registered under another kid, which the Admin Console shows among the app's public keys, give that with --kid", refused)
	}
	return j.rename(kid)
}

// rename gives the key another kid.
func (j *job) rename(kid string) error {
	pem, err := j.creds.Key.PEM()
	if err != nil {
		return err
	}
	key, err := oktaint.ParseKey([]byte(pem.Reveal()), kid)
	if err != nil {
		return err
	}
	j.creds.Key = key
	return nil
}

// look finds out what the credentials show, and within which limits.
func (f *facts) look(ctx context.Context, j *job) (err error) {
	done, total := 0, len(inventory.Expect(scopes.Visibility, nil, nil).Rows)
	opts := inventory.Options{Roles: j.roles, Progress: func(e inventory.Event) {
		switch {
		case e.Wait != nil:
			j.Wait(*e.Wait)
		case e.Row != nil:
			done++
			j.Live("looking at what it sees: %d of %d", done, total)
		}
	}}
	if j.install != nil {
		opts.Patience = patience
	}
	f.report, err = inventory.Probe(ctx, f.client, opts)
	j.ClearLine()
	f.limits = f.client.Transport().Limits()
	return err
}
