package oauthapp

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// A Coverage says how much of a domain a credential can see.
type Coverage string

const (
	// Visible: the org answered with something.
	Visible Coverage = "visible"

	// Empty: the org answered with an empty list where there is always
	// something, which is what it does when the app holds no admin role.
	Empty Coverage = "empty"

	// ScopeMissing: the token does not carry the scope.
	ScopeMissing Coverage = "scope"

	// RoleMissing: the scope is there, the app's admin role does not reach.
	RoleMissing Coverage = "role"

	// FeatureOff: the org does not have the feature.
	FeatureOff Coverage = "feature-off"

	// NotProbed: the token carries the scope, but nothing was read.
	NotProbed Coverage = "not probed"
)

// A DomainCoverage is what Verify found out about one domain, such as "users".
type DomainCoverage struct {
	Domain  string       // the middle of the scope's name
	Scope   scopes.Scope // that reads it
	Wanted  bool         // the credential's scopes cover it
	State   Coverage
	Explain string // what the state means here, and who can change it; empty if there is nothing to say
	Err     error  // what the probe answered, if it answered with an error

	probe string // what to read, which must be visible; empty if nothing is read
}

// A Report is what [Verify] found out.
type Report struct {
	Granted scopes.Set // what the token carries
	Missing scopes.Set // of the credential's scopes, what it does not carry

	// Coverage has a row for each domain of scopes.Visibility and for each
	// other read scope of the credential, sorted by domain.
	Coverage []DomainCoverage

	// OK reports whether the token carries every scope of the credential and
	// whether users, groups, apps and the System Log, as far as their scopes
	// are among those, can be read.
	OK bool
}

// Err returns nil if r is OK, or one error that joins what is wrong.
func (r *Report) Err() error {
	var errs []error
	if !r.Missing.IsEmpty() {
		errs = append(errs, fmt.Errorf("the token lacks scopes, which a Super Admin has to grant to the app: %s", r.Missing))
	}
	for _, d := range r.Coverage {
		if d.probe == "" || d.State == Visible || d.State == ScopeMissing && r.Missing.Contains(d.Scope) {
			continue
		}
		err := fmt.Errorf("%s: %s: %s", d.Domain, d.State, d.Explain)
		if d.Err != nil {
			err = fmt.Errorf("%w: %w", err, d.Err)
		}
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("oauthapp: not verified: %w", err)
	}
	return nil
}

// domains lists what a Report covers for a credential that wants these scopes
// and has a token with granted.
func domains(wanted, granted scopes.Set) []DomainCoverage {
	var list []DomainCoverage
	for scope := range scopes.Visibility.Union(wanted).All() {
		domain, ok := domainOf(scope)
		if !ok {
			continue
		}
		d := DomainCoverage{Domain: domain, Scope: scope, Wanted: wanted.Covers(scope), State: NotProbed}
		if d.Wanted {
			d.probe = probes[scope]
		}
		if !granted.Covers(scope) {
			d.State = ScopeMissing
			d.Explain = fmt.Sprintf("a Super Admin can grant %s to the app", scope)
			if !d.Wanted {
				d.Explain = "not asked for: " + d.Explain
			}
		}
		list = append(list, d)
	}
	slices.SortFunc(list, func(a, b DomainCoverage) int { return strings.Compare(a.Domain, b.Domain) })
	return list
}

// domainOf returns what a read scope reads: "users" for okta.users.read.
func domainOf(s scopes.Scope) (string, bool) {
	name, ok := strings.CutSuffix(string(s), ".read")
	return strings.TrimPrefix(name, "okta."), ok
}

// lacking is the state of a domain by what the credential lacks to read it.
var lacking = map[oktaint.Lack]Coverage{
	oktaint.LacksScope: ScopeMissing, oktaint.LacksRole: RoleMissing, oktaint.LacksFeature: FeatureOff,
}

// judge fills in what a probe's answer means. rows is how many objects it
// returned.
func (d *DomainCoverage) judge(rows int, err error) {
	d.Err = err
	why, denied := oktaint.Denied(err)
	switch {
	case err == nil && (rows > 0 || d.Scope == scopes.LogsRead):
		d.State = Visible
	case err == nil:
		d.State = Empty
		d.Explain = fmt.Sprintf("every org has %s, so the app's admin role does not reach them: a Super Admin can assign READ_ONLY_ADMIN to the app", d.Domain)
	case denied:
		if d.State, d.Explain = lacking[why.Lacks], why.Remedy; d.State == RoleMissing {
			d.Explain += ", such as READ_ONLY_ADMIN"
		}
	default:
		d.Explain = "the probe failed: verify again"
	}
}
