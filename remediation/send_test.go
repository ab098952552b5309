package remediation_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// cancelAtWrite contains a user. The first write is handled by do, and the run's
// context ends five seconds later. late are the writes that came after that.
func cancelAtWrite(t *testing.T, do func(*gate, *http.Request) (*http.Response, error)) (s *setup, report *remediation.Report, late []string, took time.Duration) {
	t.Helper()
	s = newSetup(t, oktatest.Config{})
	user := s.sim.AddUser(oktatest.User{Sessions: 1})
	r, g := s.gated(remediation.Guards{})
	plan := s.plan(r, remediation.Contain(user, remediation.ContainOptions{})...)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var ended time.Time
	g.when, g.do = isWrite, func(g *gate, q *http.Request) (*http.Response, error) {
		time.AfterFunc(5*time.Second, func() {
			ended = time.Now()
			g.when, g.do = isWrite, func(g *gate, q *http.Request) (*http.Response, error) {
				late = append(late, q.Method+" "+q.URL.Path)
				return g.forward(q)
			}
			cancel()
		})
		return do(g, q)
	}
	report, err := r.Run(ctx, plan, plan.Approve("alice", time.Hour))
	if ended.IsZero() || !errors.Is(err, context.Canceled) {
		t.Errorf("error: %v", err)
	}
	took = time.Since(ended)
	time.Sleep(2 * time.Minute)
	return s, report, late, took
}

// A suspension that waits out a rate limit when the caller gives up is not sent, and
// the records say so.
func TestNothingIsSentAfterTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, report, late, took := cancelAtWrite(t, func(g *gate, r *http.Request) (*http.Response, error) {
			resp, err := answer(429, `{"errorCode":"E0000047"}`)(g, r)
			now := time.Now()
			resp.Header.Set("Date", now.UTC().Format(http.TimeFormat))
			resp.Header.Set("X-Rate-Limit-Limit", "600")
			resp.Header.Set("X-Rate-Limit-Remaining", "0")
			resp.Header.Set("X-Rate-Limit-Reset", strconv.FormatInt(now.Unix()+30, 10))
			return resp, err
		})
		if w := s.writes(); len(late) != 0 || len(w) != 0 || took > time.Second {
			t.Errorf("after the end: sent %q, and %q in all; it went on for %v", late, w, took)
		}
		if outcomes(report) != "failed not_run" {
			t.Errorf("outcomes: %s", outcomes(report))
		}
		if got := outcomesOf(s.records.all(t, s.org)); got != "suspend_user:sending suspend_user:failed" {
			t.Errorf("records: %s", got)
		}
	})
}

// A group counts as made only if the answer has its id. Otherwise it is looked for, and
// made once.
func TestCreatedWithoutAnID(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "{}", `{"id":""}`, `{"profile":{"name":"Quarantine"}}`, "<html>"} {
		for _, made := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s made=%v", text, made), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s := newSetup(t, oktatest.Config{})
					r, g := s.gated(remediation.Guards{})
					g.when, g.do = isWrite, func(g *gate, q *http.Request) (*http.Response, error) {
						if made {
							if resp, err := g.forward(q); err != nil || resp.StatusCode != http.StatusOK {
								t.Errorf("%v, %v", resp, err)
							}
						}
						return answer(http.StatusOK, text)(g, q)
					}
					report := s.run(r, remediation.CreateGroup{Name: "Quarantine"})
					groups := s.groups()
					if outcomes(report) != "done" || len(groups) != 2 || groups["Quarantine"] == "" || len(s.writes()) != 1 {
						t.Errorf("%s, %v, groups %v, written: %q", outcomes(report), report.Err(), groups, s.writes())
					}
				})
			})
		}
	}
}

// A suspension that is on the wire when the caller gives up gets its answer within
// the grace period, and no write comes after it.
func TestOnTheWireAtTheEnd(t *testing.T) {
	t.Parallel()
	for delay, want := range map[time.Duration]string{8 * time.Second: "done not_run", time.Minute: "unknown not_run"} {
		t.Run(delay.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, report, late, took := cancelAtWrite(t, func(g *gate, r *http.Request) (*http.Response, error) {
					select {
					case <-time.After(delay):
					case <-r.Context().Done():
						return nil, r.Context().Err()
					}
					return g.forward(r)
				})
				if len(late) != 0 || outcomes(report) != want {
					t.Errorf("%s, want %s; sent after the end: %q", outcomes(report), want, late)
				}
				if want := min(delay-5*time.Second, 10*time.Second); took < want || took > want+2*time.Second {
					t.Errorf("it went on for %v, want %v", took, want)
				}
				if last := s.records.all(t, s.org); last[len(last)-1].Outcome != report.Steps[0].Outcome {
					t.Errorf("records: %s", outcomesOf(last))
				}
			})
		})
	}
}
