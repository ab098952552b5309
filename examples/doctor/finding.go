package main

import (
	"slices"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
)

// A level says what a finding asks of a person.
type level string

const (
	ok       level = "ok"
	note     level = "note"       // good to know; nothing is missing that should be there
	warning  level = "warning"    // works now, and may not later
	problem  level = "problem"    // something that should be there is not
	unlooked level = "not looked" // at, because of a problem
)

// A finding is one thing that was found out.
type finding struct {
	Check  string `json:"check"` // what was looked at: one of checks
	Level  level  `json:"level"`
	What   string `json:"what"`
	Why    string `json:"why,omitempty"`
	Remedy string `json:"remedy,omitempty"`
	By     string `json:"by,omitempty"` // who can apply the remedy
}

// checks are in the order in which they are shown.
var checks = []string{"org", "way", "clock", "token", "scopes", "dpop", "api", "role", "resources", "limits", "api token"}

const (
	bySuperAdmin = "a Super Admin"
	byOperator   = "whoever runs this machine"
)

// text is the finding in one line, behind its level and check.
func (f finding) text() string {
	text := f.What
	if f.Why != "" {
		text += ": " + f.Why
	}
	return cli.ToChange(cli.Plain(text), f.Remedy, f.By)
}

// findings are all that was found out.
type findings []finding

func (l *findings) add(check string, lv level, what string) *finding {
	*l = append(*l, finding{Check: check, Level: lv, What: what})
	return &(*l)[len(*l)-1]
}

func (l findings) count(lv level) (n int) {
	for _, f := range l {
		if f.Level == lv {
			n++
		}
	}
	return n
}

// sorted are the findings as they are shown.
func (l findings) sorted() findings {
	list := slices.Clone(l)
	slices.SortStableFunc(list, func(a, b finding) int {
		return slices.Index(checks, a.Check) - slices.Index(checks, b.Check)
	})
	return list
}
