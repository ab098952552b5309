package scopes

import (
	"errors"
	"fmt"
	"strings"
)

// maxEdits is in how many letters a name may differ from the one that was meant. Three
// would be too many: then unrelated names are suggested.
const maxEdits = 2

// maxSuggest is longer than any name that is worth a comparison.
const maxSuggest = 80

// verbs are the last parts of names that other APIs use, and Okta's words for them.
var verbs = map[string]string{
	"write": "manage", "edit": "manage", "update": "manage", "create": "manage", "delete": "manage", "admin": "manage", "all": "manage",
	"readonly": "read", "get": "read", "list": "read", "view": "read",
}

// Suggest returns the scope of the catalogue that was probably meant by s: one
// that differs from it in a letter or two, in upper and lower case, in the "okta."
// at its beginning, in its separators, or in a last part such as write for manage.
// ok is false if the catalogue has s itself, or nothing that is near.
func Suggest(s Scope) (meant Scope, ok bool) {
	if s.Known() || s == "" || len(s) > maxSuggest {
		return "", false
	}
	forms := spellings(string(s))
	best := maxEdits + 1
	var most int
	for info := range Catalogue() {
		for _, form := range forms {
			d := distance(form, strings.ToLower(string(info.Scope)))
			if d < best || d == best && d <= maxEdits && info.Operations > most {
				best, most, meant = d, info.Operations, info.Scope
			}
		}
	}
	if reads, ok := sameResource(forms); ok && best > 1 {
		return reads, true
	}
	return meant, best <= maxEdits
}

// spellings returns the forms of a name that are compared, in lower case.
func spellings(s string) []string {
	s = strings.NewReplacer(":", ".", "_", ".", "-", ".", "/", ".").Replace(strings.ToLower(strings.Trim(s, ".'`*")))
	if i := strings.LastIndexByte(s, '.'); i >= 0 && verbs[s[i+1:]] != "" {
		s = s[:i+1] + verbs[s[i+1:]]
	}
	if short, ok := strings.CutPrefix(s, "okta."); ok {
		return []string{s, short}
	}
	return []string{s, "okta." + s}
}

// sameResource returns the scope that reads the resource which a name begins with:
// okta.logs.read for okta.logs and for okta.logs.manage.
func sameResource(forms []string) (Scope, bool) {
	for info := range Catalogue() {
		resource, reads := strings.CutSuffix(strings.ToLower(string(info.Scope)), ".read")
		for _, form := range forms {
			if reads && (form == resource || form == resource+".manage") {
				return info.Scope, true
			}
		}
	}
	return "", false
}

// distance returns in how many letters two names differ, or maxEdits + 1. In each
// part of a name one letter may differ, or a quarter of them if that is more: short
// words are near to many others.
func distance(a, b string) int {
	if len(a)-len(b) > maxEdits || len(b)-len(a) > maxEdits {
		return maxEdits + 1
	}
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	if len(as) != len(bs) { // a dot too many, or one that is missing
		return edits(a, b, 1)
	}
	sum := 0
	for i := range as {
		if sum += edits(as[i], bs[i], max(1, len(as[i])/4)); sum > maxEdits {
			return maxEdits + 1
		}
	}
	return sum
}

// edits returns how many letters have to be put in, left out, replaced or swapped
// with their neighbour to turn a into b, if each place is changed at most once
// (optimal string alignment). If it is more than limit, the result is maxEdits + 1.
func edits(a, b string, limit int) int {
	limit = min(limit, maxEdits)
	switch {
	case a == b:
		return 0
	case len(a)-len(b) > limit || len(b)-len(a) > limit:
		return maxEdits + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	if d := last[len(b)]; d <= limit {
		return d
	}
	return maxEdits + 1
}

// CheckKnown returns an error that names every scope of s which the catalogue does
// not have, and the scope that was probably meant. It is for names that people type. A
// scope that Okta has added since the release of the catalogue is an error, too.
func (s Set) CheckKnown() error {
	var texts []string
	for scope := range s.Unknown().All() {
		if meant, ok := Suggest(scope); ok {
			texts = append(texts, fmt.Sprintf("%.80q is not a scope of Okta's: did you mean %s?", scope, meant))
		} else {
			texts = append(texts, fmt.Sprintf("%.80q is not a scope that the catalogue of this version has", scope))
		}
	}
	if len(texts) == 0 {
		return nil
	}
	return errors.New("scopes: " + strings.Join(texts, "; "))
}
