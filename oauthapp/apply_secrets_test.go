package oauthapp_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// Neither the API token nor the private key nor an access token is in anything
// that this package returns, however it is printed.
func TestNoSecretIsPrinted(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{
		"", "GET /api/v1/users/me html", "GET /api/v1/apps cut", "GET /api/v1/apps reset-before", "POST /api/v1/apps 500", "POST /api/v1/apps html",
		"POST /oauth2/v1/clients/{id}/roles reset-after", "POST /api/v1/apps/{id}/grants 503",
		"POST /oauth2/v1/token html", "POST /oauth2/v1/token 500", "GET /api/v1/users 500", "GET /api/v1/logs html",
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				config := oktatest.Config{}
				if fault != "" {
					config.Faults = []string{fault}
				}
				s := newSetup(t, config)
				secrets := s.record()
				var out []any
				plan, err := oauthapp.BuildPlan(t.Context(), s.admin, desired(), nil)
				out = append(out, plan, err)
				if err == nil {
					res, err := applyWith(plan, t.Context(), func(e oauthapp.Event) { out = append(out, e) })
					report, verr := oauthapp.Verify(t.Context(), s.credentials(res, scopes.Visibility), oauthapp.VerifyOptions{Base: s.base})
					out = append(out, res, err, report, verr)
				}
				for _, v := range out {
					text, _ := json.Marshal(v)
					for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
						text = append(text, fmt.Sprintf(verb, v)...)
					}
					for secret := range secrets {
						if strings.Contains(string(text), secret) || strings.Contains(string(text), fmt.Sprintf("%x", secret)) {
							t.Errorf("%T holds a secret", v)
						}
					}
				}
			})
		})
	}
}

// record sends the setup's requests through a transport that collects their
// credentials. The result is complete once all requests are.
func (s *setup) record() map[string]bool {
	pem, err := testKey().PEM()
	if err != nil {
		s.t.Fatal(err)
	}
	secrets := map[string]bool{strings.Split(pem.Reveal(), "\n")[2]: true}
	real := s.base
	var mu sync.Mutex
	s.base = roundTrip(func(r *http.Request) (*http.Response, error) {
		mu.Lock()
		defer mu.Unlock()
		if _, credential, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok {
			secrets[credential] = true
		}
		if r.URL.Path == "/oauth2/v1/token" {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				s.t.Error(err)
			}
			r = r.Clone(r.Context())
			r.Body = io.NopCloser(bytes.NewReader(body))
			form, err := url.ParseQuery(string(body))
			if assertion := form.Get("client_assertion"); err != nil || assertion == "" {
				s.t.Errorf("no client assertion in %q, %v", body, err)
			} else {
				secrets[assertion] = true
			}
		}
		return real.RoundTrip(r)
	})
	s.admin = s.client(s.sim.APIToken())
	return secrets
}
