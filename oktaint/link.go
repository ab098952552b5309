package oktaint

import (
	"errors"
	"net/http"
	"strings"
)

// errLink says that a Link header is broken. It might have been the next link, so
// that nobody knows whether the list is complete.
var errLink = errors.New("a Link header cannot be read")

// nextLink returns the target of the link with rel="next" (RFC 8288), and
// whether there is one. Okta sends a header line for each link; some proxies
// join them into one, so lines are split at commas outside of <> and quotes.
func nextLink(h http.Header) (target string, ok bool, err error) {
	for _, line := range h.Values("Link") {
		for line != "" {
			var link string
			link, line = cutOutside(line, ',')
			if link = strings.TrimSpace(link); link == "" {
				continue // RFC 9110, section 5.6.1: an empty element counts for nothing
			}
			next, ok, err := readLink(link)
			if ok || err != nil {
				return next, ok, err
			}
		}
	}
	return "", false, nil
}

// cutOutside cuts s at the first sep that is neither within <> nor within quotes.
func cutOutside(s string, sep byte) (before, after string) {
	quoted, target := false, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"' && !target:
			quoted = !quoted
		case c == '<' && !quoted:
			target = true
		case c == '>':
			target = false
		case c == sep && !quoted && !target:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// readLink returns the target of a link whose relation is next.
func readLink(s string) (string, bool, error) {
	s, begun := strings.CutPrefix(s, "<")
	target, params, ended := strings.Cut(s, ">")
	params = strings.TrimSpace(params)
	if !begun || !ended || params != "" && params[0] != ';' || unpaired(params) {
		return "", false, errLink
	}
	for params != "" {
		var p string
		p, params = cutOutside(params, ';')
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if !strings.EqualFold(strings.TrimSpace(name), "rel") {
			continue
		}
		for rel := range strings.FieldsSeq(strings.Trim(strings.TrimSpace(value), `"`)) {
			if strings.EqualFold(rel, "next") {
				return target, true, nil
			}
		}
	}
	return "", false, nil
}

// unpaired reports whether s has a quote without its other one.
func unpaired(s string) bool {
	n := strings.Count(s, `"`) - strings.Count(s, `\"`)
	return n%2 != 0
}
