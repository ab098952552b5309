package main

import (
	"context"
	"errors"
	"os/user"
	"strings"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/remediation"
)

// validity is how long an approval is good for: the run begins at once.
const validity = 10 * time.Minute

// A job is one plan, and what becomes of it.
type job struct {
	*cli.Program
	*options
	client *oktaint.Client
	given  []mention

	skipped   int // users who were not found and left out
	targets   []remediation.Target
	records   *remediation.FileRecorder
	responder *remediation.Responder
}

func (j *job) run(ctx context.Context) error {
	err := j.work(ctx)
	if err == nil && j.skipped > 0 {
		err = cli.Incompletef("%s not found and left out", cli.Count(j.skipped, "user"))
	}
	return err
}

func (j *job) work(ctx context.Context) error {
	plan, err := j.plan(ctx)
	if err != nil {
		return err
	}
	digest := plan.Digest()
	switch {
	case !j.apply && j.approve == "":
		if err := j.printPlan(plan); err != nil {
			return err
		}
		return j.planned(plan, digest)
	case !j.JSON:
		if err := j.printPlan(plan); err != nil {
			return err
		}
	}
	if yes, err := j.approved(ctx, plan, digest); err != nil || !yes {
		return err
	}
	return j.execute(ctx, plan)
}

// planned says what a plan that is not run comes to.
func (j *job) planned(plan *remediation.Plan, digest string) error {
	no := 0
	for _, s := range plan.Steps {
		if s.Verdict == remediation.Refused || s.Verdict == remediation.Impossible {
			no++
		}
	}
	switch n := plan.WillRun(); {
	case n > 0:
		j.Say("nothing was written. To run it, add --apply at a terminal, or --approve %s", digest[:shortest])
	case no == 0:
		j.Say("nothing to do: nothing was written")
	default:
		j.Say("nothing was written")
	}
	if no > 0 {
		return cli.Incompletef("%d of %s would not run: the plan says why", no, cli.Count(len(plan.Steps), "step"))
	}
	return nil
}

// plan reads the org and says what would be done.
func (j *job) plan(ctx context.Context) (*remediation.Plan, error) {
	var err error
	if j.targets, err = j.findUsers(ctx, j.given); err != nil {
		return nil, err
	}
	guards, err := j.findGuards(ctx)
	if err != nil {
		return nil, err
	}
	if err := j.openRecords(j.client.Org); err != nil {
		return nil, err
	}
	progress := &progress{p: j.Program}
	defer j.ClearLine()
	j.responder = &remediation.Responder{
		Client: j.client, Guards: guards, Recorder: j.records, Actor: osUser(), Progress: progress.planned,
	}
	plan, err := j.build(ctx)
	if errors.Is(err, remediation.ErrTooManyTargets) {
		return nil, cli.Usagef("%w. Nothing was done", err)
	}
	return plan, err
}

func (j *job) build(ctx context.Context) (*remediation.Plan, error) {
	if j.undoFile != "" {
		return j.buildUndo(ctx)
	}
	actions, err := j.buildActions(ctx)
	if err != nil {
		return nil, err
	}
	if err := j.checkSecrets(actions); err != nil {
		return nil, err
	}
	return j.responder.BuildPlan(ctx, actions...)
}

// findGuards finds the users and groups of --allow and --protect. A name that is
// nobody's is refused: it would protect nobody.
func (j *job) findGuards(ctx context.Context) (remediation.Guards, error) {
	g := j.guards()
	var err error
	if g.Allow, err = j.findNames(ctx, "--allow", j.allow); err == nil {
		g.Protected, err = j.findNames(ctx, "--protect", j.protect)
	}
	return g, err
}

func (j *job) findNames(ctx context.Context, flag string, names []string) (ids []string, err error) {
	for _, name := range names {
		group, err := remediation.ResolveGroup(ctx, j.client, name)
		switch {
		case err == nil:
			ids = append(ids, group.ID)
		case !errors.Is(err, remediation.ErrUnknownGroup) && isAnswer(err):
			return nil, cli.Usagef("%s: %w. Nothing was done", flag, err)
		case !isAnswer(err):
			return nil, err
		}
		switch u, userErr := remediation.ResolveUser(ctx, j.client, name); {
		case userErr == nil:
			ids = append(ids, u.ID)
		case !isAnswer(userErr):
			return nil, userErr
		case err != nil:
			return nil, cli.Usagef("%s %q: there is no user and no group of that name. Nothing was done", flag, name)
		}
	}
	return ids, nil
}

// osUser is the name by which this system knows who runs the command.
func osUser() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return u.Username
}

// approver is who has approved.
func (j *job) approver() string {
	if by := strings.TrimSpace(j.by); by != "" {
		return by
	}
	return osUser()
}
