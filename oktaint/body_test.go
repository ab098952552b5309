package oktaint_test

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// A body of a gigabyte is read to the cap and no further, for every kind of answer.
// For an error the status is still told.
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

// A slow body ends by the caller's deadline. If there is none, the attempt ends after
// two minutes, and the request after its retries.
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

// A body larger than the cap is an error, not memory.
func TestBodyCap(t *testing.T) {
	t.Parallel()
	endless := roundTripper(func(req *http.Request) (*http.Response, error) {
		resp := respond(req, 200, "")
		resp.Body = &closer{Reader: zeros{}}
		return resp, nil
	})
	err := oktaint.NewClient(mustOrg(t, "acme"), endless).Get(t.Context(), nil, nil, "api", "v1", "users")
	var oe *oktaint.Error
	if !errors.As(err, &oe) || !strings.Contains(err.Error(), "larger than 16 MB") {
		t.Errorf("error %v", err)
	}
}

// The status of an error counts even if its body is cut.
func TestCutErrorBody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		broken := func(code int) func(*http.Request) (*http.Response, error) {
			return func(req *http.Request) (*http.Response, error) {
				resp := respond(req, code, "")
				resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"err`), errReader{io.ErrUnexpectedEOF}))
				return resp, nil
			}
		}
		s := &script{steps: []func(*http.Request) (*http.Response, error){broken(403)}}
		err := oktaint.NewClient(mustOrg(t, "acme"), s).Get(t.Context(), nil, nil, "x")
		var oe *oktaint.Error
		if !errors.As(err, &oe) || oe.StatusCode != 403 || len(s.sent) != 1 {
			t.Errorf("%v after %d attempts", err, len(s.sent))
		}
		s = &script{steps: []func(*http.Request) (*http.Response, error){broken(429), status(200, "{}")}}
		req, err := mustOrg(t, "acme").NewRequest(t.Context(), "POST", nil, nil, "x")
		if err != nil {
			t.Fatal(err)
		}
		if err := oktaint.NewClient(mustOrg(t, "acme"), s).Do(req, nil); err != nil || len(s.sent) != 2 {
			t.Errorf("%v after %d attempts", err, len(s.sent))
		}
	})
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

// The body of an error is read within the attempt for a plain http.Client too: one
// that never ends holds nobody up.
func TestSlowErrorBody(t *testing.T) {
	t.Parallel()
	for _, code := range []int{401, 403, 409, 429, 500, 503} {
		synctest.Test(t, func(t *testing.T) {
			base := roundTripper(func(req *http.Request) (*http.Response, error) {
				if req.URL.Path == "/oauth2/v1/token" {
					return respond(req, 200, `{"token_type":"Bearer","expires_in":3600,"access_token":"at1"}`), nil
				}
				resp := respond(req, code, "")
				resp.Body = io.NopCloser(readerFunc(func([]byte) (int, error) { <-req.Context().Done(); return 0, req.Context().Err() }))
				return resp, nil
			})
			c := oktaint.NewClient(oktaint.ClientSecret{
				Org: mustOrg(t, "acme"), ClientID: "0oa1", Secret: oktaint.NewSecret("00secret"), Scopes: scopes.New(scopes.UsersRead),
			}, base)
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			req, err := c.Org.NewRequest(ctx, "GET", nil, nil, "api", "v1", "users")
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			resp, err := (&http.Client{Transport: c.Transport()}).Do(req)
			if d := time.Since(start); err != nil || resp.StatusCode != code || d > 20*time.Minute {
				t.Fatalf("%d: %v after %v", code, err, d)
			}
			if _, err := io.ReadAll(resp.Body); !errors.Is(err, context.Canceled) {
				t.Errorf("%d: the body: %v", code, err)
			}
			if err := resp.Body.Close(); err != nil {
				t.Errorf("%d: %v", code, err)
			}
		})
	}
}

// A base that has no limit of its own is given up after two minutes without a header,
// though the caller has no deadline. One that heeds its context gives its place back at
// once; the attempt counts as cut, so that a GET is tried again.
func TestSlowHeader(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		base := roundTripper(func(req *http.Request) (*http.Response, error) {
			if sent++; sent%2 == 0 {
				return respond(req, 200, `{"id":"00u1"}`), nil
			}
			<-req.Context().Done()
			return nil, req.Context().Err()
		})
		org := clientOver(base).Org
		start := time.Now()
		err := (&oktaint.Transport{Org: org, Base: base, MaxRetries: -1}).Client().Get(t.Context(), nil, nil, "api", "v1", "users")
		if d := time.Since(start); d != 2*time.Minute || err == nil || !strings.Contains(err.Error(), "no answer came within 2m0s") || !oktaint.Ambiguous(err) {
			t.Errorf("%v after %v", err, d)
		}
		sent = 0
		if err := clientOver(base).Get(t.Context(), nil, nil, "api", "v1", "users"); err != nil || sent != 2 {
			t.Errorf("tried again: %v after %d requests", err, sent)
		}
	})
}
