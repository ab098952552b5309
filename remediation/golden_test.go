package remediation_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/remediation"
)

const (
	userID   = "00u6eltha0nrSc47i0h7"
	groupID  = "00guaxWZ0AOa5NFAj0g3"
	ownerID  = "00gvsigfder962lC01d7" // a group
	factorID = "opf3hkfocI4JTLAju0g4"
	clientID = "0oawsplnj5Tvtng9U1d7"
	ruleID   = "0prtiutijp1eh8XZS697"

	password = "Correct-Horse-9-TEST-ONLY"
)

// goldens has an action for every golden file of testdata, whose name is that of
// the action's type, and of the variant behind an underscore.
func goldens() map[string]remediation.Action {
	return map[string]remediation.Action{
		"SuspendUser":         remediation.SuspendUser{UserID: userID},
		"UnsuspendUser":       remediation.UnsuspendUser{UserID: userID},
		"DeactivateUser":      remediation.DeactivateUser{UserID: userID},
		"DeactivateUser_mail": remediation.DeactivateUser{UserID: userID, SendEmail: true},
		"ActivateUser":        remediation.ActivateUser{UserID: userID},
		"ActivateUser_mail":   remediation.ActivateUser{UserID: userID, SendEmail: true},
		"ReactivateUser":      remediation.ReactivateUser{UserID: userID},
		"ReactivateUser_mail": remediation.ReactivateUser{UserID: userID, SendEmail: true},
		"UnlockUser":          remediation.UnlockUser{UserID: userID},
		"DeleteUser":          remediation.DeleteUser{UserID: userID},
		"DeleteUser_mail":     remediation.DeleteUser{UserID: userID, SendEmail: true},

		"ClearSessions":         remediation.ClearSessions{UserID: userID},
		"ClearSessions_tokens":  remediation.ClearSessions{UserID: userID, OAuthTokens: true},
		"ClearSessions_devices": remediation.ClearSessions{UserID: userID, ForgetDevices: true},
		"ClearSessions_all":     remediation.ClearSessions{UserID: userID, OAuthTokens: true, ForgetDevices: true},

		"ExpirePassword":                 remediation.ExpirePassword{UserID: userID},
		"ExpirePasswordTemporary":        remediation.ExpirePasswordTemporary{UserID: userID},
		"ExpirePasswordTemporary_revoke": remediation.ExpirePasswordTemporary{UserID: userID, RevokeSessions: true},
		"ResetPassword":                  remediation.ResetPassword{UserID: userID},
		"ResetPassword_mail":             remediation.ResetPassword{UserID: userID, SendEmail: true},
		"ResetPassword_revoke":           remediation.ResetPassword{UserID: userID, RevokeSessions: true},
		"ResetPassword_both":             remediation.ResetPassword{UserID: userID, SendEmail: true, RevokeSessions: true},
		"SetPassword":                    remediation.SetPassword{UserID: userID, Password: oktaint.NewSecret(password)},
		"SetPassword_signs":              remediation.SetPassword{UserID: userID, Password: oktaint.NewSecret(`<Größe> & "9" \ TEST-ONLY`)},

		"ResetFactors":          remediation.ResetFactors{UserID: userID},
		"RemoveFactor":          remediation.RemoveFactor{UserID: userID, FactorID: factorID},
		"RemoveFactor_recovery": remediation.RemoveFactor{UserID: userID, FactorID: factorID, RemoveRecoveryEnrollment: true},

		"RevokeGrants":       remediation.RevokeGrants{UserID: userID},
		"RevokeClientGrants": remediation.RevokeClientGrants{UserID: userID, ClientID: clientID},
		"RevokeClientTokens": remediation.RevokeClientTokens{UserID: userID, ClientID: clientID},

		"SetProfileAttribute":         attribute("department", ` "R&D <Köln>" `),
		"SetProfileAttribute_null":    attribute("riskState", "null"),
		"SetProfileAttribute_number":  attribute("badgeNumber", "12345678901234567890"),
		"SetProfileAttribute_list":    attribute("sites", `[ "Oslo",`+"\n"+`"Lima" ]`),
		"SetProfileAttribute_ifmatch": attribute("department", `"Sales"`).IfMatch(`W/"5d41402abc4b2a76b9719d911017c592"`),

		"AddGroupMember":          remediation.AddGroupMember{GroupID: groupID, UserID: userID},
		"RemoveGroupMember":       remediation.RemoveGroupMember{GroupID: groupID, UserID: userID},
		"CreateGroup":             remediation.CreateGroup{Name: "Quarantine"},
		"CreateGroup_description": remediation.CreateGroup{Name: "Quarantine & <ü>", Description: `Users under "investigation"`},
		"DeleteGroup":             remediation.DeleteGroup{GroupID: groupID},
		"AddGroupOwner":           remediation.AddGroupOwner{GroupID: groupID, OwnerID: userID, OwnerType: "USER"},
		"AddGroupOwner_group":     remediation.AddGroupOwner{GroupID: groupID, OwnerID: ownerID, OwnerType: "GROUP"},
		"RemoveGroupOwner":        remediation.RemoveGroupOwner{GroupID: groupID, OwnerID: userID, OwnerType: "USER"},
		"RemoveGroupOwner_group":  remediation.RemoveGroupOwner{GroupID: groupID, OwnerID: ownerID, OwnerType: "GROUP"},
		"ActivateGroupRule":       remediation.ActivateGroupRule{RuleID: ruleID},
		"DeactivateGroupRule":     remediation.DeactivateGroupRule{RuleID: ruleID},
	}
}

