package oktaint_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
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

// A next link may name the org's Admin Console host (recorded); the request goes
// to the org.
func TestAdminTwin(t *testing.T) {
	t.Parallel()
	s := &script{steps: []func(*http.Request) (*http.Response, error){
		status(200, `[{"id":"1"}]`, "Link", `<https://acme-admin.okta.com/api/v1/users?after=1>; rel="next"`),
		status(200, `[{"id":"2"}]`),
	}}
	got, err := collect[item](t, oktaint.NewClient(mustOrg(t, "acme"), s), nil, "api", "v1", "users")
	if err != nil || len(got) != 2 || s.sent[1].URL.String() != "https://acme.okta.com/api/v1/users?after=1" {
		t.Errorf("%v, %v", got, err)
	}
}

// The cursor stays as the org wrote it, whatever signs it has, where the limit is
// halved and where two queries are compared.
func TestPagesHalvedCursors(t *testing.T) {
	t.Parallel()
	for _, cursor := range []string{"1", "a,b", "a;b", "a%3Bb", "a%26limit%3D9", "a+b", "%zz", "limit=7", "a=b", "%E2%98%83", ""} {
		var sent []string
		base := roundTripper(func(req *http.Request) (*http.Response, error) {
			sent = append(sent, req.URL.RawQuery)
			switch after := strings.Contains(req.URL.RawQuery, "after="); {
			case !after:
				return respond(req, 200, `[{"id":"1"}]`, "Link", "<https://acme.okta.com/api/v1/users?after="+cursor+`&limit=80>; rel="next"`), nil
			case !strings.HasSuffix(req.URL.RawQuery, "limit=20"):
				return respond(req, 500, `{"errorCode":"E0000009"}`), nil
			}
			return respond(req, 200, `[{"id":"2"}]`), nil
		})
		got, err := collect[item](t, clientOver(base), url.Values{"limit": {"80"}}, "api", "v1", "users")
		want := []string{"limit=80", "after=" + cursor + "&limit=80", "after=" + cursor + "&limit=40", "after=" + cursor + "&limit=20"}
		if err != nil || !slices.Equal(got, []item{{"1"}, {"2"}}) || !slices.Equal(sent, want) {
			t.Errorf("cursor %s: %v, %v after %q", cursor, got, err, sent)
		}
	}
}

// The lists of Okta's IAM are objects that name the next page in their body.
func TestBodyLinks(t *testing.T) {
	t.Parallel()
	s := &script{steps: []func(*http.Request) (*http.Response, error){
		status(200, `{"roles":[{"id":"1"}],"_links":{"next":{"href":"https://acme-admin.okta.com/api/v1/iam/roles?after=1"}}}`),
		status(200, `{"roles":[{"id":"2"}],"_links":{"self":{"href":"https://acme.okta.com/api/v1/iam/roles?after=1"}}}`),
	}}
	got, err := collect[item](t, oktaint.NewClient(mustOrg(t, "acme"), s), nil, "api", "v1", "iam", "roles")
	if err != nil || len(got) != 2 || got[1].ID != "2" || s.sent[1].URL.String() != "https://acme.okta.com/api/v1/iam/roles?after=1" {
		t.Errorf("%v, %v", got, err)
	}
}

