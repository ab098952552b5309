package deliver_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp/internal/deliver"
	"github.com/rezonate-io/okta-integration/oktaint"
)

// A world is an org that has one thing or more, or none. A POST makes one, a DELETE
// takes all away, and a GET lists them as they were before the lag.
type world struct {
	client  *oktaint.Client
	answers []string // to the writes, in order; the last one is repeated
	looks   []string // to the GETs; "" lists, and is repeated
	lag     time.Duration

	mu       sync.Mutex
	history  []count
	writes   []time.Time
	lists    int
	inFlight time.Duration // how long a write is on the wire
}

// A count is how many things there are from a time on.
type count struct {
	from time.Time
	n    int
}

func newWorld(t *testing.T, things int, answers ...string) *world {
	t.Helper()
	org, err := oktaint.ParseOrg("https://acme.okta.com")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{answers: answers, history: []count{{n: things}}}
	w.client = oktaint.NewClient(oktaint.APIToken{Org: org, Token: oktaint.NewSecret("00token")}, w)
	return w
}

// things returns how many there are, as the org shows it or as it is.
func (w *world) things(lag time.Duration) (n int) {
	for _, c := range w.history {
		if !c.from.After(time.Now().Add(-lag)) {
			n = c.n
		}
	}
	return n
}

func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodGet && w.inFlight > 0 {
		select {
		case <-time.After(w.inFlight):
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if r.Method == http.MethodGet {
		kind := at(w.looks, w.lists)
		w.lists++
		if kind != "" {
			return reply(r, kind)
		}
		list := strings.TrimSuffix(strings.Repeat(`{"id":"thing"},`, w.things(w.lag)), ",")
		return respond(r, 200, "application/json", "["+list+"]")
	}
	kind := at(w.answers, len(w.writes))
	w.writes = append(w.writes, time.Now())
	kind, made := strings.CutSuffix(kind, " after")
	if made || kind == "done" {
		n := w.things(0) + 1
		if r.Method == http.MethodDelete {
			n = 0
		}
		w.history = append(w.history, count{time.Now(), n})
	}
	return reply(r, kind)
}

// at returns the answer of a place, which is the last one for all that follow.
func at(list []string, n int) string {
	if len(list) == 0 {
		return ""
	}
	return list[min(n, len(list)-1)]
}

// reply answers in one of the ways that a network, a proxy or an org has.
func reply(r *http.Request, kind string) (*http.Response, error) {
	switch kind {
	case "done":
		if r.Method == http.MethodDelete {
			return respond(r, 204, "", "")
		}
		return respond(r, 201, "application/json", `{"id":"thing"}`)
	case "lost":
		return nil, io.ErrUnexpectedEOF
	case "429":
		resp, err := respond(r, 429, "application/json", `{"errorCode":"E0000047"}`)
		now := time.Now()
		resp.Header.Set("Date", now.UTC().Format(http.TimeFormat))
		resp.Header.Set("X-Rate-Limit-Limit", "100")
		resp.Header.Set("X-Rate-Limit-Remaining", "0")
		resp.Header.Set("X-Rate-Limit-Reset", strconv.FormatInt(now.Unix()+30, 10))
		return resp, err
	case "500", "503", "proxy's 503":
		status, _ := strconv.Atoi(kind[len(kind)-3:])
		return respond(r, status, "application/json", `{"errorCode":"E0000009"}`)
	case "html":
		return respond(r, 200, "text/html", "<html>sign in</html>")
	case "proxy's 404":
		return respond(r, 404, "text/html", "<html>not found</html>")
	case "empty 200":
		return respond(r, 200, "application/json", "")
	case "{}":
		return respond(r, 200, "application/json", "{}")
	}
	status, code, _ := strings.Cut(kind, " ")
	n, err := strconv.Atoi(status)
	if err != nil {
		return nil, fmt.Errorf("no such answer: %q", kind)
	}
	return respond(r, n, "application/json", `{"errorCode":"`+code+`","errorSummary":"no"}`)
}

func respond(r *http.Request, status int, kind, body string) (*http.Response, error) {
	return &http.Response{
		StatusCode: status, Status: strconv.Itoa(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {kind}}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}, nil
}

// make is the change that makes a thing, remove the one that takes all away.
func (w *world) make() deliver.Change {
	return deliver.Change{
		Send: func(ctx context.Context) error {
			req, err := w.client.Org.NewRequest(ctx, http.MethodPost, nil, nil, "api", "v1", "things")
			if err != nil {
				return err
			}
			var thing struct{ ID string }
			return w.client.Do(req, oktaint.Checked(&thing, func() bool { return thing.ID != "" }))
		},
		Look: func(ctx context.Context) (bool, error) {
			n, err := w.list(ctx)
			return n > 0, err
		},
	}
}

func (w *world) remove() deliver.Change {
	return deliver.Change{
		Send: func(ctx context.Context) error {
			req, err := w.client.Org.NewRequest(ctx, http.MethodDelete, nil, nil, "api", "v1", "things", "thing")
			if err != nil {
				return err
			}
			return w.client.Do(req, oktaint.NoContent{})
		},
		Look: func(ctx context.Context) (bool, error) {
			n, err := w.list(ctx)
			return n == 0, err
		},
		Removes: true,
	}
}

func (w *world) list(ctx context.Context) (n int, err error) {
	for _, err := range oktaint.List[struct{ ID string }](ctx, w.client, nil, "api", "v1", "things") {
		if err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}

// duplicate is the refusal of what is there already.
func duplicate(err error) bool {
	var e *oktaint.Error
	return errors.As(err, &e) && e.Code == "E0000263"
}
