package remediation_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// A plan that was kept with MarshalIndent shows and runs as the one it was.
func TestIndentedPlan(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		id := s.sim.AddUser(oktatest.User{Profile: map[string]any{"sites": []string{"Oslo", "Lima"}}})
		r := s.responder(remediation.Guards{})
		plan := s.plan(r, remediation.SetProfileAttribute{UserID: id, Name: "sites", Value: json.RawMessage(`["Bonn"]`)})
		text, err := json.MarshalIndent(plan, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		var stored remediation.Plan
		if err := json.Unmarshal(text, &stored); err != nil {
			t.Fatal(err)
		}
		if stored.String() != plan.String() {
			t.Errorf("shows as\n%s", &stored)
		}
		report, err := r.Run(t.Context(), &stored, plan.Approve("alice", time.Hour))
		if err != nil || outcomes(report) != "done" {
			t.Errorf("%s, %v, %v", outcomes(report), err, report.Err())
		}
	})
}

// Values are shown to people as they are, not as JSON for a web page.
func TestPlanShowsValues(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		id := s.sim.AddUser(oktatest.User{Profile: map[string]any{"department": "R&D"}})
		plan := s.plan(s.responder(remediation.Guards{}), remediation.SetProfileAttribute{UserID: id, Name: "department", Value: json.RawMessage(`"<x>"`)})
		if text := plan.String(); !strings.Contains(text, `"R&D"`) || !strings.Contains(text, `"<x>"`) {
			t.Errorf("plan:\n%s", text)
		}
	})
}

// A record that nobody could read again is not taken.
func TestRecordWithoutAction(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*remediation.Record){
		"no action": func(r *remediation.Record) { r.Action = nil }, "no version": func(r *remediation.Record) { r.Version = 0 },
	} {
		f := recorder(t, 1)
		r := record(acme(t), 2)
		change(&r)
		if err := f.Append(t.Context(), r); err == nil {
			t.Errorf("%s: appended", name)
		}
		if _, err := recordIDs(t, f, acme(t)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What a later release has written about another org is passed over.
func TestOtherOrgsRecord(t *testing.T) {
	t.Parallel()
	f := recorder(t, 1)
	text := strings.Replace(toJSON(t, record(orgOf(t, "globex"), 2)), "add_group_member", "promote_user", 1)
	file, err := os.OpenFile(f.Path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := io.WriteString(file, text+"\n"); err != nil {
		t.Fatal(err)
	}
	if ids, err := recordIDs(t, f, acme(t)); err != nil || ids != "record-1" {
		t.Errorf("%q, %v", ids, err)
	}
}

// A file that others could read is taken from them before a record is in it.
func TestFileModeOfAnOldFile(t *testing.T) {
	t.Parallel()
	f := recorder(t, 0)
	if err := os.WriteFile(f.Path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	err := f.Append(t.Context(), record(acme(t), 1))
	if info, statErr := os.Stat(f.Path); err == nil && (statErr != nil || info.Mode().Perm() != 0o600) {
		t.Errorf("mode %v, %v", info.Mode(), statErr)
	}
}

// A line that was cut by a failure is no target: another user may have that name.
func TestHalfATarget(t *testing.T) {
	t.Parallel()
	r := io.MultiReader(strings.NewReader("eve@example.com\nmallory@example.co"), iotest.ErrReader(errors.New("the disk is gone")))
	if got, err := collect(remediation.ReadTargets(r)); err == nil || len(got) != 1 {
		t.Errorf("read %q, %v", got, err)
	}
}

// Words are apart at every kind of space, and at the line ends of old.
func TestWordsOfALine(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"eve@example.com\rmallory@example.com\r", "eve@example.com\u00a0mallory@example.com", "eve@example.com\vmallory@example.com"} {
		if got, err := collect(remediation.ReadTargets(strings.NewReader(text))); err == nil {
			t.Errorf("%q is read as %q", text, got)
		}
	}
}

// Names of fields are what they are, in their case.
func TestFieldCase(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"kind":"suspend_user","version":1,"USER_ID":"00u6eltha0nrSc47i0h7"}`,
		`{"kind":"suspend_user","version":1,"USER_ID":"00u6eltha0nrSc47i0h7","user_id":"00u1111111111111111d"}`,
	} {
		if a, err := remediation.ParseAction([]byte(text)); err == nil {
			t.Errorf("%s is read as %s", text, toJSON(t, a))
		}
	}
}

// A recorder without a path is an error when it is read, too.
func TestNoPath(t *testing.T) {
	t.Parallel()
	if _, err := recordIDs(t, &remediation.FileRecorder{}, acme(t)); err == nil {
		t.Error("no error")
	}
}

// All ids of an action are held against the form of ids before anything is read.
func TestOtherIDs(t *testing.T) {
	t.Parallel()
	for _, a := range []remediation.Action{
		remediation.AddGroupMember{GroupID: "two words", UserID: userID}, remediation.RemoveFactor{UserID: userID, FactorID: "a?b"},
		remediation.RevokeClientTokens{UserID: userID, ClientID: "my app"}, remediation.RemoveGroupOwner{GroupID: groupID, OwnerID: "mallory@example.com", OwnerType: "USER"},
	} {
		d := new(directory)
		r := &remediation.Responder{Client: oktaint.NewClient(acme(t), d)}
		_, err := r.BuildPlan(t.Context(), a)
		if err == nil || len(d.asked) > 0 {
			t.Errorf("%#v: %v, asked %q", a, err, d.asked)
		}
	}
}
