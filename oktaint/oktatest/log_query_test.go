package oktatest_test

import (
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

func TestLogs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(t, oktatest.Config{RateLimits: map[string]int{"logs": 0}})
		start := time.Now().UTC().Format(time.RFC3339)
		time.Sleep(time.Second)
		for _, label := range []string{"one", "two", "three"} {
			c.admin("POST", "/api/v1/apps", serviceApp(label)).want(t, 200)
			time.Sleep(time.Second)
		}
		labels := func(a answer) []string {
			var got []string
			for _, e := range a.want(t, 200).list(t) {
				if targets := e["target"].([]any); len(targets) == 1 {
					got = append(got, targets[0].(map[string]any)["displayName"].(string))
				}
			}
			return got
		}
		follow := func(a answer) string {
			links := a.header.Values("Link")
			if len(links) != 2 {
				return ""
			}
			return strings.TrimSuffix(strings.TrimPrefix(links[1], "<https://acme.okta.com"), `>; rel="next"`)
		}
		const created = "&filter=eventType+eq+%22application.lifecycle.create%22"

		// Polling goes on for ever.
		a := c.admin("GET", "/api/v1/logs?limit=2&since="+start+created, nil)
		if got := labels(a); !slices.Equal(got, []string{"one", "two"}) {
			t.Errorf("first page = %v", got)
		}
		a = c.admin("GET", follow(a), nil)
		if got := labels(a); !slices.Equal(got, []string{"three"}) {
			t.Errorf("second page = %v", got)
		}
		a = c.admin("GET", follow(a), nil)
		if links := a.header.Values("Link"); a.body != "[]" || strings.Replace(links[0], "self", "next", 1) != links[1] {
			t.Errorf("caught up: body %s, Link %q; want [] and next == self", a.body, links)
		}
		c.admin("POST", "/api/v1/apps", serviceApp("four")).want(t, 200)
		if got := labels(c.admin("GET", follow(a), nil)); !slices.Equal(got, []string{"four"}) {
			t.Errorf("after an event = %v", got)
		}
		a = c.admin("GET", "/api/v1/logs?since=2000-01-02T00:00:00Z", nil).want(t, 200)
		if a.body != "[]" || follow(a) == "" {
			t.Errorf("nothing yet: body %s, Link %q", a.body, a.header.Values("Link"))
		}

		// Bounded queries end.
		until := time.Now().Add(-500 * time.Millisecond).UTC().Format(time.RFC3339Nano)
		a = c.admin("GET", "/api/v1/logs?limit=2&since="+start+"&until="+until+created, nil)
		if got := labels(a); !slices.Equal(got, []string{"one", "two"}) {
			t.Errorf("first page = %v", got)
		}
		a = c.admin("GET", follow(a), nil)
		if got := labels(a); !slices.Equal(got, []string{"three"}) || follow(a) != "" {
			t.Errorf("last page = %v, Link %q", got, a.header.Values("Link"))
		}
		time.Sleep(time.Second)
		if got := labels(c.admin("GET", "/api/v1/logs?sortOrder=DESCENDING&limit=2", nil)); !slices.Equal(got, []string{"four", "three"}) {
			t.Errorf("descending = %v", got)
		}
		if got := c.admin("GET", "/api/v1/logs?limit=0", nil).want(t, 200).body; got != "[]" {
			t.Errorf("limit=0: %s", got)
		}

		for query, code := range map[string]string{
			"since=1999-01-01T00:00:00Z": "E0000053", "since=yesterday": "E0000001", "until=x": "E0000001", "limit=1001": "E0000001",
			"sortOrder=UP": "E0000001", "filter=eventType+eq": "E0000053", "after=x": "E0000029", "after=1_999": "E0000029",
		} {
			c.admin("GET", "/api/v1/logs?"+query, nil).wantError(t, 400, code, "")
		}
		time.Sleep(91 * 24 * time.Hour)
		fresh := "SSWS " + c.org.NewAPIToken("REPORT_ADMIN")
		if got := c.do("GET", "/api/v1/logs?since=2000-01-01T00:00:00Z", fresh, nil).want(t, 200).body; got != "[]" {
			t.Errorf("after the retention: %s", got)
		}
	})
}

// TestEventMemory bounds what an event costs: a simulated org has hundreds of
// thousands of them. It does not run in parallel, so that the memory is its own.
func TestEventMemory(t *testing.T) {
	const most = 1000 // bytes an event
	org := oktatest.New(t, oktatest.Config{KeepRequests: 1, RateLimits: unlimited()})
	group, user := org.AddGroup(oktatest.Group{}), org.AddUser(oktatest.User{})
	change := func(method string) {
		path := groupsPath + group + "/users/" + user
		r := httptest.NewRequestWithContext(t.Context(), method, org.URL()+path, nil)
		r.Header.Set("Authorization", "SSWS "+org.APIToken())
		w := httptest.NewRecorder()
		if org.ServeHTTP(w, r); w.Code != 204 {
			t.Fatalf("%s: status %d: %s", method, w.Code, w.Body)
		}
	}
	memory := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	const pairs = 10000
	before := memory()
	for range pairs { // two events each, with two targets
		change("PUT")
		change("DELETE")
	}
	each := (int64(memory()) - int64(before)) / (2 * pairs)
	if each > most {
		t.Errorf("an event costs %d bytes, want %d at most", each, most)
	}
	t.Logf("an event costs %d bytes", each)
	runtime.KeepAlive(org)
}

// TestLegacyEventType shows the old name where one is known, and no key where
// none is.
func TestLegacyEventType(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	c.admin("POST", usersPath+c.org.AddUser(oktatest.User{})+"/lifecycle/suspend", nil).want(t, 200)
	c.admin("POST", "/api/v1/groups", object{"profile": object{"name": "Crew"}}).want(t, 200)
	want := map[string]any{
		"user.session.start":     "core.user_auth.login_success",
		"user.lifecycle.suspend": "core.user.config.user_status.suspended",
		"group.lifecycle.create": nil,
	}
	for _, e := range c.admin("GET", "/api/v1/logs", nil).want(t, 200).list(t) {
		legacy, has := e["legacyEventType"]
		expect, known := want[e["eventType"].(string)]
		if !known || legacy != expect || has != (expect != nil) {
			t.Errorf("%v: legacyEventType = %v, want %v", e["eventType"], legacy, expect)
		}
	}
}
