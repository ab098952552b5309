package main

import (
	"context"
	"errors"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/remediation"
)

// execute runs an approved plan and tells what came of it.
func (j *job) execute(ctx context.Context, plan *remediation.Plan) error {
	if err := j.makeRecordFolder(); err != nil {
		return err
	}
	secrets, err := openSecrets(j.secretsFile)
	if err != nil {
		return err
	}
	j.Say("records are kept in %s", j.records.Path)
	run, stop := context.WithCancel(ctx)
	defer stop()
	progress := &progress{p: j.Program, total: len(plan.Steps)}
	j.responder.Progress = func(s remediation.StepResult) {
		if err := secrets.keep(s); err != nil {
			stop() // no more of what would be lost
		}
		progress.done(s)
	}
	report, err := j.responder.Run(run, plan, plan.Approve(j.approver(), validity))
	j.EndLine()
	err = errors.Join(err, secrets.close(j.Program))
	end := err
	if n := notDone(report); n > 0 && err == nil {
		end = cli.Incompletef("%d of %s not done: the report says why", n, cli.Count(len(report.Steps), "step"))
	}
	printErr := j.printReport(ctx, plan, report, end)
	j.whatNext(report, errors.Join(err, printErr))
	return errors.Join(end, printErr)
}

func notDone(r *remediation.Report) (n int) {
	for _, s := range r.Steps {
		if !s.Outcome.OK() {
			n++
		}
	}
	return n
}

// whatNext tells how to go on, and how to take back.
func (j *job) whatNext(r *remediation.Report, err error) {
	done, undoable := 0, 0
	for _, s := range r.Steps {
		if s.Outcome == remediation.OutcomeDone {
			done++
			if s.Undoes == "" && len(s.Action.Facts().Undo) > 0 {
				undoable++
			}
		}
	}
	if j.Demo() {
		return
	}
	if err != nil {
		j.Say("%d of %s done. Run the same command again: it plans what is left, for another approval.", done, cli.Count(len(r.Steps), "step"))
	}
	if undoable > 0 {
		j.Say("To take it back: the same credential with --undo %s --of %s", j.records.Path, r.Plan[:shortest])
	}
}
