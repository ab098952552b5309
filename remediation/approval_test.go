package remediation_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// samplePlan is a plan with a step of each verdict, and something in every field.
func samplePlan(t testing.TB) *remediation.Plan {
	t.Helper()
	yes, no := true, false
	user := remediation.Target{Type: remediation.TargetUser, ID: userID, Name: "mallory@example.com"}
	return &remediation.Plan{
		Org: acme(t), Warnings: []string{"the plan is a sample"},
		Steps: []remediation.Step{
			{
				Action: remediation.SuspendUser{UserID: userID}, Target: user, Verdict: remediation.WillRun, Warnings: []string{"he may come back"},
				Before: remediation.State{Status: remediation.StatusActive}, After: remediation.State{Status: remediation.StatusSuspended},
			},
			{
				Action: remediation.AddGroupMember{GroupID: groupID, UserID: userID}, Target: user, Verdict: remediation.Already, Reason: "he is in it",
				Before: remediation.State{Present: &yes, GroupType: "OKTA_GROUP"}, After: remediation.State{Present: &yes, GroupType: "OKTA_GROUP"},
			},
			{
				Action: remediation.ExpirePassword{UserID: userID}, Target: user, Verdict: remediation.Refused, Guard: remediation.GuardDestructive, Reason: "it is destructive",
				Lost: "the password", Before: remediation.State{Status: remediation.StatusActive, Password: &no, Provider: "LDAP"},
			},
			{
				Action: remediation.UnlockUser{UserID: userID}, Target: user, Verdict: remediation.Impossible, Reason: "he is suspended",
				Instead: []remediation.Kind{remediation.KindUnsuspendUser}, Before: remediation.State{Status: remediation.StatusSuspended},
			},
			{
				Action: attribute("department", ` { "name" : "R&D <Köln>" } `), Target: user, Verdict: remediation.WillRun, Undoes: "record-1",
				Before: remediation.State{Value: json.RawMessage("null")}, After: remediation.State{Value: json.RawMessage(`{"name":"R\u0026D \u003cKöln\u003e"}`)},
			},
			{
				Action: remediation.CreateGroup{Name: "Quarantine"}, Target: remediation.Target{Type: remediation.TargetGroup, Name: "Quarantine"},
				Verdict: remediation.Already, Before: remediation.State{Present: &yes, GroupID: groupID},
			},
			{Action: remediation.RevokeGrants{UserID: userID}, Target: user, Verdict: remediation.Impossible, Before: remediation.State{Missing: true}},
		},
	}
}

// TestDigestIsLaidDown compares a digest with one of lines that were written by
// hand: approvals are kept by others, so that it must not change.
func TestDigestIsLaidDown(t *testing.T) {
	t.Parallel()
	user := `"target":{"type":"user","id":"00u6eltha0nrSc47i0h7","name":"mallory@example.com"}`
	lines := []string{
		`["okta-integration remediation plan 2","https://acme.okta.com"]`,
		`["the plan is a sample"]`,
		`{"action":{"kind":"suspend_user","version":1,"user_id":"00u6eltha0nrSc47i0h7"},` + user + `,"verdict":"run","warnings":["he may come back"],"before":{"status":"ACTIVE"},"after":{"status":"SUSPENDED"}}`,
		`{"action":{"kind":"add_group_member","version":1,"group_id":"00guaxWZ0AOa5NFAj0g3","user_id":"00u6eltha0nrSc47i0h7"},` + user + `,"verdict":"already","reason":"he is in it","before":{"present":true,"group_type":"OKTA_GROUP"},"after":{"present":true,"group_type":"OKTA_GROUP"}}`,
		`{"action":{"kind":"expire_password","version":1,"user_id":"00u6eltha0nrSc47i0h7"},` + user + `,"verdict":"refused","reason":"it is destructive","guard":"destructive","lost":"the password","before":{"status":"ACTIVE","provider":"LDAP","password":false},"after":{}}`,
		`{"action":{"kind":"unlock_user","version":1,"user_id":"00u6eltha0nrSc47i0h7"},` + user + `,"verdict":"impossible","reason":"he is suspended","instead":["unsuspend_user"],"before":{"status":"SUSPENDED"},"after":{}}`,
		`{"action":{"kind":"set_profile_attribute","version":1,"user_id":"00u6eltha0nrSc47i0h7","name":"department","value":{"name":"R\u0026D \u003cKöln\u003e"}},` + user + `,"verdict":"run","before":{"value":null},"after":{"value":{"name":"R\u0026D \u003cKöln\u003e"}},"undoes":"record-1"}`,
		`{"action":{"kind":"create_group","version":1,"name":"Quarantine","description":""},"target":{"type":"group","name":"Quarantine"},"verdict":"already","before":{"present":true,"group_id":"00guaxWZ0AOa5NFAj0g3"},"after":{}}`,
		`{"action":{"kind":"revoke_grants","version":1,"user_id":"00u6eltha0nrSc47i0h7"},` + user + `,"verdict":"impossible","before":{"missing":true},"after":{}}`,
	}
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n") + "\n"))
	if got, want := samplePlan(t).Digest(), hex.EncodeToString(sum[:]); got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
}

