package oktatest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxBody bounds a request's body, in bytes.
const maxBody = 1 << 20

// object is a JSON object to answer with.
type object = map[string]any

// reply is an answer before it is written.
type reply struct {
	status   int
	header   http.Header
	body     any    // marshalled to JSON, if raw is nil
	raw      []byte // sent as it is
	apiError bool   // body is an API error and gets an errorId
	bare     bool   // no cache headers
	standing *standing
	nonce    string // DPoP nonce to use next
}

// ServeHTTP answers one request. The request takes effect first; then comes
// the latency, then the answer.
func (o *Org) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := onePath(r.URL.Path)
	class := classOf(r.Method, path)
	row := o.log.arrive(r, o.now(), class)
	f := o.faults.next(r.Method, path)
	if f == nil {
		f = &fault{}
	}
	switch f.kind {
	case faultRefuse, faultResetBefore:
		o.abort(row)
	case faultStall:
		o.stall(r)
		o.abort(row)
	}
	res, ok := f.reply(o, class)
	if !ok {
		if !o.limits.enter() {
			full := &rateLimited{&standing{reset: o.now().Add(concurrencyReset)}}
			res = full.reply()
		} else {
			defer o.limits.leave()
			res = o.handle(r, class)
		}
	}
	if f.kind == faultResetAfter || !o.wait(r.Context(), o.cfg.Latency+f.delay) {
		o.abort(row)
	}
	o.write(w, row, res, f.kind == faultCut)
}

// abort ends a request without an answer: net/http closes its connection.
func (o *Org) abort(row *Request) {
	o.log.answer(row, 0)
	panic(http.ErrAbortHandler)
}

// stall waits until the client leaves or the org closes.
func (o *Org) stall(r *http.Request) {
	// The server watches the connection once the body is read.
	_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, maxBody))
	select {
	case <-r.Context().Done():
	case <-o.done:
	}
}

// write sends an answer. A cut one ends half way through its body.
func (o *Org) write(w http.ResponseWriter, row *Request, res reply, cut bool) {
	h := w.Header()
	for name, values := range res.header {
		h[name] = values
	}
	o.commonHeaders(h, res)
	body := res.raw
	if body == nil && res.body != nil {
		if e, ok := res.body.(object); ok && res.apiError {
			e["errorId"] = o.newErrorID()
		}
		var err error
		if body, err = marshal(res.body); err != nil {
			res.status, body = http.StatusInternalServerError, nil
		} else {
			h["Content-Type"] = []string{"application/json"}
		}
	}
	if len(body) > 0 || res.status != http.StatusNoContent {
		h["Content-Length"] = []string{strconv.Itoa(len(body))}
	}
	if cut {
		o.log.answer(row, 0)
		w.WriteHeader(res.status)
		_, _ = w.Write(body[:len(body)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	o.log.answer(row, res.status)
	w.WriteHeader(res.status)
	_, _ = w.Write(body) // the client may have left
}

// commonHeaders sets what every answer carries, spelled as recorded.
func (o *Org) commonHeaders(h http.Header, res reply) {
	h["Date"] = []string{o.now().UTC().Format(http.TimeFormat)}
	h["x-okta-request-id"] = []string{o.newRequestID()}
	if !res.bare {
		h["Cache-Control"] = []string{"no-cache, no-store"}
		h["Pragma"] = []string{"no-cache"}
		h["Expires"] = []string{"0"}
	}
	if res.nonce != "" {
		h["dpop-nonce"] = []string{res.nonce}
	}
	res.standing.setHeaders(h)
}

// marshal is JSON without the escaping meant for HTML, as Okta's.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("oktatest: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// unmarshal reads one JSON value. Its numbers become a json.Number where v has any
// type, so that the org gives back every digit that it was given.
func unmarshal(text []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(v); err != nil {
		return fmt.Errorf("oktatest: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("oktatest: there is text after the JSON value")
	}
	return nil
}

// deadOrg is the body of the 404 of an org that does not exist.
const deadOrg = `{"status":404,"message":"Resource not found"}`

// handle lets a request take effect and returns its answer.
func (o *Org) handle(r *http.Request, class string) reply {
	if r.Host != o.host {
		return reply{status: http.StatusNotFound, raw: []byte(deadOrg)}
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return errBody.reply()
	}
	c := &call{org: o, live: o, r: r, class: class, body: body, query: r.URL.Query()}
	o.mu.Lock()
	defer o.mu.Unlock()
	res, err := o.dispatch(c)
	if err != nil {
		var fail failure = errInternal
		errors.As(err, &fail)
		res = fail.reply()
	}
	if res.standing == nil {
		res.standing = c.standing
	}
	res.nonce = c.nonce
	return res
}

// stamp formats a time as Okta's API does, with a precision of one second.
func stamp(t time.Time) string {
	return t.UTC().Truncate(time.Second).Format("2006-01-02T15:04:05.000Z")
}

// href returns an absolute URL of this org.
func (o *Org) href(elem ...string) string {
	return o.cfg.Origin + "/" + strings.Join(elem, "/")
}