func attribute(name, value string) remediation.SetProfileAttribute {
	return remediation.SetProfileAttribute{UserID: userID, Name: name, Value: json.RawMessage(value)}
}

// typeOf returns the name of an action's type, without the package.
func typeOf(a remediation.Action) string {
	return strings.TrimPrefix(fmt.Sprintf("%T", a), "remediation.")
}

// TestGolden compares every request, as it goes over the wire, with text that
// was written by hand from Okta's documents and recordings.
func TestGolden(t *testing.T) {
	t.Parallel()
	org := acme(t)
	for name, a := range goldens() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req, err := a.Request(t.Context(), org)
			if err != nil {
				t.Fatal(err)
			}
			golden, err := os.ReadFile(filepath.Join("testdata", name+".http"))
			if err != nil {
				t.Fatal(err)
			}
			if got := wire(t, req); got != string(golden) {
				t.Errorf("the request is\n%s\nwant testdata/%s.http\n%s", got, name, golden)
			}
		})
	}
}

// TestGoldensComplete keeps kinds, actions and golden files complete.
func TestGoldensComplete(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "*.http"))
	if err != nil {
		t.Fatal(err)
	}
	all := goldens()
	for _, file := range files {
		if name := strings.TrimSuffix(filepath.Base(file), ".http"); all[name] == nil {
			t.Errorf("%s is not compared with any request", file)
		}
	}
	for name, a := range all {
		if base, _, _ := strings.Cut(name, "_"); base != typeOf(a) {
			t.Errorf("%s is the golden of a %s", name, typeOf(a))
		}
	}
	kinds := remediation.Kinds()
	if len(kinds) < 26 {
		t.Errorf("%d kinds: %q", len(kinds), kinds)
	}
	for _, kind := range kinds {
		sample := remediation.Sample(kind)
		if a := all[typeOf(sample)]; a == nil || a.Facts().Kind != kind {
			t.Errorf("%s: no golden is named %s", kind, typeOf(sample))
		}
	}
}

// TestGoldensBothWays wants a golden with every choice, and one without it.
func TestGoldensBothWays(t *testing.T) {
	t.Parallel()
	seen := make(map[string][]bool) // by type and field
	for _, a := range goldens() {
		v := reflect.ValueOf(a)
		for i := range v.NumField() {
			if v.Field(i).Kind() == reflect.Bool {
				field := typeOf(a) + "." + v.Type().Field(i).Name
				seen[field] = append(seen[field], v.Field(i).Bool())
			}
		}
	}
	if len(seen) < 10 {
		t.Errorf("choices: %q", slices.Sorted(maps.Keys(seen)))
	}
	for field, values := range seen {
		random := field == "SetPassword.Random" // see TestRandomPassword
		if !slices.Contains(values, false) || slices.Contains(values, true) == random {
			t.Errorf("%s: goldens with %v only", field, values)
		}
	}
}

