package remediation_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
	"github.com/rezonate-io/okta-integration/scopes"
)

// What can be undone leaves the org as it was.
func TestUndoEach(t *testing.T) {
	t.Parallel()
	for _, kind := range remediation.Kinds() {
		if len(remediation.Sample(kind).Facts().Undo) == 0 {
			continue
		}
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				status := remediation.Status("ACTIVE")
				if kind == remediation.KindUnsuspendUser {
					status = "SUSPENDED"
				}
				if kind == remediation.KindActivateUser {
					status = "STAGED"
				}
				v := s.victim(kind, status, allRight)
				before := s.state()
				r := s.responder(remediation.Guards{Destructive: remediation.Kinds()})
				if report := s.run(r, tableActions[kind](v)); outcomes(report) != "done" {
					t.Fatalf("%s: %v", outcomes(report), report.Err())
				}
				if s.state() == before {
					t.Error("nothing has changed")
				}
				undo, err := r.BuildUndo(t.Context(), nil)
				if err != nil || verdicts(undo) != "run" {
					t.Fatalf("undo: %v\n%s", err, undo)
				}
				if want := remediation.Sample(kind).Facts().Undo; !slices.Equal(want, []remediation.Kind{undo.Steps[0].Action.Facts().Kind}) {
					t.Errorf("undone by %s, want %v", undo.Steps[0].Action.Facts().Kind, want)
				}
				if report := s.runPlan(r, undo); outcomes(report) != "done" {
					t.Errorf("undo: %v", report.Err())
				}
				if kind == remediation.KindActivateUser {
					s.wantStatus(v.user, remediation.StatusDeprovisioned) // as its facts say
					return
				}
				if after := s.state(); after != before {
					t.Errorf("the org differs:\n%s", difference(before, after))
				}
			})
		})
	}
}

// What cannot be undone is not proposed to be: the undo says what is lost.
func TestNoUndo(t *testing.T) {
	t.Parallel()
	for _, kind := range remediation.Kinds() {
		f := remediation.Sample(kind).Facts()
		if len(f.Undo) != 0 {
			continue
		}
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				r := s.responder(remediation.Guards{Destructive: remediation.Kinds()})
				if report := s.run(r, tableActions[kind](s.victim(kind, fromOf(kind), allRight))); outcomes(report) != "done" {
					t.Fatalf("%s: %v", outcomes(report), report.Err())
				}
				undo, err := r.BuildUndo(t.Context(), nil)
				if err != nil || len(undo.Steps) != 0 || len(undo.Warnings) != 1 || !strings.HasPrefix(undo.Warnings[0], string(kind)+" of ") ||
					!strings.HasSuffix(undo.Warnings[0], " cannot be undone: "+f.Lost) {
					t.Errorf("undo: %v\n%s", err, undo)
				}
			})
		})
	}
}

// A quarantine is remembered: its undo puts the user back into every group.
func TestQuarantineAndUndo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		sc := scenes[2]
		user := sc.prepare(s)
		keep := s.sim.AddGroup(oktatest.Group{Name: "VPN", Members: []string{user}})
		s.sim.AddGroup(oktatest.Group{Name: "An app's", Type: "APP_GROUP", Members: []string{user}})
		before := s.state()
		actions, err := remediation.Quarantine(t.Context(), s.client, user, s.groups()["Quarantine"], keep)
		if err != nil || len(actions) != 3 {
			t.Fatalf("%v: %v", err, actions)
		}
		r := s.responder(remediation.Guards{})
		if report := s.run(r, actions...); !report.OK() {
			t.Fatal(report.Err())
		}
		if got := s.groupsOf(user); got != "Everyone Quarantine VPN An app's" {
			t.Errorf("groups: %s", got)
		}
		undo, err := r.BuildUndo(t.Context(), nil)
		if err != nil || verdicts(undo) != "run run run" {
			t.Fatalf("%v\n%s", err, undo)
		}
		if last := undo.Steps[2].Action.Facts().Kind; last != remediation.KindRemoveGroupMember {
			t.Errorf("the last step is %s: newest first", last)
		}
		s.runPlan(r, undo)
		if after := s.state(); after != before {
			t.Errorf("the org differs:\n%s", difference(before, after))
		}
	})
}

