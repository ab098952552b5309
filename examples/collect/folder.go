package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint/durable"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
)

// The files of a folder, in addition to those of the resources.
const (
	manifestName   = "manifest.json"
	checkpointName = "checkpoint.json"
)

// A manifest says what is in the folder, and how far it can be relied on.
type manifest struct {
	Format int    `json:"format"` // 1
	OrgURL string `json:"org_url"`
	OrgID  string `json:"org_id"`

	// Unfinished is a run that has not come to its end. Until it has, the files of some
	// resources are those of an earlier run.
	Unfinished *choices `json:"unfinished,omitempty"`

	// Files are all files of objects in the folder, in the order of the catalogue.
	Files []objectFile `json:"files"`

	// Report is what the last run that came to its end found out, with the rows of
	// earlier runs for what it did not read. Caused is what it has left in the System Log.
	Report *inventory.Report `json:"report,omitempty"`
	Caused *caused           `json:"caused,omitempty"`
}

// choices are how a run writes.
type choices struct {
	Gzip bool `json:"gzip"`
	Raw  bool `json:"raw"` // lines are objects, not objects with what they belong to
}

// An objectFile holds the objects of one resource, one a line.
type objectFile struct {
	Resource string    `json:"resource"`
	Name     string    `json:"name"`
	Bytes    int64     `json:"bytes"`
	Finished time.Time `json:"finished"` // when the run ended that wrote it
	choices
}

// A folder is where a run writes.
type folder struct {
	dir         string
	files       *inventory.Files
	checkpoints durable.File
	manifest    manifest
	choices     choices
	warnings    []string
}

// openFolder takes the folder for one run, and notes the run in its manifest.
func openFolder(ctx context.Context, o *options, conn *cli.Connection) (*folder, error) {
	f := &folder{dir: o.out, choices: choices{o.gzip, o.raw}}
	f.checkpoints.Path = filepath.Join(f.dir, checkpointName)
	if err := f.readManifest(conn.Org.String()); err != nil {
		return nil, err
	}
	var err error
	if f.files, err = inventory.OpenFiles(f.dir, inventory.FileOptions{Gzip: o.gzip, Raw: o.raw}); err != nil {
		return nil, err
	}
	begin := f.begin
	if o.delta {
		begin = f.beginDelta
	}
	if err := errors.Join(ctx.Err(), f.tidy(), begin(conn)); err != nil {
		return nil, errors.Join(err, f.files.Close())
	}
	return f, nil
}

// readManifest reads the manifest of earlier runs, if there is one. A folder belongs to
// one org.
func (f *folder) readManifest(org string) error {
	text, err := os.ReadFile(filepath.Join(f.dir, manifestName))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	if err := json.Unmarshal(text, &f.manifest); err != nil || f.manifest.Format != 1 {
		return cli.Usagef("--out %s: its %s is not one of this version: give another folder", f.dir, manifestName)
	}
	if f.manifest.OrgURL != org {
		return cli.Usagef("--out %s holds what %s has: give another folder for %s", f.dir, f.manifest.OrgURL, org)
	}
	return nil
}

// begin notes the run in the manifest. An unfinished one that wrote in another way is
// not gone on with.
func (f *folder) begin(conn *cli.Connection) error {
	m := &f.manifest
	if m.Unfinished != nil && *m.Unfinished != f.choices {
		f.warnings = append(f.warnings, "the unfinished run in this folder wrote with other flags (--gzip, --raw): this one begins anew")
		if err := os.Remove(f.checkpoints.Path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	m.Format, m.OrgURL, m.OrgID, m.Unfinished = 1, conn.Org.String(), conn.Info.ID, &f.choices
	return f.write()
}

// tidy removes what a kill has left of a manifest that was being written.
func (f *folder) tidy() error {
	left, err := filepath.Glob(filepath.Join(f.dir, "."+manifestName+".*"))
	for _, path := range left {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}

// finish writes the manifest of a run that has come to its end.
func (f *folder) finish(r *inventory.Report, c *caused) error {
	m := &f.manifest
	m.Unfinished, m.Report, m.Caused = nil, merge(m.Report, r), c
	old := make(map[string]objectFile)
	for _, file := range m.Files {
		old[file.Resource] = file
	}
	m.Files = nil
	for resource := range inventory.Catalogue() {
		file, known := old[resource.Name]
		if _, now := r.Row(resource.Name); now {
			file, known = objectFile{Resource: resource.Name, Finished: r.Finished, choices: choices{Raw: f.choices.Raw}}, true
		}
		if !known {
			continue
		}
		switch there, err := file.find(f.dir); {
		case err != nil:
			return err
		case there: // a resource that could not be read has no file
			m.Files = append(m.Files, file)
		}
	}
	return f.write()
}

// find fills in what the file is called and how large it is, if it is there.
func (o *objectFile) find(dir string) (there bool, err error) {
	for _, end := range []string{".ndjson", ".ndjson.gz"} {
		switch info, err := os.Stat(filepath.Join(dir, o.Resource+end)); {
		case err == nil:
			o.Name, o.Bytes, o.Gzip = info.Name(), info.Size(), end == ".ndjson.gz"
			return true, nil
		case !errors.Is(err, fs.ErrNotExist):
			return false, err
		}
	}
	return false, nil
}

// merge adds to a report the rows of an earlier one for what it did not read. It then
// began when that one did, so that no change since is overlooked.
func merge(old, r *inventory.Report) *inventory.Report {
	if old == nil || !slices.Equal(old.Roles, r.Roles) || old.FullMembers != r.FullMembers {
		return r
	}
	all := *r
	all.Rows = nil
	for resource := range inventory.Catalogue() {
		row, ok := r.Row(resource.Name)
		if !ok {
			if row, ok = old.Row(resource.Name); ok && old.Started.Before(all.Started) {
				all.Started = old.Started
			}
		}
		if ok {
			all.Rows = append(all.Rows, row)
		}
	}
	return &all
}

func (f *folder) write() error {
	text, err := json.MarshalIndent(f.manifest, "", "  ")
	if err != nil {
		return err
	}
	if err := durable.WriteFile(filepath.Join(f.dir, manifestName), append(text, '\n')); err != nil {
		return fmt.Errorf("the manifest: %w", err)
	}
	return nil
}

func (f *folder) close() error { return f.files.Close() }
