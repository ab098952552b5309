package oktaint

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
)

// A Client sends requests to one org and reads the answers. It is a thin pair:
// whatever makes requests safe is in HTTP's [Transport], and services that want
// another stack around that build the pair themselves.
type Client struct {
	Org  Org
	HTTP *http.Client // nil means [http.DefaultClient], which authorises nothing
}

// NewClient returns a Client that authorises its requests with src, which may be
// nil, over base; a nil base means a transport that all of this package shares.
func NewClient(org Org, src *Source, base http.RoundTripper) *Client {
	return (&Transport{Org: org, Source: src, Base: base}).Client()
}

// Client returns a Client for the transport's org.
func (t *Transport) Client() *Client {
	return &Client{Org: t.Org, HTTP: &http.Client{Transport: t, CheckRedirect: neverRedirect}}
}

// Do sends req and decodes the JSON of a 2xx answer into out, unless out is nil
// or the answer has no body. Everything else is an error of type [*Error]. The
// body is read whole, up to 16 MB.
func (c *Client) Do(req *http.Request, out any) error {
	_, err := c.DoHeader(req, out)
	return err
}

// DoHeader is Do for callers that need the header of the answer too: its ETag,
// or X-Okta-Request-Id. The header is nil if there is none with a status of 2xx.
func (c *Client) DoHeader(req *http.Request, out any) (http.Header, error) {
	resp, body, err := c.send(req)
	switch {
	case err != nil:
		return nil, err
	case len(body.bytes) == 0:
		return resp.Header, nil
	case out == nil && looksLikeHTML(body.bytes, body.resp.Header): // a proxy's page
		return resp.Header, body.error("the answer is not JSON")
	case out == nil:
		return resp.Header, nil
	}
	return resp.Header, body.decode(out)
}

// Source returns the Source that authorises the requests, nil if HTTP's
// transport is not a [Transport] or has none.
func (c *Client) Source() *Source {
	if c.HTTP == nil {
		return nil
	}
	t, ok := c.HTTP.Transport.(*Transport)
	if !ok {
		return nil
	}
	return t.Source
}

// Get is Do for a GET of the path of elem: see [Org.NewRequest].
//
//	var user struct{ ID, Status string }
//	err := c.Get(ctx, &user, nil, "api", "v1", "users", id)
func (c *Client) Get(ctx context.Context, out any, q url.Values, elem ...string) error {
	req, err := c.Org.NewRequest(ctx, http.MethodGet, q, nil, elem...)
	if err != nil {
		return err
	}
	return c.Do(req, out)
}

// An answer is the body of a 2xx answer, with what an error about it needs.
type answer struct {
	req   *http.Request
	resp  *http.Response
	bytes []byte
}

// send returns the answer of a 2xx.
func (c *Client) send(req *http.Request) (*http.Response, *answer, error) {
	hc := c.HTTP
	if hc == nil {
		hc = http.DefaultClient
	}
	fate := new(fate)
	resp, err := hc.Do(req.WithContext(context.WithValue(req.Context(), wholeBody{}, fate)))
	if err != nil {
		return nil, nil, requestError(req, err)
	}
	body, err := readBody(resp, maxBody)
	if err != nil {
		return nil, nil, requestError(req, err)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		sent := resp.Request // the copy that carried the credential
		if sent == nil {
			sent = req
		}
		e := newError(sent, resp, body)
		e.earlier = fate.sent && req.Method != http.MethodGet
		return nil, nil, e
	}
	return resp, &answer{req, resp, body}, nil
}

// decode reads the body into out.
func (a *answer) decode(out any) error {
	err := json.Unmarshal(a.bytes, out)
	if err == nil {
		return nil
	}
	e := newError(a.req, a.resp, a.bytes)
	e.Summary, e.err = "the answer is not the JSON that was expected", err
	if errors.Is(err, io.ErrUnexpectedEOF) {
		e.Summary = "the answer's JSON ends early"
	}
	return e
}

// error says that an answer of 2xx is not what it should be.
func (a *answer) error(summary string) error {
	e := newError(a.req, a.resp, a.bytes)
	e.Summary = summary
	return e
}

// requestError describes a request without an answer.
func requestError(req *http.Request, err error) error {
	err = unwrapURL(err)
	e := &Error{Method: req.Method, Path: clip(req.URL.Path), sent: true, err: err}
	var se *sendError
	if !errors.As(err, &se) {
		return e
	}
	switch e.sent, e.err = se.sent, se.err; {
	case se.own == nil:
	case se.own.Path == tokenPath: // shared with others who wait for it: it stays as it is
		return &noTokenError{method: req.Method, path: clip(req.URL.Path), sent: se.sent, err: se.own}
	default:
		limited := *se.own
		limited.Method, limited.Path, limited.earlier = req.Method, clip(req.URL.Path), se.sent
		return &limited
	}
	return e
}
