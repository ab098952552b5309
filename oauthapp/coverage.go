package oauthapp

import (
	"errors"
	"fmt"
	"slices"
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
		if e := r.unseen(g); len(e.reasons) > 0 {
			errs = append(errs, e)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("oauthapp: not verified: %w", err)
	}
	return nil
}

// unseen is the error of a group, without what is in it for a missing scope.
func (r *Report) unseen(g inventory.Group) *unseenError {
	e := &unseenError{group: g}
	for _, reason := range g.Reasons {
		names := slices.DeleteFunc(slices.Clone(reason.Resources), r.lacksScope)
		if len(names) == 0 {
			continue
		}
		e.reasons = append(e.reasons, fmt.Sprintf("%s: %s: %s", strings.Join(names, ", "), g.Status, reason.Why))
		if row, ok := r.Coverage.Row(names[0]); ok && e.cause == nil {
			e.cause = row.Err
		}
	}
	return e
}

// lacksScope reports whether one of the missing scopes reads the resource.
func (r *Report) lacksScope(name string) bool {
	res, ok := inventory.Lookup(name)
	return ok && r.Missing.Minus(res.Scopes) != r.Missing
}

// An unseenError is about resources that should be seen and are not.
type unseenError struct {
	group   inventory.Group
	reasons []string
	cause   error // what the org answered to the first of them; nil if that was no error
}

func (e *unseenError) Error() string {
	text := strings.Join(e.reasons, "; ")
	if e.group.Remedy != "" {
		text += ": " + e.group.Remedy
	}
	if e.group.By != "" {
		text += " (" + e.group.By + ")"
	}
	return text
}

func (e *unseenError) Unwrap() error { return e.cause }
