package remediation_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
	"github.com/rezonate-io/okta-integration/scopes"
)

var statuses = []remediation.Status{
	"STAGED", "PROVISIONED", "ACTIVE", "RECOVERY", "PASSWORD_EXPIRED", "LOCKED_OUT", "SUSPENDED", "DEPROVISIONED",
}

// A condition is what a cell of the table is about beside action and status.
type condition string

const (
	allRight     condition = "scope and role"
	scopeMissing condition = "scope missing"
	roleMissing  condition = "role missing"
	adminTarget  condition = "target is admin"
	adTarget     condition = "target of AD"
	noTarget     condition = "target unknown"
)

var conditions = []condition{allRight, scopeMissing, roleMissing, adminTarget, adTarget, noTarget}

// A victim is what an action of the table is about.
type victim struct {
	user, group, other, factor, rule string
}

const tableClient = "0oatableclient"

// tableActions make one action of every kind.
var tableActions = map[remediation.Kind]func(victim) remediation.Action{
	remediation.KindSuspendUser:             func(v victim) remediation.Action { return remediation.SuspendUser{UserID: v.user} },
	remediation.KindUnsuspendUser:           func(v victim) remediation.Action { return remediation.UnsuspendUser{UserID: v.user} },
	remediation.KindDeactivateUser:          func(v victim) remediation.Action { return remediation.DeactivateUser{UserID: v.user} },
	remediation.KindActivateUser:            func(v victim) remediation.Action { return remediation.ActivateUser{UserID: v.user} },
	remediation.KindReactivateUser:          func(v victim) remediation.Action { return remediation.ReactivateUser{UserID: v.user} },
	remediation.KindUnlockUser:              func(v victim) remediation.Action { return remediation.UnlockUser{UserID: v.user} },
	remediation.KindDeleteUser:              func(v victim) remediation.Action { return remediation.DeleteUser{UserID: v.user} },
	remediation.KindClearSessions:           func(v victim) remediation.Action { return remediation.ClearSessions{UserID: v.user, OAuthTokens: true} },
	remediation.KindExpirePassword:          func(v victim) remediation.Action { return remediation.ExpirePassword{UserID: v.user} },
	remediation.KindExpirePasswordTemporary: func(v victim) remediation.Action { return remediation.ExpirePasswordTemporary{UserID: v.user} },
	remediation.KindResetPassword:           func(v victim) remediation.Action { return remediation.ResetPassword{UserID: v.user} },
	remediation.KindSetPassword:             func(v victim) remediation.Action { return remediation.SetPassword{UserID: v.user, Random: true} },
	remediation.KindResetFactors:            func(v victim) remediation.Action { return remediation.ResetFactors{UserID: v.user} },
	remediation.KindRemoveFactor:            func(v victim) remediation.Action { return remediation.RemoveFactor{UserID: v.user, FactorID: v.factor} },
	remediation.KindRevokeGrants:            func(v victim) remediation.Action { return remediation.RevokeGrants{UserID: v.user} },
	remediation.KindRevokeClientGrants: func(v victim) remediation.Action {
		return remediation.RevokeClientGrants{UserID: v.user, ClientID: tableClient}
	},
	remediation.KindRevokeClientTokens: func(v victim) remediation.Action {
		return remediation.RevokeClientTokens{UserID: v.user, ClientID: tableClient}
	},
	remediation.KindSetProfileAttribute: func(v victim) remediation.Action {
		return remediation.SetProfileAttribute{UserID: v.user, Name: "department", Value: json.RawMessage(`"Quarantine"`)}
	},
	remediation.KindAddGroupMember: func(v victim) remediation.Action { return remediation.AddGroupMember{GroupID: v.other, UserID: v.user} },
	remediation.KindRemoveGroupMember: func(v victim) remediation.Action {
		return remediation.RemoveGroupMember{GroupID: v.group, UserID: v.user}
	},
	remediation.KindCreateGroup: func(v victim) remediation.Action { return remediation.CreateGroup{Name: "new " + v.group} },
	remediation.KindDeleteGroup: func(v victim) remediation.Action { return remediation.DeleteGroup{GroupID: v.group} },
	remediation.KindAddGroupOwner: func(v victim) remediation.Action {
		return remediation.AddGroupOwner{GroupID: v.other, OwnerID: v.user, OwnerType: "USER"}
	},
	remediation.KindRemoveGroupOwner: func(v victim) remediation.Action {
		return remediation.RemoveGroupOwner{GroupID: v.group, OwnerID: v.user, OwnerType: "USER"}
	},
	remediation.KindActivateGroupRule:   func(v victim) remediation.Action { return remediation.ActivateGroupRule{RuleID: v.rule} },
	remediation.KindDeactivateGroupRule: func(v victim) remediation.Action { return remediation.DeactivateGroupRule{RuleID: v.rule} },
}

