package remediation_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

var errFull = errors.New("no space left on device")

// A record that cannot be written ends the run before the request it is about.
// The record behind a request that cannot be written ends it after that, and the
// next run finds out what became of it.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 8; n++ {
		t.Run(fmt.Sprint("append ", n), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				sc := scenes[0]
				user := sc.prepare(s)
				r := s.responder(sc.guards)
				plan := s.plan(r, sc.actions(s, user)...)
				s.records.fail = func(i int, _ remediation.Record) error {
					if i >= n {
						return errFull
					}
					return nil
				}
				report, err := r.Run(t.Context(), plan, plan.Approve("alice", time.Hour))
				if !errors.Is(err, errFull) || !strings.HasPrefix(err.Error(), "remediation: ") {
					t.Errorf("error: %v", err)
				}
				// Suspension and sessions are announced and sent before either is concluded.
				if want := []int{0, 0, 1, 2, 2, 2, 3, 3, 4}[n]; len(s.writes()) != want {
					t.Errorf("written: %q, want %d requests (%s)", s.writes(), want, outcomes(report))
				}
				s.records.fail = nil
				if report := s.run(r, sc.actions(s, user)...); !report.OK() {
					t.Errorf("the next run: %v", report.Err())
				}
				sc.check(s, user)
				s.checkNothingLeft(r, sc.actions(s, user)...)
			})
		})
	}
}

// Where there can be no file of records, nothing is sent: in a folder that is
// missing, and in place of a device.
func TestNoPlaceForRecords(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		id := s.sim.AddUser(oktatest.User{})
		r := s.responder(remediation.Guards{})
		file := &remediation.FileRecorder{Path: filepath.Join(t.TempDir(), "no", "such", "folder")}
		for _, rec := range []*remediation.FileRecorder{file, {Path: "/dev/full"}} {
			plan := s.plan(r, remediation.SuspendUser{UserID: id})
			run := *r
			run.Recorder = full{rec}
			report, err := run.Run(t.Context(), plan, plan.Approve("alice", time.Hour))
			if err == nil || outcomes(report) != "not_run" || len(s.writes()) != 0 {
				t.Errorf("%s: %v, %s, written: %q", rec.Path, err, outcomes(report), s.writes())
			}
		}
	})
}

// full has no records to read, so that the run comes to write one.
type full struct{ *remediation.FileRecorder }

func (full) Records(context.Context, oktaint.Org) iter.Seq2[remediation.Record, error] {
	return func(func(remediation.Record, error) bool) {}
}

// A run whose context ends sends nothing more, gives what is on its way ten
// seconds, and tells the truth.
func TestCancel(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		delay     string
		committed bool
		took      time.Duration
	}{{"5s", true, 5 * time.Second}, {"60s", true, 11 * time.Second}} {
		t.Run(test.delay, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				id := s.sim.AddUser(oktatest.User{Sessions: 1})
				r := s.responder(remediation.Guards{})
				plan := s.plan(r, remediation.Contain(id, remediation.ContainOptions{})...)
				if err := s.sim.AddFault("POST /api/v1/users/{id}/lifecycle/suspend #1 delay=" + test.delay); err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				began := time.Now()
				report, err := r.Run(ctx, plan, plan.Approve("alice", time.Hour))
				if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
					t.Errorf("error: %v", err)
				}
				if took := time.Since(began); took > test.took+time.Second {
					t.Errorf("took %v", took)
				}
				if w := s.writes(); len(w) != 1 {
					t.Errorf("written: %q", w)
				}
				// An answer that does not come in time is made up for by a look.
				if report.Steps[0].Outcome != remediation.OutcomeDone || report.Steps[1].Outcome != remediation.OutcomeNotRun {
					t.Errorf("%s", outcomes(report))
				}
				s.sim.ClearFaults()
				if report := s.run(r, remediation.Contain(id, remediation.ContainOptions{})...); !report.Contained(id) {
					t.Errorf("the next run: %v", report.Err())
				}
			})
		})
	}
}

