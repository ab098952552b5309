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
	"strconv"

	"github.com/rezonate-io/okta-integration/oktaint/internal/rawjson"
)

// A Cursor is where a list goes on: the path and query of a next link. It holds
// no secret and can be stored. The empty Cursor is the beginning.
type Cursor string

// ErrListStuck is wrapped by the error of a list that does not move on: its next link
// leads to the same page, or to one that was read already.
var ErrListStuck = errors.New("the list does not move on")

// A Page is a part of a list. A service that commits Items and Next together
// goes on from Next after a restart without a gap.
type Page[T any] struct {
	Items []T

	// Next is where the list goes on. It is empty on the last page. A list that
	// grows, such as the System Log, has no last page: an empty page names itself,
	// to be asked for again later.
	Next Cursor
}

// List goes through a whole list, page by page. A failure yields one error and ends the
// list. If there is no error, the list was complete.
//
// T may be [encoding/json.RawMessage], which costs a fraction of decoding. A raw object
// is valid JSON on one line: if the org has line breaks between its members, it is
// compacted, and otherwise it is as the org wrote it, a part of its page's memory.
// Clone one that is kept for long on its own.
//
//	for user, err := range oktaint.List[User](ctx, c, nil, "api", "v1", "users") {
func List[T any](ctx context.Context, c *Client, q url.Values, elem ...string) iter.Seq2[T, error] {
	return items(Pages[T](ctx, c, "", q, elem...))
}

// ListRequest is List for an existing request, such as one of the package
// oauthapp/request. The request's context ends the list.
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
// Only the path and the query of such a link are used. Its host must be the org's or
// that of its Admin Console. An org behind a custom domain may also link to a host
// under Okta's own domains.
//
// If the org answers 500 or 504, as it does when a page takes it too long, the page
// is asked for again at once with half the limit that the request names, down to 20.
//
// It is an error if a page is not a list, if a next link is foreign, malformed or
// leads to another endpoint, or if a cursor comes back. When ctx ends, the list ends
// at once: the grace of [WithGrace] is for writes.
func Pages[T any](ctx context.Context, c *Client, from Cursor, q url.Values, elem ...string) iter.Seq2[Page[T], error] {
	req, err := c.newRequest(ctx, q, elem)
	if err != nil {
		return func(yield func(Page[T], error) bool) { yield(Page[T]{}, err) }
	}
	return PagesRequest[T](c, from, req)
}

// PagesRequest is Pages for an existing request. The request's context ends the list.
func PagesRequest[T any](c *Client, from Cursor, req *http.Request) iter.Seq2[Page[T], error] {
	return func(yield func(Page[T], error) bool) {
		// Grace is for writes: here it would hold up a loop that ends early.
		ctx, cancel := context.WithCancel(WithGrace(req.Context(), 0))
		w := &walk{c: c, seen: make(map[Cursor]bool)}
		defer w.wait() // for a page that is fetched ahead and no longer wanted
		defer cancel()
		req := req.Clone(ctx)
		if from != "" {
			if err := follow(c.Org, req, string(from)); err != nil {
				yield(Page[T]{}, fmt.Errorf("oktaint: GET %s: the cursor %w", clip(req.URL.Path), err))
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

// get fetches a page. After each answer that says that the page takes the org too
// long, it asks with a smaller limit.
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

// mostSeen bounds the memory of a list that grows. A circle of at most so many pages
// is found.
const mostSeen = 1000

// leastLimit is the smallest limit that a list is asked with: some lists accept no
// less than 20.
const leastLimit = 20

// limitOf is the limit that a page is asked with. It is 0 if the request names none:
// not every list has a limit.
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
	if err := follow(w.c.Org, p.next, target); err != nil {
		p.err = body.error("the next link " + err.Error())
		return p
	}
	p.cursor = cursorOf(p.next)
	switch {
	case sameQuery(p.next, req): // the end for now, of a list that grows
		p.next = nil
		if !isEmptyList(body.bytes) {
			p.err = body.stuck("the next link leads to the same page again")
		}
	case w.seen[p.cursor]:
		p.err = body.stuck("a cursor came back: the list would never end")
	}
	if len(w.seen) == mostSeen {
		clear(w.seen)
	}
	w.seen[p.cursor] = true
	return p
}

// stuck is the error of a list that does not move on.
func (a *answer) stuck(how string) *Error {
	e := a.error(how)
	e.err = ErrListStuck
	return e
}

func isEmptyList(body []byte) bool {
	inside, ok := bytes.CutPrefix(bytes.TrimSpace(body), []byte("["))
	return ok && string(bytes.TrimSpace(inside)) == "]"
}

// decodeList decodes an array, or the one array of an object. Raw objects are not decoded
// but split; what is no list goes on to encoding/json, which says why.
func decodeList[T any](a *answer) ([]T, error) {
	body := a.bytes
	if bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("{")) {
		var err error
		if body, err = a.onlyArray(); err != nil {
			return nil, err
		}
	}
	var items []T
	if raw, ok := any(&items).(*[]json.RawMessage); ok {
		if *raw, ok = rawjson.Elements(body); ok {
			return items, nil
		}
	}
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
	members, ok := rawjson.Members(a.bytes)
	if !ok {
		if err := a.decode(&members); err != nil {
			return nil, err
		}
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
