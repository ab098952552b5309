package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/oktaint/systemlog"
)

// An eventSink keeps what a follower reads.
type eventSink interface {
	// commit keeps events and the position behind them, all or nothing.
	commit(ctx context.Context, events []systemlog.Event, position systemlog.Position) error

	// gap keeps that something may be missing. It is durable with the next commit.
	gap(why string)
}

// A follower reads the System Log into a sink.
type follower struct {
	*job
	sink   eventSink
	events int // written by this run
	saved  time.Time
}

// saveEvery is how old a position without new events may get.
const saveEvery = time.Minute

// follow reads the System Log until it is interrupted.
func (j *job) follow(ctx context.Context) error {
	if j.since.IsZero() {
		j.since = time.Now()
	}
	from := systemlog.Since(j.since)
	f := &follower{job: j}
	if j.out == stdout {
		f.sink = &eventStream{inventory.Lines(j.Stdout, j.raw)}
	} else {
		store, err := openEvents(ctx, j.out, j.conn.Org.String(), j.raw)
		if err != nil {
			return err
		}
		defer store.close()
		if f.sink = store; len(store.Position) > 0 {
			if err := json.Unmarshal(store.Position, &from); err != nil {
				return cli.Usagef("--out %s: its %s is not one of this version: give another folder", j.out, positionName)
			}
			j.Say("going on from where the last run stopped")
		}
	}
	err := f.read(ctx, from)
	j.ClearLine()
	if j.out == stdout {
		return err
	}
	return fmt.Errorf("%s written; the same command goes on from here: %w", cli.Count(f.events, "event"), err)
}

// read follows, and returns why it has ended.
func (f *follower) read(ctx context.Context, from systemlog.Position) error {
	for batch, err := range systemlog.Follow(ctx, f.client, from, systemlog.Options{Progress: f.progress}) {
		if err != nil {
			return err
		}
		if err := f.keep(ctx, batch); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// keep commits a batch. One without events is only worth it from time to time.
func (f *follower) keep(ctx context.Context, b systemlog.Batch) error {
	if b.Gap != nil {
		why := fmt.Sprintf("begun anew from %s: %s", b.Gap.From.UTC().Format(time.RFC3339), b.Gap.Why)
		if b.Gap.Lost {
			why += "; events may be missing"
		}
		f.Say("warning: %s", cli.Plain(why))
		f.sink.gap(why)
	}
	if len(b.Events) == 0 && b.Gap == nil && time.Since(f.saved) < saveEvery {
		return nil
	}
	if err := f.sink.commit(ctx, b.Events, b.Next); err != nil {
		return err
	}
	f.saved = time.Now()
	f.events += len(b.Events)
	f.show(b)
	return nil
}

// show tells how far it has come.
func (f *follower) show(b systemlog.Batch) {
	text := cli.Count(f.events, "event")
	if last := b.Next.Last(); !last.IsZero() {
		text += ", the newest of " + last.Local().Format(time.DateTime)
	}
	if b.More {
		text += fmt.Sprintf(", about %d more", b.Behind)
	}
	f.Live("following: %s", text)
}

// progress tells of what has to be tried again.
func (f *follower) progress(p systemlog.Progress) {
	if p.Err != nil {
		f.Say("trying again in %v: %s", p.Wait.Round(time.Second), cli.Text(p.Err))
	}
}

// An eventStream writes events to standard output. What reads them there keeps how far
// it has come.
type eventStream struct{ lines inventory.Sink }

func (s *eventStream) commit(ctx context.Context, events []systemlog.Event, _ systemlog.Position) error {
	return s.lines.Put(ctx, eventBatch(events))
}

func (s *eventStream) gap(string) {}

// eventBatch is events as a Sink takes them.
func eventBatch(events []systemlog.Event) inventory.Batch {
	b := inventory.Batch{Resource: "logs", At: time.Now().UTC().Truncate(time.Millisecond)}
	for _, e := range events {
		b.Items = append(b.Items, e.Raw)
	}
	return b
}
