package main

import (
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

const readOnly = "READ_ONLY_ADMIN"

// An org is a simulated one on loopback, with a file for --out.
type org struct {
	*clitest.Org
	out string
}

func serve(t testing.TB, cfg oktatest.Config) *org {
	o := clitest.Serve(t, cfg)
	return &org{o, filepath.Join(o.Dir, "acme.json")}
}

// connect runs the command. No secret is in what it prints.
func (o *org) connect(t testing.TB, s clitest.Setup, args ...string) clitest.Ran {
	t.Helper()
	r := s.Run(t, "connect", run, append(o.Flags(), args...)...)
	secrets := []string{o.APIToken(), "PRIVATE KEY"}
	for _, value := range s.Env {
		secrets = append(secrets, value)
	}
	for _, secret := range secrets {
		if secret != "" && secret != o.URL && !strings.HasPrefix(secret, "0oa") && !strings.HasPrefix(secret, "okta.") && strings.Contains(r.Stdout+r.Stderr, secret) {
			t.Errorf("a secret is in the output of %v", args)
		}
	}
	return r
}

// written reads the file of --out.
func (o *org) written(t testing.TB) oktaint.Credentials {
	t.Helper()
	creds, err := oktaint.ReadCredentials(o.out)
	if err != nil {
		t.Fatal(err)
	}
	return creds
}

// handed returns what the org knows by a client id or a token, as a customer has it.
func (o *org) handed(t testing.TB, of string) oktaint.Credentials {
	t.Helper()
	creds, err := oktaint.ParseCredentials(o.Credentials(of))
	if err != nil {
		t.Fatal(err)
	}
	return creds
}

// keyText is the private key of an app.
func keyText(t testing.TB, creds oktaint.Credentials) string {
	t.Helper()
	pem, err := creds.Key.PEM()
	if err != nil {
		t.Fatal(err)
	}
	return pem.Reveal()
}

// result reads what --json printed.
func result(t testing.TB, r clitest.Ran) (p printed) {
	t.Helper()
	r.Unmarshal(t, &p)
	return p
}

func (o *org) app(granted scopes.Set, roles ...string) string {
	return o.AddServiceApp(oktatest.ServiceApp{Scopes: granted, Roles: roles})
}

func (o *org) integration(granted scopes.Set, roles ...string) string {
	return o.InstallIntegration(oktatest.Integration{Scopes: granted, Roles: roles})
}

// clientBase reaches the org as the program does.
func clientBase(t testing.TB, o *org) (http.RoundTripper, error) {
	t.Helper()
	conn := cli.Connection{OrgURL: o.URL, CAFile: o.CA}
	err := conn.Check(&cli.Program{Args: []string{"--flag"}, Stderr: io.Discard})
	return conn.Base, err
}
