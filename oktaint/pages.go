package oktaint

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
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
	return func(yield func(T, error) bool) {
		for page, err := range Pages[T](ctx, c, "", q, elem...) {
			if err != nil {
				var zero T
				yield(zero, err)
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
// is a cursor. A page is read whole before it is decoded, and each has a slice
// of its own.
//
// Of a next link only the path and the query are used, and its host must be the
// org's. It is an error if a page is no JSON list, if a next link is foreign,
// malformed or leads to another endpoint, or if a cursor comes back.
func Pages[T any](ctx context.Context, c *Client, from Cursor, q url.Values, elem ...string) iter.Seq2[Page[T], error] {
	return func(yield func(Page[T], error) bool) {
		req, err := c.Org.NewRequest(ctx, http.MethodGet, q, nil, elem...)
		if err == nil && from != "" {
			err = follow(c.Org, req, string(from))
		}
		var seen cycle
		for err == nil {
			var page Page[T]
			if page, err = fetchPage[T](c, req); err != nil {
				break
			}
			end := page.Next == "" || page.Next == cursorOf(req)
			if !end && seen.again(page.Next) {
				err = fmt.Errorf("oktaint: GET %s: a cursor came back: the list would never end", req.URL.Path)
				break
			}
			if !yield(page, nil) || end {
				return
			}
			req = req.Clone(ctx)
			err = follow(c.Org, req, string(page.Next))
		}
		yield(Page[T]{}, err)
	}
}

func cursorOf(req *http.Request) Cursor { return Cursor(req.URL.RequestURI()) }

// A cycle finds a cursor that comes back, in constant memory (Brent): it
// compares with one cursor, which it moves up ever more rarely.
type cycle struct {
	mark        Cursor
	steps, next int
}

func (c *cycle) again(cur Cursor) bool {
	if cur == c.mark {
		return true
	}
	if c.steps++; c.steps > c.next {
		c.mark, c.next = cur, 2*c.steps
	}
	return false
}

// fetchPage sends req and finds where the list goes on.
func fetchPage[T any](c *Client, req *http.Request) (Page[T], error) {
	resp, body, err := c.send(req)
	if err != nil {
		return Page[T]{}, err
	}
	var page Page[T]
	if err := body.decode(&page.Items); err != nil {
		return Page[T]{}, err
	}
	if page.Items == nil {
		return Page[T]{}, body.error("the answer is null, not a list")
	}
	target, ok := nextLink(resp.Header)
	if !ok {
		return page, nil
	}
	next := req.Clone(req.Context())
	if err := follow(c.Org, next, target); err != nil {
		return Page[T]{}, err
	}
	page.Next = cursorOf(next)
	if page.Next == cursorOf(req) && len(page.Items) > 0 {
		return Page[T]{}, body.error("the next link leads to the same page again")
	}
	return page, nil
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
	if u.EscapedPath() != req.URL.EscapedPath() {
		return errors.New("oktaint: GET " + req.URL.Path + ": the next link or cursor leads to another endpoint: it is not followed")
	}
	req.URL.RawQuery = u.RawQuery
	return nil
}
