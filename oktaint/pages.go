package oktaint

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// A Cursor is where a list goes on: the path and query of a next link. It holds
// no secret and can be stored. The empty Cursor is the beginning.
type Cursor string

// A Page is a part of a list. A service that commits Items and Next together
// goes on from Next after a restart without a gap.
type Page[T any] struct {
	Items []T

	// Next is where the list goes on. It is empty on the last page, but for
	// lists that grow, such as the System Log: there an empty page names
	// itself, to be asked for again later.
	Next Cursor
}

// List goes through a whole list, page by page. T may be
// [encoding/json.RawMessage]. A failure yields one error and ends the list:
// without one, the list was complete.
//
//	for user, err := range oktaint.List[User](ctx, c, nil, "api", "v1", "users") {
func List[T any](ctx context.Context, c *Client, q url.Values, elem ...string) iter.Seq2[T, error] {
	return items(Pages[T](ctx, c, "", q, elem...))
}

// ListRequest is List for a request that is there already, such as one of the
// package oauthapp/request. The request's context ends the list.
func ListRequest[T any](c *Client, req *http.Request) iter.Seq2[T, error] {
	return items(PagesRequest[T](c, "", req))
}

func items[T any](pages iter.Seq2[Page[T], error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for page, err := range pages {
			if err != nil {
				yield(*new(T), err)
				return
			}
			for _, item := range page.Items {
				if !yield(item, nil) {
					return
				}
			}
		}
	}
}

// Pages goes through a list from a cursor, or from its beginning if from is
// empty; q and elem are as for [Client.Get] and name the list again when there
// is a cursor.
//
// A page is read whole before it is decoded, and each has a slice of its own.
// From the second one on, the next page is fetched while one is decoded and used.
// A list is a JSON array, or an object with one array in it, as Okta's IAM
// endpoints have it; the next page is named by a Link header or by _links.next.
// Of such a link only the path and the query are used. Its host must be the org's or
// that of its Admin Console; the org behind a custom domain may also link to a host
// under Okta's own domains.
//
// Where the org answers 500 or 504, as it does when a page takes it too long, the
// page is asked for again at once with half the limit that the request names, down
// to 20.
//
// It is an error if a page is no list, if a next link is foreign, malformed or
// leads to another endpoint, or if a cursor comes back.
func Pages[T any](ctx context.Context, c *Client, from Cursor, q url.Values, elem ...string) iter.Seq2[Page[T], error] {
	req, err := c.newRequest(ctx, q, elem)
	if err != nil {
		return func(yield func(Page[T], error) bool) { yield(Page[T]{}, err) }
	}
	return PagesRequest[T](c, from, req)
}

// PagesRequest is Pages for a request that is there already. The request's context
// ends the list.
func PagesRequest[T any](c *Client, from Cursor, req *http.Request) iter.Seq2[Page[T], error] {
	return func(yield func(Page[T], error) bool) {
		ctx, cancel := context.WithCancel(req.Context())
		w := &walk{c: c, seen: make(map[Cursor]bool)}
		defer w.wait() // for a page that nobody wants any more
		defer cancel()
		req := req.Clone(ctx)
		if from != "" {
			if err := follow(c.Org, req, string(from)); err != nil {
				yield(Page[T]{}, err)
				return
			}
		}
		for n := 1; ; n++ {
			raw, err := w.fetch(req)
			if err != nil {
				yield(Page[T]{}, err)
				return
			}
			req = raw.next
			if n > 1 && req != nil {
				w.ahead(req)
			}
			page := Page[T]{Next: raw.cursor}
			if page.Items, err = decodeList[T](raw.answer); err != nil {
				yield(Page[T]{}, err)
				return
			}
			if !yield(page, nil) || req == nil {
				return
			}
		}
	}
}

// A rawPage is a page that is read but not decoded.
type rawPage struct {
	answer *answer
	cursor Cursor        // for the caller to go on from
	next   *http.Request // nil at the end
	err    error
}

// A walk fetches the pages of one list in order.
type walk struct {
	c     *Client
	limit int // the limit that 500s have left; 0: none
	seen  map[Cursor]bool
	early chan rawPage // the page that is on its way, if any
}

// ahead begins to fetch the page of req.
func (w *walk) ahead(req *http.Request) {
	w.early = make(chan rawPage, 1)
	go func() {
		p := rawPage{err: &foreignError{"a callback of the request", "ended its goroutine"}}
		defer func() {
			if v := recover(); v != nil {
				p = rawPage{err: &foreignError{"a callback of the request", "panicked: " + panicText(v)}}
			}
			w.early <- p
		}()
		p = w.get(req)
	}()
}

// fetch returns the page of req, which may be on its way already.
func (w *walk) fetch(req *http.Request) (rawPage, error) {
	var p rawPage
	if w.early != nil {
		p, w.early = <-w.early, nil
	} else {
		p = w.get(req)
	}
	return p, p.err
}

// wait lets a page that was fetched ahead come to its end.
func (w *walk) wait() {
	if w.early != nil {
		<-w.early
	}
}

// get fetches a page, with a smaller limit after each answer that says that it takes
// the org too long.
func (w *walk) get(req *http.Request) rawPage {
	for {
		p := w.once(req)
		var e *Error
		if !errors.As(p.err, &e) || !tooSlow(e.StatusCode) || e.Code == "E0000053" || !w.canHalve(req) {
			return p
		}
		w.limit = max(w.limitOf(req)/2, leastLimit)
	}
}

// mostSeen bounds the memory of a list that grows: a circle of so many pages, or
// fewer, is found.
const mostSeen = 1000

