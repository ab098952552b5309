package main

import (
	"context"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/remediation"
)

// A printedPlan is a plan as --json prints it.
type printedPlan struct {
	Digest  string `json:"digest"`
	WillRun int    `json:"will_run"` // steps
	*remediation.Plan
}

// A printedReport is what came of a plan, as --json prints it.
type printedReport struct {
	OrgURL     string                   `json:"org_url"`
	Digest     string                   `json:"digest"`
	ApprovedBy string                   `json:"approved_by"`
	Records    string                   `json:"record_file"`
	OK         bool                     `json:"ok"` // every step is done or need not be
	Contained  []containment            `json:"contained,omitempty"`
	Steps      []remediation.StepResult `json:"steps"`
	Warnings   []string                 `json:"warnings,omitempty"`
	*cli.Failure
}

func (j *job) printPlan(p *remediation.Plan) error {
	if j.JSON {
		if p.Steps == nil {
			p.Steps = []remediation.Step{}
		}
		return j.PrintJSON(printedPlan{p.Digest(), p.WillRun(), p})
	}
	return j.PrintText(j.planText(p, j.OutWidth))
}

// printReport writes what came of a plan to standard output, and with --json how
// the run ends, too. No secret is in it.
func (j *job) printReport(ctx context.Context, p *remediation.Plan, r *remediation.Report, end error) error {
	if j.JSON {
		return j.PrintJSON(printedReport{
			OrgURL: p.Org.String(), Digest: r.Plan, ApprovedBy: j.approver(), Records: j.records.Path,
			OK: r.OK(), Contained: j.contained(r), Steps: r.Steps, Warnings: p.Warnings, Failure: j.Failure(ctx, end),
		})
	}
	return j.PrintText("\n" + j.reportText(r, j.TableWidth()))
}
