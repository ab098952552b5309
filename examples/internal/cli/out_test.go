package cli_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
)

func TestReadOut(t *testing.T) {
	t.Parallel()
	app, _, _ := stored(t)
	o := &clitest.Org{Dir: t.TempDir()}
	for file, want := range map[string]string{
		app: "", filepath.Join(o.Dir, "new.json"): "", filepath.Join(o.Dir, "none", "new.json"): "--out: the folder",
		o.File(t, "notes", "hello"): "--out exists and is no credentials file, so it is left alone",
	} {
		old, found, err := cli.ReadOut(file)
		if (err == nil) != (want == "") || err != nil && !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", file, err, want)
		}
		if found != (file == app) || found && old.ClientID != "0oaapp" {
			t.Errorf("%s: %v, %v", file, old, found)
		}
		if found && !strings.Contains(cli.OtherOut(file, old).Error(), file+" holds the credentials of another integration (private_key_jwt for https://acme.okta.com, client 0oaapp)") {
			t.Errorf("%v", cli.OtherOut(file, old))
		}
	}
}
