package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/scopes"
)

// guardsBlind is about an app that acts and does not see who holds an admin role.
const guardsBlind = "without the custom role IAM reader the guards of respond cannot see who holds an admin role, so they refuse to act on anybody"

// responds reports whether the app is to act.
func (o *options) responds() bool {
	return slices.ContainsFunc(scopes.Remediation.Slice(), o.scopes.Contains)
}

// withoutReader says what the app does not see or do without the IAM reader.
func (j *job) withoutReader() (list []string) {
	var names []string
	for _, c := range j.steps.Choices {
		switch c.Role {
		case oauthapp.RoleReadOnlyAdmin:
			names = with(c, inventory.BeyondRole)
		case oauthapp.RoleVisibility:
			names = without(names, with(c, inventory.BeyondRole))
		}
	}
	if len(names) > 0 {
		list = append(list, "without the custom role IAM reader the app does not see "+cli.Join(names))
	}
	if j.responds() {
		list = append(list, guardsBlind)
	}
	return list
}

// takes reports whether the run is to take anything away.
func (o *options) takes() bool {
	return o.exact || len(o.remove.Roles)+len(o.remove.Permissions) > 0 || !o.remove.Scopes.IsEmpty()
}

// warnOfGuards warns of a role with which the app could not act.
func (j *job) warnOfGuards() {
	if j.responds() && j.role != oauthapp.RoleVisibility && j.role != oauthapp.RoleSuperAdmin {
		j.Say("warning: %s: --role visibility has it", guardsBlind)
	}
}

// preview tells what a person should know before anything is written, and asks before
// anything is taken away.
func (j *job) preview(ctx context.Context) error {
	steps := j.steps.Steps()
	if len(steps) == 0 {
		return nil
	}
	if slices.ContainsFunc(steps, changesView) {
		j.Say("%s", strings.TrimSuffix(j.choicesText(cli.Columns(j.ErrWidth)), "\n"))
	}
	j.sayLeftOut()
	taken := slices.DeleteFunc(steps, func(s oauthapp.Step) bool { return !j.takesAway(s) })
	if len(taken) == 0 || !j.takes() {
		return nil
	}
	j.Say("from the app %s this is taken away:", j.steps.App.ID)
	j.SaySteps(taken)
	return j.Consent(ctx, j.yes, fmt.Sprintf("Take it away from the app %q in %s?", j.steps.App.Label, j.conn.Org))
}

// changesView reports whether a step changes what the app sees.
func changesView(s oauthapp.Step) bool {
	switch s.Kind {
	case oauthapp.StepCreate, oauthapp.StepRole, oauthapp.StepUnassign, oauthapp.StepGrant:
		return true
	}
	return s.Own == oauthapp.RoleIAMReader
}

// takesAway reports whether a step takes something from the app. Changed settings may,
// but only if --exact is given.
func (j *job) takesAway(s oauthapp.Step) bool {
	switch s.Kind {
	case oauthapp.StepUpdate:
		return j.exact
	case oauthapp.StepRevoke, oauthapp.StepUnbind, oauthapp.StepRemoveSet, oauthapp.StepForbid, oauthapp.StepRemoveCustomRole, oauthapp.StepUnassign:
		return true
	}
	return false
}

// sayLeftOut tells which actions --remediation does not give.
func (j *job) sayLeftOut() {
	if len(j.leftOut) > 0 {
		j.Say("--remediation leaves these permissions out; --actions adds what the actions that it names need:\n  %s", strings.Join(j.leftOut, "\n  "))
	}
}

// marks are the words of the table of choices.
var marks = map[inventory.Status]string{inventory.Complete: "all", inventory.Partial: "a part", inventory.BeyondRole: "-"}

