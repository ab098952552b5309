package main

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
)

// checkpointEvery is how much work a kill may cost.
const checkpointEvery = time.Second

// A job is one run, and what it found out.
type job struct {
	*cli.Program
	*options
	client *oktaint.Client

	folder *folder // nil if all goes to standard output
	caused *caused
}

func (j *job) connect(ctx context.Context) (err error) {
	if j.client, err = j.conn.Connect(ctx, j.Program); err != nil {
		return err
	}
	j.client.Transport().Share = j.share
	return nil
}

func (j *job) run(ctx context.Context) error {
	report, err := j.collect(ctx)
	if err != nil {
		switch {
		case j.folder == nil:
			return err
		case j.delta:
			return fmt.Errorf("broken off; the files are as they were: %w", err)
		}
		return fmt.Errorf("broken off; the same command goes on from here: %w", err)
	}
	end := j.judge(report)
	return errors.Join(end, j.printReport(ctx, report, end))
}

// collect reads the org into the folder or to standard output.
func (j *job) collect(ctx context.Context) (report *inventory.Report, err error) {
	if j.out == stdout {
		return j.stream(ctx)
	}
	if j.folder, err = openFolder(ctx, j.options, j.conn); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, j.folder.close()) }()
	j.Warn(j.folder.warnings)
	report, err = j.read(ctx, func(opts inventory.Options) (*inventory.Report, error) {
		if j.delta {
			return j.folder.update(ctx, j.client, opts)
		}
		opts.Checkpoints, opts.CheckpointEvery = j.folder.checkpoints, checkpointEvery
		return inventory.Collect(ctx, j.client, j.folder.files, opts)
	})
	if err != nil {
		return nil, err
	}
	return report, j.folder.finish(report, j.caused)
}

// stream reads the org to standard output.
func (j *job) stream(ctx context.Context) (*inventory.Report, error) {
	out := bufio.NewWriterSize(j.Stdout, 64<<10)
	end := out.Flush
	var w io.Writer = out
	if j.gzip {
		z := gzip.NewWriter(out)
		w, end = z, func() error { return errors.Join(z.Close(), out.Flush()) }
	}
	report, err := j.read(ctx, func(opts inventory.Options) (*inventory.Report, error) {
		return inventory.Collect(ctx, j.client, inventory.Lines(w, j.raw), opts)
	})
	return report, errors.Join(err, end())
}

func (j *job) inventoryOptions() inventory.Options {
	return inventory.Options{
		Resources: j.only, Extended: j.extended, FullMembers: j.full, Roles: j.conn.Credentials.Roles,
		Progress: (&progress{p: j.Program, brief: j.reportFollows()}).event,
	}
}

// reportFollows reports whether the report comes to the terminal that shows the progress.
func (j *job) reportFollows() bool {
	return !j.JSON && j.ErrWidth != nil && (j.OutWidth != nil || j.out == stdout)
}

// read reads the org, and looks up what that has left in its System Log.
func (j *job) read(ctx context.Context, work func(inventory.Options) (*inventory.Report, error)) (*inventory.Report, error) {
	report, err := work(j.inventoryOptions())
	j.ClearLine()
	if err != nil {
		return nil, err
	}
	j.Live("reading the System Log of this run")
	j.caused, err = causedBy(ctx, j.client, report)
	j.ClearLine()
	return report, err
}

// judge is how the run ends.
func (j *job) judge(r *inventory.Report) error {
	failed, refused := r.Count(inventory.Failed), r.Count(inventory.Refused)
	less := r.Count(inventory.BeyondRole, inventory.Partial, inventory.NotAsked)
	switch {
	case failed > 0:
		return fmt.Errorf("%s failed: the report says why. Collect again", cli.Count(failed, "resource"))
	case refused > 0:
		return cli.Incompletef("%s refused, which should be there: the report says why", cli.Count(refused, "resource"))
	case j.strict && less > 0:
		return cli.Incompletef("--strict: %s not complete: the report says why", cli.Count(less, "resource"))
	}
	return nil
}
