package inventory

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

const bySuperAdmin = "a Super Admin"

// seen is the outcome of a resource whose lists were all read.
func (held standing) seen(r *Resource) Outcome {
	switch {
	case r.marks.filtered && !held.seesAll(r):
		return Outcome{Partial, "only SUPER_ADMIN gets all of it: Okta's own apps are hidden from other roles",
			"assign SUPER_ADMIN, if they are needed", bySuperAdmin}
	case len(held.roles) > 0 && !held.seesAll(r):
		return Outcome{Partial, "with " + held.named() + " it may be a part of what the org has",
			"assign " + readers[r.seen].remedy, bySuperAdmin}
	}
	return Outcome{Status: Complete}
}

// empty is the outcome of a resource that has nothing though no org has it empty.
func (held standing) empty(r *Resource) Outcome {
	o := held.denied(r)
	o.Why = "it is empty, though no org has it empty: " + o.Why
	return o
}

// denied is the outcome of a resource that no role of the credential reaches.
func (held standing) denied(r *Resource) Outcome {
	o := Outcome{Refused, "", "assign " + readers[r.seen].remedy, bySuperAdmin}
	switch {
	case held.roles == nil && !held.least(r):
		o.Status, o.Why = BeyondRole, "the least role that every integration has does not see it"
	case held.roles == nil:
		o.Why = "no role of the credential reaches it; which roles it holds is not known"
	case held.opens(r):
		o.Why = "should be seen with " + held.named() + ": was that taken away, or limited?"
		if by := held.openers(r); len(by) > 0 {
			o.Remedy = "assign " + strings.Join(by, " or ") + " again, for the whole org"
		}
	case held.lost.opens(r):
		gone := held.lost.openers(r)
		o.Why = "would be seen with " + gone.named() + ", no longer assigned"
		o.Remedy = "assign " + strings.Join(gone, " or ") + " again"
	case len(held.roles) == 0:
		o.Why = "the credential holds no admin role"
	default:
		return held.beyond(r)
	}
	return o
}

// beyond is the outcome of a resource that the roles are known not to see.
func (held standing) beyond(r *Resource) Outcome {
	o := Outcome{BeyondRole, "not seen with " + held.named(), "assign " + readers[r.seen].remedy, bySuperAdmin}
	if len(held.roles) == 0 {
		o.Why = "without an admin role nothing is seen"
	}
	return o
}

// named names the roles, for people.
func (held roles) named() string {
	if len(held) == 1 {
		return "the role " + held[0]
	}
	return "the roles " + strings.Join(held, ", ")
}

// least reports whether READ_ONLY_ADMIN, the least role that an integration is set up
// with, sees the resource.
func (roles) least(r *Resource) bool { return roles{readOnlyAdmin}.opens(r) }

// notAsked is the outcome of a resource whose scope the credential does not ask for.
func notAsked(scope scopes.Scope) Outcome {
	return Outcome{NotAsked, fmt.Sprintf("the credential does not ask for %s", scope), "add the scope to the credential, and grant it to the app", bySuperAdmin}
}

// A verdict is what an answer says about a resource.
type verdict struct {
	Outcome
	closes bool // of all its lists, not only of this one
	none   bool // nothing is there, and nothing is wrong
}

// judge says what an answer that is not a list means for the resource. The error is
// one that the run itself ends with.
func (u *run) judge(ctx context.Context, l *list, err error) (verdict, error) {
	if _, none := oktaint.NoToken(err); none || ctx.Err() != nil {
		return verdict{}, err
	}
	r := l.t.r
	why, denied := oktaint.Denied(err)
	switch {
	case oktaint.IsNotFound(err) && r.Parent != "", r.marks.maybe && r.Parent != "" && status(err) == http.StatusBadRequest:
		return verdict{none: true}, nil // none, or gone meanwhile
	case denied && why.Lacks == oktaint.LacksScope:
		return verdict{Outcome{Refused, cmp.Or(l.lacks(why.Scope), why.Remedy), why.Remedy, why.By}, true, false}, nil
	case denied && why.Lacks == oktaint.LacksFeature, denied && r.marks.sku && u.held.denied(r).Status != BeyondRole, r.lacks(err):
		return verdict{Outcome{NotLicensed, "the org does not have it", "ask Okta for it, if the org is to have it", "Okta"}, !r.marks.maybe, false}, nil
	case denied:
		o := u.held.denied(r)
		return verdict{o, o.Status == BeyondRole || l.alone(), false}, nil
	case unknownPath(err):
		return u.judgePath(ctx, r, err), nil
	}
	return verdict{Outcome: Outcome{Failed, reason(err), "try again", ""}, closes: l.alone()}, nil
}

// alone reports whether the list is the only one of its resource.
func (l *list) alone() bool { return l.t.r.Parent == "" && len(l.t.r.marks.each) == 0 }

// lacks names the scope of a resource that the token does not carry.
func (l *list) lacks(s scopes.Scope) string {
	if s == "" {
		return ""
	}
	return fmt.Sprintf("the token lacks the scope %s", s)
}

// lacks reports whether an answer says that the org does not have one of the kinds that
// are asked for one after the other.
func (r *Resource) lacks(err error) bool {
	s := status(err)
	return r.marks.maybe && len(r.marks.each) > 0 && (s == http.StatusBadRequest || unknownPath(err))
}

// judgePath says what it means that the org does not have a path: an org of the Classic
// Engine or one without a new feature does not, otherwise something in between answered.
func (u *run) judgePath(ctx context.Context, r *Resource, err error) verdict {
	switch {
	case r.marks.limited:
		return verdict{Outcome{NotLicensed, "the org does not have this feature, which Okta gives to some orgs", "ask Okta for it, if the org is to have it", "Okta"}, true, false}
	case r.marks.oie && u.classic(ctx):
		return verdict{Outcome{NotLicensed, "the org is of the Classic Engine, which does not have it", "upgrade the org to Identity Engine", "Okta"}, true, false}
	}
	return verdict{Outcome{Failed, "the org does not know the path: is there a proxy on the way? " + reason(err),
		"call the org without the proxy", "whoever runs the proxy"}, true, false}
}

// unknownPath reports whether an org says that it does not have a path.
func unknownPath(err error) bool {
	var e *oktaint.Error
	return errors.As(err, &e) && e.StatusCode == http.StatusNotFound && e.Code == "E0000008"
}

func status(err error) int {
	var e *oktaint.Error
	if errors.As(err, &e) {
		return e.StatusCode
	}
	return 0
}

// reason is an error without the name of the package that it comes from.
func reason(err error) string { return strings.TrimPrefix(err.Error(), "oktaint: ") }

// classic reports whether the org is of the Classic Engine. It is asked once, and only
// if that matters.
func (u *run) classic(ctx context.Context) bool {
	u.engine.Do(func() {
		info, err := oktaint.Discover(ctx, u.c.Org, u.base())
		u.isClassic = err == nil && info.Engine == "v1"
	})
	return u.isClassic
}
