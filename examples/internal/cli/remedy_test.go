package cli_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// An org that cannot be reached is told at once, with what a person can do.
func TestRemedies(t *testing.T) {
	t.Parallel()
	o := clitest.Serve(t, oktatest.Config{})
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	closed := httptest.NewServer(nil)
	closed.Close()
	_, port, err := net.SplitHostPort(strings.TrimPrefix(o.URL, "https://"))
	if err != nil {
		t.Fatal(err)
	}
	const proxy = "set HTTPS_PROXY or give --proxy"
	for name, tt := range map[string]struct {
		args         []string
		want, remedy string // alternatives, as systems differ; the library says the first, and this package the flags
	}{
		"connection refused": {[]string{"--org-url", "https" + strings.TrimPrefix(closed.URL, "http")}, "nothing answers at this address: is the org's name right", proxy},
		"no such host":       {[]string{"--org-url", "https://acme.invalid"}, "is this machine's DNS working?|there is no host of this name: is the org's name spelt right", proxy},
		"unknown authority":  {[]string{"--org-url", o.URL}, "from an authority that this machine does not trust", "--ca-file FILE trusts the certificates of a file"},
		"another host":       {[]string{"--org-url", "https://[::1]:" + port, "--ca-file", o.CA}, "nothing answers at|the certificate is for another host|the network does not reach", ""},
		"no TLS":             {[]string{"--org-url", "https" + strings.TrimPrefix(plain.URL, "http")}, "the host does not speak TLS on this port", ""},
		"dead proxy":         {[]string{"--tenant-id", "acme", "--proxy", closed.URL}, "the proxy cannot be reached: is its address right", "The proxy is that of --proxy or HTTPS_PROXY."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second) // the library tries for a minute
			defer cancel()
			got := clitest.Setup{Context: ctx, Env: map[string]string{"OKTA_API_TOKEN": "00x"}}.Run(t, "whoami", run, append(tt.args, "--json")...)
			var doc cli.Failure
			got.Unmarshal(t, &doc)
			found := false
			for want := range strings.SplitSeq(tt.want, "|") {
				found = found || strings.Contains(doc.Message, want) && strings.Contains(got.Stderr, want)
			}
			if got.Status != cli.ExitFailed || !found || !strings.Contains(doc.Remedy, tt.remedy) || !strings.Contains(got.Stderr, doc.Remedy) {
				t.Errorf("status %d, want %q and %q:\n%s", got.Status, tt.want, tt.remedy, got.Stderr)
			}
			if name != "no such host" && strings.Contains(got.Stderr, "waiting") { // a DNS server that fails may work again
				t.Errorf("a person is left waiting:\n%s", got.Stderr)
			}
		})
	}
}

// An org that fails for a moment is asked again, and one that hangs ends with the
// interrupt.
func TestPatience(t *testing.T) {
	t.Parallel()
	o := clitest.Serve(t, oktatest.Config{Faults: []string{"GET /.well-known/okta-organization #1 503", "GET /.well-known/okta-organization #2 reset-before"}})
	clitest.Setup{Env: map[string]string{"OKTA_API_TOKEN": o.APIToken()}}.Run(t, "whoami", run, o.Flags()...).Check(t, cli.ExitDone, "login:")

	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		conn, err := silent.Accept()
		if err != nil {
			return
		}
		_, _ = io.CopyN(io.Discard, conn, 1)
		cancel()
		_, _ = io.Copy(io.Discard, conn)
	}()
	clitest.Setup{Context: ctx}.Run(t, "whoami", run, "--org-url", "https://"+silent.Addr().String()).Check(t, cli.ExitInterrupted, "whoami: interrupted")
}

// A proxy carries what is sent.
func TestProxy(t *testing.T) {
	t.Parallel()
	o := clitest.Serve(t, oktatest.Config{})
	connects := make(chan string, 10)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		connects <- r.Method + " " + r.Host
		up, err := net.Dial("tcp", r.Host)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		down, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(down, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { _, _ = io.Copy(up, down); _ = up.Close() }()
		_, _ = io.Copy(down, up)
		_ = down.Close()
	}))
	t.Cleanup(proxy.CloseClientConnections)
	clitest.Setup{Env: map[string]string{"OKTA_API_TOKEN": o.APIToken()}}.Run(t, "whoami", run, append(o.Flags(), "--proxy", proxy.URL)...).Check(t, cli.ExitDone, "login:")
	if got := <-connects; got != "CONNECT "+strings.TrimPrefix(o.URL, "https://") {
		t.Errorf("the proxy got %s", got)
	}
}
