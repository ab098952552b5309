package oktaint_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// A turncoat is a base transport that is good at first, bad while bad is set, and good
// again after that. Requests that hang wait for release.
type turncoat struct {
	bad     atomic.Pointer[func(*http.Request) (*http.Response, error)]
	only    string // the path that it is bad at; empty for all
	sent    atomic.Int32
	release chan struct{}
}

func (s *turncoat) RoundTrip(req *http.Request) (*http.Response, error) {
	s.sent.Add(1)
	if req.Body != nil {
		defer req.Body.Close()
	}
	if bad := s.bad.Load(); bad != nil && (s.only == "" || s.only == req.URL.Path) {
		return (*bad)(req)
	}
	if req.URL.Path == "/oauth2/v1/token" {
		return respond(req, 200, `{"token_type":"Bearer","expires_in":3600,"access_token":"at1","scope":"okta.users.read"}`), nil
	}
	h := windowHeaders(600, 599, time.Now().Add(time.Minute))
	if strings.HasSuffix(req.URL.Path, "/users") {
		return respond(req, 200, `[{"id":"00u1"}]`, h...), nil
	}
	return respond(req, 200, `{"id":"00u1"}`, h...), nil
}

// client is one of a service app, with token and API requests over s.
func (s *turncoat) client(t testing.TB, key oktaint.Key) *oktaint.Client {
	return oktaint.NewClient(oktaint.PrivateKeyJWT{
		Org: mustOrg(t, "acme"), ClientID: "0oa1", Key: key, Scopes: scopes.New(scopes.UsersRead),
	}, s)
}

// get asks for users once.
func get(ctx context.Context, base http.RoundTripper) error {
	var out any
	return clientOver(base).Get(ctx, &out, nil, "api", "v1", "users")
}

// list goes through the users and returns the error that ended the list.
func list(ctx context.Context, base http.RoundTripper) error {
	for _, err := range oktaint.List[json.RawMessage](ctx, clientOver(base), nil, "api", "v1", "users") {
		if err != nil {
			return err
		}
	}
	return nil
}

func clientOver(base http.RoundTripper) *oktaint.Client {
	org, err := oktaint.ParseOrg("acme")
	if err != nil {
		panic(err)
	}
	return oktaint.NewClient(org, base)
}

// allocated returns how many bytes f allocates. Tests that use it must not run at the
// same time as others.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// token fetches a token.
func token(ctx context.Context, base http.RoundTripper) error {
	src := oktaint.ClientSecret{Org: clientOver(base).Org, ClientID: "0oa1", Secret: oktaint.NewSecret("s"), Scopes: scopes.New(scopes.UsersRead)}.Source(base)
	_, err := src.TokenContext(ctx)
	return err
}

// A wire is a server that is connected to a Transport like the shared one by in-memory
// pipes, and writes raw bytes.
type wire struct {
	*http.Transport
	dialed  atomic.Int32
	written atomic.Int64
}

// newWire answers every request with the bytes that serve writes, until the client has
// had enough.
func newWire(serve func(io.Writer) error) *wire {
	w := &wire{Transport: oktaint.NewBase()}
	w.DisableKeepAlives = true
	w.DialTLSContext = func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		w.dialed.Add(1)
		go func() {
			defer server.Close()
			if req, err := http.ReadRequest(bufio.NewReader(server)); err == nil {
				_, _ = io.Copy(io.Discard, req.Body)
				_ = serve(writerFunc(func(b []byte) (int, error) {
					n, err := server.Write(b)
					w.written.Add(int64(n))
					return n, err
				}))
			}
		}()
		return client, nil
	}
	return w
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

// endless writes s until the client has had enough.
func endless(w io.Writer, s string) error {
	for {
		if _, err := io.WriteString(w, s); err != nil {
			return err
		}
	}
}