// leastLimit is what a list is not asked for less of: some take no less than 20.
const leastLimit = 20

// limitOf is how many objects a page is asked for; 0 where the request names no
// limit: not every list knows one.
func (w *walk) limitOf(req *http.Request) int {
	if w.limit > 0 {
		return w.limit
	}
	n, _ := strconv.Atoi(req.URL.Query().Get("limit"))
	return n
}

// canHalve reports whether a page can be asked for with a smaller limit.
func (w *walk) canHalve(req *http.Request) bool { return w.limitOf(req) > leastLimit }

// once fetches a page and finds where the list goes on.
func (w *walk) once(req *http.Request) rawPage {
	if w.limit > 0 {
		req = req.Clone(req.Context())
		req.URL.RawQuery = withLimit(req.URL.RawQuery, w.limit)
	}
	body, err := w.c.sendPage(req, w.canHalve(req))
	if err != nil {
		return rawPage{err: err}
	}
	p := rawPage{answer: body}
	target, ok, err := nextLink(body.resp.Header)
	if err == nil && !ok {
		target, err = bodyLink(body.bytes)
	}
	switch {
	case err != nil:
		p.err = body.error(err.Error() + ": where the list goes on is not known")
		return p
	case target == "" && !ok:
		return p
	}
	p.next = req.Clone(req.Context())
	if p.err = follow(w.c.Org, p.next, target); p.err != nil {
		return p
	}
	p.cursor = cursorOf(p.next)
	switch {
	case sameQuery(p.next, req): // the end for now, of a list that grows
		p.next = nil
		if !isEmptyList(body.bytes) {
			p.err = body.error("the next link leads to the same page again")
		}
	case w.seen[p.cursor]:
		p.err = body.error("a cursor came back: the list would never end")
	}
	if len(w.seen) == mostSeen {
		clear(w.seen)
	}
	w.seen[p.cursor] = true
	return p
}

// sameQuery reports whether two requests for a list ask for the same page. Servers
// write a query in an order of their own.
func sameQuery(a, b *http.Request) bool {
	return slices.Equal(sortedQuery(a), sortedQuery(b))
}

// sortedQuery returns the parameters of a request, sorted. URL.Query would leave out
// those with a semicolon, and a cursor with them.
func sortedQuery(req *http.Request) []string {
	params := strings.Split(req.URL.RawQuery, "&")
	for i, p := range params {
		if plain, err := url.QueryUnescape(p); err == nil {
			params[i] = plain
		}
	}
	slices.Sort(params)
	return params
}

// withLimit returns a query with another limit. The rest of it stays as the org wrote
// it.
func withLimit(query string, limit int) string {
	params := slices.DeleteFunc(strings.Split(query, "&"), func(p string) bool { return p == "" || strings.HasPrefix(p, "limit=") })
	return strings.Join(append(params, "limit="+strconv.Itoa(limit)), "&")
}

func cursorOf(req *http.Request) Cursor { return Cursor(req.URL.RequestURI()) }

// bodyLink returns _links.next.href of an object, and the empty string for an
// array, which has none. What else is wrong with the body is said when it is
// decoded.
func bodyLink(body []byte) (string, error) {
	if !bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("{")) {
		return "", nil
	}
	var doc struct {
		Links struct {
			Next struct{ Href string } `json:"next"`
		} `json:"_links"`
	}
	if err := json.Unmarshal(body, &doc); errors.As(err, new(*json.UnmarshalTypeError)) {
		return "", errors.New("_links.next cannot be read")
	}
	return doc.Links.Next.Href, nil
}

func isEmptyList(body []byte) bool {
	inside, ok := bytes.CutPrefix(bytes.TrimSpace(body), []byte("["))
	return ok && string(bytes.TrimSpace(inside)) == "]"
}

// decodeList decodes an array, or the one array of an object.
func decodeList[T any](a *answer) ([]T, error) {
	body := a.bytes
	if bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("{")) {
		var err error
		if body, err = a.onlyArray(); err != nil {
			return nil, err
		}
	}
	var items []T
	if err := (&answer{a.req, a.resp, body, a.credential}).decode(&items); err != nil {
		return nil, err
	}
	if items == nil {
		return nil, a.error("the answer is null, not a list")
	}
	return items, nil
}

// onlyArray returns the array of an object that has one, such as roles of
// {"roles":[...],"_links":{...}}.
func (a *answer) onlyArray() (json.RawMessage, error) {
	var members map[string]json.RawMessage
	if err := a.decode(&members); err != nil {
		return nil, err
	}
	var found []json.RawMessage
	for _, m := range members {
		if bytes.HasPrefix(m, []byte("[")) {
			found = append(found, m)
		}
	}
	if _, isError := members["errorCode"]; isError || len(found) != 1 {
		return nil, a.error("the answer is an object, not a list")
	}
	return found[0], nil
}

// follow points req to a next link or cursor.
func follow(org Org, req *http.Request, target string) error {
	u, err := url.Parse(target)
	if err != nil {
		return fmt.Errorf("oktaint: GET %s: the next link cannot be read", req.URL.Path)
	}
	if u.IsAbs() || u.Host != "" {
		if !org.ownsLink(u) {
			return fmt.Errorf("oktaint: GET %s: the next link leads to %s://%s, not to %s: it is not followed", req.URL.Path, u.Scheme, u.Host, org)
		}
	}
	if u.Path != req.URL.Path {
		return errors.New("oktaint: GET " + req.URL.Path + ": the next link or cursor leads to another endpoint: it is not followed")
	}
	req.URL.RawQuery = u.RawQuery
	return nil
}
