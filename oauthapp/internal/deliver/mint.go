package deliver

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// Mint gets a token from src. Until a time it asks again for as long as the refusal, or
// the lack of one of the wanted scopes, may only mean that the org has not caught up with
// what was made shortly ago. At the end a token that lacks scopes is no error. wait is
// told before each pause; nil tells nobody.
func Mint(ctx context.Context, src *oktaint.Source, want scopes.Set, until time.Time, wait func(oktaint.Wait)) (err error) {
	pauseErr := Poll(ctx, until, func() (bool, error) {
		tok, mintErr := src.TokenContext(ctx)
		err = mintErr
		left := time.Until(until)
		switch {
		case err != nil && !settling(err), left <= 0, err == nil && src.Granted().CoversAll(want):
			return true, nil
		case err == nil:
			src.Invalidate(tok)
		}
		if wait != nil {
			wait(oktaint.Wait{For: left, Reason: "the org does not know the new app, key or grants yet"})
		}
		return false, nil
	})
	return both(pauseErr, err)
}

// settling reports whether the token endpoint's refusal is one that what was just made
// may get for a few seconds.
func settling(err error) bool {
	var e *oktaint.Error
	return errors.As(err, &e) && (e.OAuthError == "invalid_client" || e.OAuthError == "consent_required")
}

// both joins the reason why a repetition ended early with what it had to repeat for.
func both(pauseErr, err error) error {
	switch {
	case pauseErr == nil:
		return err
	case err == nil:
		return pauseErr
	}
	return fmt.Errorf("%w: %w", pauseErr, err)
}
