package remediation_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// What is no value of this package, nil and pointers above all, is refused before
// anything is read: as an action, and as one to choose from.
func TestNoAction(t *testing.T) {
	t.Parallel()
	r := &remediation.Responder{Client: oktaint.NewClient(acme(t), unreachable{t})}
	suspend := remediation.SuspendUser{UserID: userID}
	const none, mixed = "is no action: pass the values of this package", "first_of takes actions on one and the same target"
	for _, test := range []struct {
		name   string
		action remediation.Action
		want   string
	}{
		{"nil", nil, "<nil> " + none},
		{"a pointer", &remediation.RevokeClientTokens{UserID: userID, ClientID: "0oaclient"}, "*remediation.RevokeClientTokens " + none},
		{"a nil pointer", (*remediation.SuspendUser)(nil), "*remediation.SuspendUser " + none},
		{"a pointer to a choice", &remediation.FirstOf{suspend}, "*remediation.FirstOf " + none},
		{"a choice of nil", remediation.FirstOf{nil}, "<nil> " + none},
		{"a choice of a pointer", remediation.FirstOf{&suspend}, "*remediation.SuspendUser " + none},
		{"a choice of a nil pointer", remediation.FirstOf{(*remediation.SuspendUser)(nil), suspend}, "*remediation.SuspendUser " + none},
		{"a choice with nil in it", remediation.FirstOf{suspend, nil}, mixed},
		{"a choice with a pointer in it", remediation.FirstOf{suspend, &suspend}, mixed},
		{"a choice of a choice", remediation.FirstOf{remediation.FirstOf(nil)}, mixed},
	} {
		for _, actions := range [][]remediation.Action{{test.action}, {suspend, test.action}} {
			plan, err := r.BuildPlan(t.Context(), actions...)
			if plan != nil {
				t.Errorf("%s: planned\n%s", test.name, plan)
			}
			wantRefusal(t, err, test.want)
		}
	}
	_, err := remediation.ParseAction([]byte(strings.Replace(choice, `"version":1`, `"version":1,"unless":"admin"`, 1)))
	wantRefusal(t, err, `first_of: json: unknown field "unless"`)
}

// A user who is deleted between two reads is a step that is not done, and no end of
// the run: what is about others is done.
func TestDeletedMidway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		one, two := s.sim.AddUser(oktatest.User{}), s.sim.AddUser(oktatest.User{})
		r, g := s.gated(remediation.Guards{})
		r.Parallel = 1
		plan := s.plan(r, remediation.SuspendUser{UserID: one}, remediation.SuspendUser{UserID: two})
		g.when = func(q *http.Request) bool { return strings.HasSuffix(q.URL.Path, one+"/roles") }
		g.do = answer(404, `{"errorCode":"E0000007","errorSummary":"Not found: Resource not found: `+one+` (User)"}`)
		report, err := r.Run(t.Context(), plan, plan.Approve("alice", time.Hour))
		if err == nil || outcomes(report) != "refused done" || report.Steps[0].Guard != remediation.GuardAdmin || s.status(one) != "ACTIVE" || s.status(two) != "SUSPENDED" {
			t.Errorf("%s (%s): %v", outcomes(report), report.Steps[0].Guard, report.Err())
		}
		if text := report.Err().Error(); !strings.Contains(text, "cannot be checked") || !strings.Contains(text, one+" (User)") {
			t.Errorf("error: %s", text)
		}
	})
}

// What was read of a group for one step is enough for another one, or is read when
// it is not.
func TestGroupReadInParts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		owner, user := s.sim.AddUser(oktatest.User{}), s.sim.AddUser(oktatest.User{})
		group := s.sim.AddGroup(oktatest.Group{Name: "Staff", Owners: []string{owner}})
		r := s.responder(everything())
		plan := s.plan(r,
			remediation.AddGroupMember{GroupID: group, UserID: user}, remediation.RemoveGroupOwner{GroupID: group, OwnerID: owner, OwnerType: "USER"},
			remediation.DeleteGroup{GroupID: group})
		if verdicts(plan) != "run run run" {
			t.Errorf("plan: %s", plan)
		}
		last := &plan.Steps[2]
		if last.Before.Members == nil {
			t.Errorf("the members of the group are not known: %s", last.Before)
		}
		report := s.runPlan(r, &remediation.Plan{Org: plan.Org, Steps: plan.Steps[:2]})
		if outcomes(report) != "done done" || s.groupsOf(user) != "Everyone Staff" {
			t.Errorf("%s: %v", outcomes(report), report.Err())
		}
		wantStep(t, s.plan(r, remediation.RemoveGroupOwner{GroupID: group, OwnerID: owner, OwnerType: "USER"}), remediation.Already, "", "no owner")
	})
}

// Group rules only give a warning: if the org does not say which there are, the plan
// says that, and a run does not ask. A failure that passes is an error.
func TestRulesUnread(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		user := s.sim.AddUser(oktatest.User{})
		group := s.sim.AddGroup(oktatest.Group{Name: "Staff", Members: []string{user}})
		out := remediation.RemoveGroupMember{GroupID: group, UserID: user}
		r := s.responder(remediation.Guards{})
		s.fault("GET /api/v1/groups/rules 500")
		plan := s.plan(r, out)
		wantStep(t, plan, remediation.WillRun, "", "")
		if got := strings.Join(plan.Steps[0].Warnings, " "); !strings.Contains(got, "whether a group rule would add the user again is not known: ") || !strings.Contains(got, "E0000009") {
			t.Errorf("warnings: %s", got)
		}
		s.sim.ResetRequests()
		if report := s.runPlan(r, plan); outcomes(report) != "done" || s.groupsOf(user) != "Everyone" {
			t.Errorf("%s: %v", outcomes(report), report.Err())
		}
		for _, req := range s.sim.Requests() {
			if strings.HasSuffix(req.Path, "/rules") {
				t.Error("the run asks for the rules")
			}
		}
		s.sim.ClearFaults()
		s.fault("GET /api/v1/groups/rules 503")
		_, err := r.BuildPlan(t.Context(), remediation.RemoveGroupMember{GroupID: group, UserID: s.sim.AddUser(oktatest.User{Groups: []string{group}})})
		wantRefusal(t, err, "reading the group rules")
	})
}

func (s *setup) fault(spec string) {
	s.t.Helper()
	if err := s.sim.AddFault(spec); err != nil {
		s.t.Fatal(err)
	}
}

// A random password that the org repeats in an error is not in the error.
func TestRandomPasswordRepeated(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		r, g := s.gated(everything())
		plan := s.plan(r, remediation.SetPassword{UserID: s.sim.AddUser(oktatest.User{}), Random: true})
		var sent string
		g.when = isWrite
		g.do = func(g *gate, q *http.Request) (*http.Response, error) {
			var body struct {
				Credentials struct{ Password struct{ Value string } }
			}
			if err := json.NewDecoder(q.Body).Decode(&body); err != nil {
				t.Error(err)
			}
			sent = body.Credentials.Password.Value
			return answer(400, `{"errorCode":"E0000001","errorSummary":"bad password `+sent+`","errorCauses":[{"errorSummary":"not `+sent+`"}]}`)(g, q)
		}
		report := s.runPlan(r, plan)
		if outcomes(report) != "failed" || sent == "" || !strings.Contains(report.Steps[0].Error, "bad password redacted") {
			t.Errorf("%s: %v", outcomes(report), report.Err())
		}
		text := toJSON(t, report) + report.Err().Error() + string(s.records.lines[len(s.records.lines)-1])
		secretFree(t, "the report", text, []string{sent})
	})
}
