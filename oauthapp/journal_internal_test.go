package oauthapp

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"path/filepath"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/durable"
)

// Whatever a journal holds, reading it fails or gives a record that is read the
// same after it was saved.
func FuzzReadRecord(f *testing.F) {
	for _, seed := range []string{
		``, `null`, `{}`, `[]`, `{"version":1}`, `{"version":2}`,
		`{"version":1,"org_url":"https://acme.okta.com","label":"a","key_thumbprint":"t"}`,
		`{"version":1,"org_url":"https://acme.okta.com","writes":{"create":"sending","grant okta.users.read":"done"},"made":{"grant okta.users.read":"oag1"}}`,
		`{"version":1,"org_url":"https://acme.okta.com","writes":{"create":"removing"},"made":{"create":"0oa1"},"roles_before_grants":[]}`,
		`{"version":1,"org_url":"https://acme.okta.com","writes":{"create":"lost"}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, state []byte) {
		rec, err := readRecord(state)
		if err != nil {
			return
		}
		if rec.Version != 1 || rec.Org != "" && (rec.Writes == nil || rec.Made == nil) {
			t.Errorf("accepted %q as %+v", state, rec)
		}
		saved, err := json.Marshal(rec)
		if err != nil {
			t.Fatal(err)
		}
		again, err := readRecord(saved)
		if err != nil {
			t.Fatalf("%q was accepted, %q is not: %v", state, saved, err)
		}
		if again.Org != rec.Org || again.Label != rec.Label || again.Thumbprint != rec.Thumbprint ||
			again.ApplicationID != rec.ApplicationID || again.ClientID != rec.ClientID ||
			!maps.Equal(again.Writes, rec.Writes) || !maps.Equal(again.Made, rec.Made) {
			t.Errorf("%+v became %+v", rec, again)
		}
	})
}

func FuzzParseJournalFile(f *testing.F) {
	f.Add([]byte(`{"version":"ABC","state":{"version":1}}`))
	f.Add([]byte(`{"version":"","state":{}}`))
	f.Add([]byte(`{"version":"A","state":null}`))
	f.Add([]byte(`{`))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := parseJournalFile(text)
		if err != nil {
			if file.Version != "" || file.State != nil {
				t.Errorf("%q: %+v beside the error", text, file)
			}
			return
		}
		if file.Version == "" || !json.Valid(file.State) {
			t.Errorf("%q was accepted as %+v", text, file)
		}
	})
}

// Save waits for whoever holds the lock, but not longer than the caller.
func TestFileJournalWaits(t *testing.T) {
	t.Parallel()
	j := FileJournal{Path: filepath.Join(t.TempDir(), "app.json")}
	unlock, err := durable.Lock(j.Path + ".lock")
	if err != nil || unlock == nil {
		t.Fatalf("the lock is not free: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := j.Save(ctx, []byte(`{}`), ""); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Save beside the lock: %v, want DeadlineExceeded", err)
	}
	time.AfterFunc(20*time.Millisecond, unlock)
	if _, err := j.Save(t.Context(), []byte(`{}`), ""); err != nil {
		t.Errorf("Save after the lock: %v", err)
	}
}
