package oktaint

import (
	"net/http"
	"strings"
)

// A challenge is what a WWW-Authenticate header says about an OAuth error (RFC
// 6750, section 3). Okta often leaves the body of such an answer empty.
type challenge struct {
	Scheme, Error, Description, Scope string
}

// parseChallenge returns the first challenge that names an error.
func parseChallenge(h http.Header) challenge {
	for _, v := range h.Values("WWW-Authenticate") {
		if c := readChallenge(v); c.Error != "" {
			return c
		}
	}
	return challenge{}
}

// readChallenge reads the parameters of one header line (RFC 9110, section
// 11.2). It takes what it can and ignores the rest.
func readChallenge(s string) challenge {
	var c challenge
	c.Scheme, s, _ = strings.Cut(strings.TrimSpace(s), " ")
	for s != "" {
		var name, value string
		var ok bool
		name, s, ok = strings.Cut(s, "=")
		if !ok {
			break
		}
		value, s = readValue(s)
		name = name[strings.LastIndexAny(name, " ,")+1:]
		switch strings.ToLower(name) {
		case "error":
			c.Error = value
		case "error_description":
			c.Description = value
		case "scope":
			c.Scope = value
		}
	}
	return c
}

// readValue reads a token or a quoted string off the front of s.
func readValue(s string) (value, rest string) {
	if !strings.HasPrefix(s, `"`) {
		value, rest, _ = strings.Cut(s, ",")
		return strings.TrimSpace(value), rest
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case s[i] == '"':
			return b.String(), s[i+1:]
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), ""
}