// ofUser reports whether the table has a row per status for a kind.
func ofUser(kind remediation.Kind) bool {
	return tableActions[kind](victim{user: "00u"}).Facts().Target.Type == remediation.TargetUser
}

// tableExpects is what the documents say, or oktatest where they do not, of an
// action with the right scope and role: the status of the answer, the error code,
// and the user's status after it. Of a refusal nothing changes.
func tableExpects(kind remediation.Kind, from remediation.Status, c condition) string {
	in := func(list ...remediation.Status) bool { return slices.Contains(list, from) }
	directory := c == adTarget
	switch kind {
	case remediation.KindSuspendUser:
		if in("ACTIVE") {
			return "200 SUSPENDED"
		}
		return "400 E0000001"
	case remediation.KindUnsuspendUser:
		if in("SUSPENDED") {
			return "200 ACTIVE"
		}
		return "400 E0000001"
	case remediation.KindDeactivateUser:
		if in("DEPROVISIONED") {
			return "404 E0000007"
		}
		return "200 DEPROVISIONED"
	case remediation.KindActivateUser:
		switch {
		case in("STAGED", "DEPROVISIONED"):
			return "200 ACTIVE"
		case in("ACTIVE"):
			return "403 E0000016"
		}
		return "403 E0000038"
	case remediation.KindReactivateUser:
		if in("PROVISIONED", "RECOVERY") {
			return "200 " + string(from)
		}
		return "403 E0000038"
	case remediation.KindUnlockUser:
		if in("LOCKED_OUT") && !directory {
			return "200 ACTIVE"
		}
		return "403 E0000032"
	case remediation.KindDeleteUser:
		if in("DEPROVISIONED") {
			return "204 gone"
		}
		// Okta documents 204 and a deactivation. That takes another permission
		// than deleting (a choice of oktatest), which this credential lacks.
		return "403 E0000006"
	case remediation.KindExpirePassword, remediation.KindExpirePasswordTemporary:
		if in("ACTIVE") || in("PASSWORD_EXPIRED") && kind == remediation.KindExpirePassword {
			return "200 PASSWORD_EXPIRED"
		}
		return "403 E0000038"
	case remediation.KindResetPassword:
		if in("ACTIVE", "PASSWORD_EXPIRED", "LOCKED_OUT", "RECOVERY") && !directory {
			return "200 RECOVERY"
		}
		return "403 E0000017"
	case remediation.KindSetPassword:
		switch {
		case in("DEPROVISIONED"):
			return "403 E0000038"
		case directory:
			return "403 E0000023"
		case in("PROVISIONED", "RECOVERY", "PASSWORD_EXPIRED"):
			return "200 ACTIVE"
		}
		return "200 " + string(from)
	case remediation.KindResetFactors:
		if in("ACTIVE", "PASSWORD_EXPIRED", "LOCKED_OUT", "RECOVERY", "PROVISIONED", "SUSPENDED") {
			return "200 " + string(from)
		}
		return "403 E0000038"
	case remediation.KindRemoveFactor:
		if in("DEPROVISIONED") {
			return "403 E0000038"
		}
		return "204 " + string(from)
	case remediation.KindSetProfileAttribute:
		switch {
		case in("DEPROVISIONED"):
			return "403 E0000038"
		case directory:
			return "403 E0000023"
		}
		return "200 " + string(from)
	case remediation.KindCreateGroup:
		return "200"
	case remediation.KindAddGroupOwner:
		return "201"
	case remediation.KindDeleteGroup, remediation.KindRemoveGroupOwner, remediation.KindActivateGroupRule, remediation.KindDeactivateGroupRule:
		return "204"
	}
	return "204 " + string(from)
}

