package remediation_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/remediation"
)

// documents has the JSON of an action of each kind, written by hand: it is kept
// by others, so that it must not change. The names are those of the goldens.
var documents = map[string]string{
	"SuspendUser":         `{"kind":"suspend_user","version":1,"user_id":"00u6eltha0nrSc47i0h7"}`,
	"UnsuspendUser":       `{"kind":"unsuspend_user","version":1,"user_id":"00u6eltha0nrSc47i0h7"}`,
	"DeactivateUser_mail": `{"kind":"deactivate_user","version":1,"user_id":"00u6eltha0nrSc47i0h7","send_email":true}`,
	"ActivateUser":        `{"kind":"activate_user","version":1,"user_id":"00u6eltha0nrSc47i0h7","send_email":false}`,
	"ReactivateUser":      `{"kind":"reactivate_user","version":1,"user_id":"00u6eltha0nrSc47i0h7","send_email":false}`,
	"UnlockUser":          `{"kind":"unlock_user","version":1,"user_id":"00u6eltha0nrSc47i0h7"}`,
	"DeleteUser":          `{"kind":"delete_user","version":1,"user_id":"00u6eltha0nrSc47i0h7","send_email":false}`,

	"ClearSessions_tokens": `{"kind":"clear_sessions","version":1,"user_id":"00u6eltha0nrSc47i0h7","oauth_tokens":true,"forget_devices":false}`,

	"ExpirePassword":                 `{"kind":"expire_password","version":1,"user_id":"00u6eltha0nrSc47i0h7"}`,
	"ExpirePasswordTemporary_revoke": `{"kind":"expire_password_with_temp_password","version":1,"user_id":"00u6eltha0nrSc47i0h7","revoke_sessions":true}`,
	"ResetPassword_mail":             `{"kind":"reset_password","version":1,"user_id":"00u6eltha0nrSc47i0h7","send_email":true,"revoke_sessions":false}`,
	"SetPassword":                    `{"kind":"set_password","version":1,"user_id":"00u6eltha0nrSc47i0h7","random":false}`,

	"ResetFactors":          `{"kind":"reset_factors","version":1,"user_id":"00u6eltha0nrSc47i0h7"}`,
	"RemoveFactor_recovery": `{"kind":"remove_factor","version":1,"user_id":"00u6eltha0nrSc47i0h7","factor_id":"opf3hkfocI4JTLAju0g4","remove_recovery_enrollment":true}`,

	"RevokeGrants":       `{"kind":"revoke_grants","version":1,"user_id":"00u6eltha0nrSc47i0h7"}`,
	"RevokeClientGrants": `{"kind":"revoke_client_grants","version":1,"user_id":"00u6eltha0nrSc47i0h7","client_id":"0oawsplnj5Tvtng9U1d7"}`,
	"RevokeClientTokens": `{"kind":"revoke_client_tokens","version":1,"user_id":"00u6eltha0nrSc47i0h7","client_id":"0oawsplnj5Tvtng9U1d7"}`,

	"SetProfileAttribute":         `{"kind":"set_profile_attribute","version":1,"user_id":"00u6eltha0nrSc47i0h7","name":"department","value":"R\u0026D \u003cKöln\u003e"}`,
	"SetProfileAttribute_null":    `{"kind":"set_profile_attribute","version":1,"user_id":"00u6eltha0nrSc47i0h7","name":"riskState","value":null}`,
	"SetProfileAttribute_number":  `{"kind":"set_profile_attribute","version":1,"user_id":"00u6eltha0nrSc47i0h7","name":"badgeNumber","value":12345678901234567890}`,
	"SetProfileAttribute_list":    `{"kind":"set_profile_attribute","version":1,"user_id":"00u6eltha0nrSc47i0h7","name":"sites","value":["Oslo","Lima"]}`,
	"SetProfileAttribute_ifmatch": `{"kind":"set_profile_attribute","version":1,"user_id":"00u6eltha0nrSc47i0h7","name":"department","value":"Sales"}`,

	"AddGroupMember":          `{"kind":"add_group_member","version":1,"group_id":"00guaxWZ0AOa5NFAj0g3","user_id":"00u6eltha0nrSc47i0h7"}`,
	"RemoveGroupMember":       `{"kind":"remove_group_member","version":1,"group_id":"00guaxWZ0AOa5NFAj0g3","user_id":"00u6eltha0nrSc47i0h7"}`,
	"CreateGroup":             `{"kind":"create_group","version":1,"name":"Quarantine","description":""}`,
	"CreateGroup_description": `{"kind":"create_group","version":1,"name":"Quarantine \u0026 \u003cü\u003e","description":"Users under \"investigation\""}`,
	"DeleteGroup":             `{"kind":"delete_group","version":1,"group_id":"00guaxWZ0AOa5NFAj0g3"}`,
	"AddGroupOwner":           `{"kind":"add_group_owner","version":1,"group_id":"00guaxWZ0AOa5NFAj0g3","owner_id":"00u6eltha0nrSc47i0h7","owner_type":"USER"}`,
	"RemoveGroupOwner_group":  `{"kind":"remove_group_owner","version":1,"group_id":"00guaxWZ0AOa5NFAj0g3","owner_id":"00gvsigfder962lC01d7","owner_type":"GROUP"}`,
	"ActivateGroupRule":       `{"kind":"activate_group_rule","version":1,"rule_id":"0prtiutijp1eh8XZS697"}`,
	"DeactivateGroupRule":     `{"kind":"deactivate_group_rule","version":1,"rule_id":"0prtiutijp1eh8XZS697"}`,
}

