package oktatest_test

import (
	"net/http/httptest"
	"runtime"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

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
