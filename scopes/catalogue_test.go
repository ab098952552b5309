package scopes_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/scopes"
)

func TestCatalogue(t *testing.T) {
	t.Parallel()
	infos := slices.Collect(scopes.Catalogue())
	if len(infos) != 165 {
		t.Errorf("%d scopes, want 165", len(infos))
	}
	if !slices.IsSortedFunc(infos, func(a, b scopes.Info) int { return strings.Compare(string(a.Scope), string(b.Scope)) }) {
		t.Error("not in the order of the names")
	}
	for _, info := range infos {
		set, err := scopes.Parse(string(info.Scope))
		if err != nil || set != scopes.New(info.Scope) {
			t.Errorf("Parse(%q) = %q, %v", info.Scope, set, err)
		}
		if info.Meaning == "" || info.Meaning != strings.TrimSpace(info.Meaning) || info.Operations < 0 {
			t.Errorf("%s: meaning %q, %d operations", info.Scope, info.Meaning, info.Operations)
		}
		if got, ok := scopes.Lookup(info.Scope); !ok || got != info {
			t.Errorf("Lookup(%s) = %v, %v", info.Scope, got, ok)
		}
	}
}

func TestCatalogueFileHasThreeColumns(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("catalogue.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if n := strings.Count(line, "\t"); n != 2 || !strings.HasSuffix(line, "\n") {
			t.Errorf("%d tabs in %q, want 2 and a line break", n, line)
		}
	}
}

func TestLookup(t *testing.T) {
	t.Parallel()
	for _, want := range []scopes.Info{
		{Scope: "okta.users.read", Meaning: "Allows the app to read the existing users' profiles and credentials", Operations: 26},
		{Scope: "okta.users.manage", Meaning: "Allows the app to create new users and to manage all users' profile and credentials information", Operations: 45},
		{Scope: "okta.logs.read", Meaning: "Allows the app to read information about System Log entries in your Okta organization", Operations: 1},
	} {
		if got, ok := scopes.Lookup(want.Scope); !ok || got != want {
			t.Errorf("Lookup(%s) = %+v, %v, want %+v", want.Scope, got, ok, want)
		}
	}
	if got, ok := scopes.Lookup("okta.aiAgents.read"); ok || got != (scopes.Info{Scope: "okta.aiAgents.read"}) {
		t.Errorf("Lookup of an unknown scope = %+v, %v", got, ok)
	}
}

func TestKnown(t *testing.T) {
	t.Parallel()
	for scope, want := range map[scopes.Scope]bool{
		"okta.users.read":           true,
		"ssf.read":                  true,
		"ssf.manage":                true,
		"okta.clients.register":     true,
		"okta.users.manage.self":    false, // removed by Okta in 2026.05
		"okta.users":                false,
		"OKTA.USERS.READ":           false,
		" okta.users.read":          false,
		"okta.users.read ":          false,
		"openid":                    false,
		"okta.myAccount.phone.read": true,
		"":                          false,
	} {
		if got := scope.Known(); got != want {
			t.Errorf("%q: Known = %v, want %v", scope, got, want)
		}
	}
}

func TestCatalogueStops(t *testing.T) {
	t.Parallel()
	n := 0
	for range scopes.Catalogue() {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("went through %d scopes after a break at the third", n)
	}
}
