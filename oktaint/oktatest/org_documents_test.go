package oktatest_test

import (
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

func TestOrgDocuments(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{Origin: "https://rezonate.okta.com"})
	a := c.do("GET", "/.well-known/okta-organization", "", nil).want(t, 200)
	if a.text(t, "id") != c.org.ID() || a.text(t, "pipeline") != "idx" || a.text(t, "_links.organization.href") != "https://rezonate.okta.com" {
		t.Errorf("answer = %s", a.body)
	}
	if other := oktatest.New(t, oktatest.Config{}); other.ID() == c.org.ID() || len(c.org.ID()) != 20 {
		t.Errorf("ids = %q and %q", c.org.ID(), other.ID())
	}
	for _, path := range []string{"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"} {
		a := c.do("GET", path, "", nil).want(t, 200)
		if a.text(t, "issuer") != "https://rezonate.okta.com" || a.text(t, "token_endpoint") != "https://rezonate.okta.com/oauth2/v1/token" {
			t.Errorf("%s = %s", path, a.body)
		}
	}
	if got := c.admin("GET", "/api/v1/org", nil).want(t, 200).text(t, "subdomain"); got != "rezonate" {
		t.Errorf("subdomain = %q", got)
	}
}
