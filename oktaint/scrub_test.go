package oktaint_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
	"golang.org/x/oauth2"
)

// echoes are the forms in which a server or a proxy repeats a secret.
func echoes(secret string) map[string]string {
	escaped := func(s string) string {
		var b strings.Builder
		for _, r := range s {
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		return b.String()
	}
	quoted, _ := json.Marshal(secret)
	return map[string]string{
		"plain":         secret,
		"query":         url.QueryEscape(secret),
		"path":          url.PathEscape(secret),
		"HTML":          html.EscapeString(secret),
		"JSON":          strings.Trim(string(quoted), `"`),
		"JSON, unicode": escaped(secret),
		"JSON, slashes": strings.ReplaceAll(secret, "/", `\/`),
		"base64":        base64.StdEncoding.EncodeToString([]byte(secret)),
	}
}

// A secret that comes back is taken out in every form and at every place, because texts
// are scrubbed before they are clipped.
func TestScrubbed(t *testing.T) {
	t.Parallel()
	const secret = "00aB/c+d=EfGhIjKlMnOpQrStUvWxYz0123456789&abcdefghijklmnop_-ZYXW" // 64 characters
	org := mustOrg(t, "acme")
	creds := map[string]oktaint.Credential{
		"API token":     oktaint.APIToken{Org: org, Token: oktaint.NewSecret(secret)},
		"client secret": oktaint.ClientSecret{Org: org, ClientID: "0oa1", Secret: oktaint.NewSecret(secret), Scopes: scopes.New(scopes.UsersRead)},
	}
	for form, echo := range echoes(secret) {
		for _, before := range []int{0, 930, 940, 999, 1000, 1030, 70_000} { // around what is clipped
			text := strings.Repeat("x", before) + echo + strings.Repeat("y", 100)
			for where, answer := range map[string]func(*http.Request) *http.Response{
				"summary": func(r *http.Request) *http.Response {
					return respond(r, 400, `{"errorCode":"E0000001","errorSummary":"`+text+`","errorCauses":[{"errorSummary":"`+text+`"}]}`)
				},
				"OAuth": func(r *http.Request) *http.Response {
					return respond(r, 400, `{"error":"invalid_client","error_description":"`+text+`","error_uri":"`+text+`"}`)
				},
				"text": func(r *http.Request) *http.Response { return respond(r, 400, text) },
				"page": func(r *http.Request) *http.Response {
					return respond(r, 400, "<html><title>"+text+"</title>", "Content-Type", "text/html")
				},
				"header": func(r *http.Request) *http.Response {
					return respond(r, 403, "", "X-Okta-Request-Id", text, "WWW-Authenticate", `Bearer error="x", error_description="`+text+`", scope="`+text+`"`)
				},
			} {
				if strings.HasPrefix(form, "JSON") && (where == "text" || where == "header" || where == "page") && (form == "JSON, unicode" || where == "header") {
					continue // only JSON is escaped so
				}
				for name, cred := range creds {
					var seen strings.Builder
					tr := oktaint.NewClient(cred, roundTripper(func(r *http.Request) (*http.Response, error) { return answer(r), nil })).Transport()
					tr.Logger = slog.New(slog.NewTextHandler(&seen, &slog.HandlerOptions{Level: slog.LevelDebug}))
					tr.OnAttempt = func(a oktaint.Attempt) { fmt.Fprintf(&seen, "%+v\n", a) }
					err := tr.Client().Get(t.Context(), nil, nil, "api", "v1", "users")
					fmt.Fprintf(&seen, "%v %+v %#v\n", err, err, err)
					for e := err; e != nil; e = errors.Unwrap(e) {
						fmt.Fprintf(&seen, "%v %+v\n", e, e)
					}
					var re *oauth2.RetrieveError
					if errors.As(err, &re) {
						fmt.Fprintf(&seen, "%s %v %v %v", re.Body, re.Response.Header, re.ErrorDescription, re.ErrorURI)
					}
					for _, part := range []string{secret[:20], secret[30:50], echo[:20], echo[len(echo)/2:][:20]} {
						if strings.Contains(seen.String(), part) {
							t.Errorf("%s, %s after %d bytes, as %s: %q is told", name, where, before, form, part)
						}
					}
				}
			}
		}
	}
}

// If a base transport puts a secret into its own error, for example with the header of
// the request, it is taken out of the text, and the chain stays whole.
func TestScrubbedBase(t *testing.T) {
	t.Parallel()
	const secret = "00hunter2hunter2"
	org := mustOrg(t, "acme")
	sentinel := errors.New("tracing failed")
	base := roundTripper(func(r *http.Request) (*http.Response, error) {
		return nil, fmt.Errorf("%w: %v", sentinel, r.Header)
	})
	for name, cred := range map[string]oktaint.Credential{
		"API token":     oktaint.APIToken{Org: org, Token: oktaint.NewSecret(secret)},
		"client secret": oktaint.ClientSecret{Org: org, ClientID: "0oa1", Secret: oktaint.NewSecret(secret), Scopes: scopes.New(scopes.UsersRead)},
	} {
		var mu sync.Mutex
		var seen strings.Builder
		tr := oktaint.NewClient(cred, base).Transport()
		tr.OnAttempt = func(a oktaint.Attempt) { mu.Lock(); defer mu.Unlock(); fmt.Fprintf(&seen, "%+v\n", a) }
		err := tr.Client().Get(t.Context(), nil, nil, "api", "v1", "users")
		fmt.Fprintf(&seen, "%v %+v", err, err)
		for e := err; e != nil; e = errors.Unwrap(e) {
			fmt.Fprintf(&seen, "%v %+v %#v\n", e, e, e)
		}
		basic := base64.StdEncoding.EncodeToString([]byte("0oa1:" + secret))
		if s := seen.String(); strings.Contains(s, secret) || strings.Contains(s, basic) || !strings.Contains(s, "tracing failed") {
			t.Errorf("%s: %s", name, s)
		}
		if !errors.Is(err, sentinel) {
			t.Errorf("%s: the chain of %v is cut", name, err)
		}
	}
	_, err := oktaint.ClientSecret{Org: org, ClientID: "0oa1", Secret: oktaint.NewSecret(secret), Scopes: scopes.New(scopes.UsersRead)}.Source(roundTripper(
		func(r *http.Request) (*http.Response, error) { panic(r.Header) })).TokenContext(context.Background())
	if err == nil || strings.Contains(err.Error(), base64.StdEncoding.EncodeToString([]byte("0oa1:"+secret))) {
		t.Errorf("a panic: %v", err)
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
