package oktaint_test

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

func getError(t *testing.T, step func(*http.Request) (*http.Response, error)) *oktaint.Error {
	t.Helper()
	err := (&oktaint.Transport{Org: mustOrg(t, "acme"), Base: roundTripper(step), MaxRetries: -1}).Client().Get(t.Context(), &struct{}{}, nil, "api", "v1", "users")
	var e *oktaint.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v is no *Error", err)
	}
	return e
}

// The questions that can be asked of an error, and their answers.
func TestErrorQuestions(t *testing.T) {
	t.Parallel()
	const scopeHeader = `Bearer authorization_uri="http://acme.okta.com/oauth2/v1/authorize", realm="http://acme.okta.com", scope="okta.users.read", error="insufficient_scope", error_description="The access token provided does not contain the required scopes.", resource="/api/v1/users"`
	for _, tt := range []struct {
		name string
		step func(*http.Request) (*http.Response, error)
		is   string // the one question whose answer is yes
		text string
	}{
		{"not found", apiError(404, "E0000007"), "not found", "404 E0000007 s; c"},
		{"missing scope", status(403, "", "WWW-Authenticate", scopeHeader), "scope okta.users.read", "403 insufficient_scope The access token provided does not contain the required scopes.: the token lacks the scope okta.users.read"},
		{"missing role", apiError(403, "E0000006"), "role", "no admin role reaches this"},
		{"feature off", apiError(401, "E0000015"), "feature", "the org does not have this feature"},
		{"no such endpoint", apiError(404, "E0000008"), "", "404 E0000008"},
		{"rate limit", rateLimited(0, 0), "rate", "429 E0000047"},
		{"no credential", apiError(401, "E0000011"), "", "carried no credential"},
		{"server error", apiError(500, "E0000009"), "ambiguous", "500 E0000009"},
		{"dead org", status(404, `{"status":404,"message":"Resource not found"}`), "", "is this the org's URL"},
		{"proxy", status(407, "<html><body>Proxy Authentication Required</body></html>", "Content-Type", "text/html"), "", "a web page, not Okta's JSON"},
		{"proxy with 200", status(200, "<html><body>Sign in</body></html>", "Content-Type", "text/html"), "ambiguous", "a web page, not Okta's JSON"},
		{"no connection", fail(refused), "", "connection refused"},
		{"no session", apiError(403, "E0000005"), "", "carried no credential"},
	} {
		err := fmt.Errorf("wrapped: %w", getError(t, tt.step))
		var got []string
		if oktaint.IsNotFound(err) {
			got = append(got, "not found")
		}
		if d, ok := oktaint.Denied(err); ok {
			got = append(got, strings.TrimSpace(string(d.Lacks)+" "+string(d.Scope)))
		}
		if _, ok := oktaint.RateLimited(err); ok {
			got = append(got, "rate")
		}
		if oktaint.Ambiguous(err) {
			got = append(got, "ambiguous")
		}
		if s := strings.Join(got, " "); s != tt.is {
			t.Errorf("%s: %q, want %q", tt.name, s, tt.is)
		}
		if !strings.Contains(err.Error(), tt.text) || !strings.HasPrefix(err.Error(), "wrapped: oktaint: GET /api/v1/users:") {
			t.Errorf("%s: %q lacks %q", tt.name, err, tt.text)
		}
	}
	other := errors.New("x")
	if oktaint.IsNotFound(other) || oktaint.Lacks(other, "") || oktaint.Ambiguous(other) || oktaint.IsNotFound(nil) {
		t.Error("an error of another kind is judged")
	}
}

// Control characters and long texts of a server do not reach a log.
func TestErrorTextIsBounded(t *testing.T) {
	t.Parallel()
	e := getError(t, status(400, `{"errorCode":"E0000001","errorSummary":"a\nb\u001b[31m`+strings.Repeat("x", 5000)+`"}`))
	if s := e.Error(); len(s) > 1200 || strings.ContainsAny(s, "\n\x1b") {
		t.Errorf("%d characters: %q", len(s), s)
	}
}

