package main

import (
	"encoding/json"
	"fmt"

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
}

func (j *job) printPlan(p *remediation.Plan) error {
	if j.asJSON {
		if p.Steps == nil {
			p.Steps = []remediation.Step{}
		}
		return j.printJSON(printedPlan{p.Digest(), p.WillRun(), p})
	}
	_, err := fmt.Fprint(j.stdout, j.planText(p))
	return err
}

// printReport writes what came of a plan to standard output. No secret is in it.
func (j *job) printReport(p *remediation.Plan, r *remediation.Report) error {
	if j.asJSON {
		return j.printJSON(printedReport{
			OrgURL: p.Org.String(), Digest: r.Plan, ApprovedBy: j.approver(), Records: j.records.Path,
			OK: r.OK(), Contained: j.contained(r), Steps: r.Steps, Warnings: p.Warnings,
		})
	}
	_, err := fmt.Fprintf(j.stdout, "\n%s", j.reportText(r))
	return err
}

func (p *program) printJSON(v any) error {
	enc := json.NewEncoder(p.stdout)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
