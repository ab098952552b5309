package remediation_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/remediation"
)

// record is a record of the n-th step of a run, with something in every field.
func record(org oktaint.Org, n int) remediation.Record {
	at := time.Date(2026, 3, 1, 12, 0, n, 123456789, time.UTC)
	present := true
	return remediation.Record{
		Version: 1, ID: fmt.Sprintf("record-%d", n), Time: at, OrgTime: at.Truncate(time.Second),
		Org: org, Plan: "5d41402abc4b2a76b9719d911017c592", Step: n, Actor: "soc <№1>", By: "alice@example.com", Undoes: "record-0",
		Action: remediation.AddGroupMember{GroupID: groupID, UserID: userID},
		Target: remediation.Target{Type: remediation.TargetUser, ID: userID, Name: "jürgen@example.com"},
		Before: remediation.State{Present: new(bool), GroupType: "OKTA_GROUP"}, After: remediation.State{Present: &present, GroupType: "OKTA_GROUP"},
		Outcome: remediation.OutcomeDone, Error: "line one\nline two", RequestID: "aXl0c2EgcmVxdWVzdA", Lost: "nothing", Snapshot: json.RawMessage(`{"members":["a\nb"]}`),
		Undo: remediation.RemoveGroupMember{GroupID: groupID, UserID: userID},
	}
}

// recorder returns a recorder in a new file with n records.
func recorder(t *testing.T, n int) *remediation.FileRecorder {
	t.Helper()
	f := &remediation.FileRecorder{Path: filepath.Join(t.TempDir(), "acme.records")}
	for i := range n {
		appendRecord(t, f, record(acme(t), i+1))
	}
	return f
}

func appendRecord(t *testing.T, f *remediation.FileRecorder, r remediation.Record) {
	t.Helper()
	if err := f.Append(t.Context(), r); err != nil {
		t.Fatal(err)
	}
}

// recordIDs reads the ids of an org's records.
func recordIDs(t *testing.T, f *remediation.FileRecorder, org oktaint.Org) (ids string, err error) {
	t.Helper()
	var all []string
	var last error
	for r, err := range f.Records(t.Context(), org) {
		if err != nil {
			last = err
			continue
		}
		all = append(all, r.ID)
	}
	return strings.Join(all, " "), last
}

func wantRecords(t *testing.T, f *remediation.FileRecorder, want string) {
	t.Helper()
	if got, err := recordIDs(t, f, acme(t)); err != nil || got != want {
		t.Errorf("records %q, %v, want %q", got, err, want)
	}
}

// TestFileRecorder writes records and reads them, through recorders that come and
// go, and checks that all of each is there but the undo, which is for people.
func TestFileRecorder(t *testing.T) {
	t.Parallel()
	f := recorder(t, 2)
	wantRecords(t, f, "record-1 record-2")
	appendRecord(t, f, record(acme(t), 3))
	other := &remediation.FileRecorder{Path: f.Path}
	wantRecords(t, other, "record-1 record-2 record-3")
	for r, err := range other.Records(t.Context(), acme(t)) {
		if err != nil {
			t.Fatal(err)
		}
		want := record(acme(t), r.Step)
		want.Undo = nil
		if toJSON(t, r) != toJSON(t, want) || typeOf(r.Action) != typeOf(want.Action) {
			t.Errorf("read\n%s, want\n%s", toJSON(t, r), toJSON(t, want))
		}
		if r.Step == 2 {
			break // nothing is left open: Windows could not remove the file
		}
	}
	text, err := os.ReadFile(f.Path)
	if err != nil || bytes.Count(text, []byte{'\n'}) != 3 || text[len(text)-1] != '\n' || !strings.Contains(string(text), `"kind":"remove_group_member"`) {
		t.Errorf("%v:\n%s", err, text)
	}
}

// TestFileMode checks that a file is for its owner's eyes, whatever the umask
// would leave.
func TestFileMode(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("modes are not kept on Windows")
	}
	info, err := os.Stat(recorder(t, 1).Path)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// TestRecordsOfOneOrg checks that the records of other orgs are not returned.