// Only the path and the query of a next link count. The path may be escaped in another
// way, and the host may be the org's other one.
func TestNextLinkHosts(t *testing.T) {
	t.Parallel()
	const path = "/api/v1/users/u%40example.com/groups"
	for _, tt := range []struct {
		org, link string
		followed  bool
	}{
		{"acme", "https://acme.okta.com" + path, true},
		{"acme", "https://ACME.okta.com:443" + path, true},
		{"acme", "https://acme-admin.okta.com" + path, true},
		{"acme", path, true},
		{"acme", "https://acme.okta.com/api/v1/users/u@example.com/groups", true},
		{"acme", "https://acme.okta.com/api/v1/%75sers/u%40example%2Ecom/groups", true},
		{"acme", "https://other.okta.com" + path, false},
		{"acme", "https://other-admin.okta.com" + path, false},
		{"acme", "https://login.example.com" + path, false},
		{"acme", "http://acme.okta.com" + path, false},
		{"acme", "https://acme.okta.com@evil.example.net" + path, false},
		{"acme", "https://acme.okta.com/api/v1/users/other/groups", false},
		{"acme", "https://acme.okta.com/api/v1/users/u%40example.com/groups/", false},
		{"login.example.com", "https://login.example.com" + path, true},
		{"login.example.com", "https://acme.okta.com" + path, true},
		{"login.example.com", "https://acme.okta-emea.com" + path, true},
		{"login.example.com", "https://acme-admin.okta.com" + path, true},
		{"login.example.com", "https://acme.okta.com.evil.net" + path, false},
		{"login.example.com", "http://acme.okta.com" + path, false},
		{"https://127.0.0.1:8443", "https://acme.okta.com" + path, false},
		{"https://localhost", "https://acme.okta.com" + path, false},
	} {
		var hosts []string
		base := roundTripper(func(req *http.Request) (*http.Response, error) {
			hosts = append(hosts, req.URL.Host)
			if req.URL.Query().Get("after") != "" {
				return respond(req, 200, `[{"id":"2"}]`), nil
			}
			return respond(req, 200, `[{"id":"1"}]`, "Link", "<"+tt.link+`?after=1>; rel="next"`), nil
		})
		org := mustOrg(t, tt.org)
		got, err := collect[item](t, oktaint.NewClient(org, base), nil, "api", "v1", "users", "u@example.com", "groups")
		if (err == nil) != tt.followed || tt.followed && len(got) != 2 {
			t.Errorf("%s, %s: %d items, %v", tt.org, tt.link, len(got), err)
		}
		for _, host := range hosts {
			if host != org.Host() {
				t.Errorf("%s, %s: a request went to %s", tt.org, tt.link, host)
			}
		}
	}
}

// If the next link may be lost or is not the org's, the list ends with one error: it
// never counts as complete.
func TestHostileLinks(t *testing.T) {
	t.Parallel()
	const next = "https://acme.okta.com/api/v1/users?after=1"
	for _, tt := range []struct {
		name  string
		body  string
		links []string
		pages int // that are read; then the list is complete if all are, or else ends with an error
		ok    bool
	}{
		{"none", `[{}]`, nil, 1, true},
		{"only self", `[{}]`, []string{`<https://acme.okta.com/api/v1/users>; rel="self"`}, 1, true},
		{"separate", `[{}]`, []string{`<https://x>; rel="self"`, "<" + next + `>; rel="next"`}, 2, true},
		{"joined", `[{}]`, []string{`<https://x>; rel="self",<` + next + `>; rel="next"`}, 2, true},
		{"joined without a space, a comma in it", `[{}]`, []string{`<https://x?a,b>;rel=self,<` + next + `,2>;rel=next`}, 2, true},
		{"joined, a quote in a title", `[{}]`, []string{`<https://x>; title="6\" tall"; rel="self", <` + next + `>; rel="next"`}, 2, true},
		{"another form of the host", `[{}]`, []string{`<HTTPS://ACME.okta.com:443/api/v1/users?after=1>; rel="next"`}, 2, true},

		{"not closed", `[{}]`, []string{"<" + next + `; rel="next"`}, 0, false},
		{"not opened", `[{}]`, []string{next + `>; rel="next"`}, 0, false},
		{"cut", `[{}]`, []string{"<" + next + `>; rel="ne`}, 0, false},
		{"self cut, next lost", `[{}]`, []string{`<https://acme.okta.com/api/v1/us`}, 0, false},
		{"no semicolon", `[{}]`, []string{"<" + next + `> rel="next"`}, 0, false},
		{"empty", `[{}]`, []string{`<>; rel="next"`}, 0, false},
		{"another host", `[{}]`, []string{`<https://evil.example/api/v1/users?after=1>; rel="next"`}, 0, false},
		{"another host, joined", `[{}]`, []string{`<https://x>; rel="self", <https://acme.okta.com@evil.example/api/v1/users?after=1>; rel="next"`}, 0, false},
		{"another scheme", `[{}]`, []string{`<http://acme.okta.com/api/v1/users?after=1>; rel="next"`}, 0, false},
		{"another port", `[{}]`, []string{`<https://acme.okta.com:8443/api/v1/users?after=1>; rel="next"`}, 0, false},
		{"user info", `[{}]`, []string{`<https://a:b@acme.okta.com/api/v1/users?after=1>; rel="next"`}, 0, false},
		{"no scheme", `[{}]`, []string{`<//evil.example/api/v1/users?after=1>; rel="next"`}, 0, false},
		{"another path", `[{}]`, []string{`<https://acme.okta.com/api/v1/users/../apps?after=1>; rel="next"`}, 0, false},
		{"in the body, another host", `{"roles":[{}],"_links":{"next":{"href":"https://evil.example/api/v1/users?after=1"}}}`, nil, 0, false},
		{"in the body, of another type", `{"roles":[{}],"_links":{"next":"` + next + `"}}`, nil, 0, false},
		{"in the body, a number", `{"roles":[{}],"_links":{"next":{"href":7}}}`, nil, 0, false},
	} {
		var hosts []string
		pages, errs := 0, 0
		base := roundTripper(func(req *http.Request) (*http.Response, error) {
			hosts = append(hosts, req.URL.Scheme+"://"+req.URL.Host)
			if req.URL.RawQuery != "" {
				return respond(req, 200, `[{}]`), nil
			}
			resp := respond(req, 200, tt.body)
			resp.Header["Link"] = tt.links
			return resp, nil
		})
		for _, err := range oktaint.Pages[item](t.Context(), clientOver(base), "", nil, "api", "v1", "users") {
			if err != nil {
				errs++
				continue
			}
			pages++
		}
		if pages != tt.pages || errs == 0 != tt.ok || errs > 1 {
			t.Errorf("%s: %d pages, %d errors; want %d, ok %v", tt.name, pages, errs, tt.pages, tt.ok)
		}
		for _, host := range hosts {
			if host != "https://acme.okta.com" {
				t.Errorf("%s: a request went to %s", tt.name, host)
			}
		}
	}
}

