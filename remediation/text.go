package remediation

import (
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode"
)

// String shows the plan as a table, for people. What a terminal would obey rather
// than show is replaced: anybody in the org can choose names.
func (p *Plan) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	row := func(cells ...string) {
		for i := range cells {
			cells[i] = printable(cells[i])
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	note := func(format string, args ...any) { fmt.Fprintln(&b, printable(fmt.Sprintf(format, args...))) }
	row("#", "ACTION", "TARGET", "NOW", "VERDICT", "BECAUSE")
	for i, s := range p.Steps {
		row(strconv.Itoa(i+1), s.Label(), s.Target.String(), orElse(s.Before.String(), "-"), string(s.Verdict), s.Because())
	}
	_ = w.Flush() // a Builder does not fail
	for i, s := range p.Steps {
		if s.Lost != "" {
			note("cannot be undone: step %d loses %s", i+1, s.Lost)
		}
		for _, text := range s.Warnings {
			note("warning: step %d: %s", i+1, text)
		}
	}
	for _, text := range p.Warnings {
		note("warning: %s", text)
	}
	return b.String()
}

// Label names the action with what sets it apart from others of its kind.
func (s Step) Label() string {
	kind := string(s.Action.Facts().Kind)
	switch a := s.Action.(type) {
	case AddGroupMember:
		return kind + " " + a.GroupID
	case RemoveGroupMember:
		return kind + " " + a.GroupID
	case RemoveFactor:
		return kind + " " + a.FactorID
	case RevokeClientGrants:
		return kind + " " + a.ClientID
	case RevokeClientTokens:
		return kind + " " + a.ClientID
	case SetProfileAttribute:
		return kind + " " + a.Name
	case AddGroupOwner:
		return kind + " " + a.OwnerID
	case RemoveGroupOwner:
		return kind + " " + a.OwnerID
	}
	return kind
}

// String names the target for people.
func (t Target) String() string {
	what := strings.ReplaceAll(string(t.Type), "_", " ")
	switch {
	case t.Name == "":
		return printable(what + " " + t.ID)
	case t.ID == "":
		return printable(what + " " + t.Name)
	}
	return printable(what + " " + t.Name + " (" + t.ID + ")")
}

// printable replaces what a terminal would obey rather than show, in names that
// anybody in the org can choose.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '\ufffd'
		}
		return r
	}, s)
}

// Because tells in plain words why the step has its verdict, or what it leaves.
func (s Step) Because() string {
	switch {
	case s.Verdict == WillRun && s.After.String() != s.Before.String():
		return "leaves it " + s.After.String()
	case len(s.Instead) > 0:
		var kinds []string
		for _, k := range s.Instead {
			kinds = append(kinds, string(k))
		}
		return s.Reason + "; possible: " + strings.Join(kinds, ", ")
	}
	return s.Reason
}
