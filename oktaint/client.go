package oktaint

import (
	"context"
	"errors"
	"net/http"
	"net/url"
)

// A Credential is what a [Client] is made from: [PrivateKeyJWT], [ClientSecret],
// [APIToken], [Credentials], a [*Source] that exists already, or an [Org] for
// requests that carry no credential.
type Credential interface {
	// connect returns the org, and what authorises its requests over base. The
	// Source is nil if nothing does.
	connect(base http.RoundTripper) (Org, *Source)
}

func (c PrivateKeyJWT) connect(base http.RoundTripper) (Org, *Source) { return c.Org, c.Source(base) }
func (c ClientSecret) connect(base http.RoundTripper) (Org, *Source)  { return c.Org, c.Source(base) }
func (c APIToken) connect(base http.RoundTripper) (Org, *Source)      { return c.Org, c.Source(base) }
func (c Credentials) connect(base http.RoundTripper) (Org, *Source)   { return c.Org, c.Source(base) }
func (o Org) connect(http.RoundTripper) (Org, *Source)                { return o, nil }

func (s *Source) connect(http.RoundTripper) (Org, *Source) {
	if s == nil {
		s = new(Source) // whose error says that it is zero
	}
	return s.org, s
}

// A Client sends requests to one org and reads the answers. Its [Transport]
// authorises, paces and retries them.
//
// HTTP.Transport may be wrapped before the first request, for tracing: the
// Client keeps its Source and its Transport. Such a wrapper sees each request
// once. A wrapper around the base that [NewClient] takes sees every attempt, and
// the token requests too.
type Client struct {
	Org  Org
	HTTP *http.Client

	transport *Transport // nil if the Client was made by hand
}

// NewClient returns a Client for a credential. base sends everything: token
// requests, API requests, and what [Discover] and the other packages of this
// module ask. A nil base means a transport that all of this package shares,
// which takes its proxy from the environment. A [*Source] keeps the base that it
// was made with for its token requests.
//
// If something is wrong with the credential, the first call says so.
//
// Settings such as MaxWait, Logger or OnAttempt are fields of
// [Client.Transport]; set them before the first request.
func NewClient(cred Credential, base http.RoundTripper) *Client {
	var org Org
	var src *Source
	if cred != nil {
		org, src = cred.connect(base)
	}
	return (&Transport{Org: org, Source: src, Base: base}).Client()
}

// Client returns a Client that sends its requests through the Transport.
func (t *Transport) Client() *Client {
	return &Client{Org: t.Org, HTTP: &http.Client{Transport: t, CheckRedirect: neverRedirect}, transport: t}
}

// Transport returns the Transport under the Client, whatever wraps HTTP. It is
// nil for a Client that was not made by [NewClient] or [Transport.Client].
func (c *Client) Transport() *Transport { return c.transport }

// Source returns the Source that authorises the requests. It is nil if none does.
func (c *Client) Source() *Source {
	if c.transport == nil {
		return nil
	}
	return c.transport.Source
}

// Urgent returns a Client for requests that must not wait behind others, such
// as the response to an attack: see [Transport.Urgent]. A wrapper of HTTP is not
// carried over: wrap the base that [NewClient] takes to trace urgent requests
// too.
func (c *Client) Urgent() *Client {
	if c.transport == nil {
		return c
	}
	return c.transport.Urgent().Client()
}

// Do sends req and decodes the JSON of a 2xx answer into out, which may be a
// [*encoding/json.RawMessage]. Everything else is an error of type [*Error]. The
// body is read whole, up to 16 MB.
//
// If out is given, an answer without a body is an error, and so are null, a scalar,
// a part (206) and Okta's error object, whatever the status: none of them is
// what was asked for. [Optional] allows an answer to be empty. If out is nil, an
// answer may be empty, and only a web page or an error object is an error.
func (c *Client) Do(req *http.Request, out any) error {
	_, err := c.DoHeader(req, out)
	return err
}

// DoHeader is Do for callers that need the header of the answer too: its ETag,
// or X-Okta-Request-Id. The header is nil if there is none with a status of 2xx.
func (c *Client) DoHeader(req *http.Request, out any) (http.Header, error) {
	a, err := c.send(req)
	if err != nil {
		return nil, err
	}
	return a.resp.Header, a.read(out)
}

