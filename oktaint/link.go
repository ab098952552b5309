package oktaint

import (
	"net/http"
	"strings"
)

// nextLink returns the target of the link with rel="next" (RFC 8288), and
// whether there is one. Okta sends a header line for each link; some proxies
// join them into one, so lines are split at commas outside of <> and quotes.
func nextLink(h http.Header) (string, bool) {
	for _, line := range h.Values("Link") {
		for line != "" {
			var link string
			link, line = cutLink(line)
			if target, ok := readLink(link); ok {
				return target, true
			}
		}
	}
	return "", false
}

// cutLink cuts the first link off a header line.
func cutLink(s string) (link, rest string) {
	quoted, target := false, false
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' && !target:
			quoted = !quoted
		case c == '<' && !quoted:
			target = true
		case c == '>':
			target = false
		case c == ',' && !quoted && !target:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// readLink returns the target of a link whose relation is next.
func readLink(s string) (string, bool) {
	s, ok := strings.CutPrefix(strings.TrimSpace(s), "<")
	if !ok {
		return "", false
	}
	target, params, ok := strings.Cut(s, ">")
	if !ok {
		return "", false
	}
	for p := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if !strings.EqualFold(strings.TrimSpace(name), "rel") {
			continue
		}
		for rel := range strings.FieldsSeq(strings.Trim(strings.TrimSpace(value), `"`)) {
			if strings.EqualFold(rel, "next") {
				return target, true
			}
		}
	}
	return "", false
}