// choicesText is the table of what each choice of --role shows of what the wanted scopes
// are for. What all of them show is counted, and the rest is named.
func (j *job) choicesText(width int) string {
	if width == 0 {
		width = 80 // long lists are easier to read in lines, also from a file
	}
	var heads []string
	for _, c := range j.steps.Choices {
		heads = append(heads, c.Role)
	}
	t := cli.NewTable(append(heads, "SHOWS OF WHAT THE SCOPES ARE FOR")...)
	patterns, names := byMarks(j.steps.Choices)
	whole := slices.Repeat([]string{marks[inventory.Complete]}, len(heads))
	for _, pattern := range patterns {
		if !slices.Equal(pattern, whole) {
			t.Row(append(pattern, cli.Join(names[strings.Join(pattern, "|")]))...)
		}
	}
	if n := len(names[strings.Join(whole, "|")]); n > 0 {
		t.Row(append(whole, "the other "+cli.Count(n, "resource"))...)
	}
	title := fmt.Sprintf("What each choice of --role shows to the app; this run's is %s:", j.role)
	return cli.Wrap(title, width) + t.Text(width)
}

// byMarks groups the resources whose scopes are wanted by what the choices show of them:
// the patterns in the order in which they come, and the names of each.
func byMarks(choices []oauthapp.RoleChoice) (patterns [][]string, names map[string][]string) {
	names = map[string][]string{}
	for i, row := range choices[0].Coverage.Rows {
		if row.Status == inventory.NotAsked {
			continue
		}
		var pattern []string
		for _, c := range choices {
			pattern = append(pattern, marks[c.Coverage.Rows[i].Status])
		}
		key := strings.Join(pattern, "|")
		if names[key] == nil {
			patterns = append(patterns, pattern)
		}
		names[key] = append(names[key], row.Resource)
	}
	return patterns, names
}

// A plannedStep is a step as --json prints it.
type plannedStep struct {
	oauthapp.Step
	Text string `json:"text"`
}

// A plannedChoice is what one choice of --role shows.
type plannedChoice struct {
	Role       string   `json:"role"`
	Complete   []string `json:"complete"`
	Partial    []string `json:"partial"`
	BeyondRole []string `json:"beyond_this_role"`
}

// planned is what a dry run found, as --json prints it.
type planned struct {
	TenantID string            `json:"tenant_id"`
	Steps    []plannedStep     `json:"steps"`
	Choices  []plannedChoice   `json:"role_choices"`
	Unseen   []inventory.Group `json:"beyond_this_role"`
	Left     []string          `json:"left"`
	LeftOut  []string          `json:"left_out_permissions"`
	Warnings []string          `json:"warnings"`
}

// planned is what a dry run found.
func (j *job) planned() planned {
	doc := planned{
		TenantID: j.conn.Org.TenantID(), Steps: []plannedStep{}, Unseen: append([]inventory.Group{}, j.steps.Unseen...),
		Left: append([]string{}, plain(j.steps.Left)...), LeftOut: append([]string{}, j.leftOut...), Warnings: append([]string{}, plain(j.steps.Warnings)...),
	}
	for _, s := range j.steps.Steps() {
		doc.Steps = append(doc.Steps, plannedStep{s, s.String()})
	}
	for _, c := range j.steps.Choices {
		doc.Choices = append(doc.Choices, plannedChoice{
			c.Role, with(c, inventory.Complete), with(c, inventory.Partial), with(c, inventory.BeyondRole),
		})
	}
	return doc
}

// printPlan writes what a dry run found to standard output.
func (j *job) printPlan() error {
	if j.JSON {
		return j.PrintJSON(j.planned())
	}
	text := cli.StepsText(j.steps.Steps(), j.TableWidth())
	if text != "" {
		text += "\n"
	}
	if err := j.PrintText(text + j.choicesText(j.TableWidth())); err != nil {
		return err
	}
	j.sayLeftOut()
	if len(j.steps.Left) > 0 {
		j.Say("left as it is, unless --remove or --exact takes it away: %s", strings.Join(plain(j.steps.Left), "; "))
	}
	j.Say("dry run: nothing was written")
	return nil
}

// with lists the resources that a choice shows in this way.
func with(c oauthapp.RoleChoice, status inventory.Status) []string {
	list := []string{}
	for _, row := range c.Coverage.Rows {
		if row.Status == status {
			list = append(list, row.Resource)
		}
	}
	return list
}
