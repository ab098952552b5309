package oktatest

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// maxSorted is how many sorted lists are kept, the newest ones.
const maxSorted = 8

// sortedList is the order of a list whose pages are being read: the first page
// sorts it, so that the others cost no more than their rows.
type sortedList struct {
	request string // path and parameters, but for those of the page
	ids     []string
}

// sortBy sorts the list as the parameters sortBy, the path of a member, and
// sortOrder say, which is asc, the default, or desc. Equal rows are in order of
// their ids.
func (l *lister[T]) sortBy(c *call, facts func(T) object) error {
	text, sign := c.query.Get("sortBy"), 1
	if text == "" {
		return nil // sortOrder alone does nothing, whatever it says, as recorded
	}
	switch c.query.Get("sortOrder") {
	case "desc":
		sign = -1
	case "", "asc":
	default:
		return invalid("sortOrder", "sortOrder: The value must be asc or desc")
	}
	l.params = append(l.params, "sortBy", "sortOrder")
	if text == "id" && sign > 0 {
		return nil
	}
	path := strings.Split(text, ".")
	l.order = func(rows iter.Seq[T]) []string {
		keys := map[string]string{}
		for row := range rows {
			keys[l.id(row)] = fmt.Sprint(lookUp(facts(row), path))
		}
		return slices.SortedFunc(maps.Keys(keys), func(a, b string) int {
			return cmp.Or(sign*cmp.Compare(keys[a], keys[b]), cmp.Compare(a, b))
		})
	}
	return nil
}

// sorted yields the rows of a sorted list, from the one after that with an id on.
// Rows that are gone since the first page was read are left out, new ones are not
// there yet.
func (l *lister[T]) sorted(c *call, after string) iter.Seq[T] {
	ids := c.org.sortedIDs(c.sortedRequest(), after == "", func() []string { return l.order(l.rows(c, 0)) })
	if at := slices.Index(ids, after); at >= 0 {
		ids = ids[at+1:]
	}
	return func(yield func(T) bool) {
		for _, id := range ids {
			if row, found := l.table.get(id); found && !yield(row) {
				return
			}
		}
	}
}

// sortedRequest is what the pages of one list have in common.
func (c *call) sortedRequest() string {
	q := maps.Clone(c.query)
	q.Del("after")
	q.Del("limit")
	return c.actor.principal + " " + c.r.URL.Path + "?" + q.Encode()
}

// sortedIDs returns the order of a list, made anew for the first page.
func (o *Org) sortedIDs(request string, first bool, sort func() []string) []string {
	at := slices.IndexFunc(o.sortedLists, func(x sortedList) bool { return x.request == request })
	if at >= 0 && !first {
		return o.sortedLists[at].ids
	}
	if at >= 0 {
		o.sortedLists = slices.Delete(o.sortedLists, at, at+1)
	}
	if len(o.sortedLists) == maxSorted {
		o.sortedLists = slices.Delete(o.sortedLists, 0, 1)
	}
	ids := sort()
	o.sortedLists = append(o.sortedLists, sortedList{request, ids})
	return ids
}
