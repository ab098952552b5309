package durabletest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/durable"
)

// TestShared checks that two States of one store see each other, as those of two
// processes have to: neither answers from what it remembers itself. two is called
// for each check and returns two States of one new store in which nothing was
// saved. Several goroutines use both.
func TestShared(t *testing.T, two func(t *testing.T) (a, b durable.State)) {
	t.Helper()
	for _, c := range sharedChecks {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			a, b := two(t)
			if err := c.run(ctx, a, b); err != nil {
				t.Error(err)
			}
		})
	}
}

type sharedCheck struct {
	name string
	run  func(ctx context.Context, a, b durable.State) error
}

var sharedChecks = []sharedCheck{
	{"seen", seesTheOther},
	{"stale of the other", refusesStaleOfTheOther},
	{"concurrent", func(ctx context.Context, a, b durable.State) error { return losesNoUpdateOf(ctx, a, b) }},
}

// seesTheOther lets each of two States continue what the other one saved.
func seesTheOther(ctx context.Context, a, b durable.State) error {
	for _, s := range []durable.State{a, b} { // what is remembered of the beginning is stale later
		if err := startsEmpty(ctx, s); err != nil {
			return err
		}
	}
	_, version, err := b.Load(ctx)
	if err != nil {
		return fmt.Errorf("durabletest: Load: %w", err)
	}
	writer, reader := a, b
	for n := range 4 {
		doc := fmt.Sprintf(`{"n":%d}`, n)
		if version, err = writer.Save(ctx, []byte(doc), version); err != nil {
			return fmt.Errorf("durabletest: Save of %s after the version of another State: %w", doc, err)
		}
		if err := holds(ctx, reader, doc, version); err != nil {
			return fmt.Errorf("after another State's Save: %w", err)
		}
		writer, reader = reader, writer
	}
	return nil
}

func refusesStaleOfTheOther(ctx context.Context, a, b durable.State) error {
	_, begun, err := b.Load(ctx)
	if err != nil {
		return fmt.Errorf("durabletest: Load: %w", err)
	}
	versions, err := begin(ctx, a, `{"n":1}`, `{"n":2}`)
	if err != nil {
		return err
	}
	for _, stale := range []string{begun, versions[1]} {
		if err := conflict(ctx, b, `{"by":"the second"}`, stale); err != nil {
			return fmt.Errorf("after another State's Save: %w", err)
		}
	}
	return errors.Join(holds(ctx, a, `{"n":2}`, versions[2]), holds(ctx, b, `{"n":2}`, versions[2]))
}
