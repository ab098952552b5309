package oktaint_test

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// over returns a base that goes through a proxy and trusts an authority.
func (p *proxy) over(t testing.TB, ca *authority, user *url.Userinfo) *http.Transport {
	t.Helper()
	u, err := url.Parse(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	u.User = user
	base := oktaint.NewBase()
	base.Proxy = http.ProxyURL(u)
	base.TLSClientConfig = &tls.Config{RootCAs: ca.pool()}
	t.Cleanup(base.CloseIdleConnections)
	return base
}

// Token requests and API requests go through the proxy, which needs a password or
// not.
func TestProxy(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t, "Okta's")
	org := newRemoteOrg(t, ca)
	for _, user := range []*url.Userinfo{nil, url.User("corp"), url.UserPassword("corp", "p@ss:word/%")} {
		for how, call := range remoteCalls(t) {
			p := newProxy(t, org)
			if user != nil {
				password, _ := user.Password()
				p.login = "Basic " + base64.StdEncoding.EncodeToString([]byte(user.Username()+":"+password))
			}
			if err := call(p.over(t, ca, user)); err != nil {
				t.Errorf("%s as %v: %v", how, user, err)
			}
			asked := p.asked()
			if len(asked) == 0 || slices.ContainsFunc(asked, func(s string) bool { return s != "CONNECT acme.okta.com:443" }) {
				t.Errorf("%s as %v: the proxy was asked for %q", how, user, asked)
			}
		}
	}
}

// What a proxy answers in the place of a connection is told apart from Okta's answers,
// at once and with a remedy. Nothing was sent, and no password is in the error.
func TestProxyRefuses(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t, "Okta's")
	org := newRemoteOrg(t, ca)
	for status, want := range map[int]string{
		300: "300 Multiple Choices", 302: "302 Found", 400: "400 Bad Request", 401: "401 Unauthorized", 403: "403 Forbidden",
		404: "404 Not Found", 407: "407 Proxy Authentication Required", 429: "429 Too Many Requests", 451: "451 ", 500: "500 Internal", 511: "511 ",
	} {
		for how, call := range remoteCalls(t) {
			p := newProxy(t, org)
			p.status, p.header, p.body = status, "text/html", "<html><title>corp: hunter2</title>"+strings.Repeat("x", 1<<16)
			err := call(p.over(t, ca, url.UserPassword("corp", "hunter2")))
			remedy := "ask the people who run it"
			if status == http.StatusProxyAuthRequired {
				remedy = "the proxy wants a name and a password"
			}
			if err == nil || !strings.Contains(err.Error(), "the proxy "+p.Listener.Addr().String()+" answered "+want) || !strings.Contains(err.Error(), remedy) {
				t.Errorf("%d, %s: %v; want %q and %q", status, how, err, want, remedy)
				continue
			}
			_, limited := oktaint.RateLimited(err)
			if strings.Contains(err.Error(), "hunter2") || oktaint.Ambiguous(err) || oktaint.IsNotFound(err) || limited {
				t.Errorf("%d, %s: taken for Okta's answer, or the password is in it: %v", status, how, err)
			}
			if n := len(p.asked()); n != 1 {
				t.Errorf("%d, %s: %d tries", status, how, n)
			}
		}
	}
}

// A write that the proxy does not let through has not been done.
func TestProxyRefusesWrites(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t, "Okta's")
	org := newRemoteOrg(t, ca)
	for _, method := range []string{"POST", "PUT", "DELETE"} {
		for _, status := range []int{407, 403, 503} {
			p := newProxy(t, org)
			p.status = status
			tr := &oktaint.Transport{Org: mustOrg(t, "acme"), Base: p.over(t, ca, nil), MaxRetries: -1}
			req, err := tr.Org.NewRequest(t.Context(), method, nil, nil, "api", "v1", "users", "00u1")
			if err != nil {
				t.Fatal(err)
			}
			if err := tr.Client().Do(req, nil); err == nil || oktaint.Ambiguous(err) {
				t.Errorf("%s, %d: %v may have been done", method, status, err)
			}
		}
	}
}

// A proxy that is out of order for a moment is asked again.
func TestProxyOutOfOrder(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t, "Okta's")
	org := newRemoteOrg(t, ca)
	for _, status := range []int{502, 503, 504} {
		for _, how := range []string{"a token", "a call", "a list"} {
			t.Run(how, func(t *testing.T) {
				t.Parallel()
				p := newProxy(t, org)
				p.status, p.ready = status, 1
				if err := remoteCalls(t)[how](p.over(t, ca, nil)); err != nil || len(p.asked()) < 2 {
					t.Errorf("%d, %s: %v after %d tries", status, how, err, len(p.asked()))
				}
			})
		}
	}
}

