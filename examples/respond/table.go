package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/rezonate-io/okta-integration/remediation"
)

// A table collects rows of printable cells.
type table struct {
	b strings.Builder
	w *tabwriter.Writer
}

func newTable(heads ...string) *table {
	t := new(table)
	t.w = tabwriter.NewWriter(&t.b, 0, 0, 2, ' ', 0)
	if len(heads) > 0 {
		t.row(heads...)
	}
	return t
}

func (t *table) row(cells ...string) {
	for i, cell := range cells {
		cell = strings.ReplaceAll(printable(cell), "\n", " ")
		if cell == "" && i < len(cells)-1 {
			cell = "-"
		}
		cells[i] = cell
	}
	fmt.Fprintln(t.w, strings.Join(cells, "\t"))
}

func (t *table) String() string {
	_ = t.w.Flush() // a Builder does not fail
	var b strings.Builder
	for line := range strings.Lines(t.b.String()) {
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	return b.String()
}

// planText shows a plan for people.
func (j *job) planText(p *remediation.Plan) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Plan for %s: %d of %s would run\n\n", p.Org, p.WillRun(), count(len(p.Steps), "step"))
	t := newTable("#", "ACTION", "TARGET", "NOW", "VERDICT", "BECAUSE")
	lost, warnings := new(notes), new(notes)
	for i, s := range p.Steps {
		t.row(strconv.Itoa(i+1), s.Label(), s.Target.String(), s.Before.String(), string(s.Verdict), because(s))
		if s.Lost != "" {
			lost.add(fmt.Sprintf("%s loses %s", s.Action.Facts().Kind, s.Lost), i)
		}
		for _, text := range s.Warnings {
			warnings.add(text, i)
		}
	}
	if len(p.Steps) > 0 {
		b.WriteString(t.String() + "\n")
	}
	lost.write(&b, "cannot be undone: ")
	warnings.write(&b, "warning: ")
	for _, text := range p.Warnings {
		fmt.Fprintf(&b, "warning: %s\n", printable(text))
	}
	for _, text := range j.hints(p) {
		fmt.Fprintf(&b, "next: %s\n", printable(text))
	}
	fmt.Fprintf(&b, "digest: %s\n", p.Digest())
	return b.String()
}

// because says what a step leaves, or why it will not run.
func because(s remediation.Step) string {
	reason := inFlags.Replace(s.Reason)
	switch {
	case s.Verdict == remediation.WillRun && s.After.String() != s.Before.String():
		return "leaves it " + s.After.String()
	case len(s.Instead) > 0:
		return reason + "; possible: " + list(s.Instead)
	}
	return reason
}

// inFlags says in flags what the library says in fields.
var inFlags = strings.NewReplacer(
	"Guards.AllowUnchecked", "--allow-unchecked", "Guards.Allow", "--allow", "Guards.Destructive", "--destructive",
	"Guards.Protected", "--protect", "Guards.MaxTargets", "--max-targets",
)

func list[T ~string](words []T) string {
	var all []string
	for _, w := range words {
		all = append(all, string(w))
	}
	return strings.Join(all, ", ")
}

// notes are texts with the steps that they are about, each text once.
type notes struct {
	texts []string
	steps [][]string
}

func (n *notes) add(text string, step int) {
	at := slices.Index(n.texts, text)
	if at < 0 {
		at = len(n.texts)
		n.texts, n.steps = append(n.texts, text), append(n.steps, nil)
	}
	n.steps[at] = append(n.steps[at], strconv.Itoa(step+1))
}

func (n *notes) write(b *strings.Builder, before string) {
	const most = 8 // to name
	for i, text := range n.texts {
		steps := n.steps[i]
		word, rest := "steps", ""
		switch {
		case len(steps) == 1:
			word = "step"
		case len(steps) > most:
			steps, rest = steps[:most], fmt.Sprintf(" and %d more", len(steps)-most)
		}
		fmt.Fprintf(b, "%s%s %s%s: %s\n", before, word, strings.Join(steps, ", "), rest, printable(text))
	}
}

// reportText shows for people what came of a plan.
func (j *job) reportText(r *remediation.Report) string {
	t := newTable("#", "ACTION", "TARGET", "OUTCOME", "NOW", "BECAUSE")
	for i, s := range r.Steps {
		why := s.Error
		if why == "" && s.Outcome != remediation.OutcomeDone {
			why = s.Reason
		}
		t.row(strconv.Itoa(i+1), s.Label(), s.Target.String(), string(s.Outcome), s.Now.String(), inFlags.Replace(why))
	}
	text := "Report\n\n" + t.String()
	if verdicts := j.contained(r); len(verdicts) > 0 {
		t := newTable()
		for _, c := range verdicts {
			t.row("contained: "+yesNo(c.Contained), remediation.Target{Type: remediation.TargetUser, ID: c.ID, Name: c.Login}.String())
		}
		text += "\n" + t.String()
	}
	return text
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// A containment says whether a user can do no more harm.
type containment struct {
	ID        string `json:"id"`
	Login     string `json:"login"`
	Contained bool   `json:"contained"`
}

// contained is what there is to say of each user whom to contain was asked.
func (j *job) contained(r *remediation.Report) (all []containment) {
	if j.playbook != contain {
		return nil
	}
	for _, u := range j.targets {
		all = append(all, containment{u.ID, u.Name, r.Contained(u.ID)})
	}
	return all
}
