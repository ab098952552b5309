package oktaint_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
)

func FuzzParseOrg(f *testing.F) {
	for _, s := range []string{"acme", "https://acme.okta.com/", "127.0.0.1:1", "[::1]:1", "a@b", "https://a.b:443", "localhost:0", "x-admin.okta.com", "https//a", "acme corp", "a.okta.com.com", "http://a-admin-admin.okta.mil.", "\ufeff'a'"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		org, err := oktaint.ParseOrg(s)
		if err != nil {
			if strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' || r > '~' }) || len(err.Error()) > 500 {
				t.Fatalf("ParseOrg(%q): the error %q", s, err)
			}
			checkAdvice(t, s, err)
			return
		}
		again, err := oktaint.ParseOrg(org.String())
		if err != nil || again != org {
			t.Fatalf("ParseOrg(%q) = %v, whose own form gives %v, %v", s, org, again, err)
		}
		req, err := org.NewRequest(context.Background(), "GET", nil, nil, "a")
		if err != nil || req.URL.Scheme != "https" || req.URL.Host != org.Host() || req.URL.User != nil {
			t.Fatalf("ParseOrg(%q): request to %v, %v", s, req.URL, err)
		}
	})
}

func FuzzNewRequest(f *testing.F) {
	f.Add("00u1")
	f.Add("a%2fb")
	f.Add("o'neil@example.com")
	f.Add("..;")
	org, err := oktaint.ParseOrg("acme")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, id string) {
		req, err := org.NewRequest(context.Background(), "GET", nil, nil, "api", "v1", "users", id, "roles")
		if err != nil {
			return
		}
		u, err := url.Parse(req.URL.String())
		if err != nil {
			t.Fatal(err)
		}
		elem := strings.Split(u.EscapedPath(), "/")
		if len(elem) != 6 || u.Host != "acme.okta.com" {
			t.Fatalf("id %q makes %s", id, u)
		}
		if got, err := url.PathUnescape(elem[4]); err != nil || got != id {
			t.Fatalf("id %q arrives as %q, %v", id, got, err)
		}
	})
}
