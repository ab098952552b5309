package main

import (
	"context"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
)

// printed is what a run found out, as --json prints it.
type printed struct {
	Org      oktaint.Org       `json:"org_url"`
	Kind     oktaint.Kind      `json:"kind,omitempty"`
	ClientID string            `json:"client_id,omitempty"`
	OK       bool              `json:"ok"` // there is no problem
	Findings findings          `json:"findings"`
	Limits   []oktaint.Limit   `json:"limits,omitempty"`
	Coverage *inventory.Report `json:"coverage,omitempty"`
	*cli.Failure
}

// print writes what was found to standard output, and with --json how the run ends, too.
func (e *exam) print(ctx context.Context, end error) error {
	list := e.found.sorted()
	if !e.JSON {
		t := cli.NewTable("", "LOOKED AT", "FOUND")
		for _, f := range list {
			t.Row(string(f.Level), f.Check, f.text())
		}
		return e.PrintText(t.Text(e.TableWidth()))
	}
	creds := e.conn.Credentials
	doc := printed{
		Org: e.conn.Org, Kind: creds.Kind, ClientID: creds.ClientID, OK: e.found.count(problem) == 0,
		Findings: list, Coverage: e.report, Failure: e.Failure(ctx, end),
	}
	if e.client != nil {
		doc.Limits = e.client.Transport().Limits()
	}
	return e.PrintJSON(doc)
}
