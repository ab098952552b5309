package oktatest_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

func TestServe(t *testing.T) {
	t.Parallel()
	server, err := oktatest.Serve("localhost:0", oktatest.Config{Origin: "https://ignored.okta.com"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	if server.URL != server.Org.URL() || !strings.HasPrefix(server.URL, "https://127.0.0.1:") {
		t.Errorf("URL = %q", server.URL)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(server.CA)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	t.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Transport: transport}
	resp, err := client.Get(server.URL + "/.well-known/okta-organization")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != 200 {
		t.Errorf("status = %d", resp.StatusCode)
	}
	for _, addr := range []string{"0.0.0.0:0", "example.com:0", "127.0.0.1", "192.0.2.1:0", ":0"} {
		if _, err := oktatest.Serve(addr, oktatest.Config{}); err == nil || !strings.HasPrefix(err.Error(), "oktatest: ") {
			t.Errorf("Serve(%q) = %v", addr, err)
		}
	}
	if _, err := oktatest.Serve("127.0.0.1:0", oktatest.Config{PrincipalShare: 2}); err == nil {
		t.Error("Serve took a bad configuration")
	}
}
