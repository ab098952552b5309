package oktatest_test

import (
	"fmt"
	"net/url"
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

// logged lists the uuids that a query of the log shows.
func (c *caller) logged(query url.Values) []string {
	c.t.Helper()
	var ids []string
	for _, e := range c.admin("GET", "/api/v1/logs?"+query.Encode(), nil).want(c.t, 200).list(c.t) {
		ids = append(ids, e["uuid"].(string))
	}
	return ids
}

// TestLogFilter finds events by what is in them, in lists too, and by words.
func TestLogFilter(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	ann, bob := c.org.AddUser(oktatest.User{Login: "ann@example.com"}), c.org.AddUser(oktatest.User{Login: "bob@example.com"})
	c.org.AddLogEvents(
		oktatest.LogEvent{UUID: "a", User: ann, Type: "user.session.end"},
		oktatest.LogEvent{UUID: "b", User: bob, Result: "FAILURE", Reason: "LOCKED_OUT"},
	)
	for _, tt := range []struct {
		param, value string
		want         []string
	}{
		{"filter", `target.id eq "` + ann + `"`, []string{"a"}},
		{"filter", `target.alternateId sw "bob@"`, []string{"b"}},
		{"filter", `target.id eq "00u"`, nil},
		{"filter", `outcome.result eq "FAILURE" and outcome.reason co "LOCKED"`, []string{"b"}},
		{"filter", `(eventType eq "user.session.end" or outcome.result eq "FAILURE") and actor.id eq "` + bob + `"`, []string{"b"}},
		{"filter", `transaction.id eq "none"`, nil},
		{"q", "ANN@example user.session", []string{"a"}},
		{"q", "locked_out", []string{"b"}},
		{"q", "ann@example bob@example", nil},
	} {
		if got := c.logged(url.Values{tt.param: {tt.value}}); !slices.Equal(got, tt.want) {
			t.Errorf("%s=%s: %v, want %v", tt.param, tt.value, got, tt.want)
		}
	}
	for _, words := range []string{strings.Repeat("x ", 11), strings.Repeat("x", 41)} {
		c.admin("GET", "/api/v1/logs?q="+url.QueryEscape(words), nil).wantError(t, 400, "E0000001", "q")
	}
}

// TestLogForms shows a late event at the end of the log that is polled, by the time at
// which it was stored, and at its place in one with an end.
func TestLogForms(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(t, oktatest.Config{})
		time.Sleep(time.Hour)
		began := time.Now()
		for i := range 3 {
			c.org.AddLogEvents(oktatest.LogEvent{UUID: fmt.Sprint(i)})
			time.Sleep(time.Minute)
		}
		c.org.AddLogEvents(oktatest.LogEvent{UUID: "late", Published: began.Add(30 * time.Second)}, oktatest.LogEvent{UUID: "old", Published: began.Add(-time.Minute)})
		until := time.Now().Add(time.Second).UTC().Format(time.RFC3339)
		at := func(d time.Duration) string { return began.Add(d).UTC().Format(time.RFC3339) }
		for _, tt := range []struct {
			query url.Values
			want  string
		}{
			{url.Values{"since": {at(0)}}, "[0 1 2 late old]"},
			{url.Values{"since": {at(150 * time.Second)}}, "[late old]"},
			{url.Values{"since": {at(0)}, "until": {until}}, "[0 late 1 2]"},
			{url.Values{"since": {at(0)}, "until": {at(time.Minute)}}, "[0 late]"},
			{url.Values{"since": {at(-time.Hour / 2)}, "until": {until}, "sortOrder": {"DESCENDING"}}, "[2 1 late 0 old]"},
			{url.Values{"since": {at(0)}, "until": {until}, "after": {fmt.Sprintf("%d_2", began.UnixMilli())}}, "[late 1 2]"},
		} {
			if got := fmt.Sprint(c.logged(tt.query)); got != tt.want {
				t.Errorf("%s: %s, want %s", tt.query.Encode(), got, tt.want)
			}
		}
		// What is stored while a log with an end is read is missing if its place was passed.
		a := c.admin("GET", "/api/v1/logs?limit=2&since="+at(0)+"&until="+until, nil).want(t, 200)
		c.org.AddLogEvents(oktatest.LogEvent{UUID: "later", Published: began.Add(10 * time.Second)})
		_, next, _ := strings.Cut(a.header.Values("Link")[1], "/api/v1")
		next, _, _ = strings.Cut(next, ">")
		var got []string
		for _, e := range c.admin("GET", "/api/v1"+next, nil).want(t, 200).list(t) {
			got = append(got, e["uuid"].(string))
		}
		if fmt.Sprint(got) != "[1 2]" {
			t.Errorf("second page: %v", got)
		}
	})
}
