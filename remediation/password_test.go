package remediation_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// TestRandomPassword checks that a random password is long, of every class that
// policies ask for, another one in every request, and in the request only.
func TestRandomPassword(t *testing.T) {
	t.Parallel()
	a := remediation.SetPassword{UserID: userID, Random: true}
	if got := toJSON(t, a); got != `{"kind":"set_password","version":1,"user_id":"00u6eltha0nrSc47i0h7","random":true}` {
		t.Errorf("JSON %s", got)
	}
	seen := make(map[string]bool)
	for range 100 {
		req, err := a.Request(t.Context(), acme(t))
		if err != nil {
			t.Fatal(err)
		}
		var body struct {
			Credentials struct{ Password struct{ Value string } }
		}
		text := readAll(t, req.Body)
		if err := json.Unmarshal([]byte(text), &body); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		value := body.Credentials.Password.Value
		checkPassword(t, value)
		if seen[value] {
			t.Fatal("a password comes twice")
		}
		seen[value] = true
		if parsed := toJSON(t, parse(t, toJSON(t, a))); strings.Contains(parsed, value) || parsed != toJSON(t, a) {
			t.Errorf("JSON after a request: %s", parsed)
		}
	}
}

// checkPassword holds a password against what the strictest of Okta's policies
// can ask for: up to 30 characters are the most a policy wants, and 72 the most
// that is kept of one.
func checkPassword(t *testing.T, value string) {
	t.Helper()
	if len(value) < 26 || len(value) > 72 {
		t.Errorf("%d characters", len(value))
	}
	for _, class := range []string{"abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"} {
		if !strings.ContainsAny(value, class) {
			t.Errorf("a password has none of %s", class)
		}
	}
	for _, r := range value {
		if r <= ' ' || r > '~' {
			t.Errorf("a password has the character %q", r)
		}
	}
}

// TestPasswordIsNotShown checks that a given password is seen nowhere but in the
// request.
func TestPasswordIsNotShown(t *testing.T) {
	t.Parallel()
	set := remediation.SetPassword{UserID: userID, Password: oktaint.NewSecret(password)}
	step := remediation.Step{Action: set, Target: set.Facts().Target, Verdict: remediation.WillRun}
	plan := &remediation.Plan{Org: acme(t), Steps: []remediation.Step{step}}
	result := remediation.StepResult{Step: step, Secret: oktaint.NewSecret(password)}
	report := &remediation.Report{Plan: plan.Digest(), Steps: []remediation.StepResult{result}}
	record := remediation.Record{Version: 1, Action: set, Undo: set}
	private := struct{ set remediation.SetPassword }{set}
	choice := remediation.FirstOf{set, set}
	for _, v := range []any{
		set, &set, private, choice, remediation.Actions{set}, []remediation.Action{set}, map[string]remediation.Action{"set": set},
		set.Facts(), step, plan, *plan, result, report, *report, record, &record,
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			if text := fmt.Sprintf(verb, v); hasPassword(text) {
				t.Errorf("%s of %T shows the password", verb, v)
			}
		}
		if text, err := json.Marshal(v); err == nil && hasPassword(string(text)) {
			t.Errorf("the JSON of %T has the password: %s", v, text)
		}
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("", "v", v)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("", "v", v)
		if hasPassword(log.String()) {
			t.Errorf("slog of %T shows the password: %s", v, log.String())
		}
	}
	if !hasPassword(fmt.Sprint(struct{ p string }{password})) || !hasPassword(fmt.Sprintf("%x", password)) {
		t.Error("the test does not see the password where it is")
	}
}

func hasPassword(text string) bool {
	return strings.Contains(text, password) || strings.Contains(strings.ToLower(text), fmt.Sprintf("%x", password))
}

// TestSecondPassword checks that another password is set although one was set
// before, and that a random one is not set again.
func TestSecondPassword(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		id := s.sim.AddUser(oktatest.User{})
		r := s.responder(remediation.Guards{Destructive: []remediation.Kind{remediation.KindSetPassword}})
		for _, test := range []struct {
			value, want string
		}{{password, "done"}, {"Other-Battery-7-TEST-ONLY", "done"}, {"", "done"}, {"", "already"}, {password, "done"}} {
			set := remediation.SetPassword{UserID: id, Random: test.value == "", Password: oktaint.NewSecret(test.value)}
			report := s.run(r, set)
			if got := outcomes(report); got != test.want {
				t.Errorf("password %q: %s, want %s (%s)", test.value, got, test.want, report.Steps[0].Reason)
			}
			time.Sleep(time.Hour)
		}
	})
}
