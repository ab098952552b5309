package scopes_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/scopes"
)

// isToken reports whether s is a scope-token of RFC 6749, section 3.3:
// 1*( %x21 / %x23-5B / %x5D-7E ).
func isToken(s string) bool {
	for i := range len(s) {
		if c := s[i]; c != 0x21 && (c < 0x23 || c > 0x5b) && (c < 0x5d || c > 0x7e) {
			return false
		}
	}
	return s != ""
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"", "okta.users.read", "okta.users.read, ssf.read\r\nokta.apps.read", "b a b", `"`, `\`, "\x00", "ü", "\u2028", "\xff a", ",", "a\u00a0b",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		set, err := scopes.Parse(s)
		if err != nil {
			if set != (scopes.Set{}) || !strings.HasPrefix(err.Error(), "scopes: ") || len(err.Error()) > 600 {
				t.Fatalf("%q with the error %v", set, err)
			}
			if strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' || r == 0x7f }) {
				t.Fatalf("a control character in %q", err)
			}
			return
		}
		slice := set.Slice()
		if len(slice) != set.Len() || set.IsEmpty() != (len(slice) == 0) {
			t.Fatalf("%q: Len %d, %d names", set, set.Len(), len(slice))
		}
		for i, scope := range slice {
			if !isToken(string(scope)) || !strings.Contains(s, string(scope)) || !set.Contains(scope) {
				t.Fatalf("%q of %q", scope, s)
			}
			if i > 0 && slice[i-1] >= scope {
				t.Fatalf("%q before %q", slice[i-1], scope)
			}
		}
		if again, err := scopes.Parse(set.String()); err != nil || again != set {
			t.Fatalf("%q read back as %q, %v", set, again, err)
		}
	})
}

func FuzzSets(f *testing.F) {
	f.Add("okta.users.read a", "okta.users.manage a")
	f.Add("", "b")
	f.Fuzz(func(t *testing.T, s1, s2 string) {
		a, err1 := scopes.Parse(s1)
		b, err2 := scopes.Parse(s2)
		if err1 != nil || err2 != nil {
			return
		}
		union, rest := a.Union(b), a.Minus(b)
		if union != b.Union(a) || !union.CoversAll(a) || !union.CoversAll(b) {
			t.Fatalf("union of %q and %q: %q", a, b, union)
		}
		if rest.Union(b) != union || rest.Minus(b) != rest {
			t.Fatalf("%q minus %q: %q", a, b, rest)
		}
		if slices.ContainsFunc(rest.Slice(), b.Contains) {
			t.Fatalf("%q minus %q keeps one of them: %q", a, b, rest)
		}
	})
}

func FuzzSuggest(f *testing.F) {
	for _, s := range []string{"", "okta.users.reed", "OKTA:USERS:READ", "a", "okta.users", "\xff", "...'"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		meant, ok := scopes.Suggest(scopes.Scope(s))
		if ok != (meant != "") || ok && (!meant.Known() || scopes.Scope(s).Known()) {
			t.Fatalf("Suggest(%q) = %q, %v", s, meant, ok)
		}
		if ok && len(s) > 80 {
			t.Fatalf("Suggest(%q) = %q, which is much shorter", s, meant)
		}
	})
}
