package oktatest_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

func TestRequests(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	c.admin("GET", "/api/v1/apps?q=x&limit=1", nil).want(t, 200)
	c.do("GET", "/api/v1/users", "Bearer x", nil).want(t, 401)
	got := c.org.Requests()
	if len(got) != 2 {
		t.Fatalf("requests = %+v", got)
	}
	first := got[0]
	if first.Method != "GET" || first.Path != "/api/v1/apps" || !slices.Equal(first.Query, []string{"limit", "q"}) ||
		first.Status != 200 || first.Bucket != "apps" || first.Scheme != "SSWS" || time.Since(first.Time) > time.Minute {
		t.Errorf("first = %+v", first)
	}
	if got[1].Scheme != "Bearer" || got[1].Status != 401 {
		t.Errorf("second = %+v", got[1])
	}
	first.Query[0] = "changed"
	if c.org.Requests()[0].Query[0] != "limit" {
		t.Error("the caller can change the log")
	}
	c.org.ResetRequests()
	if got := c.org.Requests(); len(got) != 0 {
		t.Errorf("after the reset: %+v", got)
	}
}

func TestKeepRequests(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{KeepRequests: 3})
	for i := range 10 {
		c.admin("GET", fmt.Sprint("/api/v1/apps/", i), nil).want(t, 404)
	}
	var paths []string
	for _, r := range c.org.Requests() {
		paths = append(paths, r.Path)
	}
	if want := []string{"/api/v1/apps/7", "/api/v1/apps/8", "/api/v1/apps/9"}; !slices.Equal(paths, want) {
		t.Errorf("requests = %v, want %v", paths, want)
	}
}
