package systemlog_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/oktaint/systemlog"
)

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
	time.Sleep(10*time.Minute + 7300*time.Millisecond) // so that no look is at the ends of the time that counts
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

// follow follows until stop says that it was enough, and returns how long it took.
func (p *poller) follow(stop func(systemlog.Batch) bool) time.Duration {
	p.t.Helper()
	began := time.Now()
	for b, err := range systemlog.Follow(p.t.Context(), p.c, p.at, p.opts) {
		if err != nil {
			p.t.Fatal(err)
		}
		if stop(b) {
			break
		}
	}
	return time.Since(began)
}

// While there is more, Follow does not wait.
func TestFollowCatchesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPoller(t, noLimits(), systemlog.Options{Limit: 20})
		p.sim.AddLogEvents(some(400)...)
		n := 0
		if d := p.follow(func(b systemlog.Batch) bool { n += len(b.Events); return !b.More }); d > 0 || n != 400 {
			t.Errorf("%d events in %v", n, d)
		}
	})
}

// What passes by is tried again, less and less often, and Progress tells so; nothing is
// yielded meanwhile.
func TestFollowTriesAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPoller(t, noLimits(), systemlog.Options{})
		if err := p.sim.AddFault("GET /api/v1/logs 503"); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Hour, p.sim.ClearFaults)
		var longest time.Duration
		tries := 0
		p.opts.Progress = func(s systemlog.Progress) {
			if s.Err != nil {
				tries++
				longest = max(longest, s.Wait)
			}
		}
		if d := p.follow(func(systemlog.Batch) bool { return true }); d < time.Hour || d > time.Hour+10*time.Minute {
			t.Errorf("after an hour of failures there was an answer after %v", d)
		}
		if tries < 10 || longest != time.Minute {
			t.Errorf("%d tries, the longest wait is %v", tries, longest)
		}
	})
}

// A log that stays stuck is not asked without end, and each batch says so.
func TestFollowStuckForGood(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPoller(t, noLimits(), systemlog.Options{Limit: 20})
		p.sim.AddLogEvents(some(60)...)
		p.sim.StickLogCursors(1_000_000)
		began, before, gaps := time.Now(), looks(p.sim), 0
		p.follow(func(b systemlog.Batch) bool {
			if b.Gap != nil {
				gaps++
			}
			return time.Since(began) > 10*time.Minute
		})
		if n := looks(p.sim) - before; n > 10*4*3 || gaps < 30 {
			t.Errorf("%d requests in 10 minutes, and %d gaps", n, gaps)
		}
	})
}

// A store keeps events by uuid, together with the position behind them, as the database of
// a service does.
type store struct {
	events   map[string]bool
	position []byte
	again    int // events that came again, after a kill or a gap
}

// commit stores a batch as a whole.
func (s *store) commit(b systemlog.Batch) error {
	position, err := json.Marshal(b.Next)
	if err != nil {
		return err
	}
	for _, e := range b.Events {
		if s.events[e.UUID] {
			s.again++
		}
		s.events[e.UUID] = true
	}
	s.position = position
	return nil
}

// A service follows a log into a store, and is killed now and then.
type service struct {
	store
	sim                            *oktatest.Org
	rand                           *rand.Rand
	page                           int // the most events of a look
	lives, gaps, empty, late, full int
	newest                         time.Time
}

// live follows from the stored position until the service is killed, before or after it
// has committed, or Follow fails.
func (s *service) live(ctx context.Context, t *testing.T) {
	s.lives++
	var at systemlog.Position
	if err := json.Unmarshal(s.position, &at); err != nil {
		t.Fatal(err)
	}
	for b, err := range systemlog.Follow(ctx, client(t, s.sim), at, systemlog.Options{Limit: s.page}) {
		killed := s.rand.IntN(30)
		if err != nil || killed == 0 {
			return
		}
		if err := s.commit(b); err != nil {
			t.Fatal(err)
		}
		s.count(b)
		if killed == 1 {
			return
		}
	}
}

