package oauthapp

import (
	"context"
	"errors"
	"fmt"

	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
)

// RevokeAPIToken revokes the API token with which p was built and applied, so
// that no Super Admin's credential is left behind. Call it last, after [Verify]
// has passed: nothing can be changed with the token any more.
//
// The journal says that the token is being revoked before the request is sent,
// so that a later BuildPlan with the same journal returns [ErrTokenRevoked]
// instead of only a 401. If the token does not work any more, that is not an
// error.
//
// It is an error if steps of p are still to do, or if p was built with an OAuth
// token, which lives for an hour at the most and belongs to an app that is the
// caller's to remove.
func (p *Plan) RevokeAPIToken(ctx context.Context, progress func(Event)) error {
	switch {
	case p.Owner.ID == "":
		return errors.New("oauthapp: the credential is not an API token: remove the app that it belongs to in the Admin Console if it is not needed any more")
	case len(p.steps) > 0 && !p.finished.Load():
		return errors.New("oauthapp: the API token is needed still: apply the plan first")
	}
	r := p.newRun(progress)
	ctx = oktaint.WithOnWait(ctx, r.progress.wait)
	r.progress.begin(Step{Kind: StepRevokeToken, Label: p.Desired.Label, ApplicationID: r.app.ID}, 1)
	_, err := ensure(ctx, r, write[bool]{
		name: revokeTokenWrite,
		send: func(ctx context.Context) (bool, error) {
			req, err := request.RevokeCurrentToken(ctx, r.o.c.Org)
			if err != nil {
				return false, err
			}
			gone, err := tokenGone(r.o.c.Do(req, oktaint.NoContent{}))
			return gone || err == nil, err
		},
		look: func(ctx context.Context) (bool, bool, error) {
			req, err := request.CurrentUser(ctx, r.o.c.Org)
			if err != nil {
				return false, false, err
			}
			gone, err := tokenGone(r.o.c.Do(req, nil))
			return gone, gone, err
		},
	})
	if err != nil {
		return fmt.Errorf("oauthapp: could not revoke the API token: %w", err)
	}
	r.progress.advance()
	return nil
}

// tokenGone reports whether an error says that the API token does not work any
// more, which is then no error.
func tokenGone(err error) (bool, error) {
	if hasCode(err, "E0000011") && refusesCredential(err) {
		return true, nil
	}
	return false, err
}
