package scopes_test

import (
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/scopes"
)

func TestSuggest(t *testing.T) {
	t.Parallel()
	for in, want := range map[scopes.Scope]scopes.Scope{
		"okta.users.reed":                "okta.users.read",
		"okta.users.raed":                "okta.users.read",
		"okta.users.rea":                 "okta.users.read",
		"okta.users.reads":               "okta.users.read",
		"okta.user.read":                 "okta.users.read",
		"okta.usres.raed":                "okta.users.read", // two swaps
		"okat.users.read":                "okta.users.read",
		"users.read":                     "okta.users.read",
		"user.read":                      "okta.users.read",
		"OKTA.USERS.READ":                "okta.users.read",
		"okta:users:read":                "okta.users.read",
		"okta_users_read":                "okta.users.read",
		"'okta.users.read'":              "okta.users.read",
		"okta.users.read.":               "okta.users.read",
		"okta.users.*":                   "okta.users.read",
		"okta.users":                     "okta.users.read",
		"users":                          "okta.users.read",
		"okta.users.write":               "okta.users.manage",
		"okta.users.delete":              "okta.users.manage",
		"okta.users.mange":               "okta.users.manage",
		"okta.users.get":                 "okta.users.read",
		"okta.groups.readonly":           "okta.groups.read",
		"okta.logs.manage":               "okta.logs.read", // no scope manages the log
		"oktausers.read":                 "okta.users.read",
		"okta..users.read":               "okta.users.read",
		"okta.log.read":                  "okta.logs.read",
		"okta.app.read":                  "okta.apps.read",
		"okta.appgrants.read":            "okta.appGrants.read",
		"okta.appGrant.manage":           "okta.appGrants.manage",
		"okta.idp.read":                  "okta.idps.read",
		"okta.authorisationServers.read": "okta.authorizationServers.read",
		"okta.networkzones.read":         "okta.networkZones.read",
		"ssf.reed":                       "ssf.read",
		"okta.ssf.read":                  "ssf.read",
	} {
		got, ok := scopes.Suggest(in)
		if got != want || !ok {
			t.Errorf("Suggest(%s) = %q, %v; want %q", in, got, ok, want)
		}
	}
	for _, in := range []scopes.Scope{
		"", "a", "read", "okta", "okta.", "okta.read", "openid", "profile", "offline_access", "okta.users.read", "ssf.read", "okta.aiAgents.read", "okta.users.manage.self",
		"hunter2", "okta.new.manage", "okta.bogus.read", "....", scopes.Scope("okta.users." + strings.Repeat("x", 100)), scopes.Scope(strings.Repeat("ü", 200)), "\x00",
	} {
		if got, ok := scopes.Suggest(in); ok || got != "" {
			t.Errorf("Suggest(%.40q) = %s, want nothing", in, got)
		}
	}
}

// Every typing error of one letter in every scope finds the scope that was meant, or
// one that is as near.
func TestSuggestEveryTypo(t *testing.T) {
	t.Parallel()
	cells, others := 0, 0
	for info := range scopes.Catalogue() {
		name := string(info.Scope)
		for i := len(name) % 3; i < len(name); i += 3 { // every third letter is enough
			typos := []string{name[:i] + name[i+1:], name[:i] + "q" + name[i+1:], name[:i] + "q" + name[i:]}
			if i > 0 {
				typos = append(typos, name[:i-1]+name[i:i+1]+name[i-1:i]+name[i+1:])
			}
			for _, typo := range typos {
				if scopes.Scope(typo).Known() {
					continue
				}
				cells++
				got, ok := scopes.Suggest(scopes.Scope(typo))
				if !ok || !got.Known() {
					t.Errorf("Suggest(%s) = %q, %v", typo, got, ok)
				} else if got != info.Scope {
					others++
				}
			}
		}
	}
	if t.Logf("%d typing errors, %d lead to another scope", cells, others); others > cells/100 {
		t.Errorf("%d of %d typing errors lead to another scope", others, cells)
	}
}

func TestCheckKnown(t *testing.T) {
	t.Parallel()
	if err := scopes.Visibility.Union(scopes.VisibilityExtended, scopes.Remediation).CheckKnown(); err != nil {
		t.Errorf("sets of our own: %v", err)
	}
	if err := (scopes.Set{}).CheckKnown(); err != nil {
		t.Errorf("the zero Set: %v", err)
	}
	err := parse(t, "okta.users.reed okta.apps.read okta.aiAgents.read okta.groups.write").CheckKnown()
	const want = `scopes: "okta.aiAgents.read" is not a scope that the catalogue of this version has; "okta.groups.write" is not a scope of Okta's: did you mean okta.groups.manage?; "okta.users.reed" is not a scope of Okta's: did you mean okta.users.read?`
	if err == nil || err.Error() != want {
		t.Errorf("CheckKnown = %v, want %s", err, want)
	}
}
