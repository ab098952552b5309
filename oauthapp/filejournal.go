package oauthapp

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/durable"
)

// A FileJournal is a [Journal] in a file. Any number of processes on one
// machine may use the same file at once.
//
// Save holds an advisory lock of the operating system (flock, or an exclusive
// open on Windows) on the file Path + ".lock" while it compares and replaces.
// The system drops such a lock when its holder dies, by SIGKILL too, so that
// none is ever stale; a lock that is a file's mere existence, or a hard link
// named after the next version, would have to be cleaned up, and nobody can
// say when that is safe. The lock file is empty and stays.
//
// The new state is written to Path + ".new", synced, renamed, and the folder
// synced, so it is on the disk when Save returns. Files have the mode 0600; the
// folder is made with the mode 0700 if it is missing. Network file systems that
// do not lock across machines are no place for it.
type FileJournal struct {
	// Path is where the file is or will be; [DefaultJournalPath] is a good
	// place. Required.
	Path string
}

var _ Journal = FileJournal{}

// maxJournal bounds the file, in bytes. A journal of each scope that Okta has
// takes less than 20 kB.
const maxJournal = 1 << 20

// A journalFile is what the file holds. Version is random, so that a file that
// was removed and made anew is not taken for the old one.
type journalFile struct {
	Version string          `json:"version"`
	State   json.RawMessage `json:"state"`
}

// Load implements [Journal]. A file that does not exist is an empty journal.
func (j FileJournal) Load(context.Context) (state []byte, version string, err error) {
	file, err := j.read()
	if err != nil {
		return nil, "", fmt.Errorf("oauthapp: journal file: %w", err)
	}
	return file.State, file.Version, nil
}

// Save implements [Journal]. state must be JSON.
func (j FileJournal) Save(ctx context.Context, state []byte, prev string) (version string, err error) {
	version, err = j.swap(ctx, state, prev)
	if err != nil {
		return "", fmt.Errorf("oauthapp: journal file %s: %w", j.Path, err)
	}
	return version, nil
}

func (j FileJournal) swap(ctx context.Context, state []byte, prev string) (string, error) {
	if j.Path == "" {
		return "", errors.New("the path is empty: see DefaultJournalPath")
	}
	if err := os.MkdirAll(filepath.Dir(j.Path), 0o700); err != nil {
		return "", err
	}
	unlock, err := j.lock(ctx)
	if err != nil {
		return "", err
	}
	defer unlock()
	now, err := j.read()
	if err != nil {
		return "", err
	}
	if now.Version != prev {
		return "", ErrConflict
	}
	next := journalFile{Version: rand.Text(), State: state}
	text, err := json.Marshal(next)
	if err != nil {
		return "", err
	}
	return next.Version, j.replace(append(text, '\n'))
}

// lock waits for the lock, looking again every few milliseconds: it is held no
// longer than a write takes.
func (j FileJournal) lock(ctx context.Context) (unlock func(), err error) {
	for {
		unlock, err := durable.Lock(j.Path + ".lock")
		if err != nil || unlock != nil {
			return unlock, err
		}
		if err := pause(ctx, 5*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

func (j FileJournal) read() (journalFile, error) {
	f, err := os.Open(j.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return journalFile{}, nil
	case err != nil:
		return journalFile{}, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxJournal+1))
	if err != nil {
		return journalFile{}, err
	}
	return parseJournalFile(text)
}

func parseJournalFile(text []byte) (journalFile, error) {
	const next = "move the file away to begin anew"
	var file journalFile
	if len(text) > maxJournal {
		return file, fmt.Errorf("it is larger than %d kB, so it is no journal: %s", maxJournal>>10, next)
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return journalFile{}, fmt.Errorf("it is no journal: %s: %w", next, err)
	}
	if file.Version == "" || len(file.State) == 0 { // some other JSON
		return journalFile{}, errors.New("it is no journal: " + next)
	}
	return file, nil
}

// replace makes text the file's content. The lock is held, so nobody else has
// the temporary file; one left over from a kill is in the way of nothing.
func (j FileJournal) replace(text []byte) error {
	temp := j.Path + ".new"
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(temp, j.Path)
	}
	if err != nil {
		return err
	}
	return durable.SyncDir(filepath.Dir(j.Path))
}

// maxName bounds the name of a journal file before its ending, in bytes: file
// systems take 255 for a name, and ".json.lock" comes after it.
const maxName = 200

// DefaultJournalPath returns where the journal of an app belongs: in
// [os.UserConfigDir], rezonate-okta/ORGID/LABEL.json, with the org's id from
// [oktaint.Discover] and the label escaped by [url.PathEscape], and a colon,
// which Windows does not take, as %3A.
//
// An escaped label of more than 200 bytes is cut there, between two
// characters, and "%-" and the SHA-256 of the label follow in hex. No label is
// escaped to such a name, so two labels never share a file, but where the file
// system does not tell capitals from small letters; there the journal of one
// refuses the other. It makes no folder and no file.
func DefaultJournalPath(orgID, label string) (string, error) {
	if orgID == "" || strings.Trim(orgID, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-") != "" {
		return "", fmt.Errorf("oauthapp: %.40q is no org id: take it from oktaint.Discover", orgID)
	}
	if err := checkLabel(label); err != nil {
		return "", fmt.Errorf("oauthapp: %w", err)
	}
	config, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("oauthapp: no place for the journal: name one: %w", err)
	}
	return filepath.Join(config, "rezonate-okta", orgID, journalName(label)+".json"), nil
}

func journalName(label string) string {
	name := escapeName(label)
	if len(name) <= maxName {
		return name
	}
	sum := sha256.Sum256([]byte(label))
	end := "%-" + hex.EncodeToString(sum[:])
	var cut strings.Builder
	for _, r := range label {
		part := escapeName(string(r))
		if cut.Len()+len(part)+len(end) > maxName {
			break
		}
		cut.WriteString(part)
	}
	return cut.String() + end
}

func escapeName(s string) string { return strings.ReplaceAll(url.PathEscape(s), ":", "%3A") }
