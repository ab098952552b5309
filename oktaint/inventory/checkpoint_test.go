package inventory_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/durable"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
)

// errKilled stands for a process that is gone.
var errKilled = errors.New("killed")

// A mortal State is the file of a process that is killed: from then on nothing is saved.
type mortal struct {
	durable.File
	dead *atomic.Bool
}

func (m mortal) Save(ctx context.Context, data []byte, prev string) (string, error) {
	if m.dead.Load() {
		return "", errKilled
	}
	return m.File.Save(ctx, data, prev)
}

// A mortalSink is the files of such a process.
type mortalSink struct {
	*inventory.Files
	dead *atomic.Bool
}

func (m mortalSink) Put(ctx context.Context, b inventory.Batch) error {
	if m.dead.Load() {
		return errKilled
	}
	return m.Files.Put(ctx, b)
}

func (m mortalSink) Finish(ctx context.Context, row inventory.Row) error {
	if m.dead.Load() {
		return errKilled
	}
	return m.Files.Finish(ctx, row)
}

func (m mortalSink) Commit(ctx context.Context) (string, error) {
	if m.dead.Load() {
		return "", errKilled
	}
	return m.Files.Commit(ctx)
}

var resumed = append([]string{"policies", "policy-rules", "org"}, worldResources...)

// run collects the world into dir. If kill is not 0, the process is killed at that request.
func runWorld(t *testing.T, dir string, opts inventory.FileOptions, kill int) (org *fakeOrg, err error) {
	t.Helper()
	org = newFakeOrg(world())
	files, err := inventory.OpenFiles(dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	var dead atomic.Bool
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	org.hook = func(n int) error {
		if n == kill {
			dead.Store(true)
			cancel()
		}
		time.Sleep(10 * time.Millisecond)
		return ctx.Err()
	}
	state := mortal{durable.File{Path: filepath.Join(dir, "checkpoint.json")}, &dead}
	_, err = inventory.Collect(ctx, org.client(t), mortalSink{files, &dead}, inventory.Options{
		Resources: resumed, Checkpoints: state, CheckpointEvery: 15 * time.Millisecond, Concurrency: 2,
	})
	if closeErr := files.Close(); closeErr != nil {
		t.Error(closeErr)
	}
	return org, err
}

// A run that is killed at any request is gone on with: the files are those of an
// undisturbed run, with each line once.
func TestResume(t *testing.T) {
	t.Parallel()
	for step, opts := range []inventory.FileOptions{{}, {Gzip: true}} {
		synctest.Test(t, func(t *testing.T) {
			whole := t.TempDir()
			undisturbed, err := runWorld(t, whole, opts, 0)
			if err != nil {
				t.Fatal(err)
			}
			want := collected(t, whole)
			if len(want["group-members"]) != 3 || len(want["org"]) != 1 {
				t.Fatalf("undisturbed: %q", want)
			}
			all := len(undisturbed.requests()) + 2
			spared := 0
			for kill := 3; kill <= all; kill += 1 + 2*step {
				dir := t.TempDir()
				_, err := runWorld(t, dir, opts, kill)
				if err == nil {
					t.Fatalf("killed at %d, and done", kill)
				}
				again, err := runWorld(t, dir, opts, 0)
				if err != nil {
					t.Fatalf("killed at %d, gone on: %v", kill, err)
				}
				wantSame(t, fmt.Sprintf("killed at %d", kill), collected(t, dir), want)
				spared += all - 2 - len(again.requests())
			}
			if step == 0 && spared < all {
				t.Errorf("the checkpoints spared %d requests in %d runs", spared, all)
			}
		})
	}
}

// What was cancelled is gone on with from where it was, and a run that came to its end is not.
func TestResumeAfterCancel(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		state := durable.File{Path: filepath.Join(dir, "checkpoint.json")}
		collect := func(ctx context.Context, resources []string, hook func(int) error) (*fakeOrg, *inventory.Report, error) {
			org := newFakeOrg(world())
			org.hook = hook
			files, err := inventory.OpenFiles(dir, inventory.FileOptions{})
			if err != nil {
				t.Fatal(err)
			}
			defer files.Close()
			report, err := inventory.Collect(ctx, org.client(t), files, inventory.Options{Resources: resources, Checkpoints: state, Concurrency: 1})
			return org, report, err
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		stop := errors.New("stopped by hand")
		_, _, err := collect(ctx, worldResources, func(n int) error {
			if n == 12 {
				cancel(stop)
			}
			return nil
		})
		if !errors.Is(err, stop) {
			t.Fatalf("cancelled: %v", err)
		}
		time.Sleep(time.Hour)
		begun := time.Now()
		rest, report, err := collect(t.Context(), worldResources, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !report.Started.Before(begun.Add(-time.Minute)) {
			t.Errorf("started %v, of a run that began an hour ago", report.Started)
		}
		if got := report.Count(inventory.Complete); got != len(worldResources) {
			t.Errorf("%d complete", got)
		}
		anew, report, err := collect(t.Context(), worldResources, nil)
		if err != nil || report.Started.Before(begun) {
			t.Errorf("after the end: started %v, %v", report.Started, err)
		}
		if n, m := len(rest.requests()), len(anew.requests()); n == 0 || n >= m {
			t.Errorf("%d requests to go on, %d anew", n, m)
		}
		// Other resources are another run.
		_, _, err = collect(ctx, worldResources, nil)
		if err == nil {
			t.Error("a context that has ended collects")
		}
		if _, report, err = collect(t.Context(), []string{"groups"}, nil); err != nil || len(report.Rows) != 1 {
			t.Errorf("others: %v", err)
		}
	})
}

// A checkpoint of something else, or one that somebody else has changed, ends the run.
func TestCheckpointRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	state := durable.File{Path: filepath.Join(dir, "checkpoint.json")}
	if _, err := state.Save(t.Context(), []byte(`"text"`), ""); err != nil {
		t.Fatal(err)
	}
	_, err := inventory.Collect(t.Context(), newFakeOrg(nil).client(t), new(memory), inventory.Options{Checkpoints: state})
	if err == nil || !strings.Contains(err.Error(), "remove it to begin anew") {
		t.Errorf("text: %v", err)
	}
	if err := os.Remove(state.Path); err != nil {
		t.Fatal(err)
	}
	org := newFakeOrg(nil)
	org.hook = func(n int) error {
		if n == 5 {
			_, version, err := state.Load(t.Context())
			if err == nil {
				_, err = state.Save(t.Context(), []byte(`{}`), version)
			}
			return err
		}
		return nil
	}
	_, err = inventory.Collect(t.Context(), org.client(t), new(memory), inventory.Options{Checkpoints: state})
	if !errors.Is(err, durable.ErrConflict) {
		t.Errorf("two runs: %v", err)
	}
}
