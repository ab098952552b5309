package remediation_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// Without a valid approval of this very plan nothing is written, whatever else is
// set.
func TestNotApproved(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		id := s.sim.AddUser(oktatest.User{})
		r := s.responder(remediation.Guards{Allow: []string{id}, Destructive: remediation.Kinds(), MaxTargets: 1000, AllowUnchecked: true})
		plan := s.plan(r, remediation.Contain(id, remediation.ContainOptions{ResetFactors: true})...)
		good := plan.Approve("alice", time.Hour)
		other := s.plan(r, remediation.DeactivateUser{UserID: id}).Approve("alice", time.Hour)
		time.Sleep(time.Minute)
		now := time.Now()
		for name, a := range map[string]remediation.Approval{
			"none":       {},
			"by nobody":  {Digest: good.Digest, At: good.At, Expires: good.Expires},
			"never":      {Digest: good.Digest, By: "alice", Expires: good.Expires},
			"for ever":   {Digest: good.Digest, By: "alice", At: good.At},
			"expired":    {Digest: good.Digest, By: "alice", At: good.At, Expires: now},
			"to come":    {Digest: good.Digest, By: "alice", At: now.Add(time.Hour), Expires: now.Add(2 * time.Hour)},
			"other plan": other,
			"a prefix":   {Digest: good.Digest[:20], By: "alice", At: good.At, Expires: good.Expires},
		} {
			report, err := r.Run(t.Context(), plan, a)
			if !errors.Is(err, remediation.ErrNotApproved) || report == nil || !strings.HasPrefix(err.Error(), "remediation: ") {
				t.Errorf("%s: %v", name, err)
			}
			if got := outcomes(report); strings.Trim(strings.ReplaceAll(got, "not_run", ""), " ") != "" {
				t.Errorf("%s: %s", name, got)
			}
		}
		if len(s.writes()) != 0 || len(s.records.lines) != 0 {
			t.Errorf("written: %q, %d records", s.writes(), len(s.records.lines))
		}
		if _, err := r.Run(t.Context(), plan, good); err != nil || len(s.writes()) == 0 {
			t.Errorf("the good one: %v", err)
		}
	})
}

// A plan that was kept as JSON runs, and one that was changed does not.
func TestStoredPlan(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		victim, other := s.sim.AddUser(oktatest.User{}), s.sim.AddUser(oktatest.User{})
		r := s.responder(remediation.Guards{})
		plan := s.plan(r, remediation.Contain(victim, remediation.ContainOptions{})...)
		approval := plan.Approve("alice", time.Hour)
		stored, err := json.MarshalIndent(plan, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		tampered := new(remediation.Plan)
		if err := json.Unmarshal([]byte(strings.ReplaceAll(string(stored), victim, other)), tampered); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Run(t.Context(), tampered, approval); !errors.Is(err, remediation.ErrNotApproved) || len(s.writes()) != 0 {
			t.Errorf("%v, written: %q", err, s.writes())
		}
		// A verdict that was turned is not approved either.
		turned := s.plan(r, remediation.DeactivateUser{UserID: other})
		approval2 := turned.Approve("alice", time.Hour)
		turned.Steps[0].Verdict, turned.Steps[0].Guard = remediation.WillRun, ""
		if _, err := r.Run(t.Context(), turned, approval2); !errors.Is(err, remediation.ErrNotApproved) {
			t.Error(err)
		}
		// And if it is approved, the guards of the running process refuse.
		report, err := r.Run(t.Context(), turned, turned.Approve("mallory", time.Hour))
		if err != nil || outcomes(report) != "refused" || len(s.writes()) != 0 {
			t.Errorf("%v: %s, written: %q", err, outcomes(report), s.writes())
		}
		again := new(remediation.Plan)
		if err := json.Unmarshal(stored, again); err != nil {
			t.Fatal(err)
		}
		if report, err := r.Run(t.Context(), again, approval); err != nil || outcomes(report) != "done done" {
			t.Errorf("%v: %s", err, outcomes(report))
		}
	})
}

// Nothing is sent without a recorder, or for another org.
func TestRunNeeds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		id := s.sim.AddUser(oktatest.User{})
		r := s.responder(remediation.Guards{})
		plan := s.plan(r, remediation.SuspendUser{UserID: id})
		approval := plan.Approve("alice", time.Hour)
		r.Recorder = nil
		if _, err := r.Run(t.Context(), plan, approval); err == nil || !strings.Contains(err.Error(), "no Recorder") {
			t.Error(err)
		}
		elsewhere := newSetup(t, oktatest.Config{Origin: "https://other.okta.com"})
		if _, err := elsewhere.responder(remediation.Guards{}).Run(t.Context(), plan, approval); err == nil || !strings.Contains(err.Error(), "the plan is for https://acme.okta.com") {
			t.Error(err)
		}
		if len(s.writes())+len(elsewhere.writes()) != 0 {
			t.Errorf("written: %q", s.writes())
		}
		if _, err := (&remediation.Responder{}).BuildPlan(t.Context()); err == nil {
			t.Error("no error without a client")
		}
		if _, err := (&remediation.Responder{}).Run(t.Context(), plan, approval); err == nil {
			t.Error("no error without a client")
		}
		if _, err := (&remediation.Responder{Client: s.client}).BuildUndo(t.Context(), nil); err == nil {
			t.Error("no error without a recorder")
		}
	})
}
