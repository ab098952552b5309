package main

import (
	"fmt"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint"
)

// claim refuses a file of --out that holds the credentials of another integration.
// Those of the same one are replaced: its secret may be new.
func (j *job) claim() error {
	if !j.found {
		return nil
	}
	kind, id := j.conn.Credentials.Kind, j.conn.ClientID
	switch {
	case j.installType != "":
		kind = oktaint.KindClientSecret
	case !j.conn.HasCredential() && id != "": // it will be asked for
		kind = oktaint.KindClientSecret
	case !j.conn.HasCredential():
		kind = oktaint.KindAPIToken
	default:
		id = j.conn.Credentials.ClientID
	}
	other := j.old.Org != j.conn.Org || j.old.OrgID != "" && j.old.OrgID != j.conn.Info.ID || j.old.Kind != kind ||
		j.installType == "" && j.old.ClientID != id
	if other {
		return cli.OtherOut(j.outFile, j.old)
	}
	return nil
}

// save writes the credentials to the file of --out.
func (j *job) save() error {
	if j.outFile == "" {
		return nil
	}
	return j.creds.WriteFile(j.outFile)
}

// interrupted is the error of a run that could not look at what the credentials show.
func (j *job) interrupted(err error) error {
	if j.outFile == "" {
		return err
	}
	return fmt.Errorf("the credentials work, and %s has them; what they show could not be looked at: %w", j.outFile, err)
}
