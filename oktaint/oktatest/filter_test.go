package oktatest_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// A quoted value of a search may hold quotes and backslashes, and ends where its
// own quote does.
func TestQuotesInSearches(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	names := []string{`Team "A"`, `C:\share`, `plain`}
	for _, name := range names {
		c.org.AddGroup(oktatest.Group{Name: name})
	}
	for _, name := range names {
		value, err := json.Marshal(name)
		if err != nil {
			t.Fatal(err)
		}
		got := c.do("GET", "/api/v1/groups?search="+url.QueryEscape("profile.name eq "+string(value)), "SSWS "+c.org.APIToken(), nil)
		if got.status != 200 || strings.Count(got.body, `"id"`) != 1 || !strings.Contains(got.body, strings.Trim(string(value), `"`)) {
			t.Errorf("%s: %d %s", value, got.status, got.body)
		}
	}
	for _, search := range []string{`profile.name eq "open`, `profile.name eq "x\"`, `profile.name eq "x" or`} {
		if got := c.do("GET", "/api/v1/groups?search="+url.QueryEscape(search), "SSWS "+c.org.APIToken(), nil); got.status != 400 {
			t.Errorf("%s: %d %s", search, got.status, got.body)
		}
	}
}
