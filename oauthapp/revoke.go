package oauthapp

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// RevokeAPIToken revokes the API token with which p was built and applied, so
// that no Super Admin's credential is left behind. Call it last: nothing can be changed
// with the token any more.
//
// verified is what [Verify] has found with the app's own credential. It is an error, and
// the token stays, unless that is OK and the last read-back showed all that Desired wants
// and nothing that Exact or Remove names: [Result.Err]. What was left because nobody asked
// for its removal does not keep the token.
//
// The journal says that the token is being revoked before the request is sent,
// so that a later BuildPlan with the same journal returns [ErrTokenRevoked]
// instead of only a 401. If the token does not work any more, that is not an
// error. It is one if p was built with an OAuth token, which lives for an hour at the
// most and belongs to an app that is the caller's to remove.
func (p *Plan) RevokeAPIToken(ctx context.Context, verified *Report) error {
	r := p.newRun()
	if err := p.mayRevoke(r, verified); err != nil {
		return err
	}
	ctx = oktaint.WithOnWait(ctx, r.progress.wait)
	return r.all(ctx, []change{{row: tokenRow}})
}

// mayRevoke refuses to revoke a token that is needed still.
func (p *Plan) mayRevoke(r *run, verified *Report) error {
	p.mu.Lock()
	last := p.last
	p.mu.Unlock()
	switch {
	case p.Owner.ID == "":
		return errors.New("oauthapp: the credential is not an API token: remove the app that it belongs to in the Admin Console if it is not needed any more")
	case last == nil || !last.readBack:
		return errors.New("oauthapp: the API token is needed still: apply the plan first")
	case verified == nil || verified.ClientID != r.app.ClientID || !verified.OK:
		return errors.New("oauthapp: the API token is not revoked, because the app was not verified")
	}
	if err := p.result(last).Err(); err != nil {
		return fmt.Errorf("oauthapp: the API token is not revoked: %w", err)
	}
	return nil
}

// answerTokenGone wants the answer to the revocation of the API token in use.
func answerTokenGone(c *oktaint.Client, req *http.Request, _ *App) (string, error) {
	_, err := tokenGone(c.Do(req, oktaint.NoContent{}))
	return "", err
}

// tokenGone reports whether an error says that the API token does not work any
// more, which is then no error.
func tokenGone(err error) (bool, error) {
	if hasCode(err, "E0000011") && refusesCredential(err) {
		return true, nil
	}
	return false, err
}
