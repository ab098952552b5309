package oktaint_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// A hint is about the credential that was sent.
func TestHintsFitTheCredential(t *testing.T) {
	t.Parallel()
	org := mustOrg(t, "acme")
	creds := map[string]oktaint.Credential{
		"app":         oktaint.PrivateKeyJWT{Org: org, ClientID: "0oa1", Key: readKey(t, "ec_p256_TEST_ONLY.pem"), Scopes: scopes.New(scopes.GroupsRead)},
		"integration": oktaint.ClientSecret{Org: org, ClientID: "0oa2", Secret: oktaint.NewSecret("00secret"), Scopes: scopes.New(scopes.GroupsRead)},
		"API token":   oktaint.APIToken{Org: org, Token: oktaint.NewSecret("00token")},
		"none":        org,
	}
	for _, tt := range []struct {
		cred string
		step func(*http.Request) (*http.Response, error)
		want string
		not  string
	}{
		{"API token", apiError(401, "E0000011"), "the API token is wrong, was revoked, or expired after 30 days", "app"},
		{"app", apiError(401, "E0000011"), "the access token of the service app", "API token"},
		{"app", status(401, "", "WWW-Authenticate", `Bearer error="invalid_token"`), "the access token of the service app", "API token"},
		{"integration", apiError(401, "E0000011"), "is the integration still installed", "API token"},
		{"none", apiError(401, "E0000011"), "carried no credential", "API token"},
		{"API token", apiError(403, "E0000005"), "the org does not accept API tokens here", "OAuth"},
		{"app", apiError(403, "E0000005"), "the org does not take the access token", "API token"},
		{"integration", apiError(403, "E0000005"), "the org does not take the access token", "API token"},
		{"none", apiError(403, "E0000005"), "carried no credential", "OAuth"},
	} {
		base := roundTripper(func(req *http.Request) (*http.Response, error) {
			if req.URL.Path == "/oauth2/v1/token" {
				return respond(req, 200, `{"token_type":"Bearer","expires_in":3600,"access_token":"at1"}`), nil
			}
			return tt.step(req)
		})
		err := oktaint.NewClient(creds[tt.cred], base).Get(t.Context(), nil, nil, "api", "v1", "users")
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), tt.not) {
			t.Errorf("%s: %v, want %q and not %q", tt.cred, err, tt.want, tt.not)
		}
	}
}

// A request without an answer says at once why: in a word while it is tried again, and
// with a remedy at the end.
func TestNetworkErrors(t *testing.T) {
	t.Parallel()
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	for _, tt := range []struct {
		name  string
		err   error
		word  string // of the waits; empty: not tried again
		hint  string
		chain error
	}{
		{"refused", dial(os.NewSyscallError("connect", syscall.ECONNREFUSED)), "connection refused", "is the org's name right", syscall.ECONNREFUSED},
		{"no such host", dial(&net.DNSError{Err: "no such host", Name: "acme.okta.com", IsNotFound: true}), "", "is the org's name spelt right", nil},
		{"no DNS", dial(&net.DNSError{Err: "server misbehaving", Name: "acme.okta.com", IsTemporary: true}), "the name cannot be looked up", "is this machine's DNS working", nil},
		{"unreachable", dial(os.NewSyscallError("connect", syscall.ENETUNREACH)), "no connection", "is this machine online", syscall.ENETUNREACH},
		{"reset", &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}, "connection reset", "", syscall.ECONNRESET},
		{"unknown authority", x509.UnknownAuthorityError{}, "", "trust its certificate", nil},
		{"another name", x509.HostnameError{Certificate: new(x509.Certificate), Host: "acme.okta.com"}, "", "the certificate is for another host", nil},
		{"no TLS", http.ErrSchemeMismatch, "", "the host does not speak TLS", http.ErrSchemeMismatch},
		{"no TLS record", tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}, "", "the host does not speak TLS", nil},
		{"dead proxy", &net.OpError{Op: "proxyconnect", Net: "tcp", Err: dial(os.NewSyscallError("connect", syscall.ECONNREFUSED))}, "the proxy cannot be reached", "the proxy cannot be reached", syscall.ECONNREFUSED},
		{"no answer", dial(os.ErrDeadlineExceeded), "timeout", "is a firewall in between", os.ErrDeadlineExceeded},
		{"expired", x509.CertificateInvalidError{Cert: new(x509.Certificate), Reason: x509.Expired}, "", "is this machine's clock right", nil},
	} {
		for _, path := range []string{"api", "token"} {
			synctest.Test(t, func(t *testing.T) {
				base := roundTripper(func(req *http.Request) (*http.Response, error) {
					if path == "api" && req.URL.Path == "/oauth2/v1/token" {
						return respond(req, 200, `{"token_type":"Bearer","expires_in":3600,"access_token":"at1"}`), nil
					}
					return nil, tt.err
				})
				c := oktaint.NewClient(oktaint.PrivateKeyJWT{
					Org: mustOrg(t, "acme"), ClientID: "0oa1", Key: readKey(t, "ec_p256_TEST_ONLY.pem"), Scopes: scopes.New(scopes.UsersRead),
				}, base)
				var mu sync.Mutex
				var waits []string
				ctx := oktaint.WithOnWait(t.Context(), func(w oktaint.Wait) {
					mu.Lock()
					defer mu.Unlock()
					waits = append(waits, w.Reason)
				})
				err := c.Get(ctx, nil, nil, "api", "v1", "users")
				if err == nil || !strings.Contains(err.Error(), tt.hint) || tt.chain != nil && !errors.Is(err, tt.chain) {
					t.Errorf("%s, %s: %v, want %q", tt.name, path, err, tt.hint)
				}
				if (len(waits) > 0) != (tt.word != "") || len(waits) > 0 && !strings.Contains(waits[0], tt.word) {
					t.Errorf("%s, %s: the waits say %q, want %q", tt.name, path, waits, tt.word)
				}
			})
		}
	}
}