// wanted is what the org answers in a cell.
func wanted(kind remediation.Kind, from remediation.Status, c condition) string {
	switch {
	case c == scopeMissing:
		return "403 insufficient_scope"
	case c == roleMissing:
		return "403 E0000006"
	case c == adminTarget && kind != remediation.KindCreateGroup:
		return "403 E0000006"
	case c == noTarget && kind != remediation.KindCreateGroup:
		return "404 E0000007"
	}
	return tableExpects(kind, from, c)
}

// TestTable holds, for every action, status and condition, what the plan says
// against what the org answers, and that against the documents.
func TestTable(t *testing.T) {
	t.Parallel()
	var kinds []remediation.Kind
	for _, kind := range remediation.Kinds() {
		if tableActions[kind] == nil {
			t.Errorf("the table has no %s", kind)
			continue
		}
		kinds = append(kinds, kind)
	}
	rows := []string{"action\tstatus\tcondition\tthe plan says\tthe org answers"}
	for _, c := range conditions {
		t.Run(string(c), func(t *testing.T) {
			s := newSetup(t, noLimits(t))
			for _, kind := range kinds {
				from := statuses
				if !ofUser(kind) {
					from = []remediation.Status{"ACTIVE"} // of nobody
				}
				for _, status := range from {
					rows = append(rows, s.cell(kind, status, c))
				}
			}
		})
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.Join(rows, "\n"))
	_ = w.Flush()
	t.Logf("%d cells\n%s", len(rows)-1, &b)
}

// cell plans one action, then sends its request whatever the plan says, and holds
// both against what is expected.
func (s *setup) cell(kind remediation.Kind, status remediation.Status, c condition) string {
	t := s.t
	t.Helper()
	name := fmt.Sprintf("%s %s, %s", kind, status, c)
	v := s.victim(kind, status, c)
	a := tableActions[kind](v)
	r := &remediation.Responder{Client: s.cellClient(a, c), Guards: remediation.Guards{Destructive: remediation.Kinds()}}
	plan, err := r.BuildPlan(context.Background(), a)
	if err != nil {
		t.Errorf("%s: BuildPlan: %v", name, err)
		return name
	}
	step := plan.Steps[0]
	answered := s.send(r.Client, a)
	if !strings.HasPrefix(answered, "4") && ofUser(kind) {
		answered += " " + string(s.status(v.user))
	}
	if want := wanted(kind, status, c); answered != want {
		t.Errorf("%s: the org answers %q, want %q", name, answered, want)
	}
	s.checkPredicted(name, step, answered, r, a)
	says := string(step.Verdict)
	if step.Guard != "" {
		says += " (" + string(step.Guard) + ")"
	}
	return fmt.Sprintf("%s\t%s\t%s\t%s\t%s", kind, status, c, says, answered)
}

// checkPredicted holds a verdict against what the org did.
func (s *setup) checkPredicted(name string, step remediation.Step, answered string, r *remediation.Responder, a remediation.Action) {
	t := s.t
	t.Helper()
	took := strings.HasPrefix(answered, "2")
	switch step.Verdict {
	case remediation.WillRun:
		if !took {
			t.Errorf("%s: the plan says it will run, the org answers %s", name, answered)
			return
		}
		after, err := r.BuildPlan(context.Background(), a)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if got, want := stateText(t, after.Steps[0].Before), stateText(t, step.After); got != want {
			t.Errorf("%s: leaves %s, the plan said %s", name, got, want)
		}
	case remediation.Impossible, remediation.Refused:
		if took {
			t.Errorf("%s: the plan says %s (%s), the org has done it: %s", name, step.Verdict, step.Reason, answered)
		}
		if step.Verdict == remediation.Refused {
			checkReason(t, name, step, answered)
		}
	}
	if step.Verdict != remediation.WillRun && step.Reason == "" {
		t.Errorf("%s: %s without a reason", name, step.Verdict)
	}
}