// secrets are driven through every way in which they could come out.
func TestNoSecretInOutput(t *testing.T) {
	t.Parallel()
	org := mustOrg(t, "acme")
	key := readKey(t, "rsa2048_TEST_ONLY.pem")
	pem, err := key.PEM()
	if err != nil {
		t.Fatal(err)
	}
	const secret = "hunter2-very-secret"
	read := scopes.New(scopes.UsersRead)

	// An endpoint that answers everything by repeating what it was sent, and
	// hands out the secret as an access token.
	var seen []string
	echo := func(code int) roundTripper {
		return func(req *http.Request) (*http.Response, error) {
			all := req.Header.Get("Authorization")
			if err := req.ParseForm(); err == nil {
				all += " " + req.Form.Get("client_assertion")
			}
			seen = append(seen, strings.Fields(all)...)
			if req.URL.Path == "/oauth2/v1/token" && code < 300 {
				return respond(req, 200, `{"token_type":"Bearer","expires_in":3600,"access_token":"`+secret+`"}`), nil
			}
			q, _ := json.Marshal(all)
			return respond(req, max(code, 400), `{"errorCode":`+string(q)+`,"errorSummary":`+string(q)+`,"errorId":`+string(q)+`,"errorCauses":[{"errorSummary":`+string(q)+`}],"error":`+string(q)+`,"error_description":`+string(q)+`}`,
				"X-Okta-Request-Id", all, "WWW-Authenticate", `Bearer error="insufficient_scope", scope="`+all+`", error_description="`+all+`"`), nil
		}
	}
	var things []any
	for _, code := range []int{200, 401, 500} {
		for _, src := range []*oktaint.Source{
			oktaint.PrivateKeyJWT{Org: org, ClientID: "0oa1", Key: key, Scopes: read}.Source(echo(code)),
			oktaint.ClientSecret{Org: org, ClientID: "0oa1", Secret: oktaint.NewSecret(secret), Scopes: read}.Source(echo(code)),
			oktaint.APIToken{Org: org, Token: oktaint.NewSecret(secret)}.Source(nil),
		} {
			tr := &oktaint.Transport{Org: org, Source: src, Base: echo(code), MaxRetries: -1}
			ctx, cancel := contextWithBudget(t)
			err := tr.Client().Get(ctx, nil, nil, "api", "v1", "users")
			cancel()
			if err == nil {
				t.Fatalf("%d, %v: no error", code, src)
			}
			for e := err; e != nil; e = errors.Unwrap(e) {
				things = append(things, e)
			}
			things = append(things, src, tr, tr.Client())
		}
	}
	creds := oktaint.Credentials{Kind: oktaint.KindPrivateKeyJWT, Org: org, ClientID: "0oa1", Key: key, ClientSecret: oktaint.NewSecret(secret), APIToken: oktaint.NewSecret(secret)}
	type private struct { // a user's own struct
		secret oktaint.Secret
		key    oktaint.Key
		creds  oktaint.Credentials
		jwt    oktaint.PrivateKeyJWT
		cs     oktaint.ClientSecret
		token  oktaint.APIToken
		ptr    *oktaint.Credentials
		public oktaint.PublicKey
	}
	mine := private{oktaint.NewSecret(secret), key, creds, oktaint.PrivateKeyJWT{Key: key}, oktaint.ClientSecret{Secret: oktaint.NewSecret(secret)}, oktaint.APIToken{Token: oktaint.NewSecret(secret)}, &creds, key.Public()}
	things = append(things, mine, &mine, creds, &creds, key, &key, pem, &pem, mine.jwt, mine.cs, mine.token,
		[]oktaint.Secret{pem}, map[string]oktaint.Key{"a": key}, []any{mine, creds})

	forbidden := append(seen, secret, pem.Reveal(), strings.Split(pem.Reveal(), "\n")[3], privateExponent(t))
	check := func(how string, thing any, out string) {
		t.Helper()
		for _, s := range forbidden {
			if len(s) > 8 && strings.Contains(out, s) {
				t.Errorf("%s of a %T holds a secret: %.200s", how, thing, out)
				return
			}
		}
	}
	for _, thing := range things {
		for _, verb := range "vsqxXdbcoUeEfgGtTp" {
			for _, flag := range []string{"", "+", "#", " "} {
				format := "%" + flag + string(verb)
				check(format, thing, fmt.Sprintf(format, thing))
			}
		}
		b, err := json.Marshal(thing)
		check("json.Marshal", thing, string(b)+fmt.Sprint(err))
		var text, js strings.Builder
		slog.New(slog.NewTextHandler(&text, nil)).Info("x", "thing", thing)
		slog.New(slog.NewJSONHandler(&js, nil)).Info("x", "thing", thing)
		check("slog text", thing, text.String())
		check("slog JSON", thing, js.String())
	}
}

// privateExponent is how the private number of the test key prints.
func privateExponent(t *testing.T) string {
	return parsePKCS8(t, readFile(t, "rsa2048_TEST_ONLY.pem")).(*rsa.PrivateKey).D.String()
}

func contextWithBudget(t *testing.T) (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.Context(), 100*time.Millisecond)
}
