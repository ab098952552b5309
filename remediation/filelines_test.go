package remediation_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/remediation"
)

// TestCutLine cuts the last record at every byte, as a crash may. What is before
// it stays, and what is appended then can be read.
func TestCutLine(t *testing.T) {
	t.Parallel()
	f := recorder(t, 3)
	whole, err := os.ReadFile(f.Path)
	if err != nil {
		t.Fatal(err)
	}
	last := bytes.LastIndexByte(whole[:len(whole)-1], '\n') + 1
	path := filepath.Join(t.TempDir(), "cut.records")
	for cut := last; cut < len(whole); cut++ {
		if err := os.WriteFile(path, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		again := &remediation.FileRecorder{Path: path}
		wantRecords(t, again, "record-1 record-2")
		appendRecord(t, again, record(acme(t), 4))
		appendRecord(t, again, record(acme(t), 5))
		got, err := recordIDs(t, again, acme(t))
		if cut == len(whole)-1 { // a record that lacks its end only does no harm
			got = strings.Replace(got, " record-3", "", 1)
		}
		if err != nil || got != "record-1 record-2 record-4 record-5" {
			t.Fatalf("cut at byte %d of %d: records %q, %v", cut-last, len(whole)-last, got, err)
		}
		if text, err := os.ReadFile(path); err != nil || !bytes.HasPrefix(text, whole[:cut]) {
			t.Fatalf("cut at byte %d: what was written is changed (%v)", cut-last, err)
		}
	}
}

// TestStrangeLines puts lines between two records. What is no JSON was cut; what
// is JSON and no record that can be understood is told of, and the next ones follow.
func TestStrangeLines(t *testing.T) {
	t.Parallel()
	text := toJSON(t, record(acme(t), 2))
	for _, test := range []struct{ name, line, err string }{
		{"empty", "", ""},
		{"blank", " \t\r", ""},
		{"cut", text[:len(text)/2], ""},
		{"cut in front", text[len(text)/2:], ""},
		{"zeros", strings.Repeat("\x00", 4096), ""},
		{"two cut ones", text[:9] + text[:99], ""},
		{"another version", strings.Replace(text, `"version":1`, `"version":2`, 1), "line 2: remediation: the record has version 2"},
		{"no version", `{}`, "line 2: remediation: the record has version 0"},
		{"null", `null`, "line 2: remediation: the record has version 0"},
		{"a number", `7`, "line 2: remediation: the record cannot be read"},
		{"a list", `[` + text + `]`, "line 2: remediation: the record cannot be read"},
		{"another kind", strings.Replace(text, "add_group_member", "promote_user", 1), `line 2: remediation: there is no action of the kind "promote_user"`},
		{"another version of an action", strings.Replace(text, `"kind":"add_group_member","version":1`, `"kind":"add_group_member","version":9`, 1), "line 2: remediation: add_group_member has version 9"},
		{"no action", strings.Replace(text, `"action":{`, `"reaction":{`, 1), "line 2: remediation: the action is no JSON object"},
		{"no org", strings.Replace(text, "https://acme.okta.com", "http://acme.okta.com", 1), "line 2: remediation: the record cannot be read"},
		{"no time", strings.Replace(text, `"time":"2026-`, `"time":"26-`, 1), "line 2: remediation: the record cannot be read"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := &remediation.FileRecorder{Path: filepath.Join(t.TempDir(), "strange.records")}
			content := toJSON(t, record(acme(t), 1)) + "\n" + test.line + "\n" + toJSON(t, record(acme(t), 3)) + "\n"
			if err := os.WriteFile(f.Path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := recordIDs(t, f, acme(t))
			if test.err == "" {
				if err != nil || got != "record-1 record-3" {
					t.Errorf("records %q, %v", got, err)
				}
				return
			}
			wantRefusal(t, err, "remediation: record file, line 2: the record cannot be understood")
			wantRefusal(t, err, strings.TrimPrefix(test.err, "line 2: "))
			if got != "record-1 record-3" || !errors.Is(err, remediation.ErrBadRecord) {
				t.Errorf("records %q around the error", got)
			}
		})
	}
}

// TestLongLine checks that a file of something else is not read into memory, and
// that large records are no such thing.
func TestLongLine(t *testing.T) {
	t.Parallel()
	f := recorder(t, 1)
	large := record(acme(t), 2)
	large.Snapshot = json.RawMessage(`"` + strings.Repeat("m", 8<<20) + `"`)
	appendRecord(t, f, large)
	wantRecords(t, f, "record-1 record-2")
	file, err := os.OpenFile(f.Path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.Write(bytes.Repeat([]byte{'x'}, 17<<20)); err != nil { // without an end
		t.Fatal(err)
	}
	got, err := recordIDs(t, f, acme(t))
	wantRefusal(t, err, "remediation: record file, line 3: it is longer than 16 MB")
	if got != "record-1 record-2" {
		t.Errorf("records %q", got)
	}
}

// TestLongRecord checks that nothing is appended that could not be read again, to
// the byte.
func TestLongRecord(t *testing.T) {
	t.Parallel()
	f := recorder(t, 1)
	long := record(acme(t), 2)
	long.Snapshot = json.RawMessage(`""`)
	room := 16<<20 - 1 - len(toJSON(t, long)) // the line's end counts
	long.Snapshot = json.RawMessage(`"` + strings.Repeat("m", room+1) + `"`)
	wantRefusal(t, f.Append(t.Context(), long), "remediation: record file: the record of add_group_member is larger than 16 MB")
	wantRecords(t, f, "record-1")
	long.Snapshot = json.RawMessage(`"` + strings.Repeat("m", room) + `"`)
	appendRecord(t, f, long)
	appendRecord(t, f, record(acme(t), 3))
	wantRecords(t, f, "record-1 record-2 record-3")
}