const choice = `{"kind":"first_of","version":1,"actions":[` +
	`{"kind":"suspend_user","version":1,"user_id":"00u6eltha0nrSc47i0h7"},` +
	`{"kind":"deactivate_user","version":1,"user_id":"00u6eltha0nrSc47i0h7","send_email":false}]}`

// TestJSON compares the JSON of actions with what was written by hand.
func TestJSON(t *testing.T) {
	t.Parallel()
	all, kinds := goldens(), remediation.Kinds()
	for name, want := range documents {
		if got := toJSON(t, all[name]); got != want {
			t.Errorf("%s is\n%s\nwant\n%s", name, got, want)
		}
		kinds = slices.DeleteFunc(kinds, func(k remediation.Kind) bool { return k == all[name].Facts().Kind })
	}
	if len(kinds) > 0 {
		t.Errorf("no JSON is laid down of %q", kinds)
	}
	first := remediation.FirstOf{all["SuspendUser"], all["DeactivateUser"]}
	if got := toJSON(t, first); got != choice {
		t.Errorf("first_of is\n%s\nwant\n%s", got, choice)
	}
}

// TestJSONRoundTrip reads each action from its JSON, in several layouts, and
// compares what it is and what it sends.
func TestJSONRoundTrip(t *testing.T) {
	t.Parallel()
	for name, a := range goldens() {
		text := toJSON(t, a)
		var wide bytes.Buffer
		if err := json.Indent(&wide, []byte(text), "\t", "    "); err != nil {
			t.Fatal(err)
		}
		for _, layout := range []string{text, wide.String(), " \r\n" + text + "\n"} {
			parsed := parse(t, layout)
			if got := toJSON(t, parsed); got != text || typeOf(parsed) != typeOf(a) {
				t.Errorf("%s: %s is read as a %s, %s", name, layout, typeOf(parsed), got)
			}
			if _, given := a.(remediation.SetPassword); given {
				_, err := parsed.Request(t.Context(), acme(t))
				wantRefusal(t, err, "it is not kept in JSON")
				continue
			}
			if one, two := meaning(t, a), meaning(t, parsed); one != two {
				t.Errorf("%s sends %s, and read from its JSON %s", name, one, two)
			}
		}
	}
}

// meaning renders what a request asks for, whatever the form of its JSON and
// without the ETag, which is not in JSON.
func meaning(t *testing.T, a remediation.Action) string {
	t.Helper()
	req, err := a.Request(t.Context(), acme(t))
	if err != nil {
		t.Fatal(err)
	}
	out := req.Method + " " + req.URL.String()
	if req.Body == nil {
		return out
	}
	var body any
	dec := json.NewDecoder(req.Body)
	dec.UseNumber()
	if err := dec.Decode(&body); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s %q", out, body)
}

