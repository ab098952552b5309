package remediation_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

const many = 10_000

// Ten thousand users are contained within the org's limits. A run that is broken
// off is gone on with, and nobody is written to twice.
func TestTenThousand(t *testing.T) {
	t.Parallel()
	if testing.Short() || raceEnabled {
		t.Skip("60,000 requests take too long with -short or the race detector")
	}
	synctest.Test(t, func(t *testing.T) {
		log := new(counter)
		s := newSetup(t, oktatest.Config{KeepRequests: 1, Log: log})
		var actions []remediation.Action
		for range many {
			actions = append(actions, remediation.Contain(s.sim.AddUser(oktatest.User{Sessions: 1}), remediation.ContainOptions{})...)
		}
		r := s.responder(remediation.Guards{MaxTargets: many})
		r.Recorder = newUnsynced(t)
		began := time.Now()
		plan := s.plan(r, actions...)
		if n := plan.WillRun(); n != 2*many {
			t.Fatalf("%d steps will run", n)
		}
		planned := time.Since(began)

		approval := plan.Approve("alice", 24*time.Hour)
		ctx, cancel := context.WithCancel(t.Context())
		steps := 0
		r.Progress = func(remediation.StepResult) {
			if steps++; steps == many {
				cancel()
			}
		}
		report, err := r.Run(ctx, plan, approval)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("broken off: %v", err)
		}
		half := 0
		for _, step := range report.Steps {
			if step.Outcome == remediation.OutcomeDone {
				half++
			}
		}
		r.Progress = nil
		report, err = r.Run(t.Context(), plan, approval)
		if err != nil || !report.OK() {
			t.Fatalf("%v, %v", err, report.Err())
		}
		ran := time.Since(began) - planned
		counts := log.counts()
		t.Logf("planned in %v, run in %v of the org's time; %d steps before the break; requests: %v", planned, ran, half, counts)
		if counts.writes != 2*many || counts.limited != 0 {
			t.Errorf("%d writes, want %d; %d were answered 429", counts.writes, 2*many, counts.limited)
		}
		// The limit of writes is 300 a minute for one credential.
		if least := 2 * many / 300 * time.Minute; ran < least*9/10 || ran > least*13/10 {
			t.Errorf("took %v, and at 300 a minute it takes %v", ran, least)
		}
	})
}

// A counter counts what an org's log says.
type counter struct {
	mu sync.Mutex
	n  requestCounts
}

type requestCounts struct{ all, writes, limited int }

