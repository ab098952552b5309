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
	query   string // names of the parameters, between spaces
	lacks   string // of those that Okta has and this org has not
	body    string // members of the body, as parseMembers reads them; empty: no body
	feature string // what it belongs to, in Config.FeaturesOff; empty: every org has it
	handler func(*call) (reply, error)

	elems   []string
	members members
}

// flag marks a route that is out of the ordinary.
type flag int

const (
	public    flag = 1 << iota // no credential, or one that the handler checks
	unlimited                  // counts against no rate limit
	emptyList                  // an app without any role gets an empty list
	form                       // the body is a form, not JSON
	slash                      // the path may end with a slash
)

// call is one request on its way to its handler, under the org's lock.
type call struct {
	org    *Org // what the request sees: the org, or what it was before the lag
	live   *Org // the org itself, whose log has its events
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

	firstEvent int // the number of the first event of this request; 0: none
}

// param returns the path element that stands for {name}.
func (c *call) param(name string) string { return c.params[name] }

// dispatch finds the route, checks in Okta's order who calls, how often and
// whether it may, and answers.
func (o *Org) dispatch(c *call) (reply, error) {
	if err := c.match(); err != nil {
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
	if err := o.offAnswer(c.route.feature); err != nil {
		return reply{}, err
	}
	if err := c.checkInput(); err != nil {
		return reply{}, err
	}
	if c.org = o.seenBy(c.route); c.r.Method != http.MethodGet && c.route.flags&public == 0 {
		o.remember(o.now())
	}
	res, err := c.withAppEvents(c.route.handler)
	if err == nil {
		c.recordWrite(res)
	}
	return res, err
}

// match sets the route and its parameters. A path may begin with two slashes,
// as recorded; a slash at its end belongs to those routes only for which it was
// recorded.
func (c *call) match() error {
	elems := elemsOf(onePath(c.r.URL.EscapedPath()))
	if c.org.lacks(elems) {
		return errPath
	}
	known := false
	for i := range c.org.routes {
		row := &c.org.routes[i]
		params, ok := row.match(elems)
		if !ok || c.org.offStatus(row.feature) == http.StatusNotFound {
			continue
		}
		known = true
		if row.method == c.r.Method {
			c.route, c.params = row, params
			return nil
		}
	}
	return c.org.notServed(c.r.Method, elems, known)
}

// onePath takes one of two slashes at the beginning of a path away.
func onePath(path string) string {
	if strings.HasPrefix(path, "//") {
		return path[1:]
	}
	return path
}

func (row *route) match(elems []string) (map[string]string, bool) {
	if row.flags&slash != 0 && elems[len(elems)-1] == "" {
		elems = elems[:len(elems)-1]
	}
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

// checkMessage refuses what Okta's front door refuses: a request that names no
// client, a POST or PUT of no stated length, and media types that are not JSON.
func (c *call) checkMessage() error {
	if c.onWire() && c.r.Header.Get("User-Agent") == "" {
		return errUserAgent
	}
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
	return c.onWire() && c.r.Header.Get("Content-Length") == ""
}

// onWire reports whether a server read the request off a wire.
func (c *call) onWire() bool { return c.r.Context().Value(http.ServerContextKey) != nil }

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

// decode reads the JSON body into v. The body has been checked before.
func (c *call) decode(v any) error {
	if err := unmarshal(c.body, v); err != nil {
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) && kind.Field != "" {
			return invalid(kind.Field, kind.Field+": wrong type")
		}
		return errBody
	}
	return nil
}

// ok is a 200 with a JSON body.
func ok(body any) (reply, error) { return reply{status: http.StatusOK, body: body}, nil }

// created is a 201 with a JSON body.
func created(body any) (reply, error) { return reply{status: http.StatusCreated, body: body}, nil }

// noContent is a 204.
func noContent() (reply, error) { return reply{status: http.StatusNoContent}, nil }
