package conformance

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// limitedOrg returns a fresh org whose only rate limit is that of one class,
// all of it open to one client, and where one request may be in flight.
func limitedOrg(t *testing.T, class string, limit int) (*oktatest.Org, *replayer) {
	t.Helper()
	limits := oktatest.DefaultRateLimits()
	for name := range limits {
		limits[name] = 0
	}
	limits[class] = limit
	o := oktatest.New(t, oktatest.Config{Origin: origin, RateLimits: limits, PrincipalShare: 1, ConcurrencyLimit: 1})
	return o, &replayer{
		handler:       o,
		host:          host,
		authorization: "SSWS " + o.APIToken(),
		ids:           newIDMap(host),
	}
}

// TestRateLimits brings about the recorded 429s: the simulated org is asked
// until the limit that was recorded is used up, and, for the one whose limit
// is 0, while it is busy with another request. Where it does not serve what
// was asked, the list of apps stands in.
func TestRateLimits(t *testing.T) {
	t.Parallel()
	var found []difference
	busy, used := 0, 0
	for _, e := range recorded(t) {
		if e.Status != http.StatusTooManyRequests {
			continue
		}
		limit, err := strconv.Atoi(e.ResponseHeader["x-rate-limit-limit"][0])
		if err != nil {
			t.Fatal(err)
		}
		ask := useUp
		if limit == 0 {
			ask = askBusy
			busy++
		} else {
			used++
		}
		header, status, body := ask(t, limit)
		if status != e.Status {
			found = append(found, difference{e.String(), "status", fmt.Sprint(status)})
			continue
		}
		found = append(found, headerDifferences(e, header)...)
		found = append(found, bodyDifferences(e, body, "errorCode", "errorSummary", "errorLink")...)
		found = append(found, limitDifferences(t, e, header)...)
	}
	t.Logf("429s: %d of a used-up limit and %d of concurrency compared in body, names of headers and limits", used, busy)
	if used < 3 || busy < 1 {
		t.Error("too few for the recordings to be whole")
	}
	report(t, found, nil)
}

// limitDifferences compares the limit, what remains of it, and how far ahead
// it is reset: within a minute, or, of the concurrency limit, where Okta's
// resets were recorded, 111 to 140 seconds ahead.
func limitDifferences(t *testing.T, e exchange, header map[string][]string) []difference {
	t.Helper()
	var all []difference
	for _, name := range []string{"x-rate-limit-limit", "x-rate-limit-remaining"} {
		if got := header[name][0]; got != e.ResponseHeader[name][0] {
			all = append(all, difference{e.String(), name, got})
		}
	}
	least, most := time.Duration(0), time.Minute+time.Second // rounded up
	if e.ResponseHeader["x-rate-limit-limit"][0] == "0" {
		least, most = 111*time.Second, 140*time.Second
	}
	for of, h := range map[string]map[string][]string{"recorded": e.ResponseHeader, "answered": header} {
		if ahead := resetAhead(t, h); ahead < least || ahead > most {
			all = append(all, difference{e.String(), "reset " + of, ahead.String()})
		}
	}
	return all
}

func resetAhead(t *testing.T, header map[string][]string) time.Duration {
	t.Helper()
	date, err := http.ParseTime(header["Date"][0])
	if err != nil {
		t.Fatal(err)
	}
	reset, err := strconv.ParseInt(header["x-rate-limit-reset"][0], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return time.Unix(reset, 0).Sub(date)
}

// useUp lists apps until the limit is used up, and once more.
func useUp(t *testing.T, limit int) (header http.Header, status int, body any) {
	t.Helper()
	_, p := limitedOrg(t, "apps", limit)
	for range limit {
		if err := p.call("GET", "/api/v1/apps", nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	req, err := p.newRequest("GET", "/api/v1/apps", nil)
	if err != nil {
		t.Fatal(err)
	}
	return serve(t, p.handler, req)
}

// askBusy asks for a token while the org still reads another request.
func askBusy(t *testing.T, _ int) (header http.Header, status int, body any) {
	t.Helper()
	o, _ := limitedOrg(t, "token", 0)
	reading := &gate{entered: make(chan struct{}), open: make(chan struct{})}
	first := tokenRequest("")
	first.Body = reading
	done := make(chan struct{})
	go func() {
		defer close(done)
		o.ServeHTTP(httptest.NewRecorder(), first)
	}()
	<-reading.entered
	header, status, body = serve(t, o, tokenRequest("grant_type=client_credentials"))
	close(reading.open)
	<-done
	return header, status, body
}

// A gate is a body that ends when it is opened.
type gate struct {
	entered chan struct{} // closed by the first and only Read
	open    chan struct{}
}

func (g *gate) Read([]byte) (int, error) {
	close(g.entered)
	<-g.open
	return 0, io.EOF
}

func (g *gate) Close() error { return nil }
