package remediation

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// Whatever a file of records holds, reading it ends, with an error or with records
// that are of the org and are read the same after they were appended. What is
// appended to it becomes a line of its own.
func FuzzRecords(f *testing.F) {
	org, err := oktaint.ParseOrg("acme")
	if err != nil {
		f.Fatal(err)
	}
	one := Record{
		Version: 1, ID: "record-1", Time: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Org: org,
		Action: SuspendUser{UserID: "00u1"}, Target: Target{Type: TargetUser, ID: "00u1", Name: "j\u00fcrgen@example.com"}, Outcome: OutcomeDone,
	}
	line, err := json.Marshal(one)
	if err != nil {
		f.Fatal(err)
	}
	other := bytes.ReplaceAll(line, []byte("https://acme.okta.com"), []byte("https://globex.okta.com"))
	for _, seed := range [][]byte{
		nil, []byte("\n"), []byte("null\n"), []byte("{}\n"), []byte("\x00\x00\n"), line, append(line[:40:40], '\n'),
		bytes.Join([][]byte{line, other, line[:99], line, nil}, []byte("\n")),
		bytes.ReplaceAll(append(line[:len(line):len(line)], '\n'), []byte("suspend_user"), []byte("promote_user")),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file := &FileRecorder{Path: filepath.Join(t.TempDir(), "records")}
		if err := os.WriteFile(file.Path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		before, readErr := allRecords(t, file, org)
		for _, r := range before {
			again := &FileRecorder{Path: filepath.Join(t.TempDir(), "again")}
			if err := again.Append(t.Context(), r); err != nil {
				t.Fatalf("%+v was read, but is not taken: %v", r, err)
			}
			if same, err := allRecords(t, again, org); err != nil || len(same) != 1 || same[0].ID != r.ID || same[0].Action != r.Action {
				t.Fatalf("%+v became %+v, %v", r, same, err)
			}
		}
		if err := file.Append(t.Context(), one); err != nil {
			t.Fatal(err)
		}
		after, err := allRecords(t, file, org)
		if (err == nil) != (readErr == nil) && bytes.HasSuffix(text, []byte("\n")) {
			t.Errorf("%v, and after a record was appended %v", readErr, err)
		}
		if err == nil && (len(after) <= len(before) || after[len(after)-1].ID != one.ID) {
			t.Errorf("%d records, and after one was appended %d", len(before), len(after))
		}
	})
}

func allRecords(t *testing.T, file *FileRecorder, org oktaint.Org) (all []Record, err error) {
	t.Helper()
	for r, err := range file.Records(t.Context(), org) {
		if err != nil {
			return all, err
		}
		if r.Version != 1 || r.Org != org || r.Action == nil {
			t.Errorf("read %+v", r)
		}
		all = append(all, r)
	}
	return all, nil
}
