package main

import (
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// A file of another integration is left alone, and nobody is asked for a secret that
// could not be kept.
func TestOutOfAnother(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	integration, app := o.integration(few, readOnly), o.app(few, readOnly)
	key := o.File(t, "key_TEST_ONLY.pem", keyText(t, o.handed(t, app)))
	other := o.handed(t, o.app(few))
	elsewhere, renamed := o.handed(t, o.APIToken()), o.handed(t, o.APIToken())
	elsewhere.Org, elsewhere.OrgID = clitest.MustOrg(t, "elsewhere"), ""
	renamed.OrgID = "00oother"
	for name, held := range map[string]oktaint.Credentials{"another app": other, "another org": elsewhere, "another id": renamed} {
		if err := held.WriteFile(o.out); err != nil {
			t.Fatal(err)
		}
		before := clitest.ReadFile(t, o.out)
		for _, args := range [][]string{{}, {"--client-id", integration}, {"--client-id", app, "--key", key}, {"--install", "exampleservice"}} {
			var asked string
			got := o.connect(t, clitest.Setup{Ask: clitest.Answers("00x", &asked)}, append(args, "--out", o.out)...)
			if got.Check(t, cli.ExitFailed, "holds the credentials of another integration"); asked != "" {
				t.Errorf("%s, %q: asked %q", name, args, asked)
			}
		}
		if clitest.ReadFile(t, o.out) != before {
			t.Errorf("%s: the file was changed", name)
		}
	}
	if n := len(o.Writes()); n != 0 {
		t.Errorf("written: %q", o.Writes())
	}
}

// A new secret of the same integration replaces the old one, and the file names the org.
func TestOutOfTheSame(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	integration := o.integration(few, readOnly)
	creds := o.handed(t, integration)
	secret := creds.ClientSecret.Reveal()
	creds.ClientSecret = oktaint.NewSecret("00old")
	var asked string
	for name, setup := range map[string]clitest.Setup{"environment": {Env: map[string]string{"OKTA_CLIENT_CLIENTSECRET": secret}}, "question": {Ask: clitest.Answers(secret, &asked)}} {
		if err := creds.WriteFile(o.out); err != nil {
			t.Fatal(err)
		}
		setup.Run(t, "connect", run, "--ca-file", o.CA, "--client-id", integration, "--out", o.out).Check(t, cli.ExitDone)
		if got := o.written(t); got.ClientSecret.Reveal() != secret {
			t.Errorf("%s: the old secret is still there", name)
		}
	}
}
