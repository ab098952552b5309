package oktaint_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

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

// allocated returns how many bytes f allocates. Tests that use it do not run
// beside others.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// A flood is a body of a gigabyte, made as it is read.
type flood struct {
	unit string
	read int
}

func (f *flood) Read(b []byte) (int, error) {
	if f.read >= 1<<30 {
		return 0, io.EOF
	}
	n := 0
	for n < len(b) {
		n += copy(b[n:], f.unit[(f.read+n)%len(f.unit):])
	}
	f.read += n
	return n, nil
}

func (f *flood) Close() error { return nil }

// A body of a gigabyte is read to the cap and no further, whatever it is a body
// of. An error's status is told all the same.
func TestHugeBodies(t *testing.T) {
	for _, tt := range []struct {
		name, unit string
		status     int
		token      bool
		most       int // bytes read of each answer
		want       string
	}{
		{"white space", " ", 200, false, 17 << 20, "larger than 16 MB"},
		{"a list", `{"id":"1"},`, 200, false, 17 << 20, "larger than 16 MB"},
		{"an error", `{"errorCode":"E0000006"},`, 403, false, 2 << 20, ": 403"},
		{"token", " ", 200, true, 2 << 20, "larger than 1 MB"},
		{"token refused", " ", 401, true, 2 << 20, ": 401"},
	} {
		var bodies []*flood
		base := roundTripper(func(req *http.Request) (*http.Response, error) {
			resp := respond(req, tt.status, "")
			bodies = append(bodies, &flood{unit: tt.unit})
			resp.Body = bodies[len(bodies)-1]
			return resp, nil
		})
		calls := map[string]func(context.Context, http.RoundTripper) error{"Get": get, "List": list}
		if tt.token {
			calls = map[string]func(context.Context, http.RoundTripper) error{"Token": token}
		}
		for name, call := range calls {
			bodies = nil
			var err error
			bytes := allocated(func() { err = call(t.Context(), base) })
			var oe *oktaint.Error
			if !errors.As(err, &oe) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s, %s: error %v, want %q", name, tt.name, err, tt.want)
			}
			t.Logf("%s, %s: %d allocated", name, tt.name, bytes)
			if len(bodies) != 1 || bodies[0].read > tt.most || bytes > 8*uint64(tt.most) {
				t.Errorf("%s, %s: %d requests, %d bytes read, %d allocated", name, tt.name, len(bodies), bodies[0].read, bytes)
			}
		}
	}
}

// token fetches a token.
func token(ctx context.Context, base http.RoundTripper) error {
	src := oktaint.ClientSecret{Org: clientOver(base).Org, ClientID: "0oa1", Secret: oktaint.NewSecret("s"), Scopes: scopes.New(scopes.UsersRead)}.Source(base)
	_, err := src.TokenContext(ctx)
	return err
}

// JSON that is nested without end is an error and takes little to find out.
func TestDeepJSON(t *testing.T) {
	const n = 1 << 20 / 5
	for name, body := range map[string]string{
		"arrays":      strings.Repeat("[", n),
		"objects":     strings.Repeat(`{"a":`, n),
		"in a list":   `[{"id":` + strings.Repeat("[", n),
		"closed":      strings.Repeat("[", n) + strings.Repeat("]", n),
		"as a member": `{"roles":[{"id":"1"}],"_links":` + strings.Repeat(`{"next":`, n),
	} {
		for status, calls := range map[int][]func(context.Context, http.RoundTripper) error{200: {get, list, token}, 403: {get, list, token}} {
			for i, call := range calls {
				sent := 0
				base := roundTripper(func(req *http.Request) (*http.Response, error) { sent++; return respond(req, status, body), nil })
				var err error
				start := time.Now()
				bytes := allocated(func() { err = call(t.Context(), base) })
				var oe *oktaint.Error
				if !errors.As(err, &oe) || oe.StatusCode != status || len(err.Error()) > 4000 {
					t.Errorf("%s, %d, call %d: %.200v", name, status, i, err)
				}
				if d := time.Since(start); sent != 1 || bytes > 32<<20 || d > 5*time.Second {
					t.Errorf("%s, %d, call %d: %d requests, %d bytes allocated, %v", name, status, i, sent, bytes, d)
				}
			}
		}
	}
}

// What a server says about an error fits into a line of a log.
func TestErrorIsBounded(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 100_000)
	body := fmt.Sprintf(`{"errorCode":%q,"errorSummary":%q,"errorId":%q,"errorCauses":[%s{}]}`, long, long, long, strings.Repeat(`{"errorSummary":"`+strings.Repeat("y", 2000)+`"},`, 200))
	base := status(400, body, "X-Okta-Request-Id", long, "WWW-Authenticate", `Bearer error="`+long+`", error_description="`+long+`"`, "Link", strings.Repeat("<", 100_000))
	for name, err := range map[string]error{"Get": get(t.Context(), roundTripper(base)), "token": token(t.Context(), roundTripper(base))} {
		if n := len(err.Error()); n < 1000 || n > 30_000 {
			t.Errorf("%s: the error's text has %d bytes", name, n)
		}
	}
}