// What cannot be known is recorded as unknown, and not sent again.
func TestUnknown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		id := s.sim.AddUser(oktatest.User{Status: "PROVISIONED"})
		mail := remediation.ReactivateUser{UserID: id, SendEmail: true}
		r, g := s.gated(remediation.Guards{})
		plan := s.plan(r, mail)
		g.when, g.do = isWrite, after
		report := s.runPlan(r, plan)
		if outcomes(report) != "unknown" || !strings.Contains(report.Err().Error(), "does not tell") {
			t.Errorf("%s: %v", outcomes(report), report.Err())
		}
		undo, err := r.BuildUndo(t.Context(), nil)
		if err != nil || len(undo.Steps) != 0 || len(undo.Warnings) == 0 || !strings.Contains(undo.Warnings[0], "may have been done") {
			t.Errorf("undo: %v, %+v", err, undo)
		}

		// The same after a kill.
		other := s.sim.AddUser(oktatest.User{Status: "PROVISIONED"})
		mail = remediation.ReactivateUser{UserID: other, SendEmail: true}
		r, g = s.gated(remediation.Guards{})
		plan = s.plan(r, mail)
		g.when, g.do = isWrite, faults["kill-after"]
		s.records.fail = func(int, remediation.Record) error {
			if g.isDead() {
				return errDead
			}
			return nil
		}
		if _, err := r.Run(t.Context(), plan, plan.Approve("alice", time.Hour)); err == nil {
			t.Error("no error of a dead process")
		}
		s.records.fail = nil
		n := len(s.writes())
		report = s.run(s.responder(remediation.Guards{}), mail)
		if outcomes(report) != "unknown" || len(s.writes()) != n {
			t.Errorf("%s, written: %q", outcomes(report), s.writes()[n:])
		}
		all := s.records.all(t, s.org)
		if last := all[len(all)-1]; last.Outcome != remediation.OutcomeUnknown || !strings.Contains(last.Error, "must not be sent twice") {
			t.Errorf("record: %+v", last)
		}
	})
}

// A file of records that somebody has written to gains him nothing: the guards
// judge the undo, and it has to be approved as it is.
func TestTamperedRecords(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		attacker := s.sim.AddUser(oktatest.User{Login: "mallory@example.com"})
		admins := s.sim.AddGroup(oktatest.Group{Name: "Admins", Roles: []string{"SUPER_ADMIN"}})
		staff := s.sim.AddGroup(oktatest.Group{Name: "Staff"})
		r := s.responder(remediation.Guards{})
		s.run(r, remediation.Contain(attacker, remediation.ContainOptions{})...)
		genuine := slices.Clone(s.records.lines)

		undoOf := func(forged string) (*remediation.Plan, error) {
			s.records.lines = append(slices.Clone(genuine), []byte(forged))
			return r.BuildUndo(t.Context(), func(rec remediation.Record) bool { return rec.ID == "forged" })
		}
		record := func(action string) string {
			return fmt.Sprintf(`{"version":1,"id":"forged","org_url":%q,"plan":"x","outcome":"done","target":{"type":"user","id":"00uharmless","name":"nobody"},"action":%s,
				"undo":{"kind":"delete_user","version":1,"user_id":%q,"send_email":false}}`, s.org, action, attacker)
		}
		// Into a group that carries an admin role: refused.
		plan, err := undoOf(record(fmt.Sprintf(`{"kind":"remove_group_member","version":1,"group_id":%q,"user_id":%q}`, admins, attacker)))
		if err != nil {
			t.Fatal(err)
		}
		wantStep(t, plan, remediation.Refused, remediation.GuardAdmin, "SUPER_ADMIN")
		// Into another one: the plan shows what would be done to whom, whatever the
		// record calls it.
		plan, err = undoOf(record(fmt.Sprintf(`{"kind":"remove_group_member","version":1,"group_id":%q,"user_id":%q}`, staff, attacker)))
		if err != nil || !strings.Contains(plan.String(), "mallory@example.com") || !strings.Contains(plan.String(), "add_group_member "+staff) {
			t.Errorf("%v\n%s", err, plan)
		}
		// The approval of the genuine undo is none of the forged one.
		s.records.lines = genuine
		real, err := r.BuildUndo(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Run(t.Context(), plan, real.Approve("alice", time.Hour)); !errors.Is(err, remediation.ErrNotApproved) {
			t.Errorf("error: %v", err)
		}
		for name, forged := range map[string]string{
			"an action of another kind": record(`{"kind":"make_super_admin","version":1,"user_id":"x"}`),
			"another version":           strings.Replace(record(`{"kind":"suspend_user","version":1,"user_id":"x"}`), `"version":1`, `"version":9`, 1),
		} {
			if plan, err := undoOf(forged); err != nil || len(plan.Steps) != 0 || !strings.Contains(fmt.Sprint(plan.Warnings), remediation.ErrBadRecord.Error()) {
				t.Errorf("%s: %v\n%s", name, err, plan)
			}
		}
		plan, err = undoOf(record(fmt.Sprintf(`{"kind":"suspend_user","version":1,"user_id":"../../%s"}`, attacker)))
		if err != nil || len(plan.Steps) != 0 || !strings.Contains(fmt.Sprint(plan.Warnings), "is left out") {
			t.Errorf("a path is taken: %v, %s", err, plan)
		}
		other := strings.ReplaceAll(record(fmt.Sprintf(`{"kind":"suspend_user","version":1,"user_id":%q}`, attacker)), s.org.String(), "https://other.okta.com")
		if plan, err := undoOf(other); err != nil || len(plan.Steps) != 0 {
			t.Errorf("a record of another org: %v, %s", err, plan)
		}
	})
}