// checkReason holds the guard of a refusal against the org's.
func checkReason(t *testing.T, name string, step remediation.Step, answered string) {
	t.Helper()
	want := map[remediation.Guard]string{
		remediation.GuardScope: "403 insufficient_scope", remediation.GuardRole: "403 E0000006", remediation.GuardAdmin: "403 E0000006",
	}[step.Guard]
	if answered != want {
		t.Errorf("%s: refused by %s, the org answers %s", name, step.Guard, answered)
	}
}

// stateText is a state as JSON, without the id of a group that was made.
func stateText(t *testing.T, s remediation.State) string {
	t.Helper()
	s.GroupID = ""
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// victim makes what a cell is about.
func (s *setup) victim(kind remediation.Kind, status remediation.Status, c condition) victim {
	if c == noTarget {
		return victim{user: "00u0000000000000none", group: "00g0000000000000none", other: "00g0000000000000none", factor: "opf0000000000000none", rule: "0pr0000000000000none"}
	}
	n := len(s.sim.Requests()) // a name that was not used
	u := oktatest.User{Status: string(status), Factors: []string{"sms"}, Sessions: 1, Clients: []string{tableClient}}
	g := oktatest.Group{Name: fmt.Sprintf("group %d", n)}
	other := oktatest.Group{Name: fmt.Sprintf("other %d", n)}
	switch {
	case c == adminTarget && ofUser(kind):
		u.Roles = []string{"HELP_DESK_ADMIN"}
	case c == adminTarget:
		g.Roles, other.Roles = []string{"HELP_DESK_ADMIN"}, []string{"HELP_DESK_ADMIN"}
	case c == adTarget:
		u.Provider = "ACTIVE_DIRECTORY"
	}
	v := victim{user: s.sim.AddUser(u)}
	g.Members, g.Owners = []string{v.user}, []string{v.user}
	v.group, v.other = s.sim.AddGroup(g), s.sim.AddGroup(other)
	v.rule = s.sim.AddRule(oktatest.Rule{
		Name: fmt.Sprintf("rule %d", n), Expression: `user.department=="nobody"`, Groups: []string{v.group}, Inactive: kind == remediation.KindActivateGroupRule,
	})
	v.factor = "opf0000000000000none"
	var factors []struct{ ID string }
	if err := s.client.Get(context.Background(), &factors, nil, "api", "v1", "users", v.user, "factors"); err == nil && len(factors) > 0 {
		v.factor = factors[0].ID
	}
	return v
}

// cellClient returns a client with what a condition leaves of what is needed.
func (s *setup) cellClient(a remediation.Action, c condition) *oktaint.Client {
	guards := remediation.Guards{}
	want := remediation.Scopes(a).Union(remediation.GuardScopes(guards))
	look := remediation.GuardPermissions(guards)
	permissions := append(remediation.Permissions(a), look...)
	roles := []string(nil)
	switch c {
	case scopeMissing:
		want = scopes.New(scopes.UsersRead, scopes.GroupsRead, scopes.RolesRead, scopes.APITokensRead)
	case roleMissing:
		roles, permissions = []string{"READ_ONLY_ADMIN"}, look
	}
	key := fmt.Sprint(want, roles, permissions)
	if s.clients == nil {
		s.clients = make(map[string]*oktaint.Client)
	}
	if s.clients[key] == nil {
		s.clients[key] = s.appClient(want, roles, permissions)
	}
	return s.clients[key]
}

// send sends an action's request and tells the answer's status and error code.
func (s *setup) send(c *oktaint.Client, a remediation.Action) string {
	s.t.Helper()
	req, err := a.Request(context.Background(), s.org)
	if err != nil {
		s.t.Fatal(err)
	}
	n := len(s.sim.Requests())
	err = c.Do(req, nil)
	var e *oktaint.Error
	switch {
	case err == nil:
		all := s.sim.Requests()[n:]
		return fmt.Sprint(all[len(all)-1].Status)
	case !errors.As(err, &e):
		s.t.Fatal(err)
	case e.OAuthError != "":
		return fmt.Sprintf("%d %s", e.StatusCode, e.OAuthError)
	}
	return fmt.Sprintf("%d %s", e.StatusCode, e.Code)
}