// TestActionsJSON reads a list of actions, of all kinds and with a choice in it.
func TestActionsJSON(t *testing.T) {
	t.Parallel()
	var list remediation.Actions
	for _, kind := range remediation.Kinds() {
		list = append(list, goldens()[typeOf(remediation.Sample(kind))])
	}
	list = append(list, remediation.FirstOf{list[0], list[0]})
	text := toJSON(t, list)
	var read remediation.Actions
	if err := json.Unmarshal([]byte(text), &read); err != nil {
		t.Fatal(err)
	}
	if again := toJSON(t, read); again != text || len(read) != len(list) {
		t.Errorf("%d actions are read as %d\n%s\n%s", len(list), len(read), text, again)
	}
	for i := range read {
		if typeOf(read[i]) != typeOf(list[i]) {
			t.Errorf("action %d is a %s, want a %s", i, typeOf(read[i]), typeOf(list[i]))
		}
	}
	if first, ok := parse(t, choice).(remediation.FirstOf); !ok || len(first) != 2 || first[1] != goldens()["DeactivateUser"] {
		t.Errorf("a choice is read as %#v", parse(t, choice))
	}
	for _, text := range []string{`{}`, `"x"`, `[1]`, `[null]`, `[` + choice + `,{"kind":"suspend_user"}]`, `[[]]`, choice} {
		err := json.Unmarshal([]byte(text), &read)
		wantRefusal(t, err, "")
	}
}

// TestNoValue checks that an attribute without a value has none when it was
// stored, either: null would unset it.
func TestNoValue(t *testing.T) {
	t.Parallel()
	text := `{"kind":"set_profile_attribute","version":1,"user_id":"00u6eltha0nrSc47i0h7","name":"department"}`
	for _, a := range []remediation.Action{attribute("department", ""), parse(t, text)} {
		if got := toJSON(t, a); got != text {
			t.Errorf("JSON %s, want %s", got, text)
		}
		_, err := parse(t, toJSON(t, a)).Request(t.Context(), acme(t))
		wantRefusal(t, err, "is not JSON")
	}
}

// TestReportJSON checks that all of a report but its secrets can be kept.
func TestReportJSON(t *testing.T) {
	t.Parallel()
	report := remediation.Report{Plan: samplePlan(t).Digest()}
	for i, step := range samplePlan(t).Steps {
		report.Steps = append(report.Steps, remediation.StepResult{
			Step: step, Index: i, Outcome: remediation.OutcomeFailed, Time: time.Date(2026, 3, 1, 12, 0, i, 0, time.UTC), Error: "no",
			Now: remediation.State{Status: remediation.StatusStaged}, RecordID: "record-1", RequestID: "aXl0c2EgcmVxdWVzdA",
		})
	}
	text := toJSON(t, report)
	var read remediation.Report
	if err := json.Unmarshal([]byte(text), &read); err != nil {
		t.Fatal(err)
	}
	if got := toJSON(t, read); got != text || read.Steps[3].Index != 3 || !strings.Contains(text, `"outcome":"failed"`) {
		t.Errorf("read\n%s, want\n%s", got, text)
	}
}

