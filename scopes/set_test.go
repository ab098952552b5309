package scopes_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/scopes"
)

func parse(t testing.TB, s string) scopes.Set {
	t.Helper()
	set, err := scopes.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestParse(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                                   "",
		" \t\r\n,, ":                         "",
		"okta.users.read":                    "okta.users.read",
		"okta.users.read okta.apps.read":     "okta.apps.read okta.users.read",
		"okta.users.read,okta.apps.read":     "okta.apps.read okta.users.read",
		"okta.users.read, okta.apps.read,":   "okta.apps.read okta.users.read",
		"okta.users.read\r\nokta.apps.read":  "okta.apps.read okta.users.read",
		"\tokta.users.read\tokta.apps.read ": "okta.apps.read okta.users.read",
		"b a b a":                            "a b",
		"ssf.read okta.clients.register":     "okta.clients.register ssf.read",
		"okta.aiAgents.read":                 "okta.aiAgents.read", // unknown, and kept
		"!#$%&'()*+-./:;<=>?@[]^_`{|}~":      "!#$%&'()*+-./:;<=>?@[]^_`{|}~",
	} {
		got, err := scopes.Parse(in)
		if err != nil || got.String() != want {
			t.Errorf("Parse(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	const remedy = ` cannot be the name of a scope: write names such as okta.users.read, separated by spaces or commas`
	for in, quoted := range map[string]string{
		`okta.users.read "okta.apps.read"`: `"\"okta.apps.read\""`,
		`okta\users`:                       `"okta\\users"`,
		"okta.users\x00read":               `"okta.users\x00read"`,
		"okta.users\x7f":                   `"okta.users\x7f"`,
		"okta.users\vread":                 `"okta.users\vread"`,
		"okta.üsers.read":                  `"okta.üsers.read"`,
		"okta.users\u00a0read":             `"okta.users\u00a0read"`,
		"okta.users\u202eread":             `"okta.users\u202eread"`,
		"\xff":                             `"\xff"`,
		`"` + strings.Repeat("x", 100_000): `"\"` + strings.Repeat("x", 39) + `"`,
	} {
		got, err := scopes.Parse(in)
		if err == nil || err.Error() != "scopes: "+quoted+remedy {
			t.Errorf("Parse(%.60q): error %v, want %s", in, err, quoted)
		}
		if got != (scopes.Set{}) {
			t.Errorf("Parse(%.60q) = %q with its error", in, got)
		}
	}
}

func TestSetComparesByContent(t *testing.T) {
	t.Parallel()
	a := scopes.New(scopes.UsersRead, scopes.AppsRead, scopes.UsersRead)
	b := parse(t, "okta.apps.read, okta.users.read")
	if a != b {
		t.Errorf("%q != %q", a, b)
	}
	if seen := map[scopes.Set]bool{a: true}; !seen[b] {
		t.Error("equal sets are different keys of a map")
	}
	if scopes.New("", "") != (scopes.Set{}) {
		t.Error("the set of no names is not the zero Set")
	}
}

func TestZeroSet(t *testing.T) {
	t.Parallel()
	var zero scopes.Set
	if zero.Len() != 0 || !zero.IsEmpty() || zero.String() != "" || len(zero.Slice()) != 0 {
		t.Errorf("the zero Set has %d scopes: %q", zero.Len(), zero)
	}
	if zero.Contains("") || zero.Covers("") || zero.Contains(scopes.UsersRead) {
		t.Error("the zero Set contains something")
	}
	if !zero.CoversAll(zero) || zero.CoversAll(scopes.Remediation) || !scopes.Remediation.CoversAll(zero) {
		t.Error("CoversAll is wrong about the zero Set")
	}
	if zero.Union() != zero || zero.Minus(scopes.Visibility) != zero || zero.Unknown() != zero {
		t.Error("the zero Set grows by itself")
	}
}

func TestSetReads(t *testing.T) {
	t.Parallel()
	set := parse(t, "c a b")
	if set.Len() != 3 || set.IsEmpty() {
		t.Errorf("%q: Len %d, IsEmpty %v", set, set.Len(), set.IsEmpty())
	}
	slice := set.Slice()
	if !slices.Equal(slice, []scopes.Scope{"a", "b", "c"}) {
		t.Errorf("Slice = %q", slice)
	}
	slice[0] = "changed"
	if set.String() != "a b c" {
		t.Errorf("the set became %q through its Slice", set)
	}
	for scope := range set.All() {
		if scope != "a" {
			t.Errorf("All begins with %s", scope)
		}
		break
	}
}

// A name that another one begins or ends with is not that other one.
func TestContainsWholeNames(t *testing.T) {
	t.Parallel()
	set := parse(t, "okta.users.read.self xokta.apps.read okta.groups.read")
	for scope, want := range map[scopes.Scope]bool{
		"okta.groups.read":                   true,
		"okta.users.read":                    false,
		"okta.apps.read":                     false,
		"read":                               false,
		"":                                   false,
		" ":                                  false,
		"okta.groups.read okta.users.read":   false,
		"okta.groups.read okta.users.read.s": false,
	} {
		if got := set.Contains(scope); got != want {
			t.Errorf("Contains(%q) = %v, want %v", scope, got, want)
		}
	}
}

func TestCovers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		set   string
		scope scopes.Scope
		want  bool
	}{
		{"okta.users.read", "okta.users.read", true},
		{"okta.users.manage", "okta.users.read", true},
		{"okta.users.read", "okta.users.manage", false},
		{"okta.groups.manage", "okta.users.read", false},
		{"ssf.manage", "ssf.read", true},
		{"ssf.read", "ssf.manage", false},
		{"okta.clients.register", "okta.clients.register", true},
		{"okta.clients.register", "okta.clients.read", false},
		{"okta.clients.manage", "okta.clients.register", false},
		{"okta.directories.groups.manage", "okta.directories.groups.read", true},
		{"okta.directories.groups.manage", "okta.groups.read", false},
		{"okta.groups.manage", "okta.directories.groups.read", false},
		// Scopes of a user's own account are not a part of the resource.
		{"okta.users.manage.self", "okta.users.read.self", false},
		{"okta.users.manage.self", "okta.users.read", false},
		{"okta.users.manage", "okta.users.read.self", false},
		{"okta.users.manage.self", "okta.users.manage.self", true},
		// Nor is a resource whose name the other's begins with.
		{"okta.user.manage", "okta.users.read", false},
		{"okta.new.manage", "okta.new.read", true}, // not in the catalogue
	} {
		if got := parse(t, c.set).Covers(c.scope); got != c.want {
			t.Errorf("%s covers %s: %v, want %v", c.set, c.scope, got, c.want)
		}
	}
}

func TestCoversAll(t *testing.T) {
	t.Parallel()
	granted := parse(t, "okta.users.manage okta.groups.read")
	if !granted.CoversAll(parse(t, "okta.users.read okta.groups.read")) {
		t.Error("a set of manage and read does not cover two reads")
	}
	if granted.CoversAll(parse(t, "okta.users.read okta.groups.manage")) {
		t.Error("a set with groups.read covers groups.manage")
	}
}

func TestUnionAndMinus(t *testing.T) {
	t.Parallel()
	ab, bc := parse(t, "a b"), parse(t, "b c")
	if got := ab.Union(bc, parse(t, "d"), scopes.Set{}); got != parse(t, "a b c d") {
		t.Errorf("Union = %q", got)
	}
	if got := ab.Union(); got != ab {
		t.Errorf("Union of nothing = %q", got)
	}
	if got := ab.Minus(bc); got != parse(t, "a") {
		t.Errorf("Minus = %q", got)
	}
	// Minus goes by names: a scope that is covered is still listed.
	if got := parse(t, "okta.users.read").Minus(parse(t, "okta.users.manage")); got.String() != "okta.users.read" {
		t.Errorf("Minus by manage = %q", got)
	}
	if ab.String() != "a b" || bc.String() != "b c" {
		t.Errorf("the operands became %q and %q", ab, bc)
	}
}

func TestUnknown(t *testing.T) {
	t.Parallel()
	set := parse(t, "okta.users.read ssf.read okta.users.raed okta.aiAgents.read")
	if got := set.Unknown().String(); got != "okta.aiAgents.read okta.users.raed" {
		t.Errorf("Unknown = %q", got)
	}
	if got := scopes.Visibility.Unknown(); !got.IsEmpty() {
		t.Errorf("Unknown of Visibility = %q", got)
	}
}

func TestSetAsJSON(t *testing.T) {
	t.Parallel()
	type config struct {
		Scopes scopes.Set            `json:"scopes,omitzero"`
		By     map[scopes.Set]string `json:"by,omitempty"`
	}
	in := config{Scopes: scopes.Remediation, By: map[scopes.Set]string{scopes.New("b", "a"): "x"}}
	b, err := json.Marshal(in)
	if want := `{"scopes":"okta.groups.manage okta.users.manage","by":{"a b":"x"}}`; err != nil || string(b) != want {
		t.Errorf("%s, %v, want %s", b, err, want)
	}
	var out config
	if err := json.Unmarshal(b, &out); err != nil || out.Scopes != in.Scopes || out.By[scopes.New("a", "b")] != "x" {
		t.Errorf("read back as %v, %v", out, err)
	}
	if b, err := json.Marshal(config{}); err != nil || string(b) != "{}" {
		t.Errorf("the zero Set with omitzero: %s, %v", b, err)
	}
}

func TestUnmarshalTextKeepsTheSetOnError(t *testing.T) {
	t.Parallel()
	set := scopes.Remediation
	if err := set.UnmarshalText([]byte(`okta.users.read "`)); err == nil {
		t.Error("a malformed name is not an error")
	}
	if set != scopes.Remediation {
		t.Errorf("the set became %q", set)
	}
	if err := set.UnmarshalText(nil); err != nil || !set.IsEmpty() {
		t.Errorf("empty text: %q, %v", set, err)
	}
}