func TestRecordsOfOneOrg(t *testing.T) {
	t.Parallel()
	f, twin := recorder(t, 0), orgOf(t, "acme.oktapreview.com")
	for i, org := range []oktaint.Org{acme(t), twin, acme(t), twin, {}} {
		appendRecord(t, f, record(org, i+1))
	}
	for org, want := range map[oktaint.Org]string{acme(t): "record-1 record-3", twin: "record-2 record-4", orgOf(t, "globex"): ""} {
		if got, err := recordIDs(t, f, org); err != nil || got != want {
			t.Errorf("%s: records %q, %v, want %q", org, got, err, want)
		}
	}
}

// TestNoFile checks what is not there, and what is no file.
func TestNoFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	wantRecords(t, &remediation.FileRecorder{Path: filepath.Join(dir, "none")}, "")
	wantRecords(t, &remediation.FileRecorder{Path: filepath.Join(dir, "none", "none")}, "")
	if _, err := os.Stat(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("reading has made a file: %v", err)
	}
	for _, path := range []string{"", dir, filepath.Join(dir, "none", "none")} {
		f := &remediation.FileRecorder{Path: path}
		wantRefusal(t, f.Append(t.Context(), record(acme(t), 1)), "remediation: record file: ")
	}
	_, err := recordIDs(t, &remediation.FileRecorder{Path: dir}, acme(t))
	wantRefusal(t, err, "remediation: record file")
}

// fullDisk is the environment variable that names the file which this test's own
// binary fills, as a process that may not write large files.
const fullDisk = "REMEDIATION_TEST_FULL_DISK"

// TestFullDiskProcess is what that process does: it appends until there is no room,
// makes room, in the middle of a line, and appends one more with the same recorder.
func TestFullDiskProcess(t *testing.T) {
	path := os.Getenv(fullDisk)
	if path == "" {
		return
	}
	f := &remediation.FileRecorder{Path: path}
	var sizes []int64 // after each record
	for n := 1; ; n++ {
		err := f.Append(t.Context(), record(acme(t), n))
		if err != nil {
			if !errors.Is(err, syscall.EFBIG) {
				t.Errorf("error %v, want %v", err, syscall.EFBIG)
			}
			wantRefusal(t, err, "remediation: record file: ")
			break
		}
		info, err := os.Stat(path)
		if err != nil || n > 1000 {
			t.Fatal(n, err)
		}
		sizes = append(sizes, info.Size())
	}
	if info, err := os.Stat(path); err != nil || info.Size() == sizes[len(sizes)-1] {
		t.Errorf("the last line was not cut, but left out: %v", err)
	}
	wantRefusal(t, f.Append(t.Context(), record(acme(t), 7)), "remediation: record file: ") // still
	if err := os.Truncate(path, sizes[1]+9); err != nil {
		t.Fatal(err)
	}
	appendRecord(t, f, record(acme(t), 9))
}

// TestFileFullDisk checks that a record that is not on the disk is an error, and that
// the recorder works again where there is room. The limit of the size of files
// stands in for a full disk: it, too, cuts a line.
func TestFileFullDisk(t *testing.T) {
	t.Parallel()
	shell, err := exec.LookPath("sh")
	if err != nil || runtime.GOOS == "windows" {
		t.Skip("there is no shell that limits the size of files")
	}
	f := &remediation.FileRecorder{Path: filepath.Join(t.TempDir(), "full.records")}
	cmd := exec.CommandContext(t.Context(), shell, "-c", `ulimit -f 16 && exec "$0" -test.run='^TestFullDiskProcess$'`, os.Args[0])
	cmd.Env = append(os.Environ(), fullDisk+"="+f.Path)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	wantRecords(t, f, "record-1 record-2 record-9")
	appendRecord(t, f, record(acme(t), 10))
	wantRecords(t, f, "record-1 record-2 record-9 record-10")
}

