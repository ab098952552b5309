package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/remediation"
)

// approved reports whether the plan may run. One of which no step runs may: it
// sends nothing, and completes the records of a run that was broken off.
func (j *job) approved(ctx context.Context, plan *remediation.Plan, digest string) (bool, error) {
	if j.approver() == "" {
		return false, cli.Usagef("this system does not say who you are: give --by NAME")
	}
	switch {
	case plan.WillRun() == 0:
		j.Say("nothing to do: no step will run")
		return true, nil
	case j.approve != "" && strings.HasPrefix(digest, j.approve):
		return true, nil
	case j.approve != "":
		return false, j.otherPlan(plan, digest)
	case j.Ask == nil:
		return false, cli.Usagef("--apply asks at a terminal, and this is none, so nothing was written. Look at the plan, and run the same command with --approve %s in place of --apply", digest[:shortest])
	}
	return j.confirm(ctx, plan)
}

// otherPlan says that the digest is another plan's.
func (j *job) otherPlan(plan *remediation.Plan, digest string) error {
	err := cli.Incompletef("--approve %s is about another plan, so nothing was written: the targets have changed since, or the command has. Look at this plan; its digest is %s", j.approve, digest)
	if j.JSON { // the text was printed
		return errors.Join(err, j.printPlan(plan))
	}
	return err
}

// confirm asks. The plan has to be seen by the person whom it asks.
func (j *job) confirm(ctx context.Context, plan *remediation.Plan) (bool, error) {
	if j.JSON || j.OutWidth == nil {
		j.Say("%s", j.planText(plan, j.ErrWidth))
	}
	yes, err := j.Confirm(ctx, fmt.Sprintf("%s will run in %s. Run them?", cli.Count(plan.WillRun(), "step"), plan.Org))
	if err != nil {
		return false, fmt.Errorf("nothing was written: %w", err)
	}
	if !yes {
		j.Say("nothing was written")
	}
	return yes, nil
}
