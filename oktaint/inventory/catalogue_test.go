package inventory

import (
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/scopes"
)

// The core resources take the scopes of Visibility, and all of them; what the extended
// ones take beyond that is VisibilityExtended.
func TestCatalogueScopes(t *testing.T) {
	t.Parallel()
	var core, extended scopes.Set
	for r := range Catalogue() {
		switch r.Tier {
		case Core:
			core = core.Union(r.Scopes)
		case Extended:
			extended = extended.Union(r.Scopes)
		}
	}
	if core != scopes.Visibility {
		t.Errorf("core: too many %q, missing %q", core.Minus(scopes.Visibility), scopes.Visibility.Minus(core))
	}
	if got := extended.Minus(scopes.Visibility).Union(scopes.New(scopes.UserRiskRead)); got != scopes.VisibilityExtended {
		t.Errorf("extended: too many %q, missing %q", got.Minus(scopes.VisibilityExtended), scopes.VisibilityExtended.Minus(got))
	}
}

// Each row can be shown and read: known words only, and a key unless it is one object.
func TestCatalogueRows(t *testing.T) {
	t.Parallel()
	for r := range Catalogue() {
		if r.Tier != Core && r.Tier != Extended && r.Tier != Named {
			t.Errorf("%s: tier %q", r.Name, r.Tier)
		}
		if r.Kind != Asset && r.Kind != Privilege && r.Kind != Setting && r.Kind != Activity {
			t.Errorf("%s: kind %q", r.Name, r.Kind)
		}
		if len(r.Key) == 0 && !r.marks.single {
			t.Errorf("%s is a list without a key", r.Name)
		}
		if depth, places := depthOf(r), strings.Count(r.Path, "{"); depth != places {
			t.Errorf("%s: %d places in the path, %d above it", r.Name, places, depth)
		}
		if again, ok := Lookup(r.Name); !ok || again != r {
			t.Errorf("Lookup(%s) = %v, %t", r.Name, again, ok)
		}
	}
}

// depthOf is how many values stand in the path of a resource.
func depthOf(r *Resource) int {
	n := 0
	if len(r.marks.each) > 0 {
		n += len(r.chain(r.marks.each[0], nil))
	}
	for r.Parent != "" {
		r, _ = Lookup(r.Parent)
		n++
	}
	return n
}

func TestParseCatalogueRefuses(t *testing.T) {
	t.Parallel()
	const good = "things\tcore\tasset\t-\t/api/v1/things\t-\tokta.users.read\tid\tusers\t-\t-"
	for _, tt := range []struct{ from, to, want string }{
		{"\t-\t-", "\t-", "10 columns"},
		{"\tusers\t", "\tnobody\t", `seen by "nobody"`},
		{"okta.users.read", "\"", "things: "},
		{"\t-\t-", "\t-\tbig", `no mark "big"`},
		{"\t-\t-", "\t-\twhen:never", `no gate "never"`},
		{"\t-\t-", "\t-\tleast:few", "things: "},
		{"asset\t-", "asset\tboxes", "its parent boxes does not stand above"},
		{"/things\t-", "/things\t%zz", "things: "},
		{"-\t-", "-\t-\nthings\tcore\tasset\t-\t/api/v1/things\t-\tokta.users.read\tid\tusers\t-\t-", "is there twice"},
	} {
		if !strings.Contains(good, tt.from) {
			t.Fatalf("%q is not in the row", tt.from)
		}
		i := strings.LastIndex(good, tt.from)
		_, err := parseCatalogue("head\n" + good[:i] + tt.to + good[i+len(tt.from):])
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q for %q: %v, want %q", tt.to, tt.from, err, tt.want)
		}
	}
	if rows, err := parseCatalogue("head\n" + good); err != nil || len(rows) != 1 {
		t.Errorf("the good row: %v, %v", rows, err)
	}
}