// Optional wraps an out of [Client.Do] for a request whose answer may have no
// body, as those of some lifecycle operations: then out stays as it is.
func Optional(out any) any { return optional{out} }

type optional struct{ out any }

// Checked wraps an out of [Client.Do] for an answer that must hold a certain object,
// such as the one of an id. ok is called once out is filled in. If it returns false, the
// answer is an error, and [Ambiguous], since it did not come from Okta.
//
//	var app struct{ ID string }
//	err := c.Get(ctx, oktaint.Checked(&app, func() bool { return app.ID == id }), nil, "api", "v1", "apps", id)
func Checked(out any, ok func() bool) any { return checked{out, ok} }

type checked struct {
	out any
	ok  func() bool
}

// NoContent is the out of [Client.Do] for a request that Okta answers with 204, as
// it answers nearly every DELETE. Any other answer of 2xx is an error, and
// [Ambiguous]: proxies answer 200 to requests that they do not pass on.
type NoContent struct{}

// Get is Do for a GET of the path of elem: see [Org.NewRequest].
//
//	var user struct{ ID, Status string }
//	err := c.Get(ctx, &user, nil, "api", "v1", "users", id)
func (c *Client) Get(ctx context.Context, out any, q url.Values, elem ...string) error {
	req, err := c.newRequest(ctx, q, elem)
	if err != nil {
		return err
	}
	return c.Do(req, out)
}

// newRequest makes a GET. An error of the credential comes first: it says which
// credential has no org, and that of the Org does not.
func (c *Client) newRequest(ctx context.Context, q url.Values, elem []string) (*http.Request, error) {
	if err := c.Source().broken(); err != nil {
		return nil, err
	}
	return c.Org.NewRequest(ctx, http.MethodGet, q, nil, elem...)
}

var errZeroClient = errors.New("oktaint: the Client is zero: make it with NewClient")

// send returns the answer of a 2xx.
func (c *Client) send(req *http.Request) (*answer, error) { return c.sendPage(req, false) }

// sendPage is send. If smaller is true and the page takes the org too long, the
// caller will ask again with a smaller limit.
func (c *Client) sendPage(req *http.Request, smaller bool) (*answer, error) {
	switch err := c.Source().broken(); {
	case err != nil:
		return nil, err
	case c.HTTP == nil:
		return nil, errZeroClient
	case req.URL == nil:
		return nil, errors.New("oktaint: the request has no URL: make it with Org.NewRequest")
	}
	fate := &fate{smaller: smaller}
	resp, err := c.HTTP.Do(req.WithContext(context.WithValue(req.Context(), wholeBody{}, fate)))
	if err != nil {
		return nil, requestError(req, err)
	}
	body, err := readBody(resp, maxBody)
	if err != nil {
		return nil, requestError(req, err)
	}
	a := &answer{req: req, resp: resp, bytes: body, credential: fate.credential}
	switch {
	case resp.StatusCode == http.StatusPartialContent:
		return nil, a.error("the answer is a part of what was asked for")
	case resp.StatusCode < 200 || resp.StatusCode > 299:
		e := a.error("")
		e.earlier = fate.sent && req.Method != http.MethodGet
		return nil, e
	}
	return a, nil
}

// requestError describes a request without an answer.
func requestError(req *http.Request, err error) error {
	err = unwrapURL(err)
	e := &Error{Method: req.Method, Path: clip(req.URL.Path), sent: true, err: err}
	var se *sendError
	if !errors.As(err, &se) {
		e.Hint = explainNetwork(err)
		return e
	}
	switch e.sent, e.err = se.sent, se.err; {
	case se.own == nil:
		e.Hint = explainNetwork(se.err)
	case se.own.Path == tokenPath: // shared with others who wait for it: it stays as it is
		return &noTokenError{method: req.Method, path: clip(req.URL.Path), sent: se.sent, err: se.own}
	default:
		limited := *se.own
		limited.Method, limited.Path, limited.earlier = req.Method, clip(req.URL.Path), se.sent
		return &limited
	}
	return e
}

var (
	_ Credential = PrivateKeyJWT{}
	_ Credential = ClientSecret{}
	_ Credential = APIToken{}
	_ Credential = Credentials{}
	_ Credential = (*Source)(nil)
	_ Credential = Org{}
)
