package conformance

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func decode(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestKeyPaths(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ body, want string }{
		{`null`, ""},
		{`[]`, ""},
		{`{"a":1,"b":{"c":null}}`, "a b b.c"},
		{`[{"a":1},{"b":[{"c":2}]}]`, "[].a [].b [].b[].c"},
		{`{"a":[[{"b":1}]]}`, "a a[][].b"},
	} {
		if got := strings.Join(keyPaths(decode(t, test.body)), " "); got != test.want {
			t.Errorf("keyPaths(%s) = %q, want %q", test.body, got, test.want)
		}
	}
}

func TestTopmost(t *testing.T) {
	t.Parallel()
	paths := []string{"[].x", "[].x.y", "a", "a[].b", "a[].b.c", "d.e", "d.e[][].f", "g.h"}
	if got, want := topmost(paths), []string{"[].x", "a", "d.e", "g.h"}; !slices.Equal(got, want) {
		t.Errorf("topmost = %v, want %v", got, want)
	}
}

func TestIDMap(t *testing.T) {
	t.Parallel()
	const (
		recordedApp, app     = "0oa1111111111111115d7", "0oaAAAAAAAAAAAAAAA5d7"
		recordedUser, user   = "00u2222222222222225d7", "00uBBBBBBBBBBBBBBB5d7"
		recordedOther, other = "0oa3333333333333335d7", "0oaCCCCCCCCCCCCCCC5d7"
	)
	ids := newIDMap("acme.okta.com")
	ids.learn(
		decode(t, `{"id":"`+recordedApp+`","label":"`+recordedUser+`","clientId":"my-own-client","createdBy":{"id":"`+recordedUser+`"}}`),
		decode(t, `{"id":"`+app+`","label":"a label","clientId":"another","createdBy":{"id":"`+user+`"}}`))
	// The lists are in different orders: the known id is not paired anew.
	ids.learn(
		decode(t, `[{"id":"`+recordedOther+`"},{"id":"`+recordedApp+`"}]`),
		decode(t, `[{"id":"`+app+`"},{"id":"`+other+`"}]`))

	body := ids.value(decode(t, `{"href":["https://example.okta.test/api/v1/apps/`+recordedOther+`"],"n":1,"c":"my-own-client"}`))
	got, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"c":"my-own-client","href":["https://acme.okta.com/api/v1/apps/` + other + `"],"n":1}`
	if string(got) != want {
		t.Errorf("translated body = %s, want %s", got, want)
	}
	if got := ids.text("/api/v1/apps/" + recordedApp + "/users/" + recordedUser); got != "/api/v1/apps/"+app+"/users/"+user {
		t.Errorf("translated path = %s", got)
	}
}

// fakeOrg stands for an org that knows one app and answers a little
// differently from what was recorded.
func fakeOrg(t *testing.T) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST acme.okta.com/api/v1/apps", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if want := `{"credentials":{"oauthClient":{"client_secret":"rrrr"}},"label":"a","old":{"x":1}}`; string(body) != want {
			t.Errorf("rebuilt body = %s, want %s", body, want)
		}
		fmt.Fprint(w, `{"id":"0oaAAAAAAAAAAAAAAA5d7","label":"a","news":1}`)
	})
	mux.HandleFunc("DELETE acme.okta.com/api/v1/apps/0oaAAAAAAAAAAAAAAA5d7", func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Authorization"); got != "SSWS token" {
			t.Errorf("Authorization = %q, want %q", got, "SSWS token")
		}
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST acme.okta.com/oauth2/v1/token", func(w http.ResponseWriter, r *http.Request) {
		if got := r.FormValue("client_assertion"); got != "signed" || r.Header.Get("Authorization") != "" {
			t.Errorf("client_assertion = %q, Authorization = %q", got, r.Header.Get("Authorization"))
		}
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"error":"invalid_scope"}`)
	})
	return mux
}

const fakeRecording = `
{"id":"d","scenario":"s","seq":3,"method":"POST","path":"/oauth2/v1/token","path_template":"/oauth2/v1/token","query":"client_assertion=<jwt>","status":400,"response_body":{"error":"invalid_client"}}
{"id":"b","scenario":"s","seq":2,"method":"DELETE","path":"/api/v1/apps/0oa1111111111111115d7","path_template":"/api/v1/apps/{appId}","status":204,"response_body":null}
{"id":"a","scenario":"s","seq":1,"method":"POST","path":"/api/v1/apps","path_template":"/api/v1/apps","status":200,"response_body":{"id":"0oa1111111111111115d7","label":"a","old":{"x":1},"status":"ACTIVE","credentials":{"signing":{},"oauthClient":{"client_secret":"<redacted:4 chars>"}}}}
{"id":"c","cassette":"s","interaction":1,"method":"GET","path":"/api/v1/groups/rules","path_template":"/api/v1/groups/rules","status":200,"response_body":[]}
`

