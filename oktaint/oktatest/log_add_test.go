package oktatest_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestAddLogEvents stores events as they are given, in their order.
func TestAddLogEvents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(t, oktatest.Config{})
		time.Sleep(time.Hour)
		ann := c.org.AddUser(oktatest.User{Login: "ann@example.com"})
		at := time.Now().Add(-time.Minute).UTC()
		ids := c.org.AddLogEvents(
			oktatest.LogEvent{},
			oktatest.LogEvent{Type: "user.session.end", Published: at, User: ann, Result: "FAILURE", Reason: "why"},
		)
		ids = append(ids, c.org.AddLogEvents(oktatest.LogEvent{UUID: ids[0]})...)
		if ids[0] == ids[1] || ids[0] != ids[2] {
			t.Errorf("uuids %v", ids)
		}
		list := c.admin("GET", "/api/v1/logs", nil).want(t, 200).list(t)[1:] // an org begins with an event
		var got []string
		for _, e := range list {
			got = append(got, e["uuid"].(string))
		}
		if !slices.Equal(got, ids) {
			t.Fatalf("%v, want %v", got, ids)
		}
		if e := list[0]; e["eventType"] != "user.session.start" || e["actor"].(map[string]any)["type"] != "SystemPrincipal" ||
			e["published"] != time.Now().UTC().Format("2006-01-02T15:04:05.000Z") || e["outcome"].(map[string]any)["result"] != "SUCCESS" {
			t.Errorf("by default: %v", e)
		}
		e := list[1]
		outcome, target := e["outcome"].(map[string]any), e["target"].([]any)[0].(map[string]any)
		if e["published"] != at.Format("2006-01-02T15:04:05.000Z") || e["severity"] != "WARN" || outcome["result"] != "FAILURE" || outcome["reason"] != "why" || target["id"] != ann {
			t.Errorf("%v", e)
		}
	})
}

// TestAddManyLogEvents reads the end of a long log as fast as that of a short one.
func TestAddManyLogEvents(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	ids := c.org.AddLogEvents(make([]oktatest.LogEvent, 100_000)...)
	seen := make(map[string]bool)
	for _, id := range ids {
		seen[id] = true
	}
	if len(seen) != 100_000 {
		t.Errorf("%d uuids", len(seen))
	}
	if n := len(c.admin("GET", "/api/v1/logs?limit=1000", nil).want(t, 200).list(t)); n != 1000 {
		t.Errorf("a page of %d", n)
	}
}
