package oauthapp_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/durable"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// Two runs at once, however far the second one is behind: with one journal the
// loser says so and there is one app; with two, or none, the loser says so
// where there are two apps.
func TestTwoRunsAnyTimeApart(t *testing.T) {
	t.Parallel()
	for _, shared := range []bool{true, false} {
		for behind := range 30 {
			t.Run(fmt.Sprintf("shared %t, %d ms behind", shared, 10*behind), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { twoRuns(t, shared, time.Duration(behind)*10*time.Millisecond) })
			})
		}
	}
}

func twoRuns(t *testing.T, shared bool, behind time.Duration) {
	s := newSetup(t, oktatest.Config{Latency: 20 * time.Millisecond})
	before, d := s.state(), jobs()["visibility"]
	mine, yours := &row{}, &row{}
	if shared {
		yours = mine
	}
	failed := make(chan error, 2)
	run := func(j durable.State) { failed <- s.try(context.Background(), d, j) }
	go run(mine)
	time.Sleep(behind)
	go run(yours)
	errs := []error{<-failed, <-failed}
	lost := slices.DeleteFunc(errs, func(err error) bool { return err == nil })
	for _, err := range lost {
		if shared && (!errors.Is(err, durable.ErrConflict) || !strings.Contains(err.Error(), "another run is at work")) {
			t.Errorf("the loser: %v, want ErrConflict", err)
		}
		if !shared && !strings.Contains(err.Error(), "another run has created an app") && !strings.Contains(err.Error(), "2 apps labelled") {
			t.Errorf("the loser: %v", err)
		}
	}
	if len(lost) == 0 && behind == 0 || shared && len(lost) > 1 {
		t.Errorf("%d losers: %v", len(lost), lost)
	}
	if n := s.apps(); n > 1 && (shared || len(lost) == 0) {
		t.Fatalf("%d apps, and %d losers", n, len(lost))
	} else if n == 1 {
		s.onboard(d, mine) // finishes what the loser kept the winner from, if anything
		s.checkExactly(before, d)
	}
}

// Two administrators at once, each with a key of their own: there is one app, or both are
// told.
func TestTwoRunsWithKeysOfTheirOwn(t *testing.T) {
	t.Parallel()
	other, err := oktaint.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	for behind := range 60 {
		t.Run(fmt.Sprintf("%d ms behind", 10*behind), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{Latency: 20 * time.Millisecond})
				mine, yours := jobs()["visibility"], jobs()["visibility"]
				yours.Key = other.Public()
				failed := make(chan error, 2)
				go func() { failed <- s.try(t.Context(), mine, &row{}) }()
				time.Sleep(time.Duration(behind) * 10 * time.Millisecond)
				go func() { failed <- s.try(t.Context(), yours, &row{}) }()
				told := 0
				for range 2 {
					err := <-failed
					if err == nil {
						continue
					}
					told++
					var taken *oauthapp.OtherKeyError
					if !errors.As(err, &taken) && !strings.Contains(err.Error(), "another run has created an app") {
						t.Errorf("error: %v", err)
					}
				}
				if n := s.apps(); n == 2 && told < 2 || n == 1 && told != 1 {
					t.Errorf("%d apps, and %d were told", n, told)
				}
			})
		})
	}
}
