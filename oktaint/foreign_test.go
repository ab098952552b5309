package oktaint_test

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
)

type answerer = func(*http.Request) (*http.Response, error)

// hostile are the ways in which a server or a base transport can be bad, and how
// long a request without a deadline may take then.
func hostile(s *turncoat) map[string]struct {
	answer answerer
	most   time.Duration
} {
	over := func(serve func(io.Writer) error) answerer {
		w := newWire(serve)
		return w.RoundTrip
	}
	limited := func(reset time.Time, date time.Time, more ...string) answerer {
		return func(req *http.Request) (*http.Response, error) {
			resp := respond(req, 429, `{"errorCode":"E0000047"}`, append(windowHeaders(600, 0, reset), more...)...)
			resp.Header.Set("Date", date.UTC().Format(http.TimeFormat))
			return resp, nil
		}
	}
	held := func(status string) func(io.Writer) error {
		return func(w io.Writer) error {
			_, err := io.WriteString(w, "HTTP/1.1 "+status+"\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
			<-s.release
			return err
		}
	}
	now := time.Now()
	const ever = 20 * time.Minute // eight attempts of two minutes, and what is between them
	return map[string]struct {
		answer answerer
		most   time.Duration
	}{
		"101":                      {over(held("101 Switching Protocols")), time.Second},
		"103 and nothing more":     {over(held("103 Early Hints")), ever},
		"100 without end":          {over(func(w io.Writer) error { return endless(w, "HTTP/1.1 100 Continue\r\n\r\n") }), ever},
		"Retry-After of 11 days":   {status(429, "", "Retry-After", "1000000"), time.Second},
		"Retry-After beyond 2^63":  {status(429, "", "Retry-After", "99999999999999999999"), ever},
		"Retry-After, a date":      {status(503, "", "Retry-After", now.Add(48*time.Hour).UTC().Format(http.TimeFormat)), time.Second},
		"Retry-After, garbage":     {status(503, "", "Retry-After", "soon"), ever},
		"a reset in 2100":          {limited(time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC), now), ever},
		"a reset in the past":      {limited(now.Add(-48*time.Hour), now), ever},
		"Date two days ahead":      {limited(now.Add(30*time.Second), now.Add(48*time.Hour)), ever},
		"Date two days behind":     {limited(now.Add(30*time.Second), now.Add(-48*time.Hour)), ever},
		"reset and Date both off":  {limited(now.Add(100*24*time.Hour), now.Add(-48*time.Hour)), ever},
		"204":                      {status(204, ""), time.Second},
		"206":                      {status(206, `[{"id":"00u1"}]`), time.Second},
		"null":                     {status(200, "null"), time.Second},
		"an empty object":          {status(200, "{}"), time.Second},
		"an error object with 200": {status(200, `{"errorCode":"E0000006","errorSummary":"x"}`), time.Second},
		"HTML with 200":            {status(200, "<html><title>Sign in</title>", "Content-Type", "text/html"), time.Second},
		"HTML with 403":            {status(403, "<html><title>Sign in</title>", "Content-Type", "text/html"), time.Second},
		"HTML with 404":            {status(404, "<html>", "Content-Type", "text/html"), time.Second},
		"HTML with 503":            {status(503, "<html>", "Content-Type", "text/html"), ever},
		"panics":                   {func(req *http.Request) (*http.Response, error) { panic(fmt.Sprint(req.Header)) }, time.Second},
		"ends its goroutine":       {func(*http.Request) (*http.Response, error) { runtime.Goexit(); return nil, nil }, time.Second},
		"nil":                      {func(*http.Request) (*http.Response, error) { return nil, nil }, time.Second},
		"hangs":                    {func(*http.Request) (*http.Response, error) { <-s.release; return nil, errors.New("late") }, ever},
		"a body that hangs": {func(req *http.Request) (*http.Response, error) {
			resp := respond(req, 200, "")
			resp.Body = io.NopCloser(readerFunc(func([]byte) (int, error) { <-s.release; return 0, io.EOF }))
			return resp, nil
		}, ever},
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// A call ends, whatever a server or a base transport does: within its deadline, or
// within a bound if it has none. It takes little memory and leaves no goroutine behind
// once the server lets go. The same client works again within a window as soon as the
// server is good. The test is not parallel: memory is counted for the whole process.
func TestHostile(t *testing.T) {
	calls := map[string]func(context.Context, *oktaint.Client) error{
		"Get": func(ctx context.Context, c *oktaint.Client) error {
			var user struct{ ID string }
			err := c.Get(ctx, &user, nil, "api", "v1", "users", "00u1")
			if err == nil && user.ID == "" {
				return errNoID
			}
			return err
		},
		"List": func(ctx context.Context, c *oktaint.Client) error {
			for _, err := range oktaint.List[struct{ ID string }](ctx, c, nil, "api", "v1", "users") {
				if err != nil {
					return err
				}
			}
			return nil
		},
	}
	key := readKey(t, "ec_p256_TEST_ONLY.pem")
	cells := 0
	for name := range hostile(new(turncoat)) {
		for _, only := range []string{"", "/oauth2/v1/token"} {
			for what, call := range calls {
				cells++
				t.Run(fmt.Sprintf("%s/%s%s", name, what, strings.ReplaceAll(only, "/", "_")), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						s := &turncoat{release: make(chan struct{}), only: only}
						bad := hostile(s)[name]
						s.bad.Store(&bad.answer)
						c := s.client(t, key)
						for range 10 { // with a deadline
							within(t, 45*time.Second, bad.most, func(ctx context.Context) error { return call(ctx, c) })
						}
						start := time.Now()
						err := call(t.Context(), c)
						if d := time.Since(start); err == nil || d > bad.most+window {
							t.Errorf("without a deadline: %v after %v", err, d)
						}
						for _, secret := range []string{"at1", "client_assertion", "eyJ"} {
							if err != nil && strings.Contains(err.Error(), secret) {
								t.Errorf("the error holds %q: %v", secret, err)
							}
						}
						s.bad.Store(nil)
						close(s.release)
						synctest.Wait()
						start = time.Now()
						for err = call(t.Context(), c); err != nil && time.Since(start) < 2*window; err = call(t.Context(), c) {
							time.Sleep(time.Second)
						}
						if d := time.Since(start); err != nil || d > window+3*time.Second {
							t.Errorf("%v after %v of a good server", err, d)
						}
					})
				})
			}
		}
	}
	t.Logf("%d cells", cells)
}

