package remediation_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"unicode"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// A report that was kept as JSON says what it said: what came of each step, what is
// wrong, and who is contained.
func TestStoredReport(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		user, locked := s.sim.AddUser(oktatest.User{Sessions: 1}), s.sim.AddUser(oktatest.User{Status: "LOCKED_OUT"})
		r, g := s.gated(everything())
		actions := append(remediation.Contain(user, remediation.ContainOptions{}), remediation.Contain(locked, remediation.ContainOptions{})...)
		actions = append(actions, remediation.CreateGroup{Name: "Suspects"}, remediation.CreateGroup{Name: "More"})
		plan := s.plan(r, actions...)
		r.Parallel = 1
		s.records.fail = func(_ int, rec remediation.Record) error {
			if rec.Action == (remediation.CreateGroup{Name: "More"}) {
				g.when, g.do = isWrite, answer(403, `{"errorCode":"E0000006","errorSummary":"You do not have permission"}`)
			}
			return nil
		}
		report := s.runPlan(r, plan)
		if got := outcomes(report); got != "done done impossible done done failed" || report.Steps[1].Status != remediation.StatusSuspended || report.Steps[4].Now.GroupID == "" {
			t.Fatalf("%s: %+v", got, report)
		}
		text := toJSON(t, report)
		var back remediation.Report
		if err := json.Unmarshal([]byte(text), &back); err != nil {
			t.Fatal(err)
		}
		if got := toJSON(t, back); got != text {
			t.Errorf("read again it is\n%s, want\n%s", got, text)
		}
		if outcomes(&back) != outcomes(report) || back.Plan != plan.Digest() || back.OK() || back.Err().Error() != report.Err().Error() {
			t.Errorf("%s of %s: %v; want %v", outcomes(&back), back.Plan, back.Err(), report.Err())
		}
		for id, want := range map[string]bool{user: true, locked: false, "00uaaaaaaaaaaaaaaaaa": false} {
			if report.Contained(id) != want || back.Contained(id) != want {
				t.Errorf("%s is contained: %v, read again: %v", id, report.Contained(id), back.Contained(id))
			}
		}
		for i, step := range back.Steps {
			if step.Index != i || step.Action.Facts().Kind != plan.Steps[i].Action.Facts().Kind || step.Status != report.Steps[i].Status || !step.Time.Equal(report.Steps[i].Time) {
				t.Errorf("step %d: %+v", i, step)
			}
		}
		for _, text := range []string{`7`, `{"steps":[7]}`, `{"steps":[{"action":{"kind":"x","version":1}}]}`, strings.Replace(text, `"index":0`, `"index":"0"`, 1)} {
			if err := json.Unmarshal([]byte(text), new(remediation.Report)); err == nil {
				t.Errorf("%s is read", text)
			}
		}
	})
}

// The org's error is in the chain of a step's error and of the report's; a step
// that needs none has none.
func TestErrorChain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		r, g := s.gated(remediation.Guards{})
		one, two := s.sim.AddUser(oktatest.User{}), s.sim.AddUser(oktatest.User{Status: "LOCKED_OUT"})
		plan := s.plan(r, remediation.SuspendUser{UserID: one}, remediation.ClearSessions{UserID: one}, remediation.SuspendUser{UserID: two})
		g.when, g.do = isWrite, answer(403, `{"errorCode":"E0000006","errorSummary":"You do not have permission"}`)
		report := s.runPlan(r, plan)
		if outcomes(report) != "failed done impossible" {
			t.Fatalf("%s: %v", outcomes(report), report.Err())
		}
		for name, err := range map[string]error{"step": report.Steps[0].Err(), "report": report.Err()} {
			var e *oktaint.Error
			if !errors.As(err, &e) || e.Code != "E0000006" || e.StatusCode != 403 || !oktaint.Lacks(err, oktaint.LacksRole) {
				t.Errorf("%s: %v is no error of the org", name, err)
			}
			if !strings.Contains(fmt.Sprint(err), "suspend_user needs okta.users.lifecycle.suspend of a custom role") {
				t.Errorf("%s: %v", name, err)
			}
		}
		if report.Steps[1].Err() != nil || report.Steps[2].Err() != nil {
			t.Errorf("errors of steps that have only a reason: %v, %v", report.Steps[1].Err(), report.Steps[2].Err())
		}
		if text := report.Err().Error(); !strings.Contains(text, "suspend_user of user "+plan.Steps[2].Target.Name+" ("+two+"): impossible: ") || strings.Contains(text, "clear_sessions") {
			t.Errorf("error: %s", text)
		}
	})
}

// Progress is told of every step with its place in the plan: by its verdict while
// the plan is built, and by its outcome while it runs.
func TestProgress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		var actions []remediation.Action
		for range 5 {
			actions = append(actions, remediation.Contain(s.sim.AddUser(oktatest.User{}), remediation.ContainOptions{})...)
		}
		actions = append(actions, remediation.CreateGroup{Name: "Suspects"})
		r := s.responder(remediation.Guards{})
		told := make(map[int]remediation.StepResult)
		r.Progress = func(s remediation.StepResult) {
			if _, twice := told[s.Index]; twice {
				t.Errorf("told twice of step %d", s.Index)
			}
			told[s.Index] = s
		}
		check := func(outcome remediation.Outcome) {
			t.Helper()
			for i, a := range actions {
				got, ok := told[i]
				if !ok || got.Action != a || got.Target.Name == "" || got.Verdict != remediation.WillRun || got.Outcome != outcome || got.Time.IsZero() != (outcome == "") {
					t.Errorf("told of step %d: %v, %+v", i, ok, got)
				}
			}
			clear(told)
		}
		plan := s.plan(r, actions...)
		check("")
		if report := s.runPlan(r, plan); !report.OK() {
			t.Error(report.Err())
		}
		check(remediation.OutcomeDone)
	})
}

