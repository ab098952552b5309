package oktatest_test

import (
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// nextLog returns the path of the next link of a page of the log.
func nextLog(t *testing.T, a answer) string {
	t.Helper()
	for _, link := range a.want(t, 200).header.Values("Link") {
		if target, ok := strings.CutSuffix(link, `>; rel="next"`); ok {
			return strings.TrimPrefix(target, "<https://acme.okta.com")
		}
	}
	t.Fatalf("no next link: %q", a.header.Values("Link"))
	return ""
}

// TestExpireLogCursors refuses the cursors that were handed out, and no later ones.
func TestExpireLogCursors(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	for range 3 {
		old := nextLog(t, c.admin("GET", "/api/v1/logs?limit=5", nil))
		c.admin("GET", old, nil).want(t, 200)
		c.org.ExpireLogCursors()
		c.admin("GET", old, nil).wantError(t, 400, "E0000029", "")
	}
	c.admin("GET", nextLog(t, c.admin("GET", "/api/v1/logs?limit=5", nil)), nil).want(t, 200)
	for _, after := range []string{"x_1", "1_x", "1", "_", "1_-1", "1_999"} {
		c.admin("GET", "/api/v1/logs?after="+after, nil).wantError(t, 400, "E0000029", "")
	}
}

// TestStickLogCursors lets as many pages lead to themselves as it says, and loses nothing.
func TestStickLogCursors(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	c.org.AddLogEvents(make([]oktatest.LogEvent, 10)...)
	at := nextLog(t, c.admin("GET", "/api/v1/logs?limit=3", nil))
	c.org.StickLogCursors(2)
	for range 2 {
		if next := nextLog(t, c.admin("GET", at, nil)); next != at {
			t.Fatalf("from %s to %s", at, next)
		}
	}
	n := 3
	for {
		a := c.admin("GET", at, nil)
		n += len(a.list(t))
		if next := nextLog(t, a); next != at {
			at = next
			continue
		}
		break
	}
	if n != 11 { // an org begins with an event
		t.Errorf("%d events", n)
	}
}
