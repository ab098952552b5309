package inventory

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"
)

// A checkpoint is how far a run has come.
type checkpoint struct {
	Org       string    `json:"org"`
	Resources []string  `json:"resources"`
	Full      bool      `json:"full_members,omitempty"`
	Started   time.Time `json:"started"`
	Finished  bool      `json:"finished,omitempty"` // nothing to go on with

	Mark     string               `json:"mark"`     // of the Sink
	Families map[string]*progress `json:"families"` // those at work, by the resource on top
	Done     []string             `json:"done"`     // families that are complete
	Tallies  map[string]*tally    `json:"tallies"`

	version string
}

// resume takes up the last checkpoint, if it is of a run that was broken off and that
// read the same.
func (u *run) resume(ctx context.Context) error {
	u.cp.Org, u.cp.Full = u.c.Org.String(), u.opts.FullMembers
	var mark string
	if u.opts.Checkpoints != nil {
		data, version, err := u.opts.Checkpoints.Load(ctx)
		if err != nil {
			return fmt.Errorf("inventory: the checkpoint: %w", err)
		}
		u.cp.version = version
		var old checkpoint
		if len(data) > 0 {
			if err := json.Unmarshal(data, &old); err != nil {
				return fmt.Errorf("inventory: the checkpoint is not one of this version: remove it to begin anew: %w", err)
			}
		}
		if u.goesOn(old) {
			mark = old.Mark
			u.take(old)
		}
	}
	return guarded("Restore", func() error { return u.sink.Restore(ctx, mark) })
}

// goesOn reports whether an old run is to be gone on with.
func (u *run) goesOn(old checkpoint) bool {
	return !old.Finished && old.Org == u.cp.Org && old.Full == u.cp.Full && slices.Equal(old.Resources, u.cp.Resources)
}

func (u *run) take(old checkpoint) {
	version := u.cp.version
	u.cp = old
	u.cp.version = version
	if u.cp.Families == nil {
		u.cp.Families = make(map[string]*progress)
	}
	for name, t := range old.Tallies {
		mine := u.tallies[name]
		if mine == nil {
			r, ok := Lookup(name)
			if !ok {
				continue
			}
			mine = u.tallyOf(r)
		}
		t.r, t.named = mine.r, mine.named
		if u.tallies[name] != nil {
			u.tallies[name] = t
		} else {
			u.hidden[name] = t
		}
	}
}

// saving does the work with checkpoints on the way, at the end, and when it is broken
// off.
func (u *run) saving(ctx context.Context, work func(context.Context) error) error {
	var g sync.WaitGroup
	stop := make(chan struct{})
	g.Go(func() {
		tick := time.NewTicker(u.opts.CheckpointEvery)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				if err := u.save(ctx, false); err != nil {
					u.stop(err)
					return
				}
			}
		}
	})
	err := work(ctx)
	close(stop)
	g.Wait()
	if saveErr := u.saveAtEnd(ctx, err); err == nil {
		err = saveErr
	}
	return err
}

// endSave is how long the last checkpoint may take.
const endSave = 10 * time.Second

func (u *run) saveAtEnd(ctx context.Context, err error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endSave)
	defer cancel()
	return u.save(ctx, err == nil)
}

// save commits the Sink and keeps how far the run has come.
func (u *run) save(ctx context.Context, finished bool) error {
	data, err := u.snapshot(ctx, finished)
	if err != nil || u.opts.Checkpoints == nil {
		return err
	}
	version, err := u.opts.Checkpoints.Save(ctx, data, u.cp.version)
	if err != nil {
		return fmt.Errorf("inventory: the checkpoint: %w", err)
	}
	u.cp.version = version
	return nil
}

// snapshot is the checkpoint of what the Sink has made durable.
func (u *run) snapshot(ctx context.Context, finished bool) ([]byte, error) {
	u.step.Lock()
	defer u.step.Unlock()
	if err := guarded("Commit", func() (err error) {
		u.cp.Mark, err = u.sink.Commit(ctx)
		return err
	}); err != nil {
		return nil, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.cp.Finished = finished
	u.cp.Tallies = make(map[string]*tally)
	for _, all := range []map[string]*tally{u.tallies, u.hidden} {
		for name, t := range all {
			u.cp.Tallies[name] = t
		}
	}
	data, err := json.Marshal(u.cp)
	if err != nil {
		return nil, fmt.Errorf("inventory: the checkpoint: %w", err)
	}
	return data, nil
}
