package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/remediation"
)

// planText shows a plan for people, as broad as a terminal or as it wants.
func (j *job) planText(p *remediation.Plan, width func() int) string {
	columns := cli.Columns(width)
	var b strings.Builder
	fmt.Fprintf(&b, "Plan for %s: %d of %s would run\n\n", p.Org, p.WillRun(), cli.Count(len(p.Steps), "step"))
	t := cli.NewTable("#", "ACTION", "TARGET", "NOW", "VERDICT", "BECAUSE")
	lost, warnings := new(notes), new(notes)
	for i, s := range p.Steps {
		t.Row(strconv.Itoa(i+1), s.Label(), s.Target.String(), s.Before.String(), string(s.Verdict), because(s))
		if s.Lost != "" {
			lost.add(fmt.Sprintf("%s loses %s", s.Action.Facts().Kind, s.Lost), i)
		}
		for _, text := range s.Warnings {
			warnings.add(text, i)
		}
	}
	if len(p.Steps) > 0 {
		b.WriteString(t.Text(columns) + "\n")
	}
	notes := append(lost.lines("cannot be undone: "), warnings.lines("warning: ")...)
	for _, text := range p.Warnings {
		notes = append(notes, "warning: "+text)
	}
	for _, text := range j.hints(p) {
		notes = append(notes, "next: "+text)
	}
	for _, line := range notes {
		b.WriteString(cli.Wrap(line, columns))
	}
	fmt.Fprintf(&b, "digest: %s\n", p.Digest())
	return b.String()
}

// because says what a step leaves, or why it will not run.
func because(s remediation.Step) string {
	reason := cli.Plain(s.Reason)
	switch {
	case s.Verdict == remediation.WillRun && s.After.String() != s.Before.String():
		return "leaves it " + s.After.String()
	case len(s.Instead) > 0:
		return reason + "; possible: " + cli.Join(s.Instead)
	}
	return reason
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

// lines are the texts with their steps in front.
func (n *notes) lines(before string) (all []string) {
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
		all = append(all, fmt.Sprintf("%s%s %s%s: %s", before, word, strings.Join(steps, ", "), rest, text))
	}
	return all
}

// reportText shows for people what came of a plan.
func (j *job) reportText(r *remediation.Report, width int) string {
	t := cli.NewTable("#", "ACTION", "TARGET", "OUTCOME", "NOW", "BECAUSE")
	for i, s := range r.Steps {
		why := s.Error
		if why == "" && s.Outcome != remediation.OutcomeDone {
			why = s.Reason
		}
		t.Row(strconv.Itoa(i+1), s.Label(), s.Target.String(), string(s.Outcome), s.Now.String(), cli.Plain(why))
	}
	text := "Report\n\n" + t.Text(width)
	if verdicts := j.contained(r); len(verdicts) > 0 {
		t := cli.NewTable()
		for _, c := range verdicts {
			t.Row("contained: "+yesNo(c.Contained), remediation.Target{Type: remediation.TargetUser, ID: c.ID, Name: c.Login}.String())
		}
		text += "\n" + t.Text(width)
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
