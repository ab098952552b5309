package scopes

import (
	"encoding"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// A Scope is the name of an OAuth 2.0 scope, such as okta.users.read.
type Scope string

// manage returns the scope that includes s: okta.users.manage for
// okta.users.read.
func (s Scope) manage() (Scope, bool) {
	resource, ok := strings.CutSuffix(string(s), ".read")
	return Scope(resource + ".manage"), ok
}

// A Set is an immutable set of scopes. Sets compare with ==; the zero Set is
// empty.
type Set struct {
	names string // sorted, separated by spaces: one form for each set
}

var (
	_ encoding.TextMarshaler   = Set{}
	_ encoding.TextUnmarshaler = (*Set)(nil)
)

// New returns the set of the scopes given. Empty names are left out. The names
// are not checked: use [Parse] for text from elsewhere.
func New(s ...Scope) Set {
	names := make([]string, 0, len(s))
	for _, name := range s {
		names = append(names, strings.Fields(string(name))...)
	}
	slices.Sort(names)
	return Set{strings.Join(slices.Compact(names), " ")}
}

// Parse reads scopes that are separated by spaces, commas, tabs or line breaks.
// Names that the catalogue does not have are kept. It is an error if a name has
// a character that RFC 6749, section 3.3 does not allow in one.
func Parse(s string) (Set, error) {
	fields := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" ,\t\r\n", r) })
	names := make([]Scope, len(fields))
	for i, f := range fields {
		if strings.ContainsFunc(f, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }) {
			return Set{}, fmt.Errorf("scopes: %.40q cannot be the name of a scope: write names such as okta.users.read, separated by spaces or commas", f)
		}
		names[i] = Scope(f)
	}
	return New(names...), nil
}

// All goes through the scopes in the order of their names.
func (s Set) All() iter.Seq[Scope] {
	return func(yield func(Scope) bool) {
		for name := range strings.FieldsSeq(s.names) {
			if !yield(Scope(name)) {
				return
			}
		}
	}
}

// Slice returns the scopes in the order of their names.
func (s Set) Slice() []Scope { return slices.Collect(s.All()) }

// Len returns the number of scopes.
func (s Set) Len() int {
	if s.names == "" {
		return 0
	}
	return strings.Count(s.names, " ") + 1
}

// IsEmpty reports whether the set has no scopes.
func (s Set) IsEmpty() bool { return s.names == "" }

// Contains reports whether the set has exactly this scope.
func (s Set) Contains(scope Scope) bool {
	for name := range s.All() {
		if name == scope {
			return true
		}
	}
	return false
}

// Covers reports whether the set permits what scope permits: the set has it, or scope
// reads a resource that the set may manage. With Okta, manage includes read for the
// same resource.
func (s Set) Covers(scope Scope) bool {
	if s.Contains(scope) {
		return true
	}
	manage, ok := scope.manage()
	return ok && s.Contains(manage)
}

// CoversAll reports whether the set covers every scope of want.
func (s Set) CoversAll(want Set) bool {
	for scope := range want.All() {
		if !s.Covers(scope) {
			return false
		}
	}
	return true
}

// Union returns the scopes of s and of all others.
func (s Set) Union(others ...Set) Set {
	all := s.Slice()
	for _, o := range others {
		all = slices.AppendSeq(all, o.All())
	}
	return New(all...)
}

// Minus returns the scopes of s that are not in t.
func (s Set) Minus(t Set) Set {
	return s.filter(func(scope Scope) bool { return !t.Contains(scope) })
}

// Unknown returns the scopes of s that the catalogue does not have.
func (s Set) Unknown() Set {
	return s.filter(func(scope Scope) bool { return !scope.Known() })
}

func (s Set) filter(keep func(Scope) bool) Set {
	return New(slices.DeleteFunc(s.Slice(), func(scope Scope) bool { return !keep(scope) })...)
}

// String returns the names in order, separated by spaces: the form of the scope
// parameter of RFC 6749.
func (s Set) String() string { return s.names }

// MarshalText implements [encoding.TextMarshaler] with the form of String.
func (s Set) MarshalText() ([]byte, error) { return []byte(s.names), nil }

// UnmarshalText implements [encoding.TextUnmarshaler] by [Parse].
func (s *Set) UnmarshalText(text []byte) error {
	parsed, err := Parse(string(text))
	if err == nil {
		*s = parsed
	}
	return err
}
