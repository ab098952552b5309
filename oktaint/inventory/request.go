package inventory

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// Requests builds the first requests of the resource: one, or one for each query that it
// takes to see all, such as each type of policy. above is what stands in the path, from
// the left: the id of the group for group-members.
//
// Collect sends these. Where a list goes on, the org says.
func (r *Resource) Requests(ctx context.Context, org oktaint.Org, above ...string) ([]*http.Request, error) {
	queries := r.marks.each
	if len(queries) == 0 {
		queries = []string{""}
	}
	var all []*http.Request
	for _, query := range queries {
		req, err := r.request(ctx, org, query, above)
		if err != nil {
			return nil, err
		}
		all = append(all, req)
	}
	return all, nil
}

// request builds the request for one of the queries of marks.each, or for none.
func (r *Resource) request(ctx context.Context, org oktaint.Org, query string, above []string) (*http.Request, error) {
	q, err := url.ParseQuery(r.Query)
	if err != nil {
		return nil, fmt.Errorf("inventory: %s: %w", r.Name, err)
	}
	if name, value, ok := strings.Cut(query, "="); ok && !r.inPath(name) {
		q.Set(name, value)
	}
	elems := strings.Split(strings.TrimPrefix(r.Path, "/"), "/")
	above = r.chain(query, above)
	for i, elem := range elems {
		if !strings.HasPrefix(elem, "{") {
			continue
		}
		if len(above) == 0 {
			return nil, fmt.Errorf("inventory: %s: nothing is given for %s of its path", r.Name, elem)
		}
		elems[i], above = above[0], above[1:]
	}
	if len(above) > 0 {
		return nil, fmt.Errorf("inventory: %s: its path has no place for %q", r.Name, above)
	}
	return org.NewRequest(ctx, http.MethodGet, q, nil, elems...)
}

// chain is what stands in the path, from the left: what is above, and what the query
// puts there.
func (r *Resource) chain(query string, above []string) []string {
	chain := append([]string(nil), above...)
	if name, value, _ := strings.Cut(query, "="); r.inPath(name) {
		chain = append(chain, value)
	}
	return chain
}

func (r *Resource) inPath(name string) bool {
	return name != "" && strings.Contains(r.Path, "{"+name+"}")
}
