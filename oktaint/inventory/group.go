package inventory

import (
	"slices"

	"github.com/rezonate-io/okta-integration/scopes"
)

// A Group is resources of one status, which one person can change in one way.
type Group struct {
	Status  Status   `json:"status"`
	Remedy  string   `json:"remedy,omitempty"`
	By      string   `json:"by,omitempty"` // who can apply the remedy
	Reasons []Reason `json:"reasons"`
}

// A Reason is why some resources are in a [Group].
type Reason struct {
	Why       string   `json:"why,omitempty"` // in plain words; empty if complete
	Resources []string `json:"resources"`
}

// Resources are the names of all resources of the group.
func (g Group) Resources() []string {
	var all []string
	for _, r := range g.Reasons {
		all = append(all, r.Resources...)
	}
	return all
}

// Groups puts those rows together that one remedy changes, in the order in which they
// come. If there are statuses, only rows with one of them count. What is so only because
// the resource that it belongs to is stands with that one.
func (r *Report) Groups(statuses ...Status) []Group {
	var groups []Group
	for _, row := range r.Rows {
		if len(statuses) > 0 && !slices.Contains(statuses, row.Status) {
			continue
		}
		i := slices.IndexFunc(groups, func(g Group) bool {
			return g.Status == row.Status && g.Remedy == row.Remedy && g.By == row.By
		})
		if i < 0 {
			i, groups = len(groups), append(groups, Group{Status: row.Status, Remedy: row.Remedy, By: row.By})
		}
		groups[i].add(row)
	}
	return groups
}

func (g *Group) add(row Row) {
	i := slices.IndexFunc(g.Reasons, func(r Reason) bool { return r.Why == row.Why || r.Why == inherited(row.Why) })
	if i < 0 {
		i, g.Reasons = len(g.Reasons), append(g.Reasons, Reason{Why: row.Why})
	}
	g.Reasons[i].Resources = append(g.Reasons[i].Resources, row.Resource)
}

// Problems returns what is [Refused] or [Failed], as Groups does, without what is so only
// because the resource that it belongs to is, or because the token does not carry one of
// the missing scopes.
func (r *Report) Problems(missing scopes.Set) []Group {
	own := &Report{}
	for _, row := range r.Rows {
		res, ok := Lookup(row.Resource)
		if !ok || !r.bad(res.Parent) && missing.Minus(res.Scopes) == missing {
			own.Rows = append(own.Rows, row)
		}
	}
	return own.Groups(Refused, Failed)
}

func (r *Report) bad(resource string) bool {
	row, ok := r.Row(resource)
	return ok && (row.Status == Refused || row.Status == Failed)
}
