package oktaint_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
	"golang.org/x/oauth2"
)

func TestDiscover(t *testing.T) {
	t.Parallel()
	doc := func(id, org, alternate string) string {
		return `{"id":"` + id + `","_links":{"organization":{"href":"` + org + `"},"alternate":{"href":"` + alternate + `"}},"pipeline":"idx"}`
	}
	for _, tt := range []struct {
		name, org, body string
		want            string // the canonical org
		err             string
	}{
		{"canonical", "acme", doc("00o1", "https://acme.okta.com", ""), "https://acme.okta.com", ""},
		{"custom domain", "login.example.com", doc("00o1", "https://acme.okta.com", "https://login.example.com"), "https://acme.okta.com", ""},
		{"canonical under another domain of Okta's", "login.example.com", doc("00o1", "https://acme.okta-gov.com", ""), "https://acme.okta-gov.com", ""},
		{"loopback", "127.0.0.1:8443", doc("00o1", "https://127.0.0.1:8443", ""), "https://127.0.0.1:8443", ""},
		{"no link", "acme", `{"id":"00o1"}`, "https://acme.okta.com", ""},
		{"alternate that cannot be read", "acme", doc("00o1", "https://acme.okta.com", "http://x"), "https://acme.okta.com", ""},
		{"another host", "login.example.com", doc("00o1", "https://evil.example.net", ""), "", "if you trust that, name it yourself"},
		{"Admin Console", "login.example.com", doc("00o1", "https://acme-admin.okta.com", ""), "", "Admin Console"},
		{"looks like Okta's", "login.example.com", doc("00o1", "https://acme.okta.com.evil.net", ""), "", "name it yourself"},
		{"http", "acme", doc("00o1", "http://acme.okta.com", ""), "", "cannot be used"},
		{"no org", "acme", `{}`, "", "does not answer like an Okta org"},
		{"HTML", "acme", `<html>`, "", "web page"},
	} {
		var auth string
		base := roundTripper(func(req *http.Request) (*http.Response, error) {
			auth = req.Header.Get("Authorization")
			if req.URL.Path != "/.well-known/okta-organization" {
				t.Errorf("%s: asked for %s", tt.name, req.URL)
			}
			return respond(req, 200, tt.body), nil
		})
		org := mustOrg(t, tt.org)
		token := oktaint.APIToken{Org: org, Token: oktaint.NewSecret("hunter2")}
		info, err := oktaint.Discover(t.Context(), org, oktaint.NewClient(token, base).Transport())
		if auth != "" {
			t.Errorf("%s: a credential was sent", tt.name)
		}
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%s: %v, want an error with %q", tt.name, err, tt.err)
			}
			continue
		}
		if err != nil || info.Org.String() != tt.want || info.ID != "00o1" {
			t.Errorf("%s: %+v, %v", tt.name, info, err)
		}
	}
}

// Discover takes the authorisation of x/oauth2 off, too.
func TestDiscoverWithOAuth2(t *testing.T) {
	t.Parallel()
	org := mustOrg(t, "login.example.com")
	src := oktaint.APIToken{Org: org, Token: oktaint.NewSecret("hunter2")}.Source(nil)
	base := roundTripper(func(req *http.Request) (*http.Response, error) {
		if req.Header.Get("Authorization") != "" {
			t.Error("a credential was sent")
		}
		return respond(req, 200, `{"id":"00o1"}`), nil
	})
	if _, err := oktaint.Discover(t.Context(), org, &oauth2.Transport{Source: src, Base: base}); err != nil {
		t.Error(err)
	}
}
