package oktatest

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Request is what the org remembers of one request: enough for assertions,
// and no token, no secret and no value of a query.
type Request struct {
	Time   time.Time // when it arrived, by the org's clock
	Method string
	Path   string   // as sent, without the query
	Query  []string // the names of the parameters, sorted
	Status int      // 0: no answer, or none yet
	Bucket string   // the class of its rate limit
	Scheme string   // of its Authorization header: SSWS, Bearer, DPoP, Basic or empty
}

// requestLog keeps the requests and writes a line for each.
type requestLog struct {
	mu   sync.Mutex
	w    io.Writer
	keep int // how many rows to keep, 0: all
	rows []*Request
}

// arrive adds a request that has no answer yet.
func (l *requestLog) arrive(r *http.Request, at time.Time, bucket string) *Request {
	row := &Request{
		Time:   at,
		Method: r.Method,
		Path:   r.URL.EscapedPath(),
		Query:  slices.Sorted(maps.Keys(r.URL.Query())),
		Bucket: bucket,
		Scheme: schemeOf(r),
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rows = append(l.rows, row)
	if l.keep > 0 && len(l.rows) > l.keep {
		l.rows[0] = nil
		l.rows = l.rows[1:] // append moves them once the array is full
	}
	return row
}

// answer notes the status of a request and writes its line. It is called
// before the first byte of the answer, so that a client that has the answer
// finds the line.
func (l *requestLog) answer(row *Request, status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	row.Status = status
	if l.w == nil {
		return
	}
	line, err := json.Marshal(struct {
		Time   time.Time `json:"time"`
		Method string    `json:"method"`
		Path   string    `json:"path"`
		Query  []string  `json:"query"`
		Status int       `json:"status"`
		Bucket string    `json:"bucket"`
		Scheme string    `json:"scheme"`
	}{row.Time.UTC(), row.Method, row.Path, append([]string{}, row.Query...), status, row.Bucket, row.Scheme})
	if err == nil {
		_, _ = l.w.Write(append(line, '\n')) // a log that fails must not fail the org
	}
}

func (l *requestLog) all() []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]Request, len(l.rows))
	for i, row := range l.rows {
		out[i] = *row
		out[i].Query = slices.Clone(row.Query)
	}
	return out
}

func (l *requestLog) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rows = nil
}

// schemeOf names the scheme of the Authorization header; one that is not
// known is "other", because it may be a secret sent without a scheme.
func schemeOf(r *http.Request) string {
	header := r.Header.Get("Authorization")
	if header == "" {
		return ""
	}
	scheme, _, _ := strings.Cut(header, " ")
	for _, known := range []string{"SSWS", "Bearer", "DPoP", "Basic"} {
		if strings.EqualFold(scheme, known) {
			return known
		}
	}
	return "other"
}