// No record, and no error, has a temporary password, a link or a password.
func TestRecordsHoldNoSecret(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		r := s.responder(remediation.Guards{Destructive: remediation.Kinds()})
		var secrets []string
		for _, a := range []remediation.Action{
			remediation.ExpirePasswordTemporary{UserID: s.sim.AddUser(oktatest.User{})},
			remediation.ResetPassword{UserID: s.sim.AddUser(oktatest.User{})},
			remediation.ActivateUser{UserID: s.sim.AddUser(oktatest.User{Status: "STAGED", NoPassword: true})},
			remediation.ReactivateUser{UserID: s.sim.AddUser(oktatest.User{Status: "PROVISIONED"})},
		} {
			report := s.run(r, a)
			if outcomes(report) != "done" || report.Steps[0].Secret.IsZero() {
				t.Errorf("%s: %s, the secret is missing: %v", a.Facts().Kind, outcomes(report), report.Err())
			}
			secrets = append(secrets, report.Steps[0].Secret.Reveal())
			text, err := json.Marshal(report)
			if err != nil {
				t.Fatal(err)
			}
			secretFree(t, "the report", fmt.Sprintf("%s %v %+v %#v", text, report, report, report.Steps), secrets)
		}
		const weak = "weak"
		password := remediation.SetPassword{UserID: s.sim.AddUser(oktatest.User{}), Password: oktaint.NewSecret(weak + "!TEST")}
		r.Client = s.echoing()
		report := s.run(r, password)
		if outcomes(report) != "failed" {
			t.Errorf("%s", outcomes(report))
		}
		secrets = append(secrets, weak+"!TEST")
		secretFree(t, "the error", report.Err().Error(), secrets)
		for _, line := range s.records.lines {
			secretFree(t, "a record", string(line), secrets)
		}
	})
}

// echoing returns a client of an org that repeats what it was sent in an error.
func (s *setup) echoing() *oktaint.Client {
	g := &gate{next: s.sim.Transport(), when: isWrite, do: func(g *gate, r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		text, err := json.Marshal(map[string]any{
			"errorCode": "E0000001", "errorSummary": "not valid: " + string(body), "errorCauses": []map[string]string{{"errorSummary": string(body)}},
		})
		if err != nil {
			return nil, err
		}
		return answer(400, string(text))(g, r)
	}}
	return s.over(g)
}

func secretFree(t *testing.T, what, text string, secrets []string) {
	t.Helper()
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			t.Errorf("%s has a secret: %s", what, text)
		}
	}
}