// A plan says so where a rule would undo a step at once, and nobody is told that
// it is done.
func TestRuleReadds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		user := s.sim.AddUser(oktatest.User{Profile: map[string]any{"department": "Sales"}})
		group := s.sim.AddGroup(oktatest.Group{Name: "Sales"})
		var full []string // the org excludes a member who is removed from a rule, as long as its list of 100 has room
		for range 100 {
			full = append(full, s.sim.AddUser(oktatest.User{}))
		}
		rule := s.sim.AddRule(oktatest.Rule{Name: "sales people", Expression: `user.department=="Sales"`, Groups: []string{group}, Exclude: full})
		r := s.responder(remediation.Guards{})
		out := remediation.RemoveGroupMember{GroupID: group, UserID: user}
		plan := s.plan(r, out)
		if got := fmt.Sprint(plan.Steps[0].Warnings); plan.Steps[0].Verdict != remediation.WillRun || !strings.Contains(got, "sales people") {
			t.Errorf("%s", plan)
		}
		report := s.runPlan(r, plan)
		if outcomes(report) != "not_kept" || !strings.Contains(report.Err().Error(), "a group rule") {
			t.Errorf("%s: %v", outcomes(report), report.Err())
		}
		both := []remediation.Action{remediation.DeactivateGroupRule{RuleID: rule}, out}
		plan = s.plan(r, both...)
		if len(plan.Steps[1].Warnings) != 0 {
			t.Errorf("the rule is off by then: %q", plan.Steps[1].Warnings)
		}
		if report := s.runPlan(r, plan); outcomes(report) != "done done" {
			t.Errorf("%s: %v", outcomes(report), report.Err())
		}
		s.checkNothingLeft(r, both...)
		excluded := s.sim.AddUser(oktatest.User{Groups: []string{group}})
		s.sim.AddRule(oktatest.Rule{Name: "all but one", Expression: `user.department!="x"`, Groups: []string{group}, Exclude: []string{excluded}})
		if plan := s.plan(r, remediation.RemoveGroupMember{GroupID: group, UserID: excluded}); len(plan.Steps[0].Warnings) != 0 {
			t.Errorf("warned of a rule that leaves the user alone: %q", plan.Steps[0].Warnings)
		}
	})
}

// A plan says where another system masters the user.
func TestMasteredElsewhere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		r := s.responder(remediation.Guards{})
		for _, provider := range []string{"ACTIVE_DIRECTORY", "LDAP", "IMPORT", "FEDERATION"} {
			plan := s.plan(r, remediation.SuspendUser{UserID: s.sim.AddUser(oktatest.User{Provider: provider})})
			if got := fmt.Sprint(plan.Steps[0].Warnings); plan.Steps[0].Verdict != remediation.WillRun || !strings.Contains(got, provider) {
				t.Errorf("%s: %s", provider, plan)
			}
		}
		locked := s.sim.AddUser(oktatest.User{Provider: "LDAP", Status: "LOCKED_OUT"})
		wantStep(t, s.plan(r, remediation.UnlockUser{UserID: locked}), remediation.Impossible, "", "do it there")

		federated := s.sim.AddUser(oktatest.User{Provider: "FEDERATION"})
		for a, want := range map[remediation.Action]string{
			remediation.ResetPassword{UserID: federated}:           "403 E0000017",
			remediation.ExpirePassword{UserID: federated}:          "403 E0000038",
			remediation.ExpirePasswordTemporary{UserID: federated}: "403 E0000038",
		} {
			wantStep(t, s.plan(r, a), remediation.Impossible, "", "no password")
			if got := s.send(s.client, a); got != want {
				t.Errorf("%s: %s", a.Facts().Kind, got)
			}
		}
	})
}

// A profile that somebody else changes at the same moment is left alone.
func TestProfileConflict(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		user := s.sim.AddUser(oktatest.User{Profile: map[string]any{"department": "Sales"}})
		set := remediation.SetProfileAttribute{UserID: user, Name: "department", Value: json.RawMessage(`"Suspects"`)}
		r, g := s.gated(remediation.Guards{})
		plan := s.plan(r, set)
		g.when = isWrite
		g.do = func(g *gate, r *http.Request) (*http.Response, error) {
			if r.Header.Get("If-Match") == "" {
				t.Error("no If-Match")
			}
			other := remediation.SetProfileAttribute{UserID: user, Name: "title", Value: json.RawMessage(`"CFO"`)}
			if got := s.send(s.client, other); got != "200" {
				t.Error(got)
			}
			return g.forward(r)
		}
		report := s.runPlan(r, plan)
		if outcomes(report) != "changed" {
			t.Errorf("%s: %v", outcomes(report), report.Err())
		}
		if report := s.run(r, set); outcomes(report) != "done" {
			t.Errorf("planned again: %v", report.Err())
		}
		if text := s.state(); !strings.Contains(text, `"CFO"`) || !strings.Contains(text, `"Suspects"`) {
			t.Error("a change was lost")
		}
	})
}

