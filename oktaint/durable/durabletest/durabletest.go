// Package durabletest tests implementations of [durable.State], such as one in a
// service's own database:
//
//	func TestMyState(t *testing.T) {
//		durabletest.TestState(t, func(t *testing.T) durable.State { return newRow(t, db) })
//	}
//
// [TestShared] is for a store that several processes use.
package durabletest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/durable"
)

// TestState checks that a [durable.State] keeps its promises. empty is called for
// each check and returns a new State in which nothing was saved. Several goroutines
// use it. TestState does not check that a saved document outlives a crash.
func TestState(t *testing.T, empty func(t *testing.T) durable.State) {
	t.Helper()
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if err := c.run(ctx, empty(t)); err != nil {
				t.Error(err)
			}
		})
	}
}

type check struct {
	name string
	run  func(context.Context, durable.State) error
}

var checks = []check{
	{"empty", startsEmpty},
	{"saved", keepsWhatIsSaved},
	{"stale", refusesStale},
	{"first of two", refusesTheSecondBeginning},
	{"same document", refusesStaleOfSameDocument},
	{"own bytes", ownsItsBytes},
	{"cancelled", heedsItsContext},
	{"big", takesBigDocuments},
	{"concurrent", losesNoUpdate},
}

func startsEmpty(ctx context.Context, s durable.State) error {
	for range 2 {
		data, _, err := s.Load(ctx)
		if len(data) != 0 || err != nil {
			return fmt.Errorf("durabletest: Load of a state without a document: %.100q, %v; want nothing", data, err)
		}
	}
	return nil
}

// begin saves documents in an empty state, one after another, and returns their
// versions, that of the empty state first.
func begin(ctx context.Context, s durable.State, docs ...string) (versions []string, err error) {
	_, version, err := s.Load(ctx)
	if err != nil {
		return nil, fmt.Errorf("durabletest: Load of a state without a document: %w", err)
	}
	versions = append(versions, version)
	for _, doc := range docs {
		if version, err = s.Save(ctx, []byte(doc), version); err != nil {
			return nil, fmt.Errorf("durabletest: Save of %.100s: %w", doc, err)
		}
		versions = append(versions, version)
	}
	return versions, nil
}

// holds checks that the state is doc in the given version.
func holds(ctx context.Context, s durable.State, doc, version string) error {
	data, v, err := s.Load(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("durabletest: Load: %w", err)
	case !equal(data, []byte(doc)):
		return fmt.Errorf("durabletest: Load returns %.200q, want %.200q", data, doc)
	case v != version:
		return fmt.Errorf("durabletest: Load returns version %q, want %q, which Save returned", v, version)
	}
	return nil
}

// equal compares JSON documents by what they say.
func equal(a, b []byte) bool {
	var x, y any
	return decode(a, &x) == nil && decode(b, &y) == nil && reflect.DeepEqual(x, y)
}

func decode(data []byte, out any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return d.Decode(out)
}

func keepsWhatIsSaved(ctx context.Context, s durable.State) error {
	docs := []string{
		`{"n":1}`, `{}`, `[]`, `{"text":"é 世界 \"quoted\" <a&b> \\ \u2028 %s","n":1234567890123456789,"list":[null,true,-1.5]}`,
	}
	versions, err := begin(ctx, s)
	if err != nil {
		return err
	}
	seen, version := map[string]bool{versions[0]: true}, versions[0]
	for _, doc := range docs {
		if version, err = s.Save(ctx, []byte(doc), version); err != nil {
			return fmt.Errorf("durabletest: Save of %s: %w", doc, err)
		}
		if seen[version] {
			return fmt.Errorf("durabletest: Save of %s returns version %q, which there was before", doc, version)
		}
		seen[version] = true
		for range 2 {
			if err := holds(ctx, s, doc, version); err != nil {
				return err
			}
		}
	}
	return nil
}

// conflict checks that doc cannot be saved after prev.
func conflict(ctx context.Context, s durable.State, doc, prev string) error {
	if v, err := s.Save(ctx, []byte(doc), prev); !errors.Is(err, durable.ErrConflict) {
		return fmt.Errorf("durabletest: Save after the stale version %q: %q, %v; want ErrConflict", prev, v, err)
	}
	return nil
}

func refusesStale(ctx context.Context, s durable.State) error {
	versions, err := begin(ctx, s, `{"n":1}`, `{"n":2}`, `{"n":3}`)
	if err != nil {
		return err
	}
	last := versions[3]
	for _, stale := range versions[:3] {
		if err := conflict(ctx, s, `{"n":4}`, stale); err != nil {
			return err
		}
	}
	if err := holds(ctx, s, `{"n":3}`, last); err != nil {
		return fmt.Errorf("after conflicts: %w", err)
	}
	if _, err := s.Save(ctx, []byte(`{"n":4}`), last); err != nil {
		return fmt.Errorf("durabletest: Save of the last version after conflicts: %w", err)
	}
	return nil
}