const window = time.Minute

var errNoID = errors.New("the answer has no id")

// within makes a call with a deadline, and fails the test if it takes longer, or longer
// than most.
func within(t *testing.T, d, most time.Duration, call func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	start := time.Now()
	bytes := allocated(func() {
		if err := call(ctx); err == nil {
			t.Error("a bad answer is taken for a good one")
		}
	})
	if took := time.Since(start); took > min(d, most)+2*time.Second {
		t.Errorf("it took %v, with a deadline of %v, want %v", took, d, min(d, most))
	}
	if bytes > 32<<20 {
		t.Errorf("%d bytes allocated", bytes)
	}
}

// If a base never returns, each call keeps a goroutine, and gives its place in the bucket
// back. Eight such calls are the most: others fail at once and say so.
func TestBaseThatNeverReturns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &turncoat{release: make(chan struct{}), only: "/api/v1/users/00u1"}
		hang := func(*http.Request) (*http.Response, error) { <-s.release; return nil, errors.New("late") }
		s.bad.Store(&hang)
		c := s.client(t, readKey(t, "ec_p256_TEST_ONLY.pem"))
		get := func(id string) (time.Duration, error) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			start := time.Now()
			err := c.Get(ctx, nil, nil, "api", "v1", "users", id)
			return time.Since(start), err
		}
		for n := range 12 {
			d, err := get("00u1")
			atOnce := d < 100*time.Millisecond && strings.Contains(err.Error(), "8 calls of it have not returned")
			if err == nil || atOnce != (n >= 8) {
				t.Errorf("call %d: %v after %v", n, err, d)
			}
		}
		if limits := c.Transport().Limits(); len(limits) != 1 || limits[0].InFlight != 0 {
			t.Errorf("places are not given back: %+v", limits)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := c.Get(ctx, nil, nil, "api", "v1", "logs"); err != nil {
			t.Errorf("another bucket: %v", err)
		}
		sent := s.sent.Load()
		s.bad.Store(nil)
		close(s.release)
		synctest.Wait()
		if _, err := get("00u1"); err != nil || s.sent.Load() != sent+1 {
			t.Errorf("once it came back: %v", err)
		}
	})
}

// badSigner is a signer in a KMS that is out of order.
type badSigner struct {
	crypto.Signer
	sign  func() ([]byte, error)
	calls atomic.Int32
}

func (s *badSigner) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	s.calls.Add(1)
	return s.sign()
}

