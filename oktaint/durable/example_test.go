package durable_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/durable"
	"github.com/rezonate-io/okta-integration/oktaint/durable/durabletest"
)

// A File keeps the promises of a State.
func TestFileIsState(t *testing.T) {
	t.Parallel()
	durabletest.TestState(t, func(t *testing.T) durable.State {
		return durable.File{Path: filepath.Join(t.TempDir(), "state.json")}
	})
}

// Two Files of one path see each other.
func TestFileIsShared(t *testing.T) {
	t.Parallel()
	durabletest.TestShared(t, func(t *testing.T) (a, b durable.State) {
		path := filepath.Join(t.TempDir(), "state.json")
		return durable.File{Path: path}, durable.File{Path: path}
	})
}

// The second one to save is told of the conflict, loads again and then saves.
func ExampleState() {
	dir, err := os.MkdirTemp("", "state")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	var s durable.State = durable.File{Path: filepath.Join(dir, "acme.json")}

	_, mine, _ := s.Load(ctx)
	_, yours, _ := s.Load(ctx)
	_, err = s.Save(ctx, []byte(`{"by":"me"}`), mine)
	fmt.Println("I save:", err)
	_, err = s.Save(ctx, []byte(`{"by":"you"}`), yours)
	fmt.Println("you conflict:", errors.Is(err, durable.ErrConflict))

	data, yours, _ := s.Load(ctx)
	fmt.Printf("you load %s\n", data)
	_, err = s.Save(ctx, []byte(`{"by":"both"}`), yours)
	fmt.Println("you save:", err)
	// Output:
	// I save: <nil>
	// you conflict: true
	// you load {"by":"me"}
	// you save: <nil>
}
