package oktaint_test

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
	"golang.org/x/oauth2"
)

// foreign are servers on another port, another host and another scheme than the
// org's. Nothing may ever arrive there.
func foreign(t *testing.T) (urls map[string]string, arrived *atomic.Int32) {
	arrived = new(atomic.Int32)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		arrived.Add(1)
		t.Errorf("%s %s arrived at %s", r.Method, r.URL.Path, r.Host)
		io.WriteString(w, "[]")
	})
	secure, plain := httptest.NewTLSServer(handler), httptest.NewServer(handler)
	t.Cleanup(secure.Close)
	t.Cleanup(plain.Close)
	return map[string]string{
		"port":   secure.URL,
		"host":   strings.Replace(secure.URL, "127.0.0.1", "localhost", 1),
		"scheme": plain.URL,
	}, arrived
}

// trusting is a base transport that would talk to any of the servers.
func trusting(t *testing.T) http.RoundTripper {
	tr := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	t.Cleanup(tr.CloseIdleConnections)
	return tr
}

// No redirect leads a request or a credential to another host, port or scheme,
// neither on the API nor on the token endpoint.
func TestRedirects(t *testing.T) {
	t.Parallel()
	urls, arrived := foreign(t)
	base := trusting(t)
	for _, code := range []int{301, 302, 307, 308} {
		for what, target := range urls {
			org := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Location", target+r.URL.Path)
				w.WriteHeader(code)
			}))
			o := mustOrg(t, org.URL)
			src := oktaint.APIToken{Org: o, Token: oktaint.NewSecret("hunter2")}.Source(nil)
			for _, method := range []string{"GET", "POST", "DELETE"} {
				req, err := o.NewRequest(t.Context(), method, nil, nil, "api", "v1", "apps", "1")
				if err != nil {
					t.Fatal(err)
				}
				if err := oktaint.NewClient(src, base).Do(req, nil); err == nil || !strings.Contains(err.Error(), "redirects are not followed") {
					t.Errorf("%d to another %s, %s: %v", code, what, method, err)
				}
				// Not with an http.Client that follows redirects, either.
				follows := &oktaint.Client{Org: o, HTTP: &http.Client{Transport: &oktaint.Transport{Org: o, Source: src, Base: base}}}
				if err := follows.Do(req, nil); err == nil || !strings.Contains(err.Error(), "credentials go to "+o.String()+" only") {
					t.Errorf("%d to another %s, %s, following: %v", code, what, method, err)
				}
			}
			_, err := oktaint.PrivateKeyJWT{Org: o, ClientID: "0oa1", Key: readKey(t, "ec_p256_TEST_ONLY.pem"), Scopes: scopes.Visibility}.Source(base).Token()
			if err == nil || !strings.Contains(err.Error(), "redirects of the token endpoint are not followed") {
				t.Errorf("%d to another %s, token: %v", code, what, err)
			}
			if _, err := oktaint.Discover(t.Context(), o, base); err == nil {
				t.Errorf("%d to another %s: Discover followed it", code, what)
			}
			org.Close()
		}
	}
	if arrived.Load() != 0 {
		t.Errorf("%d requests arrived", arrived.Load())
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

// A request that is made for another origin is refused, whoever made it.
func TestForeignRequests(t *testing.T) {
	t.Parallel()
	urls, _ := foreign(t)
	urls["userinfo"] = "https://acme.okta.com@" + strings.TrimPrefix(urls["port"], "https://")
	o := mustOrg(t, "acme")
	src := oktaint.APIToken{Org: o, Token: oktaint.NewSecret("hunter2")}.Source(nil)
	tr := &oktaint.Transport{Org: o, Source: src, Base: trusting(t)}
	for what, target := range urls {
		req, err := http.NewRequest("GET", target+"/api/v1/users?secret=hunter2", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := tr.RoundTrip(req)
		if err == nil {
			resp.Body.Close()
			t.Errorf("another %s: answered", what)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("another %s: the error holds the query: %v", what, err)
		}
		if err := src.Authorize(req); err == nil || req.Header.Get("Authorization") != "" {
			t.Errorf("another %s: Authorize = %v", what, err)
		}
	}
}

// The Source works in the transport of x/oauth2, for programs that have their
// own stack.
func TestOAuth2Transport(t *testing.T) {
	t.Parallel()
	e := newTokenEndpoint()
	var got string
	base := roundTripper(func(req *http.Request) (*http.Response, error) {
		got = req.Header.Get("Authorization")
		return respond(req, 200, "{}"), nil
	})
	hc := &http.Client{Transport: &oauth2.Transport{Source: e.source(t), Base: base}}
	resp, err := hc.Get("https://acme.okta.com/api/v1/users")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if got != "Bearer token-1" {
		t.Errorf("Authorization %q", got)
	}
}