// TestDigestOfAStoredPlan checks that a plan is the same when it was kept as JSON,
// in whatever layout and however often.
func TestDigestOfAStoredPlan(t *testing.T) {
	t.Parallel()
	plan := samplePlan(t)
	digest, text := plan.Digest(), toJSON(t, plan)
	wide, err := json.MarshalIndent(plan, "  ", "\t")
	if err != nil {
		t.Fatal(err)
	}
	for _, layout := range []string{text, string(wide)} {
		for n := range 3 {
			var stored remediation.Plan
			if err := json.Unmarshal([]byte(layout), &stored); err != nil {
				t.Fatal(err)
			}
			if got := stored.Digest(); got != digest {
				t.Errorf("digest %s, want %s, of\n%s", got, digest, layout)
			}
			if layout = toJSON(t, &stored); layout != text {
				t.Errorf("stored again it is\n%s, want\n%s", layout, text)
			}
			if n > 0 && stored.String() != plan.String() {
				t.Errorf("it shows as\n%s, want\n%s", &stored, plan)
			}
		}
	}
}

// TestDigestChanges changes everything that an approval is about.
func TestDigestChanges(t *testing.T) {
	t.Parallel()
	seen := map[string]string{samplePlan(t).Digest(): "nothing", (&remediation.Plan{Org: acme(t)}).Digest(): "everything"}
	for name, change := range map[string]func(p *remediation.Plan){
		"the org":    func(p *remediation.Plan) { p.Org = orgOf(t, "acme.oktapreview.com") },
		"no org":     func(p *remediation.Plan) { p.Org = oktaint.Org{} },
		"the action": func(p *remediation.Plan) { p.Steps[0].Action = remediation.DeactivateUser{UserID: userID} },
		"the target": func(p *remediation.Plan) { p.Steps[0].Action = remediation.SuspendUser{UserID: ownerID} },
		"the group": func(p *remediation.Plan) {
			p.Steps[1].Action = remediation.AddGroupMember{GroupID: ownerID, UserID: userID}
		},
		"the attribute":    func(p *remediation.Plan) { p.Steps[4].Action = attribute("division", `{"name":"R&D <Köln>"}`) },
		"the value":        func(p *remediation.Plan) { p.Steps[4].Action = attribute("department", `{"name":"R&D <Bonn>"}`) },
		"the group's name": func(p *remediation.Plan) { p.Steps[5].Action = remediation.CreateGroup{Name: "quarantine"} },
		"the description": func(p *remediation.Plan) {
			p.Steps[5].Action = remediation.CreateGroup{Name: "Quarantine", Description: "x"}
		},
		"the verdict":          func(p *remediation.Plan) { p.Steps[2].Verdict = remediation.WillRun },
		"the verdict, again":   func(p *remediation.Plan) { p.Steps[1].Verdict = remediation.WillRun },
		"the status before":    func(p *remediation.Plan) { p.Steps[0].Before.Status = remediation.StatusStaged },
		"the provider before":  func(p *remediation.Plan) { p.Steps[0].Before.Provider = "LDAP" },
		"the password before":  func(p *remediation.Plan) { p.Steps[0].Before.Password = new(bool) },
		"the password, other":  func(p *remediation.Plan) { *p.Steps[2].Before.Password = true },
		"the presence before":  func(p *remediation.Plan) { *p.Steps[1].Before.Present = false },
		"the presence, none":   func(p *remediation.Plan) { p.Steps[1].Before.Present = nil },
		"the group's type":     func(p *remediation.Plan) { p.Steps[1].Before.GroupType = "APP_GROUP" },
		"the group's id":       func(p *remediation.Plan) { p.Steps[5].Before.GroupID = ownerID },
		"the value before":     func(p *remediation.Plan) { p.Steps[4].Before.Value = json.RawMessage(`"Sales"`) },
		"the value, none":      func(p *remediation.Plan) { p.Steps[4].Before.Value = nil },
		"missing":              func(p *remediation.Plan) { p.Steps[6].Before.Missing = false },
		"the status to come":   func(p *remediation.Plan) { p.Steps[0].Before.Towards = remediation.StatusDeprovisioned },
		"the members":          func(p *remediation.Plan) { p.Steps[1].Before.Members = new(int) },
		"the target shown":     func(p *remediation.Plan) { p.Steps[0].Target.ID = ownerID },
		"the target's name":    func(p *remediation.Plan) { p.Steps[0].Target.Name = "alice@example.com" },
		"the target's type":    func(p *remediation.Plan) { p.Steps[0].Target.Type = remediation.TargetGroup },
		"a reason":             func(p *remediation.Plan) { p.Steps[1].Reason = "er ist schon drin" },
		"a warning of all":     func(p *remediation.Plan) { p.Warnings = append(p.Warnings, "more") },
		"the guard":            func(p *remediation.Plan) { p.Steps[2].Guard = remediation.GuardProtected },
		"what to do instead":   func(p *remediation.Plan) { p.Steps[3].Instead = nil },
		"what is lost, too":    func(p *remediation.Plan) { p.Steps[0].Lost = "the password" },
		"another warning":      func(p *remediation.Plan) { p.Steps[0].Warnings[0] = "he will come back" },
		"what it leaves":       func(p *remediation.Plan) { p.Steps[0].After = remediation.State{Missing: true} },
		"what is lost":         func(p *remediation.Plan) { p.Steps[2].Lost = "" },
		"a warning":            func(p *remediation.Plan) { p.Steps[0].Warnings = nil },
		"what is undone":       func(p *remediation.Plan) { p.Steps[4].Undoes = "record-2" },
		"what was not undone":  func(p *remediation.Plan) { p.Steps[0].Undoes = "record-1" },
		"the order":            func(p *remediation.Plan) { p.Steps[0], p.Steps[1] = p.Steps[1], p.Steps[0] },
		"the order at the end": func(p *remediation.Plan) { p.Steps[5], p.Steps[6] = p.Steps[6], p.Steps[5] },
		"one step less":        func(p *remediation.Plan) { p.Steps = p.Steps[:6] },
		"one step more":        func(p *remediation.Plan) { p.Steps = append(p.Steps, p.Steps[0]) },
		"no step":              func(p *remediation.Plan) { p.Org, p.Steps = orgOf(t, "globex"), nil },
	} {
		plan := samplePlan(t)
		change(plan)
		digest := plan.Digest()
		if other, ok := seen[digest]; ok {
			t.Errorf("%s and %s have the same digest", name, other)
		}
		seen[digest] = name
	}
}

