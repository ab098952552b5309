package clitest

import (
	"io"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/durable"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// An App is an org with a service app labelled acme, whose credentials and journal are in
// files, as onboard leaves them.
type App struct {
	*Org
	File        string // of --credentials; the journal is beside it
	Bare        string // the org's Settled before the app was made
	Credentials oktaint.Credentials
}

// ServeApp starts an org and sets the app up.
func ServeApp(t testing.TB, cfg oktatest.Config) *App {
	t.Helper()
	a := &App{Org: Serve(t, cfg)}
	a.File, a.Bare = filepath.Join(a.Dir, "acme.json"), a.Settled()
	key := Key(t)
	plan, err := oauthapp.BuildPlan(t.Context(), a.Admin(t), oauthapp.Desired{
		Label: "acme", Key: key.Public(), Scopes: scopes.New(scopes.UsersRead),
	}, durable.File{Path: a.File + ".journal"})
	if err != nil {
		t.Fatal(err)
	}
	result, err := plan.Apply(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a.Credentials = result.Credentials(key)
	if err := a.Credentials.WriteFile(a.File); err != nil {
		t.Fatal(err)
	}
	a.ResetRequests()
	return a
}

// Admin is a client with the API token of the org's owner.
func (o *Org) Admin(t testing.TB) *oktaint.Client {
	t.Helper()
	conn := cli.Connection{OrgURL: o.URL, CAFile: o.CA, APIToken: o.APIToken()}
	admin, err := conn.Connect(t.Context(), &cli.Program{Name: "test", Stderr: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	return admin
}

// used is what each use of an API token moves.
var used = regexp.MustCompile(`"(lastUpdated|expiresAt)": ?"[^"]*"`)

// Settled is the org's state without what each use of an API token moves.
func (o *Org) Settled() string { return used.ReplaceAllString(string(o.State()), "") }