// Each action works with exactly its scopes and permissions (see TestTable), and
// with any of them left out it does not: the plan says which one is missing, and
// so does the error of the org's refusal.
func TestExactlyWhatIsNeeded(t *testing.T) {
	t.Parallel()
	s := newSetup(t, noLimits(t))
	guards := remediation.Guards{Destructive: remediation.Kinds()}
	looking := remediation.GuardPermissions(guards)
	for _, kind := range remediation.Kinds() {
		v := s.victim(kind, fromOf(kind), allRight)
		a := tableActions[kind](v)
		for _, missing := range remediation.Permissions(a) {
			if slices.Contains(looking, missing) || slices.Contains(remediation.Permissions(a), strings.Replace(missing, ".read", ".manage", 1)) && strings.HasSuffix(missing, ".read") {
				continue // the guards need it as well, or to manage includes it (a choice of oktatest)
			}
			have := slices.DeleteFunc(append(remediation.Permissions(a), looking...), func(p string) bool { return p == missing })
			r := &remediation.Responder{Client: s.appClient(remediation.Scopes(a).Union(remediation.GuardScopes(guards)), nil, have), Guards: guards, Recorder: s.records}
			plan, err := r.BuildPlan(t.Context(), a)
			if err != nil {
				t.Errorf("%s without %s: %v", kind, missing, err)
				continue
			}
			step := plan.Steps[0]
			reads := strings.HasSuffix(missing, ".read")
			if reads && step.Verdict == remediation.WillRun && strings.Contains(fmt.Sprint(step.Warnings), "group rule") {
				continue // what is read there gives a warning only
			}
			if step.Verdict != remediation.Refused || step.Guard != remediation.GuardRole || !reads && !strings.Contains(step.Reason, missing) {
				t.Errorf("%s without %s: %s (%s): %s", kind, missing, step.Verdict, step.Guard, step.Reason)
			}
			if reads {
				continue
			}
			if got := s.send(r.Client, a); got != "403 E0000006" {
				t.Errorf("%s without %s: the org answers %s", kind, missing, got)
			}
		}
		for missing := range remediation.Scopes(a).All() {
			have := remediation.Scopes(a).Union(remediation.GuardScopes(guards)).Minus(scopes.New(missing))
			r := &remediation.Responder{Client: s.appClient(have, nil, append(remediation.Permissions(a), looking...)), Guards: guards}
			plan, err := r.BuildPlan(t.Context(), a)
			if err != nil {
				t.Errorf("%s without %s: %v", kind, missing, err)
				continue
			}
			if step := plan.Steps[0]; step.Verdict != remediation.Refused || step.Guard != remediation.GuardScope || !strings.Contains(step.Reason, strings.TrimSuffix(strings.TrimSuffix(string(missing), ".manage"), ".read")) {
				t.Errorf("%s without %s: %s (%s): %s", kind, missing, step.Verdict, step.Guard, step.Reason)
			}
		}
	}
}

// fromOf is a status from which an action of the table runs.
func fromOf(kind remediation.Kind) remediation.Status {
	if from := remediation.Sample(kind).Facts().From; len(from) > 0 && ofUser(kind) && !slices.Contains(from, "ACTIVE") {
		return from[0]
	}
	return "ACTIVE"
}

// A role that is not known to be missing, because roles cannot be read, shows in
// the org's refusal, which says what is needed.
func TestRefusedByTheOrg(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, noLimits(t))
		user := s.sim.AddUser(oktatest.User{})
		a := remediation.SuspendUser{UserID: user}
		r := s.responder(remediation.Guards{AllowUnchecked: true})
		r.Client = s.appClient(scopes.New(scopes.UsersManage), nil, []string{"okta.users.read"})
		plan := s.plan(r, a)
		if verdicts(plan) != "run" || len(plan.Warnings) != 1 || !strings.Contains(plan.Warnings[0], "okta.roles.read") {
			t.Errorf("%s", plan)
		}
		report, err := r.Run(t.Context(), plan, plan.Approve("alice", time.Hour))
		if err != nil || outcomes(report) != "failed" || !strings.Contains(report.Err().Error(), "okta.users.lifecycle.suspend") || !oktaint.Lacks(report.Steps[0].Err(), oktaint.LacksRole) {
			t.Errorf("%v, %s: %v", err, outcomes(report), report.Err())
		}
		if got := outcomesOf(s.records.all(t, s.org)); got != "suspend_user:sending suspend_user:failed" {
			t.Errorf("records: %s", got)
		}
	})
}

// Urgent work passes what a collector of the same credential has queued.
func TestUrgent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{Latency: 50 * time.Millisecond})
		user := s.sim.AddUser(oktatest.User{Sessions: 1})
		base := s.sim.Transport()
		token := oktaint.APIToken{Org: s.org, Token: oktaint.NewSecret(s.sim.APIToken())}
		shared := &oktaint.Transport{Org: s.org, Source: token.Source(base), Base: base}
		urgent := shared.Urgent().Client()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		for range 600 { // two minutes of the limit
			go func() { _ = shared.Client().Get(ctx, nil, nil, "api", "v1", "users", user, "groups") }()
		}
		time.Sleep(10 * time.Second)
		r := s.responder(remediation.Guards{})
		r.Client = urgent
		began := time.Now()
		report := s.run(r, remediation.Contain(user, remediation.ContainOptions{})...)
		if took := time.Since(began); !report.Contained(user) || took > 2*time.Second {
			t.Errorf("contained: %v, after %v", report.Contained(user), took)
		}
	})
}