// TestParseActionRefuses lists what is not understood, and so not done.
func TestParseActionRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, text, want string }{
		{"nothing", ``, "no JSON object"},
		{"a list", `[]`, "no JSON object"},
		{"a text", `"suspend_user"`, "no JSON object"},
		{"null", `null`, "no kind and version"},
		{"a cut object", `{"kind":"suspend_user","version":1,"user_id":"00u6eltha0nrSc47i0h7"`, "no JSON object"},
		{"two objects", documents["SuspendUser"] + documents["UnlockUser"], "no JSON object"},
		{"an object and a comma", documents["SuspendUser"] + `,`, "no JSON object"},
		{"no kind", `{"version":1,"user_id":"00u6eltha0nrSc47i0h7"}`, "no kind and version"},
		{"no version", `{"kind":"suspend_user","user_id":"00u6eltha0nrSc47i0h7"}`, "no kind and version"},
		{"a kind that is a number", `{"kind":1,"version":1}`, "no kind and version"},
		{"a version that is a text", `{"kind":"suspend_user","version":"1"}`, "no kind and version"},
		{"half a version", `{"kind":"suspend_user","version":1.5}`, "no kind and version"},
		{"version 0", `{"kind":"suspend_user","version":0,"user_id":"00u6eltha0nrSc47i0h7"}`, "suspend_user has version 0, this release does version 1"},
		{"version null", `{"kind":"suspend_user","version":null,"user_id":"00u6eltha0nrSc47i0h7"}`, "has version 0"},
		{"version 2", `{"kind":"suspend_user","version":2,"user_id":"00u6eltha0nrSc47i0h7"}`, "suspend_user has version 2, this release does version 1"},
		{"first_of of version 2", `{"kind":"first_of","version":2,"actions":[]}`, "first_of has version 2"},
		{"another kind", `{"kind":"promote_user","version":1,"user_id":"00u6eltha0nrSc47i0h7"}`, `the kind "promote_user"`},
		{"another case", `{"kind":"Suspend_User","version":1,"user_id":"00u6eltha0nrSc47i0h7"}`, `the kind "Suspend_User"`},
		{"the name of a type", `{"kind":"SuspendUser","version":1,"user_id":"00u6eltha0nrSc47i0h7"}`, `the kind "SuspendUser"`},
		{"an empty kind", `{"kind":"","version":1}`, `the kind ""`},
		{"another field", `{"kind":"suspend_user","version":1,"user_id":"00u6eltha0nrSc47i0h7","until":"2030-01-01"}`, `suspend_user: json: unknown field "until"`},
		{"the field of another kind", `{"kind":"suspend_user","version":1,"user_id":"00u6eltha0nrSc47i0h7","send_email":true}`, `unknown field "send_email"`},
		{"a password", `{"kind":"set_password","version":1,"user_id":"00u6eltha0nrSc47i0h7","random":false,"password":"` + password + `"}`, `unknown field "password"`},
		{"a Password", `{"kind":"set_password","version":1,"user_id":"00u6eltha0nrSc47i0h7","random":false,"Password":"` + password + `"}`, `unknown field "Password"`},
		{"an ETag", `{"kind":"set_profile_attribute","version":1,"user_id":"00u6eltha0nrSc47i0h7","name":"a","value":1,"ifMatch":"x"}`, `unknown field "ifMatch"`},
		{"an id that is a number", `{"kind":"suspend_user","version":1,"user_id":7}`, "suspend_user: json: cannot unmarshal number"},
		{"a choice that is a text", `{"kind":"clear_sessions","version":1,"user_id":"00u6eltha0nrSc47i0h7","oauth_tokens":"true"}`, "clear_sessions: json: cannot unmarshal string"},
		{"a choice without actions", `{"kind":"first_of","version":1}`, "nothing to choose from"},
		{"a choice of nothing", `{"kind":"first_of","version":1,"actions":[]}`, "nothing to choose from"},
		{"another field of a choice", strings.TrimSuffix(choice, "}") + `,"until":"2030-01-01"}`, `unknown field "until"`},
		{"a choice of null", `{"kind":"first_of","version":1,"actions":[null]}`, "no kind and version"},
		{"a choice of a choice", `{"kind":"first_of","version":1,"actions":[` + choice + `]}`, "one and the same target"},
		{"a choice of two users", strings.Replace(choice, userID, "00u1111111111111111d", 1), "one and the same target"},
		{"a choice of something unknown", strings.Replace(choice, "deactivate_user", "promote_user", 1), `the kind "promote_user"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a, err := remediation.ParseAction([]byte(test.text))
			wantRefusal(t, err, test.want)
			if a != nil {
				t.Errorf("a refusal comes with %#v", a)
			}
		})
	}
}

// FuzzParseAction checks that nothing panics, and that what can be read is
// written and read again as the same, and then builds the same request or none.
func FuzzParseAction(f *testing.F) {
	for _, text := range documents {
		f.Add([]byte(text))
	}
	f.Add([]byte(choice))
	f.Add([]byte(strings.ReplaceAll(choice, userID, "")))
	org := acme(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		a, err := remediation.ParseAction(text)
		if err != nil {
			wantRefusal(t, err, "")
			return
		}
		once := toJSON(t, a)
		again := parse(t, once)
		if twice := toJSON(t, again); twice != once {
			t.Errorf("%s is written as\n%s\nand then as\n%s", text, once, twice)
		}
		one, err1 := a.Request(t.Context(), org)
		two, err2 := again.Request(t.Context(), org)
		if (err1 == nil) != (err2 == nil) || line(one) != line(two) {
			t.Errorf("%s: %s (%v) and then %s (%v)", text, line(one), err1, line(two), err2)
		}
		if one != nil && (one.URL.Host != org.Host() || !strings.HasPrefix(one.URL.Path, "/api/v1/")) {
			t.Errorf("%s: a request to %v", text, one.URL)
		}
	})
}

func line(r *http.Request) string {
	if r == nil {
		return "no request"
	}
	return r.Method + " " + r.URL.String()
}

func parse(t testing.TB, text string) remediation.Action {
	t.Helper()
	a, err := remediation.ParseAction([]byte(text))
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return a
}
