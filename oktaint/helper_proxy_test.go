package oktaint_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// An authority makes certificates.
type authority struct {
	t    testing.TB
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t testing.TB, name string) *authority {
	t.Helper()
	a := &authority{t: t}
	a.cert, a.key = a.issue(&x509.Certificate{
		Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, NotAfter: time.Now().Add(time.Hour),
	})
	return a
}

// issue signs a certificate, by itself if the authority has none yet.
func (a *authority) issue(template *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	template.NotBefore = time.Now().Add(-48 * time.Hour)
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		a.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return cert, key
}

// host makes the certificate of a host.
func (a *authority) host(name string, until time.Time) tls.Certificate {
	cert, key := a.issue(&x509.Certificate{
		DNSNames: []string{name}, NotAfter: until, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	return tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key}
}

func (a *authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return pool
}

func (a *authority) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
}

// newRemoteOrg starts the org acme, whose certificate is of ca, at an address that no
// DNS knows. It answers requests for tokens and for users.
func newRemoteOrg(t testing.TB, ca *authority) *httptest.Server {
	t.Helper()
	org := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch r.URL.Path {
		case "/oauth2/v1/token":
			io.WriteString(w, `{"token_type":"Bearer","expires_in":3600,"access_token":"at1","scope":"okta.users.read"}`)
		case "/api/v1/users":
			if r.URL.Query().Get("after") == "" {
				w.Header().Set("Link", `<https://acme.okta.com/api/v1/users?after=1>; rel="next"`)
			}
			io.WriteString(w, `[{"id":"00u1"}]`)
		default:
			io.WriteString(w, `{"id":"00u1"}`)
		}
	}))
	org.TLS = &tls.Config{Certificates: []tls.Certificate{ca.host("acme.okta.com", time.Now().Add(time.Hour))}}
	org.EnableHTTP2 = true
	org.StartTLS()
	t.Cleanup(org.Close)
	return org
}

// A proxy takes CONNECT, notes the hosts that are asked for and leads all of them to
// one server. What is set is set before it is used.
type proxy struct {
	*httptest.Server
	to      string           // address of the server
	status  int              // that is answered in place of a connection, if not 0
	ready   int              // how many are answered so; 0: all
	header  string           // of each of these answers
	body    string           // of these answers
	login   string           // the Proxy-Authorization that is needed, if any
	inspect *tls.Certificate // shown in place of the server's, whose traffic is read
	trusts  *x509.CertPool   // of the server, if inspect is set

	mu       sync.Mutex
	connects []string // "host:port"
	read     []string // requests, "GET /path", if inspect is set
}

func newProxy(t testing.TB, to *httptest.Server) *proxy {
	t.Helper()
	p := &proxy{to: to.Listener.Addr().String()}
	p.Server = httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(p.Close)
	return p
}

func (p *proxy) serve(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.connects = append(p.connects, r.Method+" "+r.Host)
	n := len(p.connects)
	p.mu.Unlock()
	status := p.status
	if p.login != "" && r.Header.Get("Proxy-Authorization") != p.login {
		status = http.StatusProxyAuthRequired
	}
	if status != 0 && (p.ready == 0 || n <= p.ready) {
		w.Header().Set("Proxy-Authenticate", `Basic realm="corp"`)
		w.Header().Set("Content-Type", p.header)
		w.WriteHeader(status)
		io.WriteString(w, p.body)
		return
	}
	near, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	fmt.Fprint(near, "HTTP/1.1 200 Connection established\r\n\r\n")
	go p.lead(near)
}

// lead connects near with the server, by way of two TLS connections of its own if it
// inspects.
func (p *proxy) lead(near net.Conn) {
	defer near.Close()
	far, err := net.Dial("tcp", p.to)
	if err != nil {
		return
	}
	defer far.Close()
	if p.inspect == nil {
		go func() { _, _ = io.Copy(far, near); far.Close() }()
		_, _ = io.Copy(near, far)
		return
	}
	near = tls.Server(near, &tls.Config{Certificates: []tls.Certificate{*p.inspect}})
	far = tls.Client(far, &tls.Config{RootCAs: p.trusts, ServerName: "acme.okta.com"})
	in, out := bufio.NewReader(near), bufio.NewReader(far)
	for {
		req, err := http.ReadRequest(in)
		if err != nil {
			return // the client does not trust the certificate, or has ended
		}
		p.mu.Lock()
		p.read = append(p.read, req.Method+" "+req.URL.Path)
		p.mu.Unlock()
		if req.Write(far) != nil {
			return
		}
		resp, err := http.ReadResponse(out, req)
		if err != nil || resp.Write(near) != nil {
			return
		}
	}
}

// asked returns the CONNECTs so far.
func (p *proxy) asked() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.connects)
}

// seen returns the requests that the proxy has read.
func (p *proxy) seen() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.read, ", ")
}

// remoteCalls are the ways to reach the org acme over a base.
func remoteCalls(t testing.TB) map[string]func(http.RoundTripper) error {
	t.Helper()
	org := mustOrg(t, "acme")
	app := oktaint.PrivateKeyJWT{Org: org, ClientID: "0oa1", Key: readKey(t, "ec_p256_TEST_ONLY.pem"), Scopes: scopes.New(scopes.UsersRead)}
	api := oktaint.APIToken{Org: org, Token: oktaint.NewSecret("hunter2")}
	return map[string]func(http.RoundTripper) error{
		"a token":      func(base http.RoundTripper) error { return second(app.Source(base).Token()) },
		"a call":       func(base http.RoundTripper) error { return getUser(t, oktaint.NewClient(api, base)) },
		"both":         func(base http.RoundTripper) error { return getUser(t, oktaint.NewClient(app, base)) },
		"urgent":       func(base http.RoundTripper) error { return getUser(t, oktaint.NewClient(app, base).Urgent()) },
		"a list":       func(base http.RoundTripper) error { return listUsers(t, oktaint.NewClient(app, base)) },
		"no API token": func(base http.RoundTripper) error { return getUser(t, oktaint.NewClient(org, base)) },
	}
}

func getUser(t testing.TB, c *oktaint.Client) error {
	var user struct{ ID string }
	if err := c.Get(t.Context(), &user, nil, "api", "v1", "users", "00u1"); err != nil {
		return err
	}
	if user.ID != "00u1" {
		return fmt.Errorf("the user is %+v", user)
	}
	return nil
}

func listUsers(t testing.TB, c *oktaint.Client) error {
	n := 0
	for _, err := range oktaint.List[struct{ ID string }](t.Context(), c, nil, "api", "v1", "users") {
		if n++; err != nil {
			return err
		}
	}
	if n != 2 {
		return fmt.Errorf("%d users", n)
	}
	return nil
}
