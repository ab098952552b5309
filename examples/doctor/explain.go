package main

import (
	"cmp"
	"errors"
	"strings"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint"
)

// byNetwork can change what has nothing to do with the org.
const byNetwork = "whoever runs this machine and its network"

// explain takes an error apart: what was answered and what that means, what to do, and
// who can do it.
func explain(err error) (why, remedy, by string) {
	var e *oktaint.Error
	if !errors.As(err, &e) {
		return cli.Text(err), "", ""
	}
	answer := *e
	answer.Hint = ""
	why = cli.Text(&answer)
	d, denied := oktaint.Denied(err)
	means, remedy := split(cmp.Or(d.Remedy, e.Hint))
	if means != "" {
		why += ": " + means
	}
	switch {
	case denied:
		return why, remedy, d.By
	case e.StatusCode == 0, e.StatusCode >= 500, 200 <= e.StatusCode && e.StatusCode < 300:
		return why, cmp.Or(remedy, "try again"), byNetwork
	case strings.Contains(e.Hint, "set the clock"):
		return why, setTheClock, byOperator
	}
	return why, remedy, bySuperAdmin
}

// split parts a hint of the library, which says what an answer means, and behind a colon
// what to do or to look at.
func split(hint string) (means, remedy string) {
	i := strings.LastIndex(hint, ": ")
	if i < 0 {
		return "", hint
	}
	means, remedy = hint[:i], hint[i+2:]
	if strings.HasSuffix(remedy, "?") {
		remedy = "find out: " + remedy
	}
	return means, remedy
}
