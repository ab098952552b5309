package oktatest_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

func TestFrontDoor(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	c.admin("GET", "/api/v1/nothing", nil).wantError(t, 404, "E0000008", "")
	c.admin("GET", "/api/v2/users", nil).wantError(t, 404, "E0000008", "")
	c.admin("GET", "/api/v1/apps//grants", nil).wantError(t, 404, "E0000008", "")
	c.admin("PATCH", "/api/v1/apps", nil).wantError(t, 405, "E0000022", "")
	c.admin("GET", "/api/v1/api-tokens/", nil).want(t, 200) // one slash more, as recorded
	c.admin("GET", "/api/v1/api-tokens//", nil).wantError(t, 404, "E0000008", "")
	for _, path := range []string{"/api/v1/apps/", "/api/v1/users/", "/api/v1/users/me/", "/api/v1/groups/", "/api/v1/org/", "/.well-known/okta-organization/"} {
		c.admin("GET", path, nil).wantError(t, 404, "E0000008", "")
	}
	c.admin("GET", "//api/v1/apps", nil).want(t, 200) // as recorded
	if all := c.org.Requests(); all[len(all)-1].Bucket != "apps" {
		t.Errorf("bucket = %q", all[len(all)-1].Bucket)
	}
	c.admin("GET", "///api/v1/apps", nil).wantError(t, 404, "E0000008", "")
	c.admin("GET", "/api//v1/apps", nil).wantError(t, 404, "E0000008", "")
	app := c.newApp()

	send := func(change func(*http.Request)) answer {
		req := c.request("POST", "/api/v1/apps/"+app+"/lifecycle/activate", "SSWS "+c.org.APIToken(), nil)
		change(req)
		resp, err := c.http.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		return c.read(resp)
	}
	send(func(*http.Request) {}).want(t, 200) // net/http sends Content-Length: 0
	send(func(r *http.Request) {
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader("")), -1
	}).want(t, 411)
	send(func(r *http.Request) { r.Header.Set("Accept", "text/html") }).wantError(t, 400, "E0000021", "")
	send(func(r *http.Request) { r.Header.Set("Accept", "text/html, application/*;q=0.5") }).want(t, 200)
	send(func(r *http.Request) {
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader("{}")), 2
		r.Header.Set("Content-Type", "text/plain")
	}).wantError(t, 400, "E0000021", "")
	send(func(r *http.Request) { r.Header["User-Agent"] = nil }).wantError(t, 400, "E0000001", "User-Agent")
	a := send(func(r *http.Request) { r.Host = "other.okta.com" }).want(t, 404)
	if a.body != `{"status":404,"message":"Resource not found"}` {
		t.Errorf("another org answers %s", a.body)
	}
}

// TestHeaders checks what every answer carries.
func TestHeaders(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	first, second := c.admin("GET", "/api/v1/users", nil), c.admin("GET", "/api/v1/users", nil)
	for name, want := range map[string]string{
		"Content-Type": "application/json", "Cache-Control": "no-cache, no-store", "Pragma": "no-cache", "Expires": "0",
	} {
		if got := first.header.Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	one, two := first.header.Get("X-Okta-Request-Id"), second.header.Get("X-Okta-Request-Id")
	if len(one) != 32 || one == two {
		t.Errorf("request ids = %q and %q", one, two)
	}
	a := c.admin("GET", "/api/v1/apps/none", nil).want(t, 404)
	if id := a.text(t, "errorId"); len(id) != 25 || !strings.HasPrefix(id, "oae") || a.text(t, "errorLink") != "E0000007" {
		t.Errorf("body = %s", a.body)
	}
}
