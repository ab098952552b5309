package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/durable"
)

// nextFile keeps the new key until the rotation is over, so that one which was killed
// goes on with it.
func (j *job) nextFile() string { return j.File + ".next" }

// nextKey is the key of an interrupted rotation, or a new one.
func (j *job) nextKey() (oktaint.Key, error) {
	kept, err := oktaint.ReadCredentials(j.nextFile())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return oktaint.GenerateKey()
	case err != nil:
		return oktaint.Key{}, cli.Usagef("%s, which an earlier rotation has left: %w", j.nextFile(), err)
	case kept.ClientID != j.Credentials.ClientID || kept.Org != j.Credentials.Org:
		return oktaint.Key{}, cli.Usagef("%s is about another app than %s: move it away", j.nextFile(), j.File)
	}
	j.Say("a rotation was interrupted, which goes on with the key in %s", j.nextFile())
	return kept.Key, nil
}

// keep stores the new key durably.
func (j *job) keep(key oktaint.Key) error {
	if j.over {
		if err := j.forget(); err != nil {
			return err
		}
	}
	creds := j.Credentials
	creds.Key = key
	doc, err := creds.Document()
	if err != nil {
		return err
	}
	if err = durable.Create(j.nextFile(), doc); errors.Is(err, fs.ErrExist) { // it is there from before
		kept, readErr := oktaint.ReadCredentials(j.nextFile())
		if readErr != nil || !kept.Key.Public().Equal(key.Public()) {
			return fmt.Errorf("another rotation has just written %s: let it finish", j.nextFile())
		}
		return nil
	}
	return err
}

// forget removes the file of the new key: it stands in the file of credentials now.
func (j *job) forget() error {
	err := os.Remove(j.nextFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
