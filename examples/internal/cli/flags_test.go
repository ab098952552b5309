package cli_test

import (
	"context"
	"flag"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// Mistakes on the command line are told in its own words, without the values,
// which may be secrets.
func TestParse(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args []string
		want string // "" is no error
	}{
		{nil, ""}, {[]string{"--name", "x", "--n=3", "--yes", "--item", "a", "--item=b"}, ""},
		{[]string{"--hunter2", "hunter2"}, "there is no flag --hunter2"},
		{[]string{"--nme=hunter2"}, "there is no flag --nme"},
		{[]string{"-nme", "x"}, "there is no flag --nme"},
		{[]string{"--name"}, "--name needs a value"},
		{[]string{"---name=hunter2"}, "a flag begins with two dashes"},
		{[]string{"--n", "many"}, `invalid value "many" for --n`},
		{[]string{"--yes=perhaps"}, "invalid boolean value"},
		{[]string{"--name", ""}, "--name is empty"}, {[]string{"--name="}, "--name is empty"}, {[]string{"--name", " \t"}, "--name is empty"},
		{[]string{"--item", ""}, "for --item: it is empty"},
		{[]string{"hunter2"}, "1 argument belongs to no flag"}, {[]string{"--yes", "hunter2", "b"}, "2 arguments belong to no flag"},
	} {
		var name string
		var items []string
		got := clitest.Setup{}.Run(t, "x", func(_ context.Context, p *cli.Program) error {
			fs := p.Flags("help")
			p.JSONFlag()
			fs.StringVar(&name, "name", "default", "")
			fs.Int("n", 1, "")
			fs.Bool("yes", false, "")
			cli.ListFlag(fs, &items, "item")
			return p.Parse()
		}, tt.args...)
		if tt.want == "" {
			got.Check(t, cli.ExitDone)
			if len(tt.args) > 0 && (name != "x" || strings.Join(items, " ") != "a b") {
				t.Errorf("name %q, items %q", name, items)
			}
			continue
		}
		if got.Check(t, cli.ExitUsage, tt.want); strings.Contains(got.Stderr, "hunter2") && tt.args[0] != "--hunter2" {
			t.Errorf("%q: a value is repeated: %s", tt.args, got.Stderr)
		}
	}
}

// Help is written as it is, to standard output.
func TestHelp(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"--help", "-h"} {
		if got := (clitest.Setup{}).Run(t, "whoami", run, name); got.Status != cli.ExitDone || got.Stdout != help || got.Stderr != "" {
			t.Errorf("%s: status %d, %q, %q", name, got.Status, got.Stdout, got.Stderr)
		}
	}
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	new(cli.Connection).Flags(fs)
	fs.VisitAll(func(f *flag.Flag) {
		if !strings.Contains(cli.ConnectionHelp, "  --"+f.Name+" ") {
			t.Errorf("ConnectionHelp lacks --%s", f.Name)
		}
	})
	for line := range strings.Lines(cli.ConnectionHelp + cli.ExitHelp) {
		if len(line) > 81 {
			t.Errorf("a line of %d characters: %s", len(line)-1, line)
		}
	}
}

func TestParseScopes(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]scopes.Set{
		"visibility":                       scopes.Visibility,
		"visibility,visibility-extended":   scopes.Visibility.Union(scopes.VisibilityExtended),
		"visibility okta.users.manage":     scopes.Visibility.Union(scopes.New(scopes.UsersManage)),
		"okta.users.read,\nokta.logs.read": scopes.New(scopes.UsersRead, scopes.LogsRead),
		"remediation":                      scopes.Remediation,
		"":                                 {},
	} {
		if got, err := cli.ParseScopes(in); err != nil || got != want {
			t.Errorf("ParseScopes(%q) = %v, %v", in, got, err)
		}
	}
	if _, err := cli.ParseScopes(`okta.users.read,"x"`); err == nil {
		t.Error("what cannot be a scope is taken")
	}
}

func TestIsPlaceholder(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]bool{
		"TOKEN": true, "token": true, "<token>": true, "{token}": true, "${TOKEN}": true, "your-token": true, "[Your Token]": true, "": true, "<>": true,
		"00abc": false, "tokens": false, "dana": false, "TOKEN1": false,
	} {
		if got := cli.IsPlaceholder(value, "TOKEN"); got != want {
			t.Errorf("IsPlaceholder(%q) = %v", value, got)
		}
	}
}