// TestDigestStays changes what people read, and what changes by itself.
func TestDigestStays(t *testing.T) {
	t.Parallel()
	want := samplePlan(t).Digest()
	for name, change := range map[string]func(p *remediation.Plan){
		"the layout": func(p *remediation.Plan) { p.Steps[4].Action = attribute("department", `{"name":"R&D <Köln>"}`) },
		"the ETag": func(p *remediation.Plan) {
			p.Steps[4].Action = attribute("department", `{"name":"R&D <Köln>"}`).IfMatch(`W/"1"`)
		},
		"an empty list":        func(p *remediation.Plan) { p.Steps[1].Warnings, p.Steps[1].Instead = []string{}, []remediation.Kind{} },
		"nothing but the clip": func(p *remediation.Plan) { p.Steps = p.Steps[:len(p.Steps):len(p.Steps)] },
	} {
		plan := samplePlan(t)
		change(plan)
		if got := plan.Digest(); got != want {
			t.Errorf("%s changes the digest", name)
		}
	}
}

// TestDigestOfAPassword checks that a password that is to be set is not in the
// digest, in which it could be guessed.
func TestDigestOfAPassword(t *testing.T) {
	t.Parallel()
	digest := func(a remediation.Action) string {
		return (&remediation.Plan{Org: acme(t), Steps: []remediation.Step{{Action: a, Verdict: remediation.WillRun}}}).Digest()
	}
	given := digest(remediation.SetPassword{UserID: userID, Password: oktaint.NewSecret(password)})
	if given != digest(remediation.SetPassword{UserID: userID, Password: oktaint.NewSecret("another")}) {
		t.Error("the digest depends on the password")
	}
	if given == digest(remediation.SetPassword{UserID: userID, Random: true}) {
		t.Error("a given password and a random one have the same digest")
	}
}

