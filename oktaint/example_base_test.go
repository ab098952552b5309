package oktaint_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"sync/atomic"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// traced is a base transport that tells of every attempt, token requests included.
// Never print a request's header: it holds the credential.
type traced struct{ next http.RoundTripper }

func (t traced) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(req)
	if err == nil {
		fmt.Println(req.Method, req.URL.Path, resp.StatusCode)
	}
	return resp, err
}

// Tracing: wrap the base, which sees every attempt. A wrapper of the client's own
// HTTP.Transport sees each request once, whatever its attempts.
func ExampleNewClient_tracing() {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"id":"00u1","status":"ACTIVE"}`)
	}))
	defer server.Close()
	org, err := oktaint.ParseOrg(server.URL)
	if err != nil {
		log.Fatal(err)
	}
	token := oktaint.APIToken{Org: org, Token: oktaint.NewSecret("00example")}
	client := oktaint.NewClient(token, traced{server.Client().Transport})
	client.HTTP.Transport = traced{client.HTTP.Transport} // for spans around whole requests

	var me User
	if err := client.Get(context.Background(), &me, nil, "api", "v1", "users", "me"); err != nil {
		log.Fatal(err)
	}
	fmt.Println(me.ID, client.Source() != nil)
	// Output:
	// GET /api/v1/users/me 200
	// GET /api/v1/users/me 200
	// 00u1 true
}

// One client uses its own proxy. The others use HTTPS_PROXY of the environment.
func ExampleNewClient_proxy() {
	creds, err := oktaint.ReadCredentials("acme.json")
	if err != nil {
		log.Fatal(err)
	}
	proxy, err := url.Parse("http://proxy.internal:3128")
	if err != nil {
		log.Fatal(err)
	}
	base := oktaint.NewBase()
	base.Proxy = http.ProxyURL(proxy)
	client := oktaint.NewClient(creds, base)
	_ = client
}

// A client trusts another certificate authority as well as the system's, for example
// that of a proxy that inspects the traffic.
func ExampleNewClient_authority() {
	creds, err := oktaint.ReadCredentials("acme.json")
	if err != nil {
		log.Fatal(err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		log.Fatal(err)
	}
	ca, err := os.ReadFile("ca.pem")
	if err != nil {
		log.Fatal(err)
	}
	if !roots.AppendCertsFromPEM(ca) {
		log.Fatal("ca.pem has no certificate")
	}
	base := oktaint.NewBase()
	base.TLSClientConfig = &tls.Config{RootCAs: roots}
	client := oktaint.NewClient(creds, base)
	_ = client
}

// Metrics: OnAttempt is called for each attempt, with the state of its rate limit.
func ExampleTransport_metrics() {
	creds, err := oktaint.ReadCredentials("acme.json")
	if err != nil {
		log.Fatal(err)
	}
	client := oktaint.NewClient(creds, nil)
	var limited atomic.Int64
	client.Transport().OnAttempt = func(a oktaint.Attempt) {
		if a.Status == http.StatusTooManyRequests {
			limited.Add(1) // by a.Bucket, a.Remaining of a.Limit
		}
	}
}

// Urgent requests of a response pass the queues of a collector, with the same credential
// and the same token. From then on a part of each rate limit is kept for them.
func ExampleClient_Urgent() {
	creds, err := oktaint.ReadCredentials("acme.json")
	if err != nil {
		log.Fatal(err)
	}
	collect := oktaint.NewClient(creds, nil)
	respond := collect.Urgent()
	_ = respond
}