// TestFileOneLock checks that a symbolic link shares the locks of its file, and that a
// second hard link, which would have its own, is refused.
func TestFileOneLock(t *testing.T) {
	t.Parallel()
	f := recorder(t, 1)
	dir := filepath.Dir(f.Path)
	link, hard := filepath.Join(dir, "link"), filepath.Join(dir, "hard")
	if err := os.Symlink(f.Path, link); err != nil {
		t.Skip(err)
	}
	user := remediation.Target{Type: remediation.TargetUser, ID: userID}
	unlock, err := f.Lock(t.Context(), acme(t), user)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if _, err := (&remediation.FileRecorder{Path: link}).Lock(ctx, acme(t), user); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("through a link: %v, want %v", err, context.DeadlineExceeded)
	}
	other := remediation.Target{Type: remediation.TargetUser, ID: "00uother"}
	if again, err := (&remediation.FileRecorder{Path: link}).Lock(t.Context(), acme(t), other); err != nil {
		t.Errorf("another user waits: %v", err)
	} else {
		again()
	}
	if err := os.Link(f.Path, hard); err != nil {
		t.Skip(err)
	}
	for _, path := range []string{f.Path, hard} {
		two := &remediation.FileRecorder{Path: path}
		wantRefusal(t, two.Append(t.Context(), record(acme(t), 2)), "remediation: record file: ")
		_, err := two.Lock(t.Context(), acme(t), other)
		wantRefusal(t, err, "remediation: record file: ")
	}
}

// TestReadOnlyFile checks that a file that cannot be written is an error.
func TestReadOnlyFile(t *testing.T) {
	t.Parallel()
	f := recorder(t, 1)
	if err := os.Chmod(f.Path, 0o400); err != nil {
		t.Fatal(err)
	}
	if file, err := os.OpenFile(f.Path, os.O_RDWR, 0); err == nil {
		_ = file.Close()
		t.Skip("this user may write to any file")
	}
	err := f.Append(t.Context(), record(acme(t), 2))
	if !errors.Is(err, os.ErrPermission) {
		t.Errorf("error %v, want %v", err, os.ErrPermission)
	}
	wantRecords(t, f, "record-1")
}

// TestRecordsCancelled checks that reading ends with its context, and that a
// record is kept all the same.
func TestRecordsCancelled(t *testing.T) {
	t.Parallel()
	f := recorder(t, 3)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	for _, err := range f.Records(ctx, acme(t)) {
		if n++; n == 1 {
			cancel()
			continue
		}
		if !errors.Is(err, context.Canceled) || n > 2 {
			t.Errorf("record %d: %v, want %v", n, err, context.Canceled)
		}
	}
	if n != 2 {
		t.Errorf("%d records, want one and an error", n)
	}
	if err := f.Append(ctx, record(acme(t), 4)); err != nil {
		t.Errorf("a record of what was done is lost: %v", err)
	}
	wantRecords(t, f, "record-1 record-2 record-3 record-4")
}

// TestConcurrentAppend appends from many goroutines while others read.
// Lines are whole, and those of one goroutine are in its order.
func TestConcurrentAppend(t *testing.T) {
	t.Parallel()
	const writers, each = 8, 12
	f, org := recorder(t, 0), acme(t)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				r := record(org, i)
				r.Actor = fmt.Sprint(w)
				if err := f.Append(t.Context(), r); err != nil {
					t.Error(err)
				}
				if i%5 == 0 {
					if _, err := recordIDs(t, f, org); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	steps := make(map[string][]int)
	for r, err := range f.Records(t.Context(), org) {
		if err != nil {
			t.Fatal(err)
		}
		steps[r.Actor] = append(steps[r.Actor], r.Step)
	}
	for w := range writers {
		if got := steps[fmt.Sprint(w)]; len(got) != each || !slices.IsSorted(got) {
			t.Errorf("writer %d: steps %v", w, got)
		}
	}
	text, err := os.ReadFile(f.Path)
	if err != nil || bytes.Count(text, []byte{'\n'}) != writers*each {
		t.Errorf("%d lines, %v", bytes.Count(text, []byte{'\n'}), err)
	}
}

// TestFileSharing checks that several recorders write to one file, by turns.
func TestFileSharing(t *testing.T) {
	t.Parallel()
	first := recorder(t, 1)
	second := &remediation.FileRecorder{Path: first.Path}
	for n, f := range []*remediation.FileRecorder{second, first, second} {
		appendRecord(t, f, record(acme(t), n+2))
	}
	wantRecords(t, first, "record-1 record-2 record-3 record-4")
}
