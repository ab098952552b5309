package oauthapp_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// limited answers 429 with a reset in half a minute.
func limited(r *http.Request) *http.Response {
	resp := answer(r, http.StatusTooManyRequests, "application/json", `{"errorCode":"E0000047"}`)
	now := time.Now()
	resp.Header.Set("Date", now.UTC().Format(http.TimeFormat))
	resp.Header.Set("X-Rate-Limit-Limit", "100")
	resp.Header.Set("X-Rate-Limit-Remaining", "0")
	resp.Header.Set("X-Rate-Limit-Reset", strconv.FormatInt(now.Unix()+30, 10))
	return resp
}

// writesOf are works that write, and the first write of which they wait for.
var writesOf = map[string]struct {
	method, path string // what the path ends with
	prepare      func(*setup, *row)
	work         func(context.Context, *setup, *row) error
}{
	"create": {http.MethodPost, "/apps", nil, tryVisibility},
	"role":   {http.MethodPost, "/roles", nil, tryVisibility},
	"grant":  {http.MethodPost, "/grants", nil, tryVisibility},
	"rollback": {http.MethodPost, "/deactivate", onboardVisibility, func(ctx context.Context, s *setup, j *row) error {
		_, err := s.takeBack(ctx, j)
		return err
	}},
	"rollback's delete": {http.MethodDelete, "", onboardVisibility, func(ctx context.Context, s *setup, j *row) error {
		_, err := s.takeBack(ctx, j)
		return err
	}},
}

func tryVisibility(ctx context.Context, s *setup, j *row) error {
	return s.try(ctx, jobs()["visibility"], j)
}

func onboardVisibility(s *setup, j *row) { s.onboard(jobs()["visibility"], j) }

// cancelAtWrite does a work whose first matching write is handled by do, and ends
// its context after a while. It returns the requests that came after that, and how
// long the work went on.
func cancelAtWrite(t *testing.T, name string, do func(*http.Request, http.RoundTripper) (*http.Response, error)) (s *setup, late []string, took time.Duration) {
	t.Helper()
	w := writesOf[name]
	s = newSetup(t, oktatest.Config{})
	j := &row{}
	if w.prepare != nil {
		w.prepare(s, j)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var mu sync.Mutex // requests come side by side
	var ended time.Time
	first := true
	s.disturb(func(*http.Request) bool { return true }, func(r *http.Request, real http.RoundTripper) (*http.Response, error) {
		path := r.URL.Path
		mu.Lock()
		ours := first && r.Method == w.method && strings.HasSuffix(path, w.path)
		if ours {
			first = false
			time.AfterFunc(5*time.Second, func() {
				mu.Lock()
				defer mu.Unlock()
				ended = time.Now()
				cancel()
			})
		} else if ctx.Err() != nil {
			late = append(late, r.Method+" "+path)
		}
		mu.Unlock()
		if ours {
			return do(r, real)
		}
		return real.RoundTrip(r)
	})
	err := w.work(ctx, s, j)
	mu.Lock()
	defer mu.Unlock()
	if last := name == "rollback's delete"; ended.IsZero() || !errors.Is(err, context.Canceled) && !(last && err == nil) {
		t.Errorf("error: %v", err)
	}
	took = time.Since(ended)
	s.calm()
	return s, late, took
}

// A write that waits out a rate limit when the caller gives up is not sent.
func TestNothingIsSentAfterTheEnd(t *testing.T) {
	t.Parallel()
	for name := range writesOf {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, late, took := cancelAtWrite(t, name, func(r *http.Request, _ http.RoundTripper) (*http.Response, error) {
					return limited(r), nil
				})
				before := string(s.sim.State())
				time.Sleep(2 * time.Minute)
				if len(late) != 0 || string(s.sim.State()) != before {
					t.Errorf("sent after the end: %q", late)
				}
				if took > time.Second {
					t.Errorf("it went on for %v", took)
				}
			})
		})
	}
}

// A write that is on the wire when the caller gives up gets its answer within the
// grace period, and nothing is sent after it.
func TestOnTheWireAtTheEnd(t *testing.T) {
	t.Parallel()
	for name := range writesOf {
		for _, delay := range []time.Duration{8 * time.Second, time.Minute} {
			t.Run(name+" "+delay.String(), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					var answered bool
					_, late, took := cancelAtWrite(t, name, func(r *http.Request, real http.RoundTripper) (*http.Response, error) {
						select {
						case <-time.After(delay):
						case <-r.Context().Done():
							return nil, r.Context().Err()
						}
						answered = true
						return real.RoundTrip(r)
					})
					if answered != (delay < 15*time.Second) || len(late) != 0 {
						t.Errorf("answered: %v, sent after the end: %q", answered, late)
					}
					if want := min(delay-5*time.Second, 10*time.Second); took < want || took > want+time.Second {
						t.Errorf("it went on for %v, want %v", took, want)
					}
				})
			})
		}
	}
}

// What is made counts as made only if the answer has it. Otherwise it is looked for,
// and made once.
func TestMadeWithoutAnID(t *testing.T) {
	t.Parallel()
	cells := 0
	for _, path := range []string{"/apps", "/clients/0oa000000000000015d7/roles", "/grants", "/iam/roles", "/iam/resource-sets", "/bindings"} {
		for _, text := range []string{"", "{}", `{"id":""}`, `{"label":"` + label + `"}`, "[]", "null"} {
			for _, made := range []bool{false, true} {
				cells++
				cell(t, path+" "+text+" made="+strconv.FormatBool(made), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) { checkMade(t, path, text, made) })
				})
			}
		}
	}
	t.Logf("%d cells", cells)
}

// checkMade gives the first POST of a path an answer, with or without the org having
// it, and holds the org against what should be there in the end.
func checkMade(t *testing.T, path, text string, made bool) {
	s, d := newSetup(t, oktatest.Config{}), jobs()["response"]
	before := s.state()
	var answered atomic.Bool // requests come side by side
	s.disturb(func(r *http.Request) bool {
		return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, path) && answered.CompareAndSwap(false, true)
	}, func(r *http.Request, real http.RoundTripper) (*http.Response, error) {
		if made {
			resp, err := real.RoundTrip(r)
			if err != nil {
				return nil, err
			}
			resp.Body.Close()
		}
		return answer(r, http.StatusOK, "application/json", text), nil
	})
	s.onboard(d, &row{})
	s.checkExactly(before, d)
	if !answered.Load() {
		t.Error("nothing was answered so")
	}
}
