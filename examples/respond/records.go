package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/remediation"
)

// openRecords finds out where the records are. It makes no file.
func (j *job) openRecords(org oktaint.Org) error {
	path := j.recordFile
	switch {
	case j.undoFile != "":
		path = j.undoFile
		if _, err := os.Stat(path); err != nil {
			return cli.Usagef("--undo: %w", err)
		}
	case path == "":
		config, err := j.SettingsDir()
		if err != nil {
			return cli.Usagef("there is no place for the records: name one with --record: %w", err)
		}
		path = filepath.Join(config, "rezonate-okta", recordName(org))
	}
	j.records = &remediation.FileRecorder{Path: path}
	return nil
}

// recordName is the name of an org's file of records. A colon, before the port of
// a simulated org, is nothing that Windows takes.
func recordName(org oktaint.Org) string {
	host := strings.TrimPrefix(org.String(), "https://")
	return strings.NewReplacer(":", "%3A", "[", "", "]", "").Replace(host) + ".responses.jsonl"
}

// makeRecordFolder makes the folder of the records, for its owner only, where
// this command has chosen it.
func (j *job) makeRecordFolder() error {
	if j.recordFile != "" || j.undoFile != "" {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(j.records.Path), 0o700); err != nil {
		return fmt.Errorf("make the folder of the records, so nothing was written to the org: %w", err)
	}
	return nil
}

// buildUndo plans to take back what the records say was done, or of that only what
// --of and --user name.
func (j *job) buildUndo(ctx context.Context) (*remediation.Plan, error) {
	found := make(map[string]bool) // the plans that were run
	for r, err := range j.records.Records(ctx, j.client.Org) {
		if errors.Is(err, remediation.ErrBadRecord) {
			continue // the plan warns of it
		}
		if err != nil {
			return nil, err
		}
		found[r.Plan] = true
	}
	if len(found) == 0 {
		return nil, cli.Usagef("--undo %s has no records of %s", j.undoFile, j.client.Org)
	}
	for _, digest := range j.of {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(found)), func(plan string) bool { return strings.HasPrefix(plan, digest) }) {
			return nil, cli.Usagef("--undo %s has no records of the plan --of %s", j.undoFile, digest)
		}
	}
	return j.responder.BuildUndo(ctx, j.meant)
}

// meant reports whether a record is one of those to take back.
func (j *job) meant(r remediation.Record) bool {
	target := r.Action.Facts().Target.ID
	return (len(j.targets) == 0 || slices.ContainsFunc(j.targets, func(u remediation.Target) bool { return u.ID == target })) &&
		(len(j.of) == 0 || slices.ContainsFunc(j.of, func(digest string) bool { return strings.HasPrefix(r.Plan, digest) }))
}
