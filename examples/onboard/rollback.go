package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oauthapp"
)

// A takenBack is what a rollback does or did, as --json prints it.
type takenBack struct {
	TenantID string          `json:"tenant_id"`
	Steps    []oauthapp.Step `json:"steps"`          // to do, of a dry run
	Removed  []oauthapp.Step `json:"removed"`        // done
	Kept     []string        `json:"not_taken_back"` // what stays
	*cli.Failure
}

// takeBack removes what the journal says was made, after it was shown and somebody has
// agreed, and tells what that was.
func (j *job) takeBack(ctx context.Context) error {
	down, err := oauthapp.BuildRollback(ctx, j.admin, j.journal)
	if err != nil {
		return err
	}
	doc := takenBack{TenantID: j.conn.Org.TenantID(), Steps: append([]oauthapp.Step{}, down.Steps()...), Removed: []oauthapp.Step{}, Kept: append([]string{}, down.Kept...)}
	j.Warn(down.Warnings)
	for _, what := range down.Kept {
		j.Say("not taken back: %s", what)
	}
	if len(doc.Steps) == 0 {
		j.Say("nothing to take back: the journal %s names nothing that is there", j.journalFile)
	}
	if j.dryRun {
		return j.printRollback(doc, "dry run: nothing was written")
	}
	if err := j.agreeToRollback(ctx, doc.Steps); err != nil {
		return err
	}
	progress := cli.NewStepProgress(j.Program)
	down.Progress = progress.Event
	result, err := down.Apply(ctx)
	progress.End()
	doc.Removed, doc.Steps = append(doc.Removed, result.Done...), doc.Steps[len(result.Done):]
	deleted := slices.ContainsFunc(result.Done, func(s oauthapp.Step) bool { return s.Kind == oauthapp.StepDelete })
	if doc.Failure = j.Failure(ctx, err); err == nil && deleted && j.store.found {
		j.Say("the key in %s is not registered anywhere now: you can delete the file, or use it for a new app", j.outFile)
	}
	if printErr := j.printRollback(doc, ""); err == nil {
		err = printErr
	}
	return err
}

// agreeToRollback shows the steps, and asks for a yes.
func (j *job) agreeToRollback(ctx context.Context, steps []oauthapp.Step) error {
	if len(steps) == 0 {
		return nil
	}
	j.Say("in %s, as the journal %s has it, this is taken back:", j.conn.Org, j.journalFile)
	j.SaySteps(steps)
	return j.Consent(ctx, j.yes, fmt.Sprintf("Take back %s?", cli.Count(len(steps), "step")))
}

// printRollback prints a document with --json. The steps of a dry run are what was asked
// for otherwise; of what was done the progress has told.
func (j *job) printRollback(doc takenBack, note string) error {
	switch {
	case j.JSON:
		return j.PrintJSON(doc)
	case j.dryRun:
		if err := j.PrintText(cli.StepsText(doc.Steps, j.TableWidth())); err != nil {
			return err
		}
	}
	if note != "" {
		j.Say("%s", note)
	}
	return nil
}