func refusesTheSecondBeginning(ctx context.Context, s durable.State) error {
	versions, err := begin(ctx, s, `{"by":"the first"}`)
	if err != nil {
		return err
	}
	if err := conflict(ctx, s, `{"by":"the second"}`, versions[0]); err != nil {
		return err
	}
	return holds(ctx, s, `{"by":"the first"}`, versions[1])
}

// Saving the same document again makes a new version.
func refusesStaleOfSameDocument(ctx context.Context, s durable.State) error {
	versions, err := begin(ctx, s, `{"n":1}`, `{"n":1}`, `{"n":2}`, `{"n":1}`)
	if err != nil {
		return err
	}
	for _, stale := range versions[:4] {
		if err := conflict(ctx, s, `{"n":1}`, stale); err != nil {
			return err
		}
	}
	return holds(ctx, s, `{"n":1}`, versions[4])
}

// The caller may change its slices later.
func ownsItsBytes(ctx context.Context, s durable.State) error {
	versions, err := begin(ctx, s)
	if err != nil {
		return err
	}
	mine := []byte(`{"n":1}`)
	version, err := s.Save(ctx, mine, versions[0])
	if err != nil {
		return fmt.Errorf("durabletest: Save: %w", err)
	}
	copy(mine, `"spoilt"`)
	if err := holds(ctx, s, `{"n":1}`, version); err != nil {
		return fmt.Errorf("after the saved slice was written to: %w", err)
	}
	loaded, _, err := s.Load(ctx)
	if err != nil {
		return fmt.Errorf("durabletest: Load: %w", err)
	}
	clear(loaded)
	if err := holds(ctx, s, `{"n":1}`, version); err != nil {
		return fmt.Errorf("after the loaded slice was written to: %w", err)
	}
	return nil
}

func heedsItsContext(ctx context.Context, s durable.State) error {
	versions, err := begin(ctx, s, `{"n":1}`)
	if err != nil {
		return err
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, _, err := s.Load(ended); err == nil {
		return errors.New("durabletest: Load with a context that has ended is no error")
	}
	if _, err := s.Save(ended, []byte(`{"n":2}`), versions[1]); err == nil || errors.Is(err, durable.ErrConflict) {
		return fmt.Errorf("durabletest: Save with a context that has ended: %v, want the context's error", err)
	}
	return holds(ctx, s, `{"n":1}`, versions[1])
}

func takesBigDocuments(ctx context.Context, s durable.State) error {
	big := `{"text":"` + strings.Repeat("0123456789abcdé", 1<<16) + `"}`
	versions, err := begin(ctx, s, big)
	if err != nil {
		return err
	}
	if err := holds(ctx, s, big, versions[1]); err != nil {
		return err
	}
	version, err := s.Save(ctx, []byte(`{}`), versions[1])
	if err != nil {
		return fmt.Errorf("durabletest: Save of a small document after a big one: %w", err)
	}
	return holds(ctx, s, `{}`, version)
}

func losesNoUpdate(ctx context.Context, s durable.State) error { return losesNoUpdateOf(ctx, s) }

// losesNoUpdateOf counts up from several goroutines, which take turns with the
// States of one store: each loads the number and saves the next one.
func losesNoUpdateOf(ctx context.Context, states ...durable.State) error {
	const workers, each = 8, 10
	errs := make([]error, workers)
	var wg sync.WaitGroup
	for i := range workers {
		wg.Go(func() {
			for n := 0; n < each && errs[i] == nil; {
				switch err := countUp(ctx, states[i%len(states)]); {
				case err == nil:
					n++
				case ctx.Err() != nil, !errors.Is(err, durable.ErrConflict):
					errs[i] = err
				}
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	data, _, err := states[0].Load(ctx)
	if want := fmt.Sprintf(`{"n":%d}`, workers*each); err != nil || !equal(data, []byte(want)) {
		return fmt.Errorf("%d goroutines counted up %d times each: %.100q, %v; want %s: updates were lost", workers, each, data, err, want)
	}
	return nil
}

func countUp(ctx context.Context, s durable.State) error {
	data, version, err := s.Load(ctx)
	if err != nil {
		return fmt.Errorf("durabletest: Load: %w", err)
	}
	var now struct{ N int }
	if len(data) > 0 {
		if err := json.Unmarshal(data, &now); err != nil {
			return fmt.Errorf("durabletest: Load returns %.100q: %w", data, err)
		}
	}
	if _, err := s.Save(ctx, fmt.Appendf(nil, `{"n":%d}`, now.N+1), version); err != nil {
		return fmt.Errorf("durabletest: Save: %w", err)
	}
	return nil
}
