package oktatest

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/rezonate-io/okta-integration/scopes"
)

// Config says what kind of org to simulate. The zero value is an org of
// Okta's Enterprise kind at https://acme.okta.com with no latency and no
// faults.
type Config struct {
	// Origin is the org's URL: https scheme and host, no path. It is the
	// issuer, and the host that the org answers to; every other host gets
	// the 404 of an org that does not exist. The default is
	// https://acme.okta.com. Serve sets it to the address it listens on.
	Origin string

	// APIToken is the value of the API token that belongs to the org's
	// owner, a Super Admin. The default is random; see [Org.APIToken].
	APIToken string

	// RateLimits maps a class of endpoints to the requests a minute that
	// the whole org may send to it. A missing class has the Enterprise
	// limit of [DefaultRateLimits]; 0 means no limit.
	RateLimits map[string]int

	// PrincipalShare is the part of every limit that one API token or app
	// may use, above 0 and at most 1. The default is 0.5, as Okta's.
	PrincipalShare float64

	// ConcurrencyLimit is the number of requests that may be in flight at
	// once. The default is 75; a negative number means no limit.
	ConcurrencyLimit int

	// Latency delays every answer. The request takes effect when it
	// arrives, before the delay.
	Latency time.Duration

	// Lag is how late the org shows what requests have changed. The zero
	// value shows it at once.
	Lag Lag

	// Skew is how far the org's clock is ahead of the real one; negative
	// is behind. It shows in Date, in the reset of the rate limits, in
	// timestamps and in the checks of a client assertion.
	Skew time.Duration

	// TokenLifetime is how long an access token is good for, in whole
	// seconds. The default is one hour, the only lifetime Okta has.
	TokenLifetime time.Duration

	// Partition is the part of Okta's cloud in the org's ORNs, such as oktapreview.
	// The default is okta.
	Partition string

	// NoIAMResources has the org refuse a resource set of its roles, resource sets and
	// admin assignments, without which okta.iam.read shows nothing.
	NoIAMResources bool

	// ClientPrivileges is the org's setting "Public client app admins":
	// an app gets the role SUPER_ADMIN by itself with its first grant.
	ClientPrivileges bool

	// Classic makes an org of the Classic Engine: it does not have the paths
	// that came with Identity Engine, /api/v1/devices say, and answers 404
	// E0000008 there. The default is an org of Identity Engine.
	Classic bool

	// DPoPResourceNonce makes the API require a nonce in every DPoP
	// proof. Okta does not, so far.
	DPoPResourceNonce bool

	// RoleMissing says what the lists of users, groups and apps answer to
	// an app with the right scope and no admin role.
	RoleMissing RoleMissing

	// OwnRolesOnly makes the list of a user's roles, and that of the users who
	// hold one, leave out what users hold through a group, whose assignmentType is
	// GROUP. Nobody has seen which of the two Okta does.
	OwnRolesOnly bool

	// DirectAssigneesOnly makes only the list of the users who hold a role leave out
	// those who hold one through a group.
	DirectAssigneesOnly bool

	// SuspendAsOffered makes suspend work in every status whose _links offer it:
	// PROVISIONED and PASSWORD_EXPIRED as well as ACTIVE. The default refuses it there
	// with 400 E0000001, as Okta's documents say.
	SuspendAsOffered bool

	// SuspendKeepsSessions makes a suspension leave the sessions of the user, so that a
	// test sees whether something else has ended them. Okta ends them.
	SuspendKeepsSessions bool

	// Zones holds the ids of the network zones that all requests come
	// from. An app restricted to other zones gets no token.
	Zones []string

	// Log, if not nil, gets one JSON object per request, one a line:
	//
	//	{"time","method","path","query":[names],"status","bucket","scheme"}
	//
	// It holds no token, no secret and no value of a query. Status 0 is a
	// request that got no answer.
	Log io.Writer

	// KeepRequests bounds what [Org.Requests] returns to the newest that
	// many. The default, 0, keeps all, which is right for a test; set it in
	// a process that runs for long.
	KeepRequests int

	// Users, Groups and Apps are how many users, groups and apps the org has from
	// the start, in addition to its owner, Everyone and Okta's own apps. They are
	// the same in every org with the same numbers. Most users are ACTIVE, a few are
	// in each other status, each has a department and is in one to three of the
	// groups. A few groups have admin roles, owners, or rules that add to them. The
	// apps are of several kinds, some INACTIVE; groups and users are assigned to
	// them, and some have groups pushed to them.
	Users, Groups, Apps int

	// AdminFlag is the name of the flag in the stats of a group that says that the
	// group has an admin role: hasAdminPrivilege, the default, hasAdminPrivlege or
	// hasAdminPrivileges. Okta is known by all three. [NoAdminFlag] leaves it out.
	AdminFlag string

	// Admins is how many of the users that the org has from the start hold an admin
	// role, at most Users: by turns one of their own, one of a group, and a custom
	// role over a resource set. The default is none.
	Admins int

	// Assets is how many objects each list of assets has from the start that can
	// have any number of them: network zones, trusted origins, identity providers,
	// devices, policies, and the rules of one policy, say. The default is what a
	// new org has, one or a few in each list. See [Org.Assets].
	Assets int

	// FeaturesOff are features that this org does not have, with the status that
	// it answers where they are asked for: 400 (of a type of policies), 401
	// E0000015, 403 E0000006 or 404 E0000008. 0 is the status that was recorded of
	// Okta, else the one of CHOICES.md. [Features] returns the names.
	FeaturesOff map[string]int

	// RefusedScopes are scopes that this org does not have, as an org without a
	// feature does: a grant of one is 400 E0000001.
	RefusedScopes scopes.Set

	// Faults are faults to inject; [Org.AddFault] says how one is written.
	Faults []string
}

