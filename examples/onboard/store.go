package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/durable"
)

// A store keeps the key, and with --out the credentials.
type store struct {
	*options
	creds oktaint.Credentials
	found bool // the file of --out was there, with creds
}

// openStore reads what --out holds from an earlier run, which names the org if
// nothing else does. It refuses a file that holds anything else, and one that
// could not be written.
func openStore(o *options) (*store, error) {
	s := &store{options: o, creds: oktaint.Credentials{Kind: oktaint.KindPrivateKeyJWT}}
	if o.outFile == "" {
		return s, nil
	}
	old, found, err := cli.ReadOut(o.outFile)
	switch {
	case err != nil:
		return nil, err
	case !found:
		return s, nil
	case old.Kind != oktaint.KindPrivateKeyJWT:
		return nil, cli.OtherOut(o.outFile, old)
	}
	s.creds, s.found, o.conn.Org = old, true, old.Org
	return s, nil
}

// claim makes the credentials those of this org, unless they are another's.
func (s *store) claim(info oktaint.OrgInfo) error {
	if s.found && (s.creds.Org != info.Org || s.creds.OrgID != "" && s.creds.OrgID != info.ID) {
		return cli.OtherOut(s.outFile, s.creds)
	}
	s.creds.Org, s.creds.OrgID = info.Org, info.ID
	return nil
}

// canVerify reports whether there is something to do without a token: the app is
// there already, with its credentials in --out.
func (s *store) canVerify() bool {
	return s.found && !s.dryRun && s.rawForm == "" && !s.rollback && !s.takes() && s.creds.ClientID != "" && !s.creds.Scopes.IsEmpty()
}

// openJournal finds the journal, none for a demonstration, whose org is gone when
// it ends.
func (j *job) openJournal() (err error) {
	switch {
	case j.journalFile != "":
	case j.Demo():
		return nil
	case j.outFile != "":
		j.journalFile = j.outFile + ".journal"
	default:
		if j.journalFile, err = oauthapp.DefaultJournalPath(j.conn.Info.ID, j.label); err != nil {
			return err
		}
	}
	j.journal = durable.File{Path: j.journalFile}
	return nil
}

// load gets the key: from --key, from --out, or a new one.
func (s *store) load() (err error) {
	if s.keyFile == "" {
		if !s.found {
			s.creds.Key, err = oktaint.GenerateKey()
		}
		return err
	}
	data, err := os.ReadFile(s.keyFile)
	if err != nil {
		return cli.Usagef("--key: %w", err)
	}
	key, err := oktaint.ParseKey(data, "")
	if err != nil {
		return cli.Usagef("--key %s: %w", s.keyFile, err)
	}
	if s.found && !key.Public().Equal(s.creds.Key.Public()) {
		return cli.Usagef("--key and --out hold different keys: give one of them")
	}
	s.creds.Key = key
	return nil
}

// check refuses to go on where --out names an app that is there, but is not the
// one of this label: its credentials would be lost.
func (s *store) check(ctx context.Context, admin *oktaint.Client, app *oauthapp.App) error {
	id := s.creds.ApplicationID
	if !s.found || id == "" || app != nil && app.ID == id {
		return nil
	}
	var other struct{ Label string }
	err := admin.Get(ctx, &other, nil, "api", "v1", "apps", id)
	switch {
	case oktaint.IsNotFound(err): // it was removed: the file is free
		s.creds.ApplicationID, s.creds.ClientID = "", ""
		return nil
	case err != nil:
		return fmt.Errorf("look up app %s, which --out names: %w", id, err)
	}
	return fmt.Errorf("--out %s holds the credentials of app %s, labelled %q: choose another file, or that --label", s.outFile, id, other.Label)
}

var errOvertaken = errors.New("another run has just written --out, and may be setting up the same app: let it finish and run the same command again. This one has made nothing")

// overtaken reports whether another run has written --out since this one looked.
func (s *store) overtaken() bool {
	if s.outFile == "" || s.found {
		return false
	}
	_, err := os.Stat(s.outFile)
	return err == nil
}

// save writes the key to --out, so that no app is made whose key could be lost.
// A file that another run has made in the meantime is left as it is: its key may
// be that of an app already.
func (s *store) save() error {
	if s.outFile == "" || s.found {
		return nil
	}
	doc, err := s.creds.Document()
	if err != nil {
		return err
	}
	err = durable.Create(s.outFile, doc)
	switch {
	case errors.Is(err, fs.ErrExist):
		return errOvertaken
	case err != nil:
		return fmt.Errorf("write credentials: %w", err)
	}
	return nil
}

// complete writes what is known now to --out.
func (s *store) complete(plan *oauthapp.Plan, out *outcome) error {
	if s.outFile == "" || out.app == "" {
		return nil
	}
	s.creds = s.credentials(plan, out)
	return s.creds.WriteFile(s.outFile)
}

// credentials are those of the app, with the scopes that it was granted: a token
// request that names one the org does not have gets no token at all. Scopes of an
// earlier run that nobody asked to remove stay. plan is nil if the app is only verified.
func (s *store) credentials(plan *oauthapp.Plan, out *outcome) oktaint.Credentials {
	c := out.result.Credentials(s.creds.Key)
	c.Org, c.OrgID, c.ApplicationID, c.ClientID = s.creds.Org, s.creds.OrgID, out.app, out.client
	switch {
	case plan == nil:
		c.Scopes = s.creds.Scopes
	case plan.App != nil && !s.exact:
		had := s.creds.Scopes.Minus(s.creds.Scopes.Minus(plan.App.Granted))
		c.Scopes = c.Scopes.Union(had.Minus(s.remove.Scopes))
	}
	return c
}
