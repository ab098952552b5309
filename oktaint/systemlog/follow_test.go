package systemlog_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/oktaint/systemlog"
)

// client returns a client of the org with its owner's API token.
func client(t *testing.T, sim *oktatest.Org) *oktaint.Client {
	t.Helper()
	creds, err := oktaint.ParseCredentials(sim.Credentials(sim.APIToken()))
	if err != nil {
		t.Fatal(err)
	}
	return oktaint.NewClient(creds, sim.Transport())
}

// looks counts the requests for the log.
func looks(sim *oktatest.Org) int {
	n := 0
	for _, r := range sim.Requests() {
		if strings.HasPrefix(r.Path, "/api/v1/logs") {
			n++
		}
	}
	return n
}

// While nothing happens the log is looked at four times a minute; the first event is seen
// within 15 seconds, and while events come each is seen within 3 seconds, if the rate limit
// allows so many looks: with 20 a minute it is 3.05, as the end of Okta's windows is known
// to a second only.
func TestFollowPace(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		limit int // of the org: half of it is for one client
		busy  time.Duration
	}{{50, 3 * time.Second}, {40, 3050 * time.Millisecond}, {120, 2 * time.Second}} {
		synctest.Test(t, func(t *testing.T) { followPace(t, tt.limit, tt.busy) })
	}
}

func followPace(t *testing.T, limit int, busy time.Duration) {
	sim := oktatest.New(t, oktatest.Config{RateLimits: map[string]int{"logs": limit}})
	user := sim.AddUser(oktatest.User{Login: "a@example.com"})
	ctx, cancel := context.WithCancel(t.Context())
	c := client(t, sim)
	seen := make(chan time.Time, 1000)
	done := make(chan error)
	go func() {
		for b, err := range systemlog.Follow(ctx, c, systemlog.Since(time.Now()), systemlog.Options{}) {
			if err != nil {
				done <- err
				return
			}
			for range b.Events {
				seen <- time.Now()
			}
		}
	}()
	time.Sleep(10*time.Minute + time.Second) // so that no look is at the ends of the time that counts
	before := looks(sim)
	time.Sleep(10 * time.Minute)
	if n := looks(sim) - before; n > 40 {
		t.Errorf("%d looks in 10 quiet minutes, want at most 40", n)
	}
	for len(seen) > 0 {
		<-seen
	}
	var worst time.Duration
	for i := range 200 {
		at := time.Now()
		sim.SignIn(user)
		late := (<-seen).Sub(at)
		if i == 0 && late > 15*time.Second {
			t.Errorf("the first event was seen after %v", late)
		}
		if i > 0 {
			worst = max(worst, late)
		}
		time.Sleep(time.Duration(i%40) * 100 * time.Millisecond)
	}
	t.Logf("limit %d: an event was seen after at most %v", limit/2, worst)
	if worst > busy+time.Millisecond {
		t.Errorf("limit %d: an event was seen after %v, want %v", limit/2, worst, busy)
	}
	for _, r := range sim.Requests() {
		if r.Status == 429 {
			t.Fatal("429")
		}
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}
