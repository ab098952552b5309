package oktatest

import (
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// paging says how a list is cut into pages.
type paging struct {
	limit, most int      // rows of a page: if not asked, and at most
	params      []string // the parameters that links repeat, in Okta's order
	cursor      string   // what stands before the id in after
	noPages     bool     // one page of limit rows, and no Link
	plain       bool     // links show a limit only if one was asked for
	quiet       bool     // no Link on a page that is the only one, unless a limit was asked for
}

// lister is what a list endpoint works with: match selects rows of the table,
// and view shows one.
type lister[T any] struct {
	paging
	table *table[T]
	id    func(T) string
	match func(T) bool
	view  func(T) object
	order func(iter.Seq[T]) []string // the ids of what matches, sorted; nil: in order of the table
}

// list answers one page of a list with its Link headers.
func list[T any](c *call, l lister[T]) (reply, error) {
	limit, err := c.limit(l.limit, l.most)
	if err != nil {
		return reply{}, err
	}
	after := c.query.Get("after")
	at := 0
	if after != "" {
		id, ok := strings.CutPrefix(after, l.cursor)
		if !ok || len(id) != 20 || l.noPages {
			return reply{}, errCursor
		}
		after = id
		if l.order == nil {
			at = l.table.after(id)
		}
	}
	items, last, more := []object{}, "", false
	rows := l.rows(c, at)
	if l.order != nil {
		rows = l.sorted(c, after)
	}
	for row := range rows {
		if len(items) == limit {
			more = true
			break
		}
		items, last = append(items, l.view(row)), l.id(row)
	}
	res := reply{status: http.StatusOK, body: items, header: http.Header{}}
	if l.noPages || l.quiet && !more && after == "" && !c.query.Has("limit") {
		return res, nil
	}
	q := url.Values{"limit": {strconv.Itoa(limit)}}
	if l.plain && !c.query.Has("limit") {
		q.Del("limit")
	}
	res.header.Add("Link", c.link("self", l.params, q))
	if more {
		q.Set("after", l.cursor+last)
		res.header.Add("Link", c.link("next", l.params, q))
	}
	return res, nil
}

// rows yields the rows that match, from a position on.
func (l lister[T]) rows(c *call, at int) iter.Seq[T] {
	return func(yield func(T) bool) {
		if c.blind {
			return
		}
		for _, id := range l.table.ids[at:] {
			row := l.table.rows[id]
			if l.match != nil && !l.match(row) {
				continue
			}
			if !yield(row) {
				return
			}
		}
	}
}

// limit reads the parameter limit.
func (c *call) limit(unset, most int) (int, error) {
	text := c.query.Get("limit")
	if text == "" {
		return unset, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return 0, invalid("limit", "limit: must be between 1 and "+strconv.Itoa(most))
	}
	return n, nil
}

// link formats one Link header. The query is written anew: the parameters
// that the endpoint knows, in its own order, those of set before the
// request's own.
func (c *call) link(rel string, params []string, set url.Values) string {
	var parts []string
	for _, name := range params {
		value := c.query.Get(name)
		if set.Has(name) {
			value = set.Get(name)
		}
		if value != "" {
			parts = append(parts, name+"="+url.QueryEscape(value))
		}
	}
	target := c.org.cfg.Origin + c.r.URL.EscapedPath()
	if len(parts) > 0 {
		target += "?" + strings.Join(parts, "&")
	}
	return "<" + target + `>; rel="` + rel + `"`
}
