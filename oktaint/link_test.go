package oktaint_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// Proxies join the lines of Link headers, change their order and quote in their own
// way, and cursors hold commas: the list is read to its end in any of these forms.
func TestListLinkForms(t *testing.T) {
	t.Parallel()
	const here = "https://acme.okta.com/api/v1/users"
	cells := 0
	for _, cursor := range []string{"a,b", "a", "a;b,c", "<a>", "%22a%22", "a%2Cb", "a,%20b"} {
		self, next := "<"+here+`?limit=2>; rel="self"`, "<"+here+"?after="+cursor+`&limit=2>; rel="next"`
		for form, link := range map[string]string{
			"plain":              next,
			"no quotes":          strings.ReplaceAll(next, `"`, ""),
			"no blank":           strings.Replace(next, "; ", ";", 1),
			"blanks":             strings.Replace(next, "; rel=", " ;\t rel = ", 1),
			"upper case":         strings.Replace(next, `rel="next"`, `REL="NEXT"`, 1),
			"a title before":     strings.Replace(next, "; rel", `; title="a, <b>; c"; rel`, 1),
			"a relation in it":   strings.Replace(next, "; rel", `; title="x; rel=self, <y>; rel=prev"; rel`, 1),
			"a quote in it":      strings.Replace(next, "; rel", `; title="6\" tall, b"; rel`, 1),
			"a title behind":     next + `; title="x, y"`,
			"two relations":      strings.Replace(next, `"next"`, `"last next"`, 1),
			"two the other way":  strings.Replace(next, `"next"`, `"next last"`, 1),
			"a semicolon behind": next + ";",
		} {
			if strings.Contains(cursor, ">") {
				link = strings.Replace(link, "<a>", "%3Ca%3E", 1)
			}
			for how, lines := range map[string][]string{
				"two lines":        {self, link},
				"next first":       {link, self},
				"one line":         {self + ", " + link},
				"no blank":         {self + "," + link},
				"one, next first":  {link + ", " + self},
				"empty elements":   {", " + self + ",,\t" + link + " ,"},
				"three":            {self + ", " + link + `, <https://acme.okta.com/>; rel="home"`},
				"next only":        {link},
				"an empty line":    {"", link},
				"another's before": {`<https://example.com/a,b>; rel="help"`, link},
			} {
				cells++
				c := clientOver(roundTripper(func(req *http.Request) (*http.Response, error) {
					if strings.Contains(req.URL.RawQuery, "after=") { // URL.Query leaves out what has a semicolon
						return respond(req, 200, `[{"id":"2"}]`), nil
					}
					resp := respond(req, 200, `[{"id":"1"}]`)
					resp.Header["Link"] = lines
					return resp, nil
				}))
				got, err := collect[item](t, c, nil, "api", "v1", "users")
				if err != nil || !slices.Equal(got, []item{{"1"}, {"2"}}) {
					t.Errorf("cursor %s, %s, %s: %v, %v", cursor, form, how, got, err)
				}
			}
		}
	}
	t.Logf("%d cells", cells)
}

// Some lists name a next page for ever: the last page names itself, or cursors go
// round in a circle, of any length and after any beginning. The list ends: with one
// error where something may be missing.
func TestCirclesOfLinks(t *testing.T) {
	t.Parallel()
	for _, before := range []int{0, 1, 2, 5, 40} {
		for _, circle := range []int{1, 2, 3, 4, 7, 64, 400} {
			for _, body := range []string{`[{"id":"1"}]`, `[]`} {
				sent, errs := 0, 0
				base := roundTripper(func(req *http.Request) (*http.Response, error) {
					if sent++; sent > 2000 {
						return nil, context.Canceled
					}
					var n int
					fmt.Sscan(req.URL.Query().Get("after"), &n)
					if n++; n == before+circle+1 {
						n = before + 1
					}
					return respond(req, 200, body, "Link", fmt.Sprintf(`<https://acme.okta.com/api/v1/groups?after=%d>; rel="next"`, n)), nil
				})
				var last error
				for _, err := range oktaint.List[item](t.Context(), clientOver(base), nil, "api", "v1", "groups") {
					if last = err; err != nil {
						errs++
					}
				}
				name := fmt.Sprintf("%d pages, then a circle of %d, with %s", before, circle, body)
				// A page that names itself and is empty is the end of a list that grows.
				if want := circle > 1 || body != "[]"; (last != nil) != want || errs > 1 {
					t.Errorf("%s: %d errors, at the end %v", name, errs, last)
				}
				if most := before + 2*circle + 2; sent > most || circle == 1 && sent != before+2 {
					t.Errorf("%s: %d requests", name, sent)
				}
			}
		}
	}
}

// Behind a custom domain the links name the org's own host, or the other way about.
// The list is then complete, or it ends with an error that names the host. No
// credential goes to a host that the client was not made for.
func TestLinksToOtherHosts(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"acme", "acme.oktapreview.com", "login.example.com", "https://127.0.0.1:8443"} {
		org := mustOrg(t, name)
		for _, cred := range []oktaint.Credential{
			org,
			oktaint.APIToken{Org: org, Token: oktaint.NewSecret("hunter2")},
			oktaint.ClientSecret{Org: org, ClientID: "0oa1", Secret: oktaint.NewSecret("hunter2"), Scopes: scopes.New(scopes.UsersRead)},
			oktaint.PrivateKeyJWT{Org: org, ClientID: "0oa1", Key: readKey(t, "ec_p256_TEST_ONLY.pem"), Scopes: scopes.New(scopes.UsersRead)},
		} {
			for _, host := range []string{
				org.Host(), "acme.okta.com", "acme-admin.okta.com", "acme.oktapreview.com", "other.okta.com", "login.example.com",
				"login.example.com.evil.example", "acme.okta.com.evil.example", "evil.example", "127.0.0.1", "[::1]:8443", "localhost",
			} {
				links(t, cred, org, host)
			}
		}
	}
}

// links goes through a list whose first page links to host.
func links(t *testing.T, cred oktaint.Credential, org oktaint.Org, host string) {
	t.Helper()
	base := roundTripper(func(req *http.Request) (*http.Response, error) {
		switch {
		case req.URL.Scheme != "https" || req.URL.Host != org.Host() || req.Host != "" && req.Host != org.Host():
			t.Errorf("%T of %s, a link to %s: a request went to %s", cred, org, host, req.URL.Host)
			return nil, context.Canceled
		case req.URL.Path == "/oauth2/v1/token":
			return respond(req, 200, `{"token_type":"Bearer","expires_in":3600,"access_token":"at1"}`), nil
		case req.URL.Query().Has("after"):
			return respond(req, 200, `[{"id":"2"}]`), nil
		}
		return respond(req, 200, `[{"id":"1"}]`, "Link", "<https://"+host+`/api/v1/users?after=x>; rel="next"`), nil
	})
	got, err := collect[item](t, oktaint.NewClient(cred, base), nil, "api", "v1", "users")
	switch {
	case err == nil && len(got) != 2:
		t.Errorf("%T of %s, a link to %s: the list was cut short: %v", cred, org, host, got)
	case err == nil && strings.Contains(host, "evil"), err != nil && host == org.Host():
		t.Errorf("%T of %s, a link to %s: %v", cred, org, host, err)
	case err != nil && !strings.Contains(err.Error(), host):
		t.Errorf("%T of %s: the error does not name %s: %v", cred, org, host, err)
	}
}
