package oktaint_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
	"golang.org/x/oauth2"
)

// A script answers the attempts of API requests one after the other; its last
// step goes on for ever.
type script struct {
	steps []func(*http.Request) (*http.Response, error)

	mu   sync.Mutex
	sent []*http.Request
	when []time.Time
}

func (s *script) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		b, _ := io.ReadAll(req.Body)
		req.Body.Close()
		req.Body = io.NopCloser(strings.NewReader(string(b)))
	}
	s.mu.Lock()
	step := s.steps[min(len(s.sent), len(s.steps)-1)]
	s.sent = append(s.sent, req)
	s.when = append(s.when, time.Now())
	s.mu.Unlock()
	return step(req)
}

func status(code int, body string, header ...string) func(*http.Request) (*http.Response, error) {
	return func(req *http.Request) (*http.Response, error) { return respond(req, code, body, header...), nil }
}

func fail(err error) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

func cut(req *http.Request) (*http.Response, error) {
	resp := respond(req, 200, "")
	resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(`[{"id":`), errReader{io.ErrUnexpectedEOF}))
	return resp, nil
}

// rateLimited answers 429 with a reset so far ahead by the server's clock.
func rateLimited(ahead, skew time.Duration) func(*http.Request) (*http.Response, error) {
	return func(req *http.Request) (*http.Response, error) {
		now := time.Now().Add(skew)
		resp := respond(req, 429, `{"errorCode":"E0000047"}`, "X-Rate-Limit-Limit", "50", "X-Rate-Limit-Remaining", "0", "X-Rate-Limit-Reset", itoa(now.Add(ahead).Unix()))
		resp.Header.Set("Date", now.UTC().Format(http.TimeFormat))
		return resp, nil
	}
}

func apiError(status_ int, code string) func(*http.Request) (*http.Response, error) {
	return status(status_, `{"errorCode":"`+code+`","errorSummary":"s","errorId":"oae1","errorCauses":[{"errorSummary":"c"}]}`)
}

var (
	reset   = &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	refused = &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	noName  = &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "acme.okta.com", IsNotFound: true}}
)

// If there is no token, nothing is sent, and the error tells the cause.
func TestNoToken(t *testing.T) {
	t.Parallel()
	e := newTokenEndpoint()
	e.answer = func(_ int, req *http.Request) *http.Response {
		return respond(req, 401, `{"error":"invalid_client","error_description":"The client_assertion JWT kid is invalid."}`)
	}
	s := &script{steps: []func(*http.Request) (*http.Response, error){status(200, "{}")}}
	err := oktaint.NewClient(e.source(t), s).Get(t.Context(), nil, nil, "api", "v1", "users")
	var oe *oktaint.Error
	if !errors.As(err, &oe) || oe.OAuthError != "invalid_client" || oktaint.Ambiguous(err) || len(s.sent) != 0 {
		t.Errorf("%v; %d sent", err, len(s.sent))
	}
	if want := "oktaint: GET /api/v1/users: no access token: oktaint: POST /oauth2/v1/token: 401 invalid_client"; !strings.HasPrefix(err.Error(), want) {
		t.Errorf("error %q, want it to start %q", err, want)
	}
}

// The caller's request is left as it was, and its body is closed.
func TestRequestIsNotChanged(t *testing.T) {
	t.Parallel()
	e := newTokenEndpoint()
	s := &script{steps: []func(*http.Request) (*http.Response, error){status(503, ""), status(200, "{}")}}
	tr := &oktaint.Transport{Org: mustOrg(t, "acme"), Source: e.source(t), Base: s}
	body := &closer{Reader: strings.NewReader("x")}
	req, _ := http.NewRequest("PUT", "https://acme.okta.com/api/v1/apps/1", body)
	resp, err := tr.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if !body.closed || req.Body != io.ReadCloser(body) || len(req.Header) != 0 {
		t.Errorf("closed %v, header %v", body.closed, req.Header)
	}
	if len(s.sent) != 2 || !strings.HasPrefix(s.sent[1].Header.Get("Authorization"), "Bearer token-") {
		t.Errorf("%d attempts", len(s.sent))
	}
}

type closer struct {
	io.Reader
	closed bool
}

func (c *closer) Close() error { c.closed = true; return nil }

// Metrics and logs tell what happened to each attempt.
func TestOnAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []func(*http.Request) (*http.Response, error){
			rateLimited(2*time.Second, 0), fail(reset),
			status(200, "{}", "X-Rate-Limit-Limit", "50", "X-Rate-Limit-Remaining", "49", "X-Rate-Limit-Reset", "99", "X-Okta-Request-Id", "req9"),
		}}
		var got []oktaint.Attempt
		c := (&oktaint.Transport{Org: mustOrg(t, "acme"), Base: s, OnAttempt: func(a oktaint.Attempt) { got = append(got, a) }}).Client()
		if err := c.Get(t.Context(), nil, map[string][]string{"q": {"private"}}, "api", "v1", "apps", "0oa1"); err != nil {
			t.Fatal(err)
		}
		if len(got) != 3 {
			t.Fatalf("%d attempts", len(got))
		}
		if a := got[0]; a.Status != 429 || a.Remaining != 0 || a.Wait < 3*time.Second || a.Number != 1 || a.Bucket != "/api/v1/apps/{id}" || a.Path != "/api/v1/apps/0oa1" {
			t.Errorf("first attempt %+v", a)
		}
		if a := got[1]; a.Status != 0 || !errors.Is(a.Err, syscall.ECONNRESET) || a.Wait == 0 || a.Remaining != -1 {
			t.Errorf("second attempt %+v", a)
		}
		if a := got[2]; a.Status != 200 || a.Limit != 50 || a.Remaining != 49 || a.RequestID != "req9" || a.Wait != 0 || a.Number != 3 {
			t.Errorf("third attempt %+v", a)
		}
	})
}

// A request that ends because another of its group failed does not pass for that
// other one.
func TestCauseIsNotOurs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		other := &oktaint.Error{StatusCode: 503, Method: "POST", Path: "/other"}
		ctx, cancel := context.WithCancelCause(t.Context())
		base := roundTripper(func(req *http.Request) (*http.Response, error) {
			<-req.Context().Done()
			return nil, context.Cause(req.Context()) // as net/http does
		})
		time.AfterFunc(time.Second, func() { cancel(other) })
		err := oktaint.NewClient(mustOrg(t, "acme"), base).Get(ctx, nil, nil, "api", "v1", "users")
		var oe *oktaint.Error
		if !errors.As(err, &oe) || oe == other || oe.StatusCode != 0 || oe.Path != "/api/v1/users" || other.Path != "/other" {
			t.Errorf("error %#v", err)
		}
	})
}

// Redirects are not followed, however many there are.
func TestEndlessRedirects(t *testing.T) {
	t.Parallel()
	for i, call := range []func(context.Context, http.RoundTripper) error{get, list, token} {
		sent := 0
		err := call(t.Context(), roundTripper(func(req *http.Request) (*http.Response, error) {
			sent++
			return respond(req, 307, "", "Location", fmt.Sprint(req.URL, "?", sent)), nil
		}))
		var oe *oktaint.Error
		if !errors.As(err, &oe) || oe.StatusCode != 307 || !strings.Contains(oe.Hint, "not followed") || sent != 1 {
			t.Errorf("call %d: %v after %d requests", i, err, sent)
		}
	}
}

// A redirect of the API or of the token endpoint never leads a request or a credential
// to another host, port or scheme.
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

// A request for another origin is refused, however it was made.
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