// In the middle of a list the org takes the credential no more. The list ends with one
// error, after all that came before it, and what the error advises is about the
// credential that was sent: pages were read with it.
func TestHintsInTheMiddle(t *testing.T) {
	t.Parallel()
	org := mustOrg(t, "acme")
	key := readKey(t, "ec_p256_TEST_ONLY.pem")
	for _, tt := range []struct {
		cred oktaint.Credential
		not  []string // in the error
	}{
		{oktaint.APIToken{Org: org, Token: oktaint.NewSecret("00token")}, []string{"OAuth", "service app", "access token"}},
		{oktaint.PrivateKeyJWT{Org: org, ClientID: "0oa1", Key: key, Scopes: scopes.New(scopes.UsersRead)}, []string{"API token", "30 days", "does not take OAuth", "integration"}},
		{oktaint.ClientSecret{Org: org, ClientID: "0oa2", Secret: oktaint.NewSecret("00secret"), Scopes: scopes.New(scopes.UsersRead)}, []string{"API token", "30 days", "does not take OAuth", "service app"}},
	} {
		for _, step := range []func(*http.Request) (*http.Response, error){
			apiError(403, "E0000005"), apiError(401, "E0000011"), apiError(401, "E0000004"), apiError(403, "E0000006"),
			status(401, "", "WWW-Authenticate", `Bearer error="invalid_token"`),
		} {
			for pages := range 6 {
				base := roundTripper(func(req *http.Request) (*http.Response, error) {
					var n int
					fmt.Sscan(req.URL.Query().Get("after"), &n)
					switch {
					case req.URL.Path == "/oauth2/v1/token":
						return respond(req, 200, `{"token_type":"Bearer","expires_in":3600,"access_token":"at1"}`), nil
					case n == pages:
						return step(req)
					}
					return respond(req, 200, `[{"id":"1"}]`, "Link", fmt.Sprintf(`<https://acme.okta.com/api/v1/users?after=%d>; rel="next"`, n+1)), nil
				})
				got, err := collect[item](t, oktaint.NewClient(tt.cred, base), nil, "api", "v1", "users")
				var e *oktaint.Error
				if len(got) != pages || !errors.As(err, &e) || e.StatusCode/100 != 4 {
					t.Errorf("%T after %d pages: %d items, %v", tt.cred, pages, len(got), err)
					continue
				}
				for _, not := range append(tt.not, "no credential") {
					if strings.Contains(err.Error(), not) {
						t.Errorf("%T after %d pages: %q is in %v", tt.cred, pages, not, err)
					}
				}
			}
		}
	}
}