func (c *counter) Write(line []byte) (int, error) {
	var row struct {
		Method string
		Status int
	}
	if err := json.Unmarshal(line, &row); err != nil {
		return 0, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n.all++
	switch {
	case row.Status == http.StatusTooManyRequests:
		c.n.limited++
	case row.Method != http.MethodGet:
		c.n.writes++
	}
	return len(line), nil
}

func (c *counter) counts() requestCounts {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n
}

// An unsynced recorder is a FileRecorder that leaves it to the system when the
// records reach the disk.
type unsynced struct {
	remediation.FileRecorder
	mu   sync.Mutex
	file *os.File
}

func newUnsynced(t testing.TB) *unsynced {
	t.Helper()
	u := new(unsynced)
	u.Path = filepath.Join(t.TempDir(), "records")
	file, err := os.Create(u.Path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	u.file = file
	return u
}

func (u *unsynced) Append(_ context.Context, r remediation.Record) error {
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	_, err = u.file.Write(append(line, '\n'))
	return err
}

func (u *unsynced) Records(ctx context.Context, org oktaint.Org) iter.Seq2[remediation.Record, error] {
	return u.FileRecorder.Records(ctx, org)
}

// Planning and running ten thousand targets takes less than 50 MB.
func TestMemory(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("memory is measured without -short and the race detector")
	}
	org, err := oktaint.ParseOrg("acme")
	if err != nil {
		t.Fatal(err)
	}
	fake := &vastOrg{suspended: make(map[string]bool)}
	token := oktaint.APIToken{Org: org, Token: oktaint.NewSecret("00token")}
	r := &remediation.Responder{
		Client:   oktaint.NewClient(token, fake),
		Guards:   remediation.Guards{MaxTargets: many, AllowUnchecked: true},
		Recorder: newUnsynced(t),
	}
	for i := range many { // what the org itself keeps is none of it
		fake.suspended[vastUser(i)] = false
	}
	base := heap()
	var most uint64
	steps := 0
	r.Progress = func(remediation.StepResult) {
		if steps++; steps%2000 == 0 {
			most = max(most, heap())
		}
	}
	var actions []remediation.Action
	for i := range many {
		actions = append(actions, remediation.Contain(vastUser(i), remediation.ContainOptions{})...)
	}
	plan, err := r.BuildPlan(t.Context(), actions...)
	if err != nil {
		t.Fatal(err)
	}
	report, err := r.Run(t.Context(), plan, plan.Approve("alice", time.Hour))
	if err != nil || !report.OK() {
		t.Fatalf("%v, %.500v", err, report.Err())
	}
	again, err := r.BuildPlan(t.Context(), actions...) // which reads the records
	if err != nil || again.WillRun() != 0 {
		t.Errorf("%v, %d steps would run again", err, again.WillRun())
	}
	most = max(most, heap())
	t.Logf("%.1f MB over the baseline at the most, limit 50 MB", float64(most-base)/1e6)
	if most-base > 50e6 {
		t.Errorf("%.1f MB over the baseline", float64(most-base)/1e6)
	}
	runtime.KeepAlive(report)
	runtime.KeepAlive(plan)
}

// heap is what is in use after a collection.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func vastUser(i int) string { return fmt.Sprintf("00u%017d", i) }

// A vastOrg is just enough of an org to contain users in, in little memory.
type vastOrg struct {
	mu        sync.Mutex
	suspended map[string]bool
}

func (o *vastOrg) RoundTrip(r *http.Request) (*http.Response, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	elems := strings.Split(r.URL.Path, "/")
	status, body := http.StatusOK, "[]"
	switch {
	case strings.HasSuffix(r.URL.Path, "/users/me"):
		body = `{"id":"00uowner000000000000"}`
	case strings.HasSuffix(r.URL.Path, "/roles"):
		body = `[{"type":"SUPER_ADMIN","status":"ACTIVE"}]`
	case strings.HasSuffix(r.URL.Path, "/suspend"):
		o.suspended[elems[4]], body = true, "{}"
	case r.Method == http.MethodDelete:
		status, body = http.StatusNoContent, ""
	case len(elems) == 5 && elems[3] == "users":
		now := "ACTIVE"
		if o.suspended[elems[4]] {
			now = "SUSPENDED"
		}
		body = fmt.Sprintf(`{"id":%q,"status":%q,"statusChanged":"2026-01-01T00:00:00.000Z","profile":{"login":"%s@example.com","firstName":"A","lastName":"B"},
			"credentials":{"password":{},"provider":{"type":"OKTA","name":"OKTA"}}}`, elems[4], now, elems[4])
	}
	return &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}, "Date": {"Thu, 01 Jan 2026 00:00:00 GMT"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r,
	}, nil
}

// Names from a reader are resolved once each; all that are unknown are told at once.
func TestResolveUsers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		var logins []string
		for i := range 50 {
			login := fmt.Sprintf("user.%d@example.com", i)
			s.sim.AddUser(oktatest.User{Login: login})
			logins = append(logins, login)
		}
		text := "# the list of the incident\r\n" + strings.Join(logins, "\r\n") + "\n" + strings.ToUpper(logins[3]) + "\n"
		targets, err := remediation.ResolveUsers(t.Context(), s.client, remediation.ReadTargets(strings.NewReader(text)))
		if err != nil || len(targets) != len(logins) {
			t.Fatalf("%d targets, %v", len(targets), err)
		}
		for i, target := range targets {
			if target.Name != logins[i] || target.Type != remediation.TargetUser || target.ID == "" {
				t.Errorf("%d: %+v", i, target)
			}
		}
		_, err = remediation.ResolveUsers(t.Context(), s.client, remediation.ReadTargets(strings.NewReader(text+"nobody@example.com\nuser.1\n")))
		if !errors.Is(err, remediation.ErrUnknownUser) || !strings.Contains(err.Error(), "nobody@example.com") || !strings.Contains(err.Error(), `"user.1"`) {
			t.Errorf("error: %v", err)
		}
		_, err = remediation.ResolveUsers(t.Context(), s.client, remediation.ReadTargets(strings.NewReader("two words\n")))
		if err == nil || !strings.Contains(err.Error(), "line 1") {
			t.Errorf("error: %v", err)
		}
	})
}