// TestApprove checks an approval, and that it is the same when it was kept.
func TestApprove(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		plan := samplePlan(t)
		a := plan.Approve("alice@example.com", 90*time.Minute)
		if a.Digest != plan.Digest() || len(a.Digest) != 64 || a.By != "alice@example.com" || !a.At.Equal(time.Now()) || !a.Expires.Equal(time.Now().Add(90*time.Minute)) {
			t.Errorf("approval %+v", a)
		}
		text := toJSON(t, a)
		var stored remediation.Approval
		if err := json.Unmarshal([]byte(text), &stored); err != nil {
			t.Fatal(err)
		}
		if toJSON(t, stored) != text || stored.Digest != a.Digest || stored.By != a.By || !stored.At.Equal(a.At) || !stored.Expires.Equal(a.Expires) {
			t.Errorf("stored as %s, read as %+v", text, stored)
		}
		want := `{"digest":"` + plan.Digest() + `","by":"alice@example.com","at":"2000-01-01T00:00:00Z","expires":"2000-01-01T01:30:00Z"}`
		if got := toJSON(t, remediation.Approval{Digest: a.Digest, By: a.By, At: a.At.UTC(), Expires: a.Expires.UTC()}); got != want {
			t.Errorf("JSON %s, want %s", got, want)
		}
		plan.Steps[0].Action = remediation.DeleteUser{UserID: userID}
		if a.Digest == plan.Digest() {
			t.Error("an approval goes on for another plan")
		}
	})
}

// An approval is for an hour where nobody says, and for a day at most.
func TestApprovalEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		r := s.responder(remediation.Guards{})
		plan := s.plan(r, remediation.SuspendUser{UserID: s.sim.AddUser(oktatest.User{})})
		if a := plan.Approve("alice", 0); a.Expires.Sub(a.At) != time.Hour {
			t.Errorf("it is for %v", a.Expires.Sub(a.At))
		}
		_, err := r.Run(t.Context(), plan, plan.Approve("alice", 24*time.Hour+time.Second))
		if !errors.Is(err, remediation.ErrNotApproved) || len(s.writes()) != 0 {
			t.Errorf("for more than a day: %v", err)
		}
		if _, err := r.Run(t.Context(), plan, plan.Approve("alice", 24*time.Hour)); err != nil {
			t.Errorf("for a day: %v", err)
		}
	})
}
