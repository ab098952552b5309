package main

import (
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
)

// The list has each resource that can be collected, and needs no org.
func TestList(t *testing.T) {
	t.Parallel()
	got := clitest.Setup{}.Run(t, "collect", run, "--list")
	got.Check(t, cli.ExitDone, "\napp-users ", "\nuser-schemas                        core      API_ACCESS_MANAGEMENT_ADMIN APP_ADMIN ORG_ADMIN SUPER_ADMIN  okta.schemas.read\n")
	var all []listed
	clitest.Setup{}.Run(t, "collect", run, "--list", "--json").Unmarshal(t, &all)
	n := 0
	for r := range inventory.Catalogue() {
		if r.Kind == inventory.Activity {
			continue
		}
		if n >= len(all) || all[n].Name != r.Name || all[n].Path != r.Path || len(all[n].Scopes) == 0 || len(all[n].Roles) == 0 {
			t.Fatalf("%d: %+v, want %s", n, all[n:], r.Name)
		}
		n++
	}
	if lines := strings.Count(got.Stdout, "\n"); n < 60 || lines != n+1 || len(all) != n {
		t.Errorf("%d lines, %d in JSON, for %d resources", lines, len(all), n)
	}
	narrow := clitest.Setup{OutWidth: 80}.Run(t, "collect", run, "--list")
	for line := range strings.Lines(narrow.Stdout) {
		if len(line) > 81 {
			t.Errorf("a line of %d columns: %s", len(line), line)
		}
	}
}
