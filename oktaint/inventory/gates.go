package inventory

import (
	"encoding/json"
	"slices"
	"strings"
)

// A parent is what the gates look at in the object that others belong to.
type parent struct {
	Type    string `json:"type"`
	Profile struct {
		Name string `json:"name"`
	} `json:"profile"`
	Features        []string `json:"features"`
	ApplicationType string   `json:"application_type"`
	Credentials     struct {
		Client *struct {
			Method string `json:"token_endpoint_auth_method"`
		} `json:"oauthClient"`
	} `json:"credentials"`
	Embedded struct {
		Stats struct {
			Users *int `json:"usersCount"`
			Apps  *int `json:"appsCount"`

			// Three spellings are known of one flag: that of a collector which
			// requires it, that of Okta's SDK, and that of Okta's release notes.
			Admin1 *bool `json:"hasAdminPrivilege"`
			Admin2 *bool `json:"hasAdminPrivlege"`
			Admin3 *bool `json:"hasAdminPrivileges"`
		} `json:"stats"`
	} `json:"_embedded"`
}

// gates say for which parents there is something to read. If the parent does not say,
// it is asked.
var gates = map[string]func(*parent) bool{
	// The members of Everyone are the users.
	"has-members": func(p *parent) bool { return !p.everyone() && some(p.Embedded.Stats.Users) },
	"has-apps":    func(p *parent) bool { return some(p.Embedded.Stats.Apps) },
	"has-roles": func(p *parent) bool {
		s := p.Embedded.Stats
		flags := slices.DeleteFunc([]*bool{s.Admin1, s.Admin2, s.Admin3}, func(b *bool) bool { return b == nil })
		return len(flags) == 0 || slices.ContainsFunc(flags, func(b *bool) bool { return *b })
	},
	"has-features":    func(p *parent) bool { return len(p.Features) > 0 },
	"pushes-groups":   func(p *parent) bool { return slices.Contains(p.Features, "GROUP_PUSH") },
	"is-oauth-client": func(p *parent) bool { return p.Credentials.Client != nil },
	"is-service":      func(p *parent) bool { return p.ApplicationType == "" || p.ApplicationType == "service" },
	"has-client-secret": func(p *parent) bool {
		return p.Credentials.Client != nil && strings.HasPrefix(p.Credentials.Client.Method, "client_secret_")
	},
}

func (p *parent) everyone() bool { return p.Type == "BUILT_IN" && p.Profile.Name == "Everyone" }

func some(n *int) bool { return n == nil || *n > 0 }

// open reports whether a parent has something of the resource.
func (r *Resource) open(object json.RawMessage) bool {
	gate := gates[r.marks.when]
	if gate == nil {
		return true
	}
	var p parent
	if json.Unmarshal(object, &p) != nil {
		return true // a form that is not known: the org decides
	}
	return gate(&p)
}
