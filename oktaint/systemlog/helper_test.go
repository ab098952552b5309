package systemlog_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/oktaint/systemlog"
)

// client returns a client of the org with its owner's API token.
func client(t *testing.T, sim *oktatest.Org) *oktaint.Client {
	t.Helper()
	creds, err := oktaint.ParseCredentials(sim.Credentials(sim.APIToken()))
	if err != nil {
		t.Fatal(err)
	}
	return oktaint.NewClient(creds, sim.Transport())
}

// looks counts the requests for the log.
func looks(sim *oktatest.Org) int {
	n := 0
	for _, r := range sim.Requests() {
		if strings.HasPrefix(r.Path, "/api/v1/logs") {
			n++
		}
	}
	return n
}

func noLimits() oktatest.Config {
	return oktatest.Config{RateLimits: map[string]int{"logs": 0}, KeepRequests: 10_000}
}

// A poller polls one org and keeps the position, as a service does.
type poller struct {
	t    *testing.T
	sim  *oktatest.Org
	c    *oktaint.Client
	at   systemlog.Position
	opts systemlog.Options
}

func newPoller(t *testing.T, cfg oktatest.Config, opts systemlog.Options) *poller {
	sim := oktatest.New(t, cfg)
	<-time.After(time.Hour) // an org begins with an event
	return &poller{t, sim, client(t, sim), systemlog.Since(time.Now()), opts}
}

// poll polls once and returns what came; the position was stored and read in between.
func (p *poller) poll() systemlog.Batch {
	p.t.Helper()
	b, err := systemlog.Poll(p.t.Context(), p.c, p.at, p.opts)
	if err != nil {
		p.t.Fatal(err)
	}
	text, err := json.Marshal(b.Next)
	if err != nil {
		p.t.Fatal(err)
	}
	p.at = systemlog.Position{}
	if err := json.Unmarshal(text, &p.at); err != nil {
		p.t.Fatal(err)
	}
	return b
}

func uuids(b systemlog.Batch) []string {
	var ids []string
	for _, e := range b.Events {
		ids = append(ids, e.UUID)
	}
	return ids
}

// some are n events of a simulated org.
func some(n int) []oktatest.LogEvent { return make([]oktatest.LogEvent, n) }

// logOf is a transport of an org whose log links from page to page as next says; page 0
// is the one without a cursor. The links say what limit was asked for.
func logOf(events int, next func(page int) string) roundTripper {
	return func(req *http.Request) (*http.Response, error) {
		page := 0
		_, _ = fmt.Sscanf(req.URL.Query().Get("after"), "%d", &page)
		var list []string
		for i := range events {
			list = append(list, fmt.Sprintf(`{"uuid":"%d-%d","eventType":"x","published":"2026-11-27T09:00:00.000Z"}`, page, i))
		}
		return respond(req, "["+strings.Join(list, ",")+"]", next(page)), nil
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// respond answers with a next link, unless it is empty.
func respond(req *http.Request, body, next string) *http.Response {
	h := http.Header{"Content-Type": {"application/json"}}
	if next != "" {
		h.Set("Link", "<https://acme.okta.com"+next+`>; rel="next"`)
	}
	return &http.Response{StatusCode: 200, Header: h, Body: readCloser{strings.NewReader(body)}, Request: req}
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }

func clientOf(t *testing.T, token string, base http.RoundTripper) *oktaint.Client {
	t.Helper()
	org, err := oktaint.ParseOrg("https://acme.okta.com")
	if err != nil {
		t.Fatal(err)
	}
	return oktaint.NewClient(oktaint.APIToken{Org: org, Token: oktaint.NewSecret(token)}, base)
}
