package remediation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rezonate-io/okta-integration/scopes"
)

// A Guard names what refused a step.
type Guard string

// The guards, and the two things that a credential may lack.
const (
	GuardOwnCredential Guard = "own_credential"  // the target owns the credential that does the work
	GuardAdmin         Guard = "admin"           // the target holds or carries an admin role
	GuardTokenOwner    Guard = "api_token_owner" // the target owns an API token, which would die with them
	GuardProtected     Guard = "protected"       // the target, or a group that it is in, is protected
	GuardDestructive   Guard = "destructive"     // the action loses what cannot be brought back
	GuardScope         Guard = "scope"           // the token lacks a scope
	GuardRole          Guard = "role"            // no admin role of the credential allows it
	GuardUnreadable    Guard = "unreadable"      // the org answers with an error when it is asked for the target
	GuardCap           Guard = "cap"             // too many targets were acted on within an hour
)

// Guards say what an automatic response must not do. The zero value is the
// strictest; every field takes something back by name. Who holds admin roles and who
// owns API tokens is read once for each plan and once for each run; of more than 25
// users from Okta's list of all who hold a role, and of the members of the groups that
// Okta says carry one.
type Guards struct {
	// Allow names users (by id or login) and groups (by id) that may be acted on
	// although they hold or carry an admin role, or own an API token. Okta lets
	// only a Super Admin act on them. The owner of the credential that does the
	// work is never acted on, named or not.
	Allow []string `json:"allow,omitempty"`

	// Protected names users (by id or login) and groups (by id or name) that are
	// never acted on, and neither are the members of these groups. Ids are
	// better: logins and names change.
	Protected []string `json:"protected,omitempty"`

	// Destructive names the kinds of actions that may run although they lose
	// what cannot be brought back, such as KindDeactivateUser.
	Destructive []Kind `json:"destructive,omitempty"`

	// MaxTargets is how many users, groups and rules one plan may be about. Zero
	// means DefaultMaxTargets.
	MaxTargets int `json:"max_targets,omitempty"`

	// PerHour is how many of them may be acted on within an hour, by all runs that
	// share the records. Zero means as many as one plan may be about.
	PerHour int `json:"per_hour,omitempty"`

	// AllowUnchecked lets a step run where a guard cannot be evaluated, whether for
	// want of a scope or a role or because the org does not answer. The plan warns of
	// it.
	AllowUnchecked bool `json:"allow_unchecked,omitempty"`
}

// DefaultMaxTargets is how many targets a plan may have where Guards do not say.
const DefaultMaxTargets = 25

// fewTargets is up to how many users are asked for their roles one by one; for
// more of them the list of all who hold a role is read.
const fewTargets = 25

// GuardScopes returns the scopes that the guards need to look: who holds admin
// roles, who owns API tokens, and who is in protected groups.
func GuardScopes(g Guards) scopes.Set {
	set := scopes.New(scopes.RolesRead, scopes.APITokensRead, scopes.UsersRead)
	if g.readsGroups() {
		set = set.Union(scopes.New(scopes.GroupsRead))
	}
	return set
}

// readsGroups reports whether guards look at groups: at those that are protected, and
// at those that carry roles where users are too many to be asked one by one.
func (g Guards) readsGroups() bool { return len(g.Protected) > 0 || g.maxTargets() > fewTargets }

// GuardPermissions returns the permissions that a custom role needs for the guards
// to look, sorted. The standard role READ_ONLY_ADMIN does not do in place of them:
// below SUPER_ADMIN, only okta.iam.read shows who holds admin roles.
func GuardPermissions(g Guards) []string {
	all := []string{"okta.iam.read", "okta.users.apitokens.read", "okta.users.read"}
	if g.readsGroups() {
		all = append([]string{"okta.groups.read"}, all...)
	}
	return all
}

// checkCount refuses too many targets, before anything is read or written.
func (g Guards) checkCount(actions []Action) error {
	most := g.maxTargets()
	seen := make(map[Target]bool)
	for _, a := range actions {
		seen[a.Facts().Target] = true
	}
	if len(seen) > most {
		return fmt.Errorf("remediation: %d targets, and Guards.MaxTargets is %d: %w", len(seen), most, ErrTooManyTargets)
	}
	return nil
}

func (g Guards) maxTargets() int {
	if g.MaxTargets > 0 {
		return g.MaxTargets
	}
	return DefaultMaxTargets
}

func (g Guards) perHour() int {
	if g.PerHour > 0 {
		return g.PerHour
	}
	return g.maxTargets()
}

// checkHour refuses targets that would be too many within an hour, with those that the
// records name.
func (g Guards) checkHour(targets []Target, past *past) error {
	most, n := g.perHour(), len(past.recent)
	for _, t := range targets {
		if !past.recent[t] {
			n++
		}
	}
	if n > most && n > len(past.recent) {
		return fmt.Errorf("remediation: with these it would be %d targets within an hour, and Guards.PerHour is %d: %w", n, most, ErrTooManyTargets)
	}
	return nil
}

// sameName compares logins and names as Okta does, whatever their case. Letters of
// other scripts that fold to a Latin one, such as the sign for kelvin, are not it.
func sameName(a, b string) bool {
	x, y := []rune(a), []rune(b)
	return len(x) == len(y) && strings.EqualFold(a, b) &&
		!slices.ContainsFunc(x, func(r rune) bool { return foreign(r) && !strings.ContainsRune(b, r) }) &&
		!slices.ContainsFunc(y, func(r rune) bool { return foreign(r) && !strings.ContainsRune(a, r) })
}

// foreign reports whether a letter that is not ASCII folds to one that is.
func foreign(r rune) bool { return r == '\u212a' || r == '\u017f' }

// named reports whether a list names a user or a group.
func named(list []string, names ...string) bool {
	return slices.ContainsFunc(list, func(entry string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return name != "" && sameName(strings.TrimSpace(entry), name) })
	})
}