// A proxy that cannot be reached is named as what is missing, from the first try on.
func TestProxyUnreachable(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t, "Okta's")
	p := newProxy(t, newRemoteOrg(t, ca))
	base := p.over(t, ca, url.UserPassword("corp", "hunter2"))
	p.Close()
	ctx, cancel := context.WithCancel(t.Context())
	var first oktaint.Wait
	ctx = oktaint.WithOnWait(ctx, func(w oktaint.Wait) { first = w; cancel() })
	if err := oktaint.NewClient(mustOrg(t, "acme"), base).Get(ctx, nil, nil, "api", "v1", "users"); err == nil || first.Reason != "the proxy cannot be reached" {
		t.Errorf("%v; the first wait is for %q", err, first.Reason)
	}
	err := (&oktaint.Transport{Org: mustOrg(t, "acme"), Base: base, MaxRetries: -1}).Client().Get(t.Context(), nil, nil, "api", "v1", "users")
	if err == nil || !strings.Contains(err.Error(), "the proxy cannot be reached: is its address right") || strings.Contains(err.Error(), "hunter2") || oktaint.Ambiguous(err) {
		t.Error(err)
	}
}

// A proxy that inspects the traffic shows a certificate of its own. The error says so
// at once, and nothing is sent. Once its authority is trusted, all goes through it.
func TestInspectingProxy(t *testing.T) {
	t.Parallel()
	okta, corp := newAuthority(t, "Okta's"), newAuthority(t, "corp")
	org := newRemoteOrg(t, okta)
	later := time.Now().Add(time.Hour)
	for name, tt := range map[string]struct {
		shown   tls.Certificate
		trusted *authority
		want    string // of the error; empty: it works
	}{
		"trusted":           {corp.host("acme.okta.com", later), corp, ""},
		"unknown":           {corp.host("acme.okta.com", later), okta, "trust its certificate"},
		"of the same name":  {newAuthority(t, "corp").host("acme.okta.com", later), corp, "trust its certificate"},
		"signed by itself":  {newAuthority(t, "acme.okta.com").host("acme.okta.com", later), corp, "trust its certificate"},
		"of another host":   {corp.host("proxy.corp.example", later), corp, "the certificate is for another host"},
		"of the admin host": {corp.host("acme-admin.okta.com", later), corp, "the certificate is for another host"},
		"expired":           {corp.host("acme.okta.com", time.Now().Add(-time.Hour)), corp, "is this machine's clock right"},
	} {
		for how, call := range remoteCalls(t) {
			p := newProxy(t, org)
			p.inspect, p.trusts = &tt.shown, okta.pool()
			err := call(p.over(t, tt.trusted, nil))
			switch {
			case tt.want == "" && (err != nil || p.seen() == ""):
				t.Errorf("%s, %s: %v; the proxy has read %q", name, how, err, p.seen())
			case tt.want == "":
			case err == nil || !strings.Contains(err.Error(), "certificate") || !strings.Contains(err.Error(), tt.want) || oktaint.Ambiguous(err):
				t.Errorf("%s, %s: %v; want %q", name, how, err, tt.want)
			case len(p.asked()) != 1 || p.seen() != "":
				t.Errorf("%s, %s: %d tries; the proxy has read %q", name, how, len(p.asked()), p.seen())
			}
		}
	}
}

// reached is set in the process that reaches the org as its environment says.
const reached = "OKTAINT_TEST_REACHED"

// The proxy and the authority of the environment count without a line of code.
func TestProxyFromEnvironment(t *testing.T) {
	t.Parallel()
	if os.Getenv(reached) != "" {
		for how, call := range remoteCalls(t) {
			if err := call(nil); err != nil {
				t.Errorf("%s: %v", how, err)
			}
		}
		return
	}
	if runtime.GOOS != "linux" {
		t.Skip("other systems have their own stores of certificates, which SSL_CERT_FILE does not change")
	}
	okta, corp := newAuthority(t, "Okta's"), newAuthority(t, "corp")
	org := newRemoteOrg(t, okta)
	shown := corp.host("acme.okta.com", time.Now().Add(time.Hour))
	for _, tt := range []struct {
		name, variable string
		inspect        *tls.Certificate
		trusted        *authority
		want           string // in the output; empty: it works
	}{
		{"proxy", "HTTPS_PROXY", nil, okta, ""},
		{"proxy, lower case", "https_proxy", nil, okta, ""},
		{"inspecting", "HTTPS_PROXY", &shown, corp, ""},
		{"inspecting, unknown", "HTTPS_PROXY", &shown, okta, "trust its certificate"},
	} {
		p := newProxy(t, org)
		p.inspect, p.trusts = tt.inspect, okta.pool()
		file := filepath.Join(t.TempDir(), "ca.pem")
		if err := os.WriteFile(file, tt.trusted.pem(), 0o600); err != nil {
			t.Fatal(err)
		}
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProxyFromEnvironment$")
		child.Env = append(os.Environ(), reached+"=1", "HTTPS_PROXY=", "https_proxy=", "NO_PROXY=", "no_proxy=", "SSL_CERT_FILE="+file, "SSL_CERT_DIR="+t.TempDir(), tt.variable+"="+p.URL)
		out, err := child.CombinedOutput()
		if (err == nil) != (tt.want == "") || !strings.Contains(string(out), tt.want) || len(p.asked()) == 0 {
			t.Errorf("%s: %v; %d tries\n%s", tt.name, err, len(p.asked()), out)
		}
	}
}
