package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
)

// scarce is the part of a limit below which what is left is worth a warning.
const scarce = 0.1

// describeLimits adds what is left of the rate limits, the scarcest first.
func (e *exam) describeLimits() {
	known := slices.DeleteFunc(e.client.Transport().Limits(), func(l oktaint.Limit) bool { return l.Limit == 0 })
	slices.SortFunc(known, func(a, b oktaint.Limit) int { return a.Remaining*b.Limit - b.Remaining*a.Limit })
	var few, rest []string
	for _, l := range known {
		text := fmt.Sprintf("%s: %d of %d left", l.Bucket, l.Remaining, l.Limit)
		if l.Shared {
			text += ", others use it too"
		}
		if float64(l.Remaining) < scarce*float64(l.Limit) {
			few = append(few, text)
		} else {
			rest = append(rest, text)
		}
	}
	if len(few) > 0 {
		f := e.found.add("limits", warning, "little is left in this minute of "+strings.Join(few, "; "))
		f.Remedy, f.By = "give the credential a larger part of the org's limits (Admin Console: Reports, Rate limits), or have the others do less", bySuperAdmin
	}
	if len(rest) > 0 {
		e.found.add("limits", ok, "requests a minute, "+strings.Join(rest, "; "))
	}
	if len(known) == 0 {
		e.found.add("limits", note, "no answer has named any")
	}
}

// lookAtAPIToken says whose it is and how long it lives.
func (e *exam) lookAtAPIToken(ctx context.Context) (bool, error) {
	if e.conn.Credentials.Kind != oktaint.KindAPIToken {
		return true, nil
	}
	e.Live("looking at the API token")
	r, err := oauthapp.CheckAPIToken(ctx, e.client)
	e.ClearLine()
	if err != nil {
		e.failed(ctx, "api token", "whose it is could not be found out", err)
		return false, nil
	}
	text := fmt.Sprintf("%s belongs to %s (%s)", orToken(r.Name), r.Owner.Login, cli.List(r.Owner.Roles))
	if !r.Created.IsZero() {
		text += fmt.Sprintf(" and was made %s ago", age(time.Since(r.Created)))
	}
	e.found.add("api token", ok, text)
	for _, w := range r.Warnings {
		e.found.add("api token", note, w)
	}
	return true, nil
}

func orToken(name string) string {
	if name == "" {
		return "it"
	}
	return fmt.Sprintf("%q", name)
}

// age is a time in the unit that a person would use.
func age(d time.Duration) string {
	switch {
	case d < time.Hour:
		return "less than an hour"
	case d < 48*time.Hour:
		return cli.Count(int(d.Hours()), "hour")
	}
	return cli.Count(int(d.Hours()/24), "day")
}
