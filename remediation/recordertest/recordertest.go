// Package recordertest checks that a [remediation.Recorder] keeps what it promises. A
// service that keeps records in its database runs it in a test of its own:
//
//	func TestRecorder(t *testing.T) {
//		recordertest.Test(t, func(t *testing.T) remediation.Recorder { return newRecorder(t) })
//	}
package recordertest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/remediation"
)

// Test checks recorders that open returns: each call opens the same records once more,
// as another process would, and the first one of a test finds none.
func Test(t *testing.T, open func(t *testing.T) remediation.Recorder) {
	t.Run("records", func(t *testing.T) { testRecords(t, open) })
	t.Run("lock", func(t *testing.T) { testLock(t, open) })
}

// testRecords checks that records come back as they were appended, by org.
func testRecords(t *testing.T, open func(t *testing.T) remediation.Recorder) {
	acme, globex := org(t, "acme"), org(t, "globex")
	first, second := open(t), open(t)
	for n, r := range []remediation.Recorder{first, second, first, second} {
		for _, o := range []oktaint.Org{acme, globex} {
			rec := remediation.Record{
				Version: 1, ID: fmt.Sprint(n), Time: time.Unix(int64(n), 0).UTC(), Org: o,
				Action: remediation.SuspendUser{UserID: user(n).ID}, Target: user(n), Outcome: remediation.OutcomeDone,
			}
			if err := r.Append(t.Context(), rec); err != nil {
				t.Fatalf("record %d of %s: %v", n, o, err)
			}
		}
	}
	for _, o := range []oktaint.Org{acme, globex, org(t, "initech")} {
		var ids []string
		for rec, err := range open(t).Records(t.Context(), o) {
			if err != nil {
				t.Fatal(err)
			}
			if rec.Org != o || rec.Action != (remediation.SuspendUser{UserID: rec.Target.ID}) {
				t.Errorf("the record is another one: %+v", rec)
			}
			ids = append(ids, rec.ID)
		}
		want := []string{"0", "1", "2", "3"}
		if o != acme && o != globex {
			want = nil
		}
		if !slices.Equal(ids, want) {
			t.Errorf("%s has the records %q, want %q", o, ids, want)
		}
	}
}

// testLock checks that a target is one run's at a time, that whoever waits for it can
// give up, and that one of several targets is enough to wait.
func testLock(t *testing.T, open func(t *testing.T) remediation.Recorder) {
	acme := org(t, "acme")
	first, second := open(t), open(t)
	unlock, err := first.Lock(t.Context(), acme, user(1), user(2), user(1))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []remediation.Recorder{first, second} {
		for _, targets := range [][]remediation.Target{{user(1)}, {user(2)}, {user(3), user(1)}, {user(2), user(4)}} {
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			_, err := r.Lock(ctx, acme, targets...)
			cancel()
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%v, of which one is locked: %v, want %v", targets, err, context.DeadlineExceeded)
			}
		}
	}
	got := make(chan error, 1)
	go func() {
		again, err := second.Lock(t.Context(), acme, user(2))
		if err == nil {
			again()
		}
		got <- err
	}()
	select {
	case err := <-got:
		t.Errorf("the lock was given twice: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	unlock()
	if err := <-got; err != nil {
		t.Errorf("the lock was given up, and is not given again: %v", err)
	}
}

func org(t *testing.T, name string) oktaint.Org {
	t.Helper()
	o, err := oktaint.ParseOrg(name)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func user(n int) remediation.Target {
	return remediation.Target{Type: remediation.TargetUser, ID: fmt.Sprintf("00u%017d", n)}
}