func TestReplayFindsEveryDifference(t *testing.T) {
	t.Parallel()
	all, err := readExchanges(strings.NewReader(fakeRecording))
	if err != nil {
		t.Fatal(err)
	}
	recordings := scenarios(all)
	if len(recordings) != 1 || len(recordings[0].exchanges) != 3 {
		t.Fatalf("scenarios = %v, want one of three exchanges", recordings)
	}
	p := &replayer{
		handler:       fakeOrg(t),
		host:          "acme.okta.com",
		authorization: "SSWS token",
		assertion:     func() (string, error) { return "signed", nil },
		ids:           newIDMap("acme.okta.com"),
	}
	var found []string
	var total score
	for _, e := range recordings[0].exchanges {
		o, err := p.replay(e)
		if err != nil {
			t.Fatal(err)
		}
		total.add(o)
		for _, d := range o.differences() {
			found = append(found, d.String())
		}
	}
	want := []string{
		"s 1: missing credentials", "s 1: missing old", "s 1: missing status",
		"s 1: extra news", "s 3: code invalid_scope",
	}
	if !slices.Equal(found, want) {
		t.Errorf("differences:\n%s\nwant:\n%s", strings.Join(found, "\n"), strings.Join(want, "\n"))
	}
	if got, want := total, (score{statuses: 3, statusTotal: 3, keys: 3, keyTotal: 10}); got != want {
		t.Errorf("score = %+v, want %+v", got, want)
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	found := []difference{{"s 1", "missing", "a"}, {"s 1", "missing", "b"}, {"s 2", "extra", "a"}}
	table := []accepted{{[]string{"s 1", "s 3"}, "missing", []string{"a"}, "a reason"}}
	unlisted, gone := judge(found, table)
	if want := []difference{{"s 1", "missing", "b"}, {"s 2", "extra", "a"}}; !slices.Equal(unlisted, want) {
		t.Errorf("unlisted = %v, want %v", unlisted, want)
	}
	if want := []difference{{"s 3", "missing", "a"}}; !slices.Equal(gone, want) {
		t.Errorf("gone = %v, want %v", gone, want)
	}
}

func TestCounted(t *testing.T) {
	t.Parallel()
	for operation, want := range map[string]bool{
		"POST /api/v1/apps":                                          true,
		"PUT /api/v1/apps/{appId}":                                   true,
		"POST /api/v1/apps/{appId}/credentials/jwks":                 true,
		"GET /api/v1/apps/{appId}/credentials/csrs":                  false,
		"GET /api/v1/apps/{appId}/features":                          true,
		"GET /api/v1/apps/{appId}/users":                             true,
		"GET /oauth2/v1/clients/{clientId}/roles/{roleId}":           true,
		"GET /oauth2/v1/clients/{clientId}/roles/{roleId}/x":         false,
		"GET /api/v1/users/me":                                       true,
		"PUT /api/v1/users/{userId}":                                 true,
		"POST /api/v1/users/{userId}/lifecycle/expire_password":      true,
		"PUT /api/v1/users/{userId}/factors/{factorId}":              true,
		"GET /api/v1/users/{userId}/risk":                            true,
		"GET /api/v1/users/{userId}/subscriptions":                   true,
		"GET /api/v1/users/{userId}/appLinks":                        false,
		"DELETE /api/v1/groups/rules/{ruleId}":                       true,
		"GET /api/v1/groups/{groupId}/owners":                        true,
		"GET /api/v1/groups/{groupId}/apps":                          true,
		"PUT /api/v1/users/{userId}/roles/{roleId}/targets/groups/x": true,
		"POST /api/v1/internal/apps/{appId}/settings/oauth/idToken":  false,
		"GET /integrations/api/v1/api-services/{id}/credentials/abc": true,
	} {
		if got := counted.MatchString(operation); got != want {
			t.Errorf("%s counted: %v, want %v", operation, got, want)
		}
	}
}
