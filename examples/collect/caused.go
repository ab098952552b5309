package main

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/oktaint/systemlog"
	"github.com/rezonate-io/okta-integration/scopes"
)

// What a run has left in the System Log of the org, where people and detections see it.
type caused struct {
	Actor  string       `json:"actor"` // the client or the user whose events were counted
	Events []eventCount `json:"events"`
	More   bool         `json:"more,omitempty"` // there are more than one query shows
	Failed string       `json:"failed,omitempty"`
}

type eventCount struct {
	Type  string `json:"type"`
	Count int    `json:"count"`
}

// causedBy asks the System Log once for the events of the credential since the run
// began. It returns nil if the credential does not read the log. What is not in the log
// yet is not counted.
func causedBy(ctx context.Context, c *oktaint.Client, r *inventory.Report) (*caused, error) {
	id := c.Source().ClientID()
	if id != "" && !c.Source().Granted().Covers(scopes.LogsRead) {
		return nil, nil
	}
	if id == "" {
		who, err := oktaint.WhoAmI(ctx, c)
		if err != nil {
			return nil, err
		}
		id = who.UserID
	}
	const limit = 1000
	q := url.Values{
		"filter": {string(systemlog.Actor(id))}, "since": {r.Started.UTC().Format("2006-01-02T15:04:05.000Z")}, "limit": {fmt.Sprint(limit)},
	}
	var events []struct {
		Type string `json:"eventType"`
	}
	out := &caused{Actor: id}
	if err := c.Get(ctx, &events, q, "api", "v1", "logs"); err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		out.Failed = err.Error() // what was collected is not worse for it
		return out, nil
	}
	counts := make(map[string]int)
	for _, e := range events {
		counts[e.Type]++
	}
	for kind, n := range counts {
		out.Events = append(out.Events, eventCount{kind, n})
	}
	slices.SortFunc(out.Events, func(a, b eventCount) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Type, b.Type)) })
	out.More = len(events) == limit
	return out, nil
}