// TestRepeatable checks what a transport needs to send a request again, and
// that a request has its caller's context, the org's origin and no credential.
func TestRepeatable(t *testing.T) {
	t.Parallel()
	type key struct{}
	ctx, org := context.WithValue(t.Context(), key{}, "the caller's"), acme(t)
	all := goldens()
	all["SetPassword random"] = remediation.SetPassword{UserID: userID, Random: true}
	for name, a := range all {
		req, err := a.Request(ctx, org)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if req.Context().Value(key{}) != "the caller's" {
			t.Errorf("%s: the request does not have the caller's context", name)
		}
		if req.URL.Scheme != "https" || req.URL.Host != org.Host() || req.URL.User != nil || req.Header.Get("Authorization") != "" {
			t.Errorf("%s: URL %v, Authorization %q", name, req.URL, req.Header.Get("Authorization"))
		}
		switch {
		case req.Body != nil:
			first := readAll(t, req.Body)
			again, err := req.GetBody()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if second := readAll(t, again); second != first || first == "" || req.ContentLength != int64(len(first)) {
				t.Errorf("%s: the body is %q at first and then %q, length %d", name, first, second, req.ContentLength)
			}
		case req.Method != http.MethodDelete && !strings.Contains(wire(t, req), "\nContent-Length: 0\n"):
			t.Errorf("%s: %s without a body and without Content-Length: 0", name, req.Method)
		}
	}
}

// TestIfMatch checks that an ETag is sent with the action that it was given to,
// and is nowhere else.
func TestIfMatch(t *testing.T) {
	t.Parallel()
	plain := attribute("department", `"Sales"`)
	tagged := plain.IfMatch(`W/"1"`)
	for _, test := range []struct {
		action remediation.Action
		want   string
	}{{plain, ""}, {tagged, `W/"1"`}, {tagged.IfMatch(`W/"2"`), `W/"2"`}, {tagged.IfMatch(""), ""}} {
		req, err := test.action.Request(t.Context(), acme(t))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(req.Header.Values("If-Match"), ", "); got != test.want {
			t.Errorf("If-Match %q, want %q", got, test.want)
		}
	}
	if one, two := toJSON(t, plain), toJSON(t, tagged); one != two {
		t.Errorf("the ETag changes the JSON: %s, %s", one, two)
	}
}

// wire renders a request as HTTP/1.1 with plain line ends and a final newline,
// like the golden files. It leaves out the User-Agent, and the Content-Length of
// a body that is there, both of which it checks.
func wire(t testing.TB, req *http.Request) string {
	t.Helper()
	var buf bytes.Buffer
	if err := req.Write(&buf); err != nil {
		t.Fatal(err)
	}
	head, body, _ := strings.Cut(buf.String(), "\r\n\r\n")
	left := 0
	lines := slices.DeleteFunc(strings.Split(head, "\r\n"), func(line string) bool {
		out := strings.HasPrefix(line, "User-Agent: okta-integration-go/") ||
			body != "" && line == fmt.Sprintf("Content-Length: %d", len(body))
		if out {
			left++
		}
		return out
	})
	if want := min(1, len(body)) + 1; left != want {
		t.Errorf("%d of %d headers that every request has:\n%s", left, want, head)
	}
	if body != "" {
		body += "\n"
	}
	return strings.Join(lines, "\n") + "\n\n" + body
}

func acme(t testing.TB) oktaint.Org { return orgOf(t, "https://acme.okta.com") }

func orgOf(t testing.TB, url string) oktaint.Org {
	t.Helper()
	org, err := oktaint.ParseOrg(url)
	if err != nil {
		t.Fatal(err)
	}
	return org
}

func readAll(t testing.TB, r io.ReadCloser) string {
	t.Helper()
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func toJSON(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
