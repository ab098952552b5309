package oktatest

import (
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"
)

// iamPage is the number of rows on a page of the lists of roles, resource sets
// and what is in them, as documented.
const iamPage = 100

// listing is a list that is an object, paged by links in the body.
type listing[T any] struct {
	name  string // of the array
	self  string // URL of the list
	rows  []T    // in order of their ids
	id    func(T) string
	view  func(T) object
	links object // besides self and next
	limit bool   // the parameter limit is known

	page, most int // rows of a page, if not asked and at most; 0: iamPage and 1000
}

// listObject answers one page of such a list.
func listObject[T any](c *call, l listing[T]) (reply, error) {
	setDefault(&l.page, iamPage)
	setDefault(&l.most, 1000)
	limit := l.page
	if l.limit {
		var err error
		if limit, err = c.limit(l.page, l.most); err != nil {
			return reply{}, err
		}
	}
	if after := c.query.Get("after"); after != "" {
		if len(after) != 20 {
			return reply{}, errCursor
		}
		l.rows = l.rows[sort.Search(len(l.rows), func(i int) bool { return l.id(l.rows[i]) > after }):]
	}
	links := object{"self": object{"href": l.self}}
	for name, link := range l.links {
		links[name] = link
	}
	if len(l.rows) > limit {
		l.rows = l.rows[:limit]
		next := l.self + "?after=" + url.QueryEscape(l.id(l.rows[limit-1]))
		if c.query.Has("limit") {
			next += "&limit=" + strconv.Itoa(limit)
		}
		links["next"] = object{"href": next}
	}
	views := []object{}
	for _, row := range l.rows {
		views = append(views, l.view(row))
	}
	return withSelf(object{l.name: views, "_links": links}, l.self)
}

// withSelf is a 200 with a Link header to the object itself.
func withSelf(body object, self string) (reply, error) {
	header := http.Header{"Link": {"<" + self + `>; rel="self"`}}
	return reply{status: http.StatusOK, header: header, body: body}, nil
}

// adminHref is href on the host of the Admin Console, to which the links of
// custom roles were recorded to point. An org under a domain that is not
// Okta's has no such host.
func (o *Org) adminHref(elem ...string) string {
	link := o.href(elem...)
	for _, domain := range []string{".okta.com", ".oktapreview.com", ".okta-emea.com", ".okta-gov.com", ".okta.mil", ".okta-miltest.com", ".trex-govcloud.com"} {
		if name, ok := strings.CutSuffix(o.host, domain); ok && !strings.Contains(name, ".") {
			return strings.Replace(link, o.host, name+"-admin"+domain, 1)
		}
	}
	return link
}
