package oktatest

import (
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/rezonate-io/okta-integration/scopes"
)

// route is one row of the table: what a request must be, what it needs, and
// who answers it.
type route struct {
	method  string
	pattern string       // {x} matches one element
	scope   scopes.Scope // what an access token needs; empty: no access token is accepted
	need    permission   // what the caller's roles must allow
	flags   flag
	handler func(*call) (reply, error)

	elems []string
}

// flag marks a route that is out of the ordinary.
type flag int

const (
	public    flag = 1 << iota // no credential, or one that the handler checks
	unlimited                  // counts against no rate limit
	emptyList                  // an app without any role gets an empty list
	form                       // the body is a form, not JSON
)

// call is one request on its way to its handler, under the org's lock.
type call struct {
	org    *Org
	r      *http.Request
	route  *route
	class  string
	params map[string]string
	query  url.Values
	body   []byte
	actor  actor
	rights *Org // the org whose admin roles count

	nonce    string    // DPoP nonce to show in the answer
	blind    bool      // lists show nothing: the caller has no role
	standing *standing // rate limit headers of the answer
}

// param returns the path element that stands for {name}.
func (c *call) param(name string) string { return c.params[name] }

// dispatch finds the route, checks in Okta's order who calls, how often and
// whether it may, and answers.
func (o *Org) dispatch(c *call) (reply, error) {
	if err := o.match(c); err != nil {
		return reply{}, err
	}
	o.giveLatePrivileges()
	c.rights = o.before(o.cfg.Lag.Roles)
	if err := o.authenticate(c); err != nil {
		return reply{}, err
	}
	if c.route.flags&unlimited == 0 {
		standing, ok := o.limits.take(c.class, c.actor.principal)
		if !ok {
			return reply{}, &rateLimited{standing}
		}
		c.standing = standing
	}
	if err := c.checkMessage(); err != nil {
		return reply{}, err
	}
	if err := c.rights.authorize(c); err != nil {
		return reply{}, err
	}
	if c.org = o.seenBy(c.route); c.r.Method != http.MethodGet && c.route.flags&public == 0 {
		o.remember(o.now())
	}
	return c.route.handler(c)
}

// match sets the route and its parameters. One slash at the end is ignored,
// as recorded.
func (o *Org) match(c *call) error {
	path := strings.TrimSuffix(c.r.URL.EscapedPath(), "/")
	elems := strings.Split(strings.TrimPrefix(path, "/"), "/")
	known := false
	for i := range o.routes {
		row := &o.routes[i]
		params, ok := row.match(elems)
		if !ok {
			continue
		}
		known = true
		if row.method == c.r.Method {
			c.route, c.params = row, params
			return nil
		}
	}
	if known {
		return errMethod
	}
	return errPath
}

func (row *route) match(elems []string) (map[string]string, bool) {
	if len(elems) != len(row.elems) {
		return nil, false
	}
	var params map[string]string
	for i, want := range row.elems {
		if !isParam(want) {
			if want != elems[i] {
				return nil, false
			}
			continue
		}
		got, err := url.PathUnescape(elems[i])
		if err != nil || got == "" {
			return nil, false
		}
		if params == nil {
			params = map[string]string{}
		}
		params[want[1:len(want)-1]] = got
	}
	return params, true
}

// checkMessage refuses what Okta's front door refuses: a POST or PUT of no
// stated length, media types that are not JSON, and characters of four bytes.
func (c *call) checkMessage() error {
	writes := c.r.Method == http.MethodPost || c.r.Method == http.MethodPut
	if writes && len(c.body) == 0 && c.lengthMissing() {
		return errLength
	}
	if accept := c.r.Header.Get("Accept"); accept != "" && !acceptsJSON(accept) {
		return errMediaType
	}
	if len(c.body) == 0 {
		return nil
	}
	want := "application/json"
	if c.route.flags&form != 0 {
		want = "application/x-www-form-urlencoded"
	}
	got, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || got != want {
		return errMediaType
	}
	return nil
}

// lengthMissing reports whether a request without a body came without
// Content-Length. A request that no server read off a wire has no such header
// by nature.
func (c *call) lengthMissing() bool {
	if c.r.ContentLength < 0 {
		return true // chunked
	}
	onWire := c.r.Context().Value(http.ServerContextKey) != nil
	return onWire && c.r.Header.Get("Content-Length") == ""
}

func acceptsJSON(accept string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		kind, _, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		if kind == "*/*" || kind == "application/*" || kind == "application/json" {
			return true
		}
	}
	return false
}

// decode reads the JSON body into v, which ignores what it does not know.
func (c *call) decode(v any) error {
	var loose any
	if err := json.Unmarshal(c.body, &loose); err != nil || !narrow(loose) {
		return errBody
	}
	if err := json.Unmarshal(c.body, v); err != nil {
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) && kind.Field != "" {
			return invalid(kind.Field, kind.Field+": wrong type")
		}
		return errBody
	}
	return nil
}

// narrow reports whether all text in a JSON value is of characters that take
// at most three bytes of UTF-8, all that Okta supports.
func narrow(v any) bool {
	switch v := v.(type) {
	case string:
		for _, r := range v {
			if r > 0xFFFF {
				return false
			}
		}
	case []any:
		for _, item := range v {
			if !narrow(item) {
				return false
			}
		}
	case map[string]any:
		for key, item := range v {
			if !narrow(key) || !narrow(item) {
				return false
			}
		}
	}
	return true
}

// ok is a 200 with a JSON body.
func ok(body any) (reply, error) { return reply{status: http.StatusOK, body: body}, nil }

// created is a 201 with a JSON body.
func created(body any) (reply, error) { return reply{status: http.StatusCreated, body: body}, nil }

// noContent is a 204.
func noContent() (reply, error) { return reply{status: http.StatusNoContent}, nil }
