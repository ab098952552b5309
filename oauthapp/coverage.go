package oauthapp

import (
	"errors"
	"fmt"
	"strings"

	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/scopes"
)

// A Report is what [Verify] found out.
type Report struct {
	Granted scopes.Set // what the token carries
	Missing scopes.Set // of the credential's scopes, what it does not carry

	// Coverage says of each core resource of the inventory what the app sees of it.
	Coverage *inventory.Report

	// OK reports whether the token carries every scope of the credential, and the app sees
	// all that these scopes and its roles should show. What the roles are known not to show
	// ([inventory.BeyondRole]) and what the org does not have is no failure.
	OK bool
}

// Err returns nil if r is OK, or one error that joins what is wrong.
func (r *Report) Err() error {
	var errs []error
	if !r.Missing.IsEmpty() {
		errs = append(errs, fmt.Errorf("the token lacks scopes, which a Super Admin has to grant to the app: %s", r.Missing))
	}
	if lost := r.Coverage.RolesLost; len(lost) > 0 {
		errs = append(errs, fmt.Errorf("the app no longer holds %s, which a Super Admin has to assign to it again", strings.Join(lost, ", ")))
	}
	for _, g := range r.Coverage.Problems() {
		if names, cause := r.unexplained(g.Resources); len(names) > 0 {
			errs = append(errs, &unseenError{strings.Join(names, ", "), g.Outcome, cause})
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("oauthapp: not verified: %w", err)
	}
	return nil
}

// unexplained returns those of the resources that are not seen for another reason than
// a missing scope, and what the org answered to the first of them.
func (r *Report) unexplained(names []string) (rest []string, cause error) {
	for _, name := range names {
		if res, ok := inventory.Lookup(name); ok && !r.Missing.Minus(r.Missing.Minus(res.Scopes)).IsEmpty() {
			continue
		}
		if row, ok := r.Coverage.Row(name); ok && len(rest) == 0 {
			cause = row.Err
		}
		rest = append(rest, name)
	}
	return rest, cause
}

// An unseenError is about resources that should be seen and are not.
type unseenError struct {
	names   string
	outcome inventory.Outcome
	cause   error // what the org answered; nil if it answered nothing that is an error
}

func (e *unseenError) Error() string {
	text := fmt.Sprintf("%s: %s: %s", e.names, e.outcome.Status, e.outcome.Why)
	if e.outcome.Remedy != "" {
		text += ": " + e.outcome.Remedy
	}
	if e.outcome.By != "" {
		text += " (" + e.outcome.By + ")"
	}
	return text
}

func (e *unseenError) Unwrap() error { return e.cause }