// RoleMissing is how lists treat an app that holds a scope but no role.
type RoleMissing int

const (
	// EmptyList answers 200 and an empty list, as was recorded of Okta.
	EmptyList RoleMissing = iota
	// Forbidden answers 403 E0000006, as Okta documents.
	Forbidden
)

const (
	defaultOrigin      = "https://acme.okta.com"
	defaultShare       = 0.5
	defaultConcurrency = 75
	defaultLifetime    = time.Hour
)

// withDefaults checks the configuration and fills in what is not set.
func (c Config) withDefaults() (Config, error) {
	if c.Origin == "" {
		c.Origin = defaultOrigin
	}
	u, err := url.Parse(c.Origin)
	if err != nil || u.Scheme != "https" || u.Host == "" || "https://"+u.Host != c.Origin {
		return c, fmt.Errorf("oktatest: origin %q: want https://host", c.Origin)
	}
	limits := DefaultRateLimits()
	for class, n := range c.RateLimits {
		if _, ok := limits[class]; !ok {
			return c, fmt.Errorf("oktatest: rate limit class %q: want one of %v", class, slices.Sorted(maps.Keys(limits)))
		}
		if n < 0 {
			return c, fmt.Errorf("oktatest: rate limit %s=%d: want 0 (none) or more", class, n)
		}
		limits[class] = n
	}
	c.RateLimits = limits
	if c.PrincipalShare == 0 {
		c.PrincipalShare = defaultShare
	}
	if !(c.PrincipalShare > 0 && c.PrincipalShare <= 1) {
		return c, fmt.Errorf("oktatest: principal share %v: want above 0 and at most 1", c.PrincipalShare)
	}
	if c.ConcurrencyLimit == 0 {
		c.ConcurrencyLimit = defaultConcurrency
	}
	c.Partition = cmp.Or(c.Partition, "okta")
	if c.TokenLifetime == 0 {
		c.TokenLifetime = defaultLifetime
	}
	if c.TokenLifetime < time.Second || c.TokenLifetime%time.Second != 0 {
		return c, fmt.Errorf("oktatest: token lifetime %v: want whole seconds, at least one", c.TokenLifetime)
	}
	if err := c.Lag.check(); err != nil {
		return c, err
	}
	c.Lag = c.Lag.least()
	if c.Latency < 0 {
		return c, fmt.Errorf("oktatest: latency %v is negative", c.Latency)
	}
	if c.KeepRequests < 0 {
		return c, fmt.Errorf("oktatest: keep requests %d: want 0 (all) or more", c.KeepRequests)
	}
	if c.Users < 0 || c.Groups < 0 || c.Apps < 0 {
		return c, fmt.Errorf("oktatest: %d users, %d groups and %d apps: want 0 or more", c.Users, c.Groups, c.Apps)
	}
	if err := checkAdminFlag(&c.AdminFlag); err != nil {
		return c, err
	}
	if c.Admins < 0 || c.Admins > c.Users {
		return c, fmt.Errorf("oktatest: %d admins: want 0 or more, and no more than the %d users", c.Admins, c.Users)
	}
	if c.Assets < 0 {
		return c, fmt.Errorf("oktatest: %d assets: want 0 or more", c.Assets)
	}
	if err := checkFeatures(c.FeaturesOff); err != nil {
		return c, err
	}
	c.FeaturesOff = maps.Clone(c.FeaturesOff)
	c.Zones = slices.Clone(c.Zones)
	return c, nil
}
