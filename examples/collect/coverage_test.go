package main

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
)

func row(name string, count int, s inventory.Status, why, remedy, by string) inventory.Row {
	return inventory.Row{Resource: name, Count: count, Requests: 2, Outcome: inventory.Outcome{Status: s, Why: why, Remedy: remedy, By: by}}
}

// sample has a row of each status.
func sample() *inventory.Report {
	const super = "a Super Admin"
	return &inventory.Report{Rows: []inventory.Row{
		row("users", 20, inventory.Complete, "", "", ""),
		row("groups", 0, inventory.Failed, "oktaint: GET /api/v1/groups: 503", "collect again", ""),
		row("group-members", 0, inventory.Failed, "it belongs to groups: oktaint: GET /api/v1/groups: 503", "collect again", ""),
		row("apps", 2, inventory.Partial, "first-party apps are hidden", "assign SUPER_ADMIN", super),
		row("app-grants", 0, inventory.BeyondRole, "the role READ_ONLY_ADMIN does not see it", "assign SUPER_ADMIN", super),
		row("org-support-access", 0, inventory.BeyondRole, "the role READ_ONLY_ADMIN does not see it", "assign SUPER_ADMIN", super),
		row("group-schema", 0, inventory.BeyondRole, "the role READ_ONLY_ADMIN does not see it", "assign ORG_ADMIN", super),
		row("brands", 0, inventory.NotAsked, "the credential does not ask for okta.brands.read", "add the scope", super),
		row("captchas", 0, inventory.NotAsked, "the credential does not ask for okta.captchas.read", "add the scope", super),
		row("realms", 0, inventory.NotLicensed, "the org does not have it", "Okta can switch it on", "Okta"),
		row("zones", 0, inventory.Refused, "the token lacks the scope okta.networkZones.read", "grant the scope", super),
	}}
}

const sampleText = `RESOURCE            OBJECTS  REQUESTS  STATUS
users               20       2         complete
groups              0        2         failed
group-members       0        2         failed
apps                2        2         partial
app-grants          0        2         beyond this role
org-support-access  0        2         beyond this role
group-schema        0        2         beyond this role
brands              0        2         not asked
captchas            0        2         not asked
realms              0        2         not licensed
zones               0        2         refused

Not licensed: 1 resource
  realms: the org does not have it
  To change it: Okta can switch it on (Okta can)

Not asked: 2 resources
  brands: the credential does not ask for okta.brands.read
  captchas: the credential does not ask for okta.captchas.read
  To change it: add the scope (a Super Admin can)

Partial: 1 resource
  apps: first-party apps are hidden
  To change it: assign SUPER_ADMIN (a Super Admin can)

Beyond this role: 2 resources
  app-grants, org-support-access: the role READ_ONLY_ADMIN does not see it
  To change it: assign SUPER_ADMIN (a Super Admin can)

Beyond this role: 1 resource
  group-schema: the role READ_ONLY_ADMIN does not see it
  To change it: assign ORG_ADMIN (a Super Admin can)

Refused: 1 resource
  zones: the token lacks the scope okta.networkZones.read
  To change it: grant the scope (a Super Admin can)

Failed: 2 resources
  groups, group-members: GET /api/v1/groups: 503
  To change it: collect again

This run in the System Log so far: 2 app.oauth2.token.grant.access_token
Not all that this role reaches is complete: 22 objects of 11 resources. Of the resources 1 are complete, 1 not licensed, 2 not asked, 1 partial, 3 beyond this role, 1 refused, 2 failed
`

// The report says of each resource how much of it was read, and of those that are not
// complete why, and who can change that. It fits a terminal.
func TestReportText(t *testing.T) {
	t.Parallel()
	j := &job{caused: &caused{Events: []eventCount{{"app.oauth2.token.grant.access_token", 2}}}}
	if got := j.reportText(sample(), 0); got != sampleText {
		t.Errorf("got\n%s", got)
	}
	for _, width := range []int{60, 80} {
		for line := range strings.Lines(j.reportText(sample(), width)) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > width {
				t.Errorf("%d columns, at %d: %s", n, width, line)
			}
		}
	}
}

func TestSummary(t *testing.T) {
	t.Parallel()
	r := sample()
	for want, rows := range map[string][]inventory.Row{
		"Complete: 20 objects of 1 resource": r.Rows[:1],
		"All that this role reaches is complete: 22 objects of 3 resources. Of the resources 1 are complete, 1 partial, 1 beyond this role": {r.Rows[0], r.Rows[3], r.Rows[4]},
	} {
		if got := summary(&inventory.Report{Rows: rows}); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// Each way to know less about the events of a run has words of its own.
func TestCausedText(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]*caused{
		"is not known: the credential does not read it": nil,
		"is not known: GET /api/v1/logs: 403":           {Failed: "oktaint: GET /api/v1/logs: 403"},
		"has no event of this run so far":               {},
		"so far: 3 b, 1 a, and more than one query":     {Events: []eventCount{{"b", 3}, {"a", 1}}, More: true},
	} {
		if got := c.text(); !strings.Contains(got, want) {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// How the run ends: what failed counts before what was refused, and what is beyond the
// role only with --strict.
func TestJudge(t *testing.T) {
	t.Parallel()
	rows := sample().Rows
	for _, tt := range []struct {
		rows   []inventory.Row
		strict bool
		want   string
	}{
		{rows, false, "2 resources failed: the report says why. Collect again"},
		{rows[3:], false, "1 resource refused, which should be there: the report says why"},
		{rows[3:10], false, ""},
		{rows[3:10], true, "--strict: 6 resources not complete: the report says why"},
		{rows[9:10], true, ""},
	} {
		j := &job{options: &options{strict: tt.strict}}
		err := j.judge(&inventory.Report{Rows: tt.rows})
		if (err == nil) != (tt.want == "") || err != nil && err.Error() != tt.want || err != nil && cli.IsIncomplete(err) == strings.Contains(tt.want, "failed") {
			t.Errorf("%v, want %s", err, tt.want)
		}
	}
}
