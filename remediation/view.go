package remediation

import (
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// A part of the org that an action looks at.
type part uint16

const (
	partUser part = 1 << iota
	partUserGroups
	partFactors
	partGrants
	partClientGrants
	partClientTokens
	partGroup
	partGroupName // the group of a name
	partOwners
	partMembers
	partRules
)

const (
	userParts  = partUser | partUserGroups | partFactors | partGrants | partClientGrants | partClientTokens
	groupParts = partGroup | partGroupName | partOwners | partMembers | partRules
)

// The types of groups.
const (
	groupOkta    = "OKTA_GROUP"
	groupApp     = "APP_GROUP"
	groupBuiltIn = "BUILT_IN"
)

// A view is what an action sees of the org: its user, group and rule. It is a
// model, so that a plan can judge a step in the state that the ones before it
// leave.
type view struct {
	user  *userView  // nil: the action is about no user
	group *groupView // nil: about no group
	rule  *ruleView  // nil: about no rule
	rules []ruleView // all rules of the org, for memberships

	noRules string // why the rules could not be read
}

type userView struct {
	missing  bool
	id       string
	login    string
	status   Status
	towards  Status // the status the user is on the way to
	provider string // empty: Okta
	password bool
	profile  map[string]json.RawMessage
	etag     string

	statusChanged, passwordChanged time.Time

	read         part // which of the following were read
	groups       []membership
	factors      []factor
	grants       []consent
	clientGrants map[string][]consent // by client
	clientTokens map[string][]consent
	noClient     map[string]bool // apps that the org does not know, or not of this user

	fails map[partOf]error // parts that could not be read
}

// A partOf is a part of a user, or what one app holds of it.
type partOf struct {
	part   part
	client string
}

// failed returns why something that an action looks at could not be read.
func (u *userView) failed(a Action) error {
	client := clientOf(a)
	for of, err := range u.fails {
		if a.reads()&of.part != 0 && (of.client == "" || of.client == client) {
			return err
		}
	}
	return nil
}

// A membership is a group of a user.
type membership struct {
	ID      string `json:"id"`
	Type    string `json:"type"`
	Profile struct {
		Name string `json:"name"`
	} `json:"profile"`
}

// A factor is one that a user has enrolled. It is what is kept of a factor that
// is removed: no secret is in it.
type factor struct {
	ID       string          `json:"id"`
	Type     string          `json:"factorType"`
	Provider string          `json:"provider"`
	Vendor   string          `json:"vendorName,omitempty"`
	Status   string          `json:"status"`
	Created  string          `json:"created,omitempty"`
	Profile  json.RawMessage `json:"profile,omitempty"`
}

// A consent is a scope that a user has granted to an app, or a refresh token that
// an app holds of them.
type consent struct {
	ID       string   `json:"id"`
	ClientID string   `json:"clientId,omitempty"`
	Scope    string   `json:"scopeId,omitempty"`
	Scopes   []string `json:"scopes,omitempty"`
}

type groupView struct {
	missing bool
	id      string
	kind    string
	name    string
	about   string // the description

	read    part     // which of the following were read
	owners  []string // ids
	members []member
}

// A member is a user in a group.
type member struct {
	ID      string `json:"id"`
	Profile struct {
		Login string `json:"login"`
	} `json:"profile"`
}

type ruleView struct {
	missing bool
	id      string
	name    string
	status  Status
	groups  []string        // that it puts users into
	exclude []string        // users it leaves alone
	does    json.RawMessage // its conditions and actions
}

func (u *userView) state() State {
	if u.missing {
		return State{Missing: true}
	}
	return State{Status: u.status, Towards: u.towards}
}

// mastered adds who masters the user, for actions that only Okta's own users
// allow.
func (u *userView) mastered() State {
	s := u.state()
	if !u.missing {
		s.Provider = u.provider
	}
	return s
}

// knows reports whether all that an action looks at of a user was read.
func (u *userView) knows(a Action) bool {
	client := clientOf(a)
	if _, ok := u.clientGrants[client]; client != "" && a.reads()&partClientGrants != 0 && !ok {
		return false
	}
	if _, ok := u.clientTokens[client]; client != "" && a.reads()&partClientTokens != 0 && !ok {
		return false
	}
	return a.reads()&(partUserGroups|partFactors|partGrants)&^u.read == 0
}

func (u *userView) memberOf(group string) bool {
	return slices.ContainsFunc(u.groups, func(m membership) bool { return m.ID == group })
}

// clone copies what actions change.
func (u *userView) clone() *userView {
	c := *u
	c.profile = maps.Clone(u.profile)
	c.groups, c.factors, c.grants = slices.Clone(u.groups), slices.Clone(u.factors), slices.Clone(u.grants)
	c.clientGrants, c.clientTokens = maps.Clone(u.clientGrants), maps.Clone(u.clientTokens)
	return &c
}

// readds returns the names of the active rules that put users into a group and
// do not leave this one alone. Whether their expressions match the user is not known.
func (v *view) readds(group, user string) []string {
	var names []string
	for _, r := range v.rules {
		if r.status == StatusActive && slices.Contains(r.groups, group) && !slices.Contains(r.exclude, user) {
			names = append(names, r.name)
		}
	}
	return names
}
