package cli_test

import (
	"context"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// The rest of this file up to the test is a whole program: what package cli is
// for.

const help = `Whoami says whose credential it is.

Usage:
  whoami                      against a simulated org in this program
  whoami --tenant-id ID

` + cli.ConnectionHelp + `
The result:
  --json              print the result as JSON, that of a failure too
  --want LOGIN        the user that it should be

` + cli.ExitHelp

func run(ctx context.Context, p *cli.Program) error {
	var conn cli.Connection
	fs := p.Flags(help)
	conn.Flags(fs)
	p.JSONFlag()
	want := fs.String("want", "", "")
	if err := p.Parse(); err != nil {
		return err
	}
	if p.Demo() {
		sim, err := conn.Simulate(p, oktatest.Config{})
		if err != nil {
			return err
		}
		defer sim.Close()
	}
	client, err := conn.Connect(ctx, p)
	if err != nil {
		return err
	}
	p.Live("reading the user")
	var me struct {
		ID      string `json:"id"`
		Profile struct {
			Login string `json:"login"`
		} `json:"profile"`
		*cli.Failure
	}
	if err := client.Get(ctx, &me, nil, "api", "v1", "users", "me"); err != nil {
		return err
	}
	p.ClearLine()
	var other error
	if *want != "" && me.Profile.Login != *want {
		other = cli.Incompletef("the credential is that of %s, not of %s", me.Profile.Login, *want)
	}
	me.Failure = p.Failure(ctx, other)
	if err := p.Print(me, func(t *cli.Table) {
		t.Row("id:", me.ID)
		t.Row("login:", me.Profile.Login)
	}); err != nil {
		return err
	}
	return other
}

// A program of 60 lines has all that the others have.
func TestWhoami(t *testing.T) {
	t.Parallel()
	o := clitest.Serve(t, oktatest.Config{})
	token := map[string]string{"OKTA_API_TOKEN": o.APIToken()}
	for _, tt := range []struct {
		name   string
		setup  clitest.Setup
		args   []string
		status int
		want   []string
	}{
		{"demonstration", clitest.Setup{}, nil, cli.ExitDone, []string{"this is a demonstration", "org https://demo.okta.com", "login:  org.owner.1@example.com"}},
		{"help", clitest.Setup{}, []string{"--help"}, cli.ExitDone, []string{"--ca-file FILE", "130  interrupted"}},
		{"an org", clitest.Setup{Env: token}, o.Flags(), cli.ExitDone, []string{"org " + o.URL, "login:  org.owner.1@example.com"}},
		{"JSON", clitest.Setup{Env: token}, append(o.Flags(), "--json"), cli.ExitDone, []string{`"login": "org.owner.1@example.com"`}},
		{"somebody else", clitest.Setup{Env: token}, append(o.Flags(), "--want", "dana"), cli.ExitIncomplete, []string{"whoami: the credential is that of org.owner.1@example.com, not of dana"}},
		{"somebody else as JSON", clitest.Setup{Env: token}, append(o.Flags(), "--json", "--want", "dana"), cli.ExitIncomplete, []string{`"exit": 3`, `"login": "org`}},
		{"usage", clitest.Setup{}, []string{"--nonsense"}, cli.ExitUsage, []string{"whoami: there is no flag --nonsense\nRun whoami --help for the flags.\n"}},
		{"usage as JSON", clitest.Setup{}, []string{"--nonsense", "--json"}, cli.ExitUsage, []string{`"error": "there is no flag --nonsense"`}},
		{"no credential", clitest.Setup{}, append(o.Flags(), "--json"), cli.ExitUsage, []string{"set OKTA_API_TOKEN, or give --credentials FILE", `"exit": 2`}},
		{"wrong credential", clitest.Setup{Env: map[string]string{"OKTA_API_TOKEN": "00x"}}, append(o.Flags(), "--json"), cli.ExitFailed, []string{"whoami: GET /api/v1/users/me: 401", `"exit": 1`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := tt.setup.Run(t, "whoami", run, tt.args...)
			got.Check(t, tt.status, tt.want...)
			if strings.Contains(strings.Join(tt.args, " "), "--json") {
				got.Unmarshal(t, &struct{}{})
			}
		})
	}
}