func (s *service) count(b systemlog.Batch) {
	if b.Gap != nil {
		s.gaps++
	}
	if len(b.Events) == 0 {
		s.empty++
	}
	if b.More {
		s.full++
	}
	for _, e := range b.Events {
		if e.Published.Before(s.newest) {
			s.late++
		} else {
			s.newest = e.Published
		}
	}
}

// logFaults are answers that a look may get once.
var logFaults = []string{"500", "502", "503", "504", "429", "cut", "html", "reset-before", "answer=500 E0000053", "stall"}

// writeLog writes n events in bursts, with all that can go wrong on the way, and returns
// their uuids.
func writeLog(t *testing.T, sim *oktatest.Org, r *rand.Rand, n int) (uuids []string) {
	for len(uuids) < n {
		burst := make([]oktatest.LogEvent, min(1+r.IntN(n/125), n-len(uuids)))
		for i := range burst {
			switch r.IntN(20) {
			case 0: // late
				burst[i].Published = time.Now().Add(-time.Duration(r.IntN(1200)) * time.Second)
			case 1: // out of order
				burst[i].Published = time.Now().Add(time.Duration(r.IntN(2000)-1000) * time.Millisecond)
			case 2: // again
				if len(uuids) > 0 {
					burst[i].UUID = uuids[max(0, len(uuids)-1-r.IntN(2000))]
				}
			}
		}
		for i, id := range sim.AddLogEvents(burst...) {
			if burst[i].UUID == "" {
				uuids = append(uuids, id)
			}
		}
		disturb(t, sim, r)
		time.Sleep(time.Duration(r.IntN(3000)) * time.Millisecond)
		if r.IntN(40) == 0 {
			time.Sleep(time.Duration(r.IntN(20)) * time.Minute)
		}
	}
	return uuids
}

// disturb lets something go wrong, or nothing.
func disturb(t *testing.T, sim *oktatest.Org, r *rand.Rand) {
	switch r.IntN(14) {
	case 0:
		sim.ExpireLogCursors()
	case 1:
		sim.StickLogCursors(1 + r.IntN(3))
	case 2, 3, 4, 5:
		sim.ClearFaults()
		if err := sim.AddFault(fmt.Sprintf("GET /api/v1/logs #%d %s", 1+r.IntN(2), logFaults[r.IntN(len(logFaults))])); err != nil {
			t.Fatal(err)
		}
	}
}

// A service that follows a log has every event that was written, through kills, empty
// pages, late and repeated events, events out of order, expired and stuck cursors and
// failures of the org.
func TestFollowMissesNothing(t *testing.T) {
	t.Parallel()
	n := 100_000
	if raceEnabled {
		n /= 10
	}
	synctest.Test(t, func(t *testing.T) {
		sim := oktatest.New(t, oktatest.Config{RateLimits: map[string]int{"logs": 0}, KeepRequests: 1})
		seed := uint64(n)
		s := &service{sim: sim, page: n / 100, rand: rand.New(rand.NewPCG(seed, 1)), store: store{events: make(map[string]bool)}}
		time.Sleep(time.Hour)
		if err := s.commit(systemlog.Batch{Next: systemlog.Since(time.Now())}); err != nil {
			t.Fatal(err)
		}
		var want []string
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			want = writeLog(t, sim, rand.New(rand.NewPCG(seed, 2)), n)
			time.Sleep(10 * time.Minute) // to be read
			cancel()
		}()
		for ctx.Err() == nil {
			s.live(ctx, t)
			time.Sleep(time.Duration(s.rand.IntN(5)) * time.Second)
		}
		t.Logf("%d events, %d times one older than the newest, in %d lives; %d gaps, %d events again, %d empty pages, %d full ones",
			len(s.events), s.late, s.lives, s.gaps, s.again, s.empty, s.full)
		missing := 0
		for _, id := range want {
			if !s.events[id] {
				missing++
			}
		}
		if missing > 0 || len(s.events) != n || len(want) != n {
			t.Errorf("%d of %d events are missing, %d were stored", missing, len(want), len(s.events))
		}
		if s.lives < 5 || s.gaps < 5 || s.empty < 5 || s.late < n/50 || s.full < 5 || s.again == 0 {
			t.Error("too little has gone wrong")
		}
	})
}
