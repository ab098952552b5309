package oktatest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// create posts an app and returns the answer and the error.
func (c *caller) create(label string) (answer, error) {
	c.t.Helper()
	resp, err := c.http.Do(c.request("POST", "/api/v1/apps", "SSWS "+c.org.APIToken(), serviceApp(label, jwk(rsaKey(), "k1"))))
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, string(body)}, err
}

func TestFaults(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kind    string
		err     bool // the client has no whole answer
		status  int
		content string // part of the body
		effect  bool
	}{
		{kind: "refuse", err: true},
		{kind: "reset-before", err: true},
		{kind: "reset-after", err: true, effect: true},
		{kind: "cut", err: true, status: 200, content: `{"`, effect: true},
		{kind: "429", status: 429, content: "E0000047"},
		{kind: "500", status: 500, content: "E0000009"},
		{kind: "502", status: 502, content: "<html>"},
		{kind: "503", status: 503, content: "E0000010"},
		{kind: "504", status: 504, content: "<html>"},
		{kind: "html", status: 200, content: "<html>"},
		{kind: "proxy-404", status: 404, content: "<html>"},
		{kind: "answer=200", status: 200},
		{kind: "answer=200 {}", status: 200, content: "{}"},
		{kind: "answer=202 null", status: 202, content: "null"},
		{kind: "answer=204", status: 204},
		{kind: `answer=404 {"status": 404,  "message":"gone"}`, status: 404, content: `{"status": 404,  "message":"gone"}`},
		{kind: "answer=404", status: 404},
		{kind: "answer=404 E0000008", status: 404, content: `"errorSummary":"The requested path was not found"`},
		{kind: "answer=418 E0009999", status: 418, content: `"errorCode":"E0009999"`},
		{kind: "answer=503 <p>down</p>", status: 503, content: "<p>down</p>"},
		{kind: "delay=5s", status: 200, content: `"label":"hit"`, effect: true},
	}
	for _, tt := range tests {
		t.Run(tt.kind, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newCaller(t, oktatest.Config{Faults: []string{"POST /api/v1/apps #2 " + tt.kind}})
				if _, err := c.create("before"); err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				a, err := c.create("hit")
				if (err != nil) != tt.err {
					t.Errorf("err = %v, want one: %v", err, tt.err)
				}
				if a.status != tt.status || !strings.Contains(a.body, tt.content) {
					t.Errorf("answer = %d %q, want %d and %q", a.status, a.body, tt.status, tt.content)
				}
				if got := strings.Contains(string(c.org.State()), `"label":"hit"`); got != tt.effect {
					t.Errorf("the request took effect: %v, want %v", got, tt.effect)
				}
				if wait := time.Since(start); tt.kind == "delay=5s" && wait != 5*time.Second {
					t.Errorf("the answer took %v", wait)
				}
				if got := c.org.Requests(); len(got) != 2 || got[1].Path != "/api/v1/apps" {
					t.Errorf("requests = %+v", got)
				}
				if kind := a.header.Get("Content-Type"); strings.Contains(kind, "html") != strings.HasPrefix(a.body, "<") || a.body == "" && kind != "" {
					t.Errorf("Content-Type = %q of %q", kind, a.body)
				}
				if tt.content == "" && a.body != "" {
					t.Errorf("body = %q, want none", a.body)
				}
				// The third one is not hit.
				if a, err := c.create("after"); err != nil || a.status != 200 {
					t.Errorf("after: %d, %v", a.status, err)
				}
			})
		})
	}
}

func TestFaultRefuseIsARefusedConnection(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	if err := c.org.AddFault("POST /api/v1/apps refuse"); err != nil {
		t.Fatal(err)
	}
	for range 2 { // without #n each one is hit
		if _, err := c.create("hit"); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("err = %v, want ECONNREFUSED", err)
		}
	}
	c.admin("GET", "/api/v1/apps", nil).want(t, 200)
}

func TestFaultStall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(t, oktatest.Config{Faults: []string{"GET /api/v1/users/{id} stall"}})
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		req := c.request("GET", "/api/v1/users/me", "SSWS "+c.org.APIToken(), nil)
		if _, err := c.http.Do(req.WithContext(ctx)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("err = %v", err)
		}
		c.admin("GET", "/api/v1/users", nil).want(t, 200)
	})
}

// TestCloseEndsRequests closes an org on which requests hang.
func TestCloseEndsRequests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(t, oktatest.Config{Latency: time.Hour, Faults: []string{"GET /api/v1/users stall"}})
		failed := make(chan error, 2)
		for _, path := range []string{"/api/v1/users", "/api/v1/groups"} {
			go func() {
				_, err := c.http.Do(c.request("GET", path, "SSWS "+c.org.APIToken(), nil))
				failed <- err
			}()
		}
		synctest.Wait()
		c.org.Close()
		for range 2 {
			if err := <-failed; err == nil {
				t.Error("a request ended well")
			}
		}
		if _, err := c.http.Get(c.org.URL()); err == nil {
			t.Error("a closed org answers")
		}
	})
}

func TestFaultOrder(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{Faults: []string{"GET /api/v1/apps/{x} #2 500", "GET /api/v1/apps/{x} 503"}})
	for _, want := range []int{503, 500, 503} {
		c.admin("GET", "/api/v1/apps/0oa1", nil).want(t, want)
	}
	c.admin("GET", "/api/v1/apps/0oa1/grants", nil).want(t, 404)
}

func TestFaultSpec(t *testing.T) {
	t.Parallel()
	org := oktatest.New(t, oktatest.Config{})
	for _, spec := range []string{
		"", "GET /x", "get /x 500", "GET x 500", "GET /x?y=1 500", "GET /x #0 500", "GET /x 1 500", "GET /x #a 500",
		"GET /x 501", "GET /x delay", "GET /x delay=soon", "GET /x delay=-1s", "GET /x #1 500 more",
		"GET /x answer", "GET /x answer=", "GET /x answer=abc", "GET /x answer=199", "GET /x answer=600", "GET /x answer=204 {}",
		"GET /x #1", "GET /x proxy-403",
	} {
		if err := org.AddFault(spec); err == nil || !strings.HasPrefix(err.Error(), "oktatest: fault ") {
			t.Errorf("AddFault(%q) = %v", spec, err)
		}
	}
	if _, err := oktatest.NewOrg(oktatest.Config{Faults: []string{"nonsense"}}); err == nil {
		t.Error("NewOrg took a bad fault")
	}
}

// TestHTTPOnly has a request that would leave in clear text.
func TestHTTPOnly(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	req, err := http.NewRequestWithContext(t.Context(), "GET", "http://acme.okta.com/api/v1/users", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.http.Do(req); err == nil || !strings.Contains(err.Error(), "https only") {
		t.Errorf("err = %v", err)
	}
}