// A wire is a server that a Transport like the shared one is connected to by
// in-memory pipes: what it writes is what is on the wire.
type wire struct {
	*http.Transport
	dialed  atomic.Int32
	written atomic.Int64
}

// newWire answers every request with what serve writes; it can write until the
// client has had enough.
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

// drip writes a byte a second after the header.
func drip(w io.Writer) error {
	_, err := io.WriteString(w, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
	for ; err == nil; _, err = io.WriteString(w, " ") {
		<-time.After(time.Second)
	}
	return err
}

// hang writes half a body and no more.
func hang(w io.Writer) error {
	_, err := io.WriteString(w, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[")
	<-time.After(24 * time.Hour)
	return err
}

// silent never answers.
func silent(io.Writer) error { <-time.After(24 * time.Hour); return nil }

// A slow body ends by the caller's deadline. Where there is none, it ends all the
// same: the attempt after two minutes, the request after its retries.
func TestSlowBody(t *testing.T) {
	t.Parallel()
	for name, serve := range map[string]func(io.Writer) error{"drip": drip, "hang": hang, "silent": silent} {
		for i, call := range []func(context.Context, http.RoundTripper) error{get, list, token} {
			synctest.Test(t, func(t *testing.T) {
				w := newWire(serve)
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				defer cancel()
				start := time.Now()
				err := call(ctx, w)
				if d := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || d != 5*time.Second || w.dialed.Load() != 1 {
					t.Errorf("%s, call %d: %v after %v and %d requests, want the deadline", name, i, err, d, w.dialed.Load())
				}
				start = time.Now()
				err = call(t.Context(), w)
				var oe *oktaint.Error
				if d := time.Since(start); !errors.As(err, &oe) || d > 20*time.Minute || w.dialed.Load() > 9 {
					t.Errorf("%s, call %d: without a deadline: %v after %v and %d requests", name, i, err, d, w.dialed.Load())
				}
				<-time.After(48 * time.Hour) // the server's ends
			})
		}
	}
	synctest.Test(t, func(t *testing.T) {
		c := clientOver(nil)
		tr := &oktaint.Transport{Org: c.Org, Base: newWire(drip), MaxRetries: -1}
		start := time.Now()
		err := tr.Client().Get(t.Context(), nil, nil, "api", "v1", "users")
		if d := time.Since(start); d != 2*time.Minute || err == nil || !strings.Contains(err.Error(), "not complete after 2m0s") || !oktaint.Ambiguous(err) {
			t.Errorf("%v after %v", err, d)
		}
		<-time.After(time.Minute)
	})
}

// Headers without end, and a body that is a gigabyte once it is unpacked, are
// cut off early.
func TestBombs(t *testing.T) {
	t.Parallel()
	const ok = "HTTP/1.1 200 OK\r\n"
	filler := strings.Repeat("x", 1000)
	for name, tt := range map[string]struct {
		serve func(io.Writer) error
		most  int64 // bytes on the wire of each attempt
	}{
		"header lines": {func(w io.Writer) error { io.WriteString(w, ok); return endless(w, "Link: "+filler+"\r\n") }, 512 << 10},
		"one header":   {func(w io.Writer) error { io.WriteString(w, ok+"Link: "); return endless(w, filler) }, 512 << 10},
		"status line":  {func(w io.Writer) error { io.WriteString(w, "HTTP/1.1 200 "); return endless(w, filler) }, 512 << 10},
		"early hints": {func(w io.Writer) error {
			return endless(w, "HTTP/1.1 103 Early Hints\r\nLink: "+filler+"\r\n\r\n")
		}, 512 << 10},
		"gzip": {func(w io.Writer) error {
			io.WriteString(w, ok+"Content-Encoding: gzip\r\n\r\n")
			return endless(gzip.NewWriter(w), strings.Repeat(" ", 1<<20))
		}, 512 << 10},
	} {
		for i, call := range []func(context.Context, http.RoundTripper) error{get, list, token} {
			synctest.Test(t, func(t *testing.T) {
				w := newWire(tt.serve)
				start := time.Now()
				err := call(t.Context(), w)
				var oe *oktaint.Error
				if !errors.As(err, &oe) || len(err.Error()) > 4000 {
					t.Errorf("%s, call %d: %.200v", name, i, err)
				}
				if d := time.Since(start); d > time.Minute || w.written.Load() > tt.most*int64(w.dialed.Load()) || w.dialed.Load() > 8 {
					t.Errorf("%s, call %d: %d bytes of %d answers, %v", name, i, w.written.Load(), w.dialed.Load(), d)
				}
			})
		}
	}
}

// Nobody is led from one place to the next.
func TestEndlessRedirects(t *testing.T) {
	t.Parallel()
	for i, call := range []func(context.Context, http.RoundTripper) error{get, list, token} {
		sent := 0
		err := call(t.Context(), roundTripper(func(req *http.Request) (*http.Response, error) {
			sent++
			return respond(req, 307, "", "Location", fmt.Sprint(req.URL, "?", sent)), nil
		}))
		var oe *oktaint.Error
		if !errors.As(err, &oe) || oe.StatusCode != 307 || !strings.Contains(oe.Hint, "not followed") || sent != 1 {
			t.Errorf("call %d: %v after %d requests", i, err, sent)
		}
	}
}
