package oktaint

import (
	"errors"
	"net/http"
	"testing"
)

func TestNextLink(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		lines []string
		want  string
	}{
		{nil, ""},
		{[]string{`<https://a/1>; rel="self"`}, ""},
		{[]string{`<https://a/1>; rel="self"`, `<https://a/2>; rel="next"`}, "https://a/2"},
		{[]string{`<https://a/1>; rel="self", <https://a/2?x=1,2&y=%22>; rel="next"`}, "https://a/2?x=1,2&y=%22"},
		{[]string{`<https://a/1>;rel=next`}, "https://a/1"},
		{[]string{`<https://a/1>; title="a, <b>; rel=\"next\""; rel="self"`}, ""},
		{[]string{`<https://a/1>; rel="prev next"`}, "https://a/1"},
		{[]string{`<https://a/1>; REL="NEXT"`}, "https://a/1"},
		{[]string{",,,", `<https://a/1>; rel="next"`}, "https://a/1"},
		{[]string{`<https://a/1>; title="6\" tall"; rel="self", <https://a/2>; rel="next"`}, "https://a/2"},
		{[]string{`<https://a/1>; nextrel="next"`}, ""},
		{[]string{`<>; rel="next"`}, ""},
		{[]string{`<https://a/1; rel="next"`}, "broken"},
		{[]string{`https://a/1; rel="next"`}, "broken"},
		{[]string{`<https://a/1> rel="next"`}, "broken"},
		{[]string{`<https://a/1>; rel="nex`}, "broken"},
		{[]string{`<https://a/1>; rel="self", next`}, "broken"},
	} {
		got, _, err := nextLink(http.Header{"Link": tt.lines})
		if err != nil {
			got = "broken"
		}
		if got != tt.want {
			t.Errorf("nextLink(%q) = %q, want %q", tt.lines, got, tt.want)
		}
	}
}

func TestParseChallenge(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		lines []string
		want  challenge
	}{
		{nil, challenge{}},
		{[]string{"SSWS"}, challenge{}},
		{[]string{`Bearer error=invalid_token`}, challenge{"Bearer", "invalid_token", "", ""}},
		{[]string{`DPoP algs="RS256 ES256", realm="http://o", scope="okta.groups.read", error="invalid_dpop_proof", error_description="'htu' claim, in the \"DPoP\" proof JWT is invalid.", resource="/api/v1/groups"`},
			challenge{"DPoP", "invalid_dpop_proof", `'htu' claim, in the "DPoP" proof JWT is invalid.`, "okta.groups.read"}},
		{[]string{"SSWS", `Bearer error="insufficient_scope",scope="a b"`}, challenge{"Bearer", "insufficient_scope", "", "a b"}},
		{[]string{`Bearer error="unterminated`}, challenge{"Bearer", "unterminated", "", ""}},
		{[]string{`Bearer not_error="x"`}, challenge{}},
	} {
		if got := parseChallenge(http.Header{"Www-Authenticate": tt.lines}); got != tt.want {
			t.Errorf("parseChallenge(%q) = %+v, want %+v", tt.lines, got, tt.want)
		}
	}
}

func TestBucketOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ method, path, want string }{
		{"POST", "/oauth2/v1/token", "/oauth2/v1/token"},
		{"GET", "/oauth2/v1/clients/0oa1/roles", "/oauth2/v1/clients"},
		{"GET", "/api/v1/apps", "/api/v1/apps"},
		{"GET", "/api/v1/apps/0oa1", "/api/v1/apps/{id}"},
		{"POST", "/api/v1/apps/0oa1/grants", "/api/v1/apps"},
		{"GET", "/api/v1/users", "/api/v1/users"},
		{"GET", "/api/v1/users/me", "/api/v1/users/{id}"},
		{"POST", "/api/v1/users/00u1", "write /api/v1/users/{id}"},
		{"POST", "/api/v1/users/00u1/lifecycle/suspend", "/api/v1/users"},
		{"GET", "/api/v1/groups/00g1", "/api/v1/groups/{id}"},
		{"GET", "/api/v1/groups/rules", "/api/v1/groups"},
		{"GET", "/api/v1/groups/rules/0pr1", "/api/v1/groups"},
		{"PUT", "/api/v1/groups/00g1/users/00u1", "/api/v1/groups"},
		{"GET", "/api/v1/logs", "/api/v1/logs"},
		{"GET", "/api/v1/iam/roles", "/api/v1/iam"},
		{"GET", "/api/v1/devices/g1", "/api/v1/devices"},
		{"GET", "/api/v1/org/settings/clientPrivilegesSetting", "/api/v1"},
		{"GET", "/integrations/api/v1/api-services", "/integrations"},
		{"GET", "/", "/"},
	} {
		if got := bucketOf(tt.method, tt.path); got != tt.want {
			t.Errorf("bucketOf(%s, %s) = %s, want %s", tt.method, tt.path, got, tt.want)
		}
	}
}

func FuzzNextLink(f *testing.F) {
	f.Add(`<https://a/1>; rel="self", <https://a/2>; rel="next"`)
	f.Add(`<a,b>; rel=next; title="x, y"`)
	f.Fuzz(func(t *testing.T, line string) {
		nextLink(http.Header{"Link": {line}}) // must come to an end
	})
}

func FuzzParseChallenge(f *testing.F) {
	f.Add(`Bearer realm="a\"b", error="c", scope=d`)
	f.Fuzz(func(t *testing.T, line string) {
		c := parseChallenge(http.Header{"Www-Authenticate": {line}})
		if len(c.Error) > 1003 || len(c.Description) > 1003 || len(c.Scope) > 1003 {
			t.Fatalf("%d, %d, %d bytes", len(c.Error), len(c.Description), len(c.Scope))
		}
	})
}

// A connection of HTTP/2 that died unnoticed is pinged, given up and left.
func TestDeadHTTP2Connection(t *testing.T) {
	t.Parallel()
	base, ok := sharedBase().(*http.Transport)
	if !ok || base.HTTP2 == nil || base.HTTP2.SendPingTimeout <= 0 || base.HTTP2.PingTimeout <= 0 {
		t.Error("the shared transport does not ping its connections")
	}
	for _, text := range []string{
		"http2: client connection lost", "http2: client conn is closed", "http2: client conn not usable",
		"http2: Transport received Server's graceful shutdown GOAWAY", "http2: server sent GOAWAY and closed the connection",
		"stream error: stream ID 3; INTERNAL_ERROR", "http: server closed idle connection",
	} {
		if !isTransient(errors.New(text)) {
			t.Errorf("%q is not taken for an error that may go away", text)
		}
	}
	if isTransient(errors.New("oktaint: something else")) {
		t.Error("any error is taken for one that may go away")
	}
}
