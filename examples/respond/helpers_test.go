package main

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
	"github.com/rezonate-io/okta-integration/scopes"
)

// An app as onboarding makes it, with the role for these kinds of actions.
func (o *org) app(t *testing.T, dpop bool, kinds ...remediation.Kind) oktaint.Credentials {
	t.Helper()
	key := clitest.Key(t)
	var actions []remediation.Action
	for _, kind := range kinds {
		actions = append(actions, remediation.Sample(kind))
	}
	creds := oktaint.Credentials{
		Kind: oktaint.KindPrivateKeyJWT, Org: clitest.MustOrg(t, o.URL), Key: key,
		Scopes: scopes.Visibility.Union(remediation.Scopes(actions...)),
	}
	creds.ClientID = o.AddServiceApp(oktatest.ServiceApp{
		Key: key.Public(), Scopes: creds.Scopes, DPoP: dpop, Roles: []string{"READ_ONLY_ADMIN"},
		Permissions: append(remediation.Permissions(actions...), remediation.GuardPermissions(remediation.Guards{})...),
	})
	creds.ApplicationID = creds.ClientID
	return creds
}

// programs are those that run as processes of their own.
var programs = clitest.Build(".")

func TestMain(m *testing.M) { programs.Main(m) }

// An org is a simulated one on loopback, with a folder for what respond keeps.
type org struct{ *clitest.Org }

func serve(t testing.TB, cfg oktatest.Config) *org { return &org{clitest.Serve(t, cfg)} }

// user reads a user's status and groups, as the org shows them.
func (o *org) user(t testing.TB, id string) (status string, groups []string) {
	t.Helper()
	var state struct {
		Users  []struct{ ID, Status string }
		Groups []struct {
			Profile struct{ Name string }
			Members []string
		}
	}
	if err := json.Unmarshal(o.State(), &state); err != nil {
		t.Fatal(err)
	}
	status = "gone"
	for _, u := range state.Users {
		if u.ID == id {
			status = u.Status
		}
	}
	for _, g := range state.Groups {
		for _, m := range g.Members {
			if m == id {
				groups = append(groups, g.Profile.Name)
			}
		}
	}
	return status, groups
}

// want holds a user's status against one.
func (o *org) want(t testing.TB, id, status string) {
	t.Helper()
	if got, _ := o.user(t, id); got != status {
		t.Errorf("user %s is %s, want %s", id, got, status)
	}
}

// digest is that of the plan on standard output.
func digest(t testing.TB, r clitest.Ran) string {
	t.Helper()
	m := regexp.MustCompile(`(?m)^digest: ([0-9a-f]{64})$`).FindStringSubmatch(r.Stdout)
	if m == nil {
		t.Fatalf("no digest: status %d\n%s\n%s", r.Status, r.Stdout, r.Stderr)
	}
	return m[1]
}

// respond runs the command without a terminal, with the owner's API token in the
// environment.
func (o *org) respond(t testing.TB, args ...string) clitest.Ran {
	t.Helper()
	return o.respondIn(t, clitest.Setup{}, args...)
}

func (o *org) respondIn(t testing.TB, s clitest.Setup, args ...string) clitest.Ran {
	t.Helper()
	return o.respondBare(t, s, append(o.Flags(), args...)...)
}

// respondBare names no org.
func (o *org) respondBare(t testing.TB, s clitest.Setup, args ...string) clitest.Ran {
	t.Helper()
	if s.Env == nil {
		s.Env = map[string]string{"OKTA_API_TOKEN": o.APIToken()}
	}
	s.Config = filepath.Join(o.Dir, "config")
	r := s.Run(t, "respond", run, args...)
	for _, secret := range []string{o.APIToken(), "PRIVATE KEY", "tempPassword", "reset_password/", "welcome/"} {
		if strings.Contains(r.Stdout+r.Stderr, secret) {
			t.Errorf("%.14q is in the output of %q", secret, args)
		}
	}
	return r
}

// apply plans, and runs the plan by its digest.
func (o *org) apply(t testing.TB, args ...string) clitest.Ran {
	t.Helper()
	return o.respond(t, append(args, "--approve", digest(t, o.respond(t, args...)))...)
}

// records is the file of records that is used where none is named.
func (o *org) records() string {
	return filepath.Join(o.Dir, "config", "rezonate-okta", strings.ReplaceAll(strings.TrimPrefix(o.URL, "https://"), ":", "%3A")+".responses.jsonl")
}
