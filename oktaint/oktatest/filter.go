package oktatest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

var (
	errFilter = errors.New("no filter")
	errSearch = &apiError{status: http.StatusBadRequest, code: "E0000031", summary: "Invalid search criteria."}
)

// filter is a condition on an object as the API shows it.
type filter func(object) bool

// parseFilter reads the part of SCIM's language that Okta's lists share:
//
//	name op "value" and (name pr or name ne "value")
//
// The operators are eq ne sw ew co gt ge lt le and pr; they compare text, so
// that times compare by their order. And binds tighter than or.
func parseFilter(text string) (filter, error) {
	p := &filterParser{words: filterWords(text)}
	f, err := p.any()
	if err != nil || len(p.words) > 0 {
		return nil, errFilter
	}
	return f, nil
}

// filterWords cuts a filter into words, quoted values and parentheses.
func filterWords(text string) []string {
	var words []string
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		n := 1
		switch text[0] {
		case '(', ')':
		case '"':
			n = quotedLen(text)
		default:
			if n = strings.IndexAny(text, " ()\""); n < 0 {
				n = len(text)
			}
		}
		words, text = append(words, text[:n]), text[n:]
	}
	return words
}

// quotedLen returns the length of the quoted value at the beginning of text, in
// which a backslash takes the next character for what it is; of one without an
// end, 1.
func quotedLen(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return 1
}

type filterParser struct {
	words []string
}

func (p *filterParser) next() string {
	if len(p.words) == 0 {
		return ""
	}
	word := p.words[0]
	p.words = p.words[1:]
	return word
}

// accept skips the next word if it is this one.
func (p *filterParser) accept(word string) bool {
	if len(p.words) > 0 && strings.EqualFold(p.words[0], word) {
		p.words = p.words[1:]
		return true
	}
	return false
}

// any reads conditions joined by or.
func (p *filterParser) any() (filter, error) {
	left, err := p.all()
	for err == nil && p.accept("or") {
		a := left
		var b filter
		if b, err = p.all(); err == nil {
			left = func(o object) bool { return a(o) || b(o) }
		}
	}
	return left, err
}

// all reads conditions joined by and.
func (p *filterParser) all() (filter, error) {
	left, err := p.one()
	for err == nil && p.accept("and") {
		a := left
		var b filter
		if b, err = p.one(); err == nil {
			left = func(o object) bool { return a(o) && b(o) }
		}
	}
	return left, err
}

// one reads one comparison, or several in parentheses.
func (p *filterParser) one() (filter, error) {
	if p.accept("(") {
		f, err := p.any()
		if err != nil || !p.accept(")") {
			return nil, errFilter
		}
		return f, nil
	}
	name, op := p.next(), strings.ToLower(p.next())
	path := strings.Split(name, ".")
	if op == "pr" {
		return func(o object) bool { return lookUp(o, path) != nil }, nil
	}
	value, ok := unquote(p.next())
	compare := comparisons[op]
	if name == "" || !ok || compare == nil {
		return nil, errFilter
	}
	return func(o object) bool {
		return matches(lookUp(o, path), value, compare)
	}, nil
}

// matches compares a value that is there; of a list one element will do.
func matches(got any, want string, compare func(got, want string) bool) bool {
	if list, ok := got.([]any); ok {
		return slices.ContainsFunc(list, func(element any) bool { return matches(element, want, compare) })
	}
	return got != nil && compare(fmt.Sprint(got), want)
}

var comparisons = map[string]func(got, want string) bool{
	"eq": func(got, want string) bool { return strings.EqualFold(got, want) },
	"ne": func(got, want string) bool { return !strings.EqualFold(got, want) },
	"sw": strings.HasPrefix,
	"ew": strings.HasSuffix,
	"co": strings.Contains,
	"gt": func(got, want string) bool { return got > want },
	"ge": func(got, want string) bool { return got >= want },
	"lt": func(got, want string) bool { return got < want },
	"le": func(got, want string) bool { return got <= want },
}

// unquote returns a value without its quotes; true and false have none.
func unquote(word string) (string, bool) {
	if word == "true" || word == "false" {
		return word, true
	}
	var text string
	if !strings.HasPrefix(word, `"`) || json.Unmarshal([]byte(word), &text) != nil {
		return "", false
	}
	return text, true
}

// lookUp follows a dotted path; nil is a value that is not there. Of a list of objects it
// is the list of what they have.
func lookUp(o object, path []string) any {
	var at any = o
	for i, name := range path {
		if list, ok := at.([]object); ok {
			values := []any{}
			for _, element := range list {
				values = append(values, lookUp(element, path[i:]))
			}
			return values
		}
		next, ok := at.(object)
		if !ok {
			return nil
		}
		at = next[name]
	}
	return at
}
