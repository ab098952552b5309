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

// No form of a secret that comes back is told, wherever it stands and whatever text
// is around it: it is taken out before the text is clipped.
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
					continue // nobody escapes so outside of JSON
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

// What a base transport puts into its own error, the header of the request, say, is
// taken out of the text, and the chain stays whole.
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