// A signer that panics or hangs ends the call that needed it. One that hangs is not
// asked again before it comes back.
func TestSigner(t *testing.T) {
	t.Parallel()
	signer := func(t *testing.T, sign func() ([]byte, error)) (*badSigner, oktaint.Key) {
		pem, err := readKey(t, "ec_p256_TEST_ONLY.pem").PEM()
		if err != nil {
			t.Fatal(err)
		}
		s := &badSigner{Signer: parsePKCS8(t, []byte(pem.Reveal())).(crypto.Signer), sign: sign}
		key, err := oktaint.NewKey(s, "")
		if err != nil {
			t.Fatal(err)
		}
		return s, key
	}
	synctest.Test(t, func(t *testing.T) {
		_, key := signer(t, func() ([]byte, error) { panic("out of order") })
		c := new(turncoat).client(t, key)
		_, err := c.Source().Token()
		if err == nil || !strings.Contains(err.Error(), "the signer of key") || !strings.Contains(err.Error(), "panicked: out of order") {
			t.Errorf("a panic: %v", err)
		}
		err = c.Get(t.Context(), nil, nil, "api", "v1", "users", "00u1")
		if _, none := oktaint.NoToken(err); !none || oktaint.Ambiguous(err) {
			t.Errorf("a request without a token: %v", err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		s, key := signer(t, func() ([]byte, error) { <-release; return nil, errors.New("late") })
		c := new(turncoat).client(t, key)
		for n := range 5 {
			start := time.Now()
			_, err := c.Source().Token()
			d := time.Since(start)
			if err == nil || n == 0 && (d < 30*time.Second || d > 32*time.Second) || n > 0 && d > 2*time.Second {
				t.Errorf("call %d: %v after %v", n, err, d)
			}
			time.Sleep(2 * time.Second)
		}
		if n := s.calls.Load(); n != 1 {
			t.Errorf("the signer was asked %d times while it hung", n)
		}
		close(release)
	})
}

// At most eight calls of a base hang, however many requests wait in line meanwhile.
func TestLineBehindBaseThatHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &turncoat{release: make(chan struct{}), only: "/api/v1/users/00u1"}
		hang := func(*http.Request) (*http.Response, error) { <-s.release; return nil, errors.New("late") }
		s.bad.Store(&hang)
		c := clientOver(s)
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() {
				if err := c.Get(t.Context(), nil, nil, "api", "v1", "users", "00u1"); err == nil {
					t.Error("an answer")
				}
			})
		}
		start := time.Now()
		wg.Wait()
		if n, d := s.sent.Load(), time.Since(start); n != 8 || d > 5*time.Minute {
			t.Errorf("%d calls of the base after %v, want 8", n, d)
		}
		close(s.release)
	})
}

// If a base returns an answer along with an error, against its contract, the answer is
// closed. An answer without a body counts as empty, as for net/http's client.
func TestLaxBase(t *testing.T) {
	t.Parallel()
	var closed atomic.Int32
	both := roundTripper(func(req *http.Request) (*http.Response, error) {
		resp := respond(req, 200, "{}")
		resp.Body = countedCloser{resp.Body, &closed}
		return resp, errors.New("both")
	})
	for i, call := range []func(context.Context, http.RoundTripper) error{get, list, token} {
		if err := call(t.Context(), both); err == nil || !strings.Contains(err.Error(), "both") || closed.Load() != int32(i+1) {
			t.Errorf("call %d: %v, %d bodies closed", i, err, closed.Load())
		}
	}
	empty := roundTripper(func(req *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 204, Request: req}, nil
	})
	if err := clientOver(empty).Get(t.Context(), nil, nil, "api", "v1", "users"); err != nil {
		t.Errorf("an answer without a body and a header: %v", err)
	}
}

type countedCloser struct {
	io.Reader
	closed *atomic.Int32
}

func (c countedCloser) Close() error { c.closed.Add(1); return nil }

// vaultSigner asks its vault for the public half each time.
type vaultSigner struct {
	crypto.Signer
	inUse atomic.Bool
	hang  chan struct{}
}

func (s *vaultSigner) Public() crypto.PublicKey {
	if s.inUse.Load() {
		<-s.hang
	}
	return s.Signer.Public()
}

// A signer whose Public hangs ends the fetch by its budget, as one whose Sign hangs does.
func TestSignerPublic(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &vaultSigner{Signer: parsePKCS8(t, readFile(t, "ec_p256_TEST_ONLY.pem")).(crypto.Signer), hang: make(chan struct{})}
		key, err := oktaint.NewKey(s, "")
		if err != nil {
			t.Fatal(err)
		}
		s.inUse.Store(true)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		start := time.Now()
		_, err = new(turncoat).client(t, key).Source().TokenContext(ctx)
		if d := time.Since(start); d > 32*time.Second || err == nil || !strings.Contains(err.Error(), "the signer of key") {
			t.Errorf("%v after %v", err, d)
		}
		close(s.hang)
	})
}