// A plan says of each step what it leaves, or why it will not run and what would be
// possible instead.
func TestBecause(t *testing.T) {
	t.Parallel()
	active, suspended := remediation.State{Status: "ACTIVE"}, remediation.State{Status: "SUSPENDED"}
	for _, test := range []struct {
		step remediation.Step
		want string
	}{
		{remediation.Step{Verdict: remediation.WillRun, Before: active, After: suspended}, "leaves it SUSPENDED"},
		{remediation.Step{Verdict: remediation.WillRun, Before: active, After: remediation.State{Missing: true}}, "leaves it missing"},
		{remediation.Step{Verdict: remediation.WillRun, Before: active, After: active}, ""},
		{remediation.Step{Verdict: remediation.Already, Reason: "it is so", Before: active, After: suspended}, "it is so"},
		{remediation.Step{Verdict: remediation.Refused, Reason: "a guard"}, "a guard"},
		{remediation.Step{Verdict: remediation.Impossible, Reason: "the user is locked out", Instead: []remediation.Kind{"deactivate_user", "unlock_user"}}, "the user is locked out; possible: deactivate_user, unlock_user"},
	} {
		if got := test.step.Because(); got != test.want {
			t.Errorf("because %q, want %q", got, test.want)
		}
	}
}

// hostile is what a name may hold that a terminal would obey, or that would make
// two lines of one.
const hostile = "a\x1b[2Jb\r\nc\x00d\u202ee\u200bf\tg"

// What anybody in the org can choose is shown as it is or as what cannot be shown:
// it neither commands a terminal nor makes up a line of the plan.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	const shown = "a\ufffd[2Jb\ufffd\ufffdc\ufffdd\ufffde\ufffdf\ufffdg"
	for _, test := range []struct {
		target remediation.Target
		want   string
	}{
		{remediation.Target{Type: remediation.TargetUser, ID: userID, Name: "jürgen@example.com"}, "user jürgen@example.com (" + userID + ")"},
		{remediation.Target{Type: remediation.TargetUser, ID: userID, Name: hostile}, "user " + shown + " (" + userID + ")"},
		{remediation.Target{Type: remediation.TargetGroup, Name: hostile}, "group " + shown},
		{remediation.Target{Type: remediation.TargetGroupRule, ID: ruleID}, "group rule " + ruleID},
	} {
		if got := test.target.String(); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
	plan := samplePlan(t)
	lines := strings.Count(plan.String(), "\n")
	plan.Warnings[0] = hostile
	for i := range plan.Steps {
		step := &plan.Steps[i]
		step.Target.Name, step.Reason, step.Before.Value, step.Before.Provider = hostile, hostile, json.RawMessage(hostile), hostile
		if len(step.Warnings) > 0 {
			step.Warnings[0] = hostile
		}
	}
	text := plan.String()
	if strings.Count(text, "\n") != lines || strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) {
		t.Errorf("%q", text)
	}
	report := remediation.Report{Steps: []remediation.StepResult{{Step: plan.Steps[0], Outcome: remediation.OutcomeFailed, Error: hostile}}}
	if text := report.Err().Error(); !strings.Contains(text, shown) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		t.Errorf("error: %q", text)
	}
}

// What a later run has found done is recorded as settled, and proposed to be undone
// with the warning that somebody else may have done it. What no run has looked at
// is proposed as well: it may have been done.
func TestUndoOfTheUnrecorded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		user := s.sim.AddUser(oktatest.User{})
		r := s.responder(remediation.Guards{})
		plan := s.plan(r, remediation.SuspendUser{UserID: user})
		s.records.failAt(2)
		if _, err := approve(t, r, plan); !errors.Is(err, errDead) || !strings.Contains(err.Error(), "is done, which cannot be recorded") {
			t.Errorf("error: %v", err)
		}
		s.records.fail = nil
		s.wantUndo(r, "may have been done: look at it")

		if report := s.runPlan(r, plan); outcomes(report) != "already" {
			t.Errorf("the next run: %s", outcomes(report))
		}
		all := s.records.all(t, s.org)
		if got := outcomesOf(all); got != "suspend_user:sending suspend_user:done" || !all[1].Settled || all[0].Settled {
			t.Errorf("records: %s, %+v", got, all)
		}
		s.wantUndo(r, "was found done after its run had ended: somebody else may have done it")
		undo, err := r.BuildUndo(context.Background(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if report := s.runPlan(r, undo); outcomes(report) != "done" || s.status(user) != remediation.StatusActive {
			t.Errorf("undo: %s, status %s", outcomes(report), s.status(user))
		}
		if undo, err := r.BuildUndo(context.Background(), nil); err != nil || len(undo.Steps)+len(undo.Warnings) != 0 {
			t.Errorf("%v, left to undo: %s", err, undo)
		}
	})
}

// wantUndo checks that an undo is the end of one suspension, with one warning.
func (s *setup) wantUndo(r *remediation.Responder, warning string) {
	s.t.Helper()
	undo, err := r.BuildUndo(context.Background(), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if verdicts(undo) != "run" || undo.Steps[0].Action.Facts().Kind != remediation.KindUnsuspendUser || len(undo.Warnings) != 1 || !strings.Contains(undo.Warnings[0], warning) {
		s.t.Errorf("undo, want a warning that it %s:\n%s", warning, undo)
	}
}