// A next link to another host, port or scheme is an error, and nothing arrives
// there.
func TestForeignNextLinks(t *testing.T) {
	t.Parallel()
	urls, _ := foreign(t)
	base := trusting(t)
	for what, target := range urls {
		org := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Add("Link", "<"+target+r.URL.Path+`?after=1>; rel="next"`)
			io.WriteString(w, `[{"id":"1"}]`)
		}))
		o := mustOrg(t, org.URL)
		src := oktaint.APIToken{Org: o, Token: oktaint.NewSecret("hunter2")}.Source(nil)
		n, failed := 0, error(nil)
		for _, err := range oktaint.List[struct{}](t.Context(), oktaint.NewClient(src, base), nil, "api", "v1", "users") {
			if n++; err != nil {
				failed = err
			}
		}
		if failed == nil || !strings.Contains(failed.Error(), "it is not followed") {
			t.Errorf("another %s: %d items, error %v", what, n, failed)
		}
		org.Close()
	}
}

// The error about a next link is an *Error without a secret or a long text, like that
// of every other failed request.
func TestNextLinkError(t *testing.T) {
	t.Parallel()
	const secret = "00hunter2hunter2"
	for _, link := range []string{
		"https://" + secret + ".example.com/api/v1/users?after=1",
		"https://" + strings.Repeat("x", 5000) + ".example.com/api/v1/users?after=1",
		"https://acme.okta.com/api/v1/" + secret, "https://acme.okta.com/%zz" + secret,
	} {
		base := roundTripper(func(req *http.Request) (*http.Response, error) {
			return respond(req, 200, `[]`, "Link", "<"+link+`>; rel="next"`, "X-Okta-Request-Id", "req1"), nil
		})
		c := oktaint.NewClient(oktaint.APIToken{Org: mustOrg(t, "acme"), Token: oktaint.NewSecret(secret)}, base)
		for _, err := range oktaint.List[json.RawMessage](t.Context(), c, nil, "api", "v1", "users") {
			var e *oktaint.Error
			if !errors.As(err, &e) || e.RequestID != "req1" || len(err.Error()) > 1500 || strings.Contains(err.Error(), secret) {
				t.Errorf("%.40s: %.200v", link, err)
			}
		}
	}
}
