package oktaint

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/rezonate-io/okta-integration/oktaint/internal/rawjson"
)

// errLink says that a Link header is broken. It might have been the next link, so
// the list may be incomplete.
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
				continue // RFC 9110, section 5.6.1: an empty element is ignored
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

// unpaired reports whether s has a quotation mark without its partner.
func unpaired(s string) bool {
	n := strings.Count(s, `"`) - strings.Count(s, `\"`)
	return n%2 != 0
}

// sameQuery reports whether two requests for a list ask for the same page. The order
// of the parameters does not matter, since servers change it.
func sameQuery(a, b *http.Request) bool {
	return slices.Equal(sortedQuery(a), sortedQuery(b))
}

// sortedQuery returns the parameters of a request, sorted. URL.Query would leave out
// those with a semicolon, and a cursor with them.
func sortedQuery(req *http.Request) []string {
	params := strings.Split(req.URL.RawQuery, "&")
	for i, p := range params {
		if plain, err := url.QueryUnescape(p); err == nil {
			params[i] = plain
		}
	}
	slices.Sort(params)
	return params
}

// withLimit returns a query with another limit. The rest of it stays as the org wrote
// it.
func withLimit(query string, limit int) string {
	params := slices.DeleteFunc(strings.Split(query, "&"), func(p string) bool { return p == "" || strings.HasPrefix(p, "limit=") })
	return strings.Join(append(params, "limit="+strconv.Itoa(limit)), "&")
}

func cursorOf(req *http.Request) Cursor { return Cursor(req.URL.RequestURI()) }

// bodyLink returns _links.next.href of an object, and the empty string for an
// array, which has none. Other errors in the body are found when it is decoded.
func bodyLink(body []byte) (string, error) {
	members, ok := rawjson.Members(body)
	if _, linked := members["_links"]; !ok || !linked {
		return "", nil
	}
	var links struct {
		Next struct{ Href string } `json:"next"`
	}
	if err := json.Unmarshal(members["_links"], &links); err != nil {
		return "", errors.New("_links.next cannot be read")
	}
	return links.Next.Href, nil
}

// follow points req to a next link or cursor. Its errors say what is wrong with it.
func follow(org Org, req *http.Request, target string) error {
	u, err := url.Parse(target)
	switch {
	case err != nil:
		return errors.New("cannot be read")
	case (u.IsAbs() || u.Host != "") && !org.ownsLink(u):
		return fmt.Errorf("leads to %s://%s, not to %s: it is not followed", u.Scheme, u.Host, org)
	case u.Path != req.URL.Path:
		return errors.New("leads to another endpoint: it is not followed")
	}
	req.URL.RawQuery = u.RawQuery
	return nil
}
