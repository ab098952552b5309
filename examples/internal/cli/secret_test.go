package cli_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// A secret comes from a flag, a file, standard input or the environment; of a flag it is
// said that others see it.
func TestSecrets(t *testing.T) {
	t.Parallel()
	o := &clitest.Org{Dir: t.TempDir()}
	file := o.File(t, "secret", " 00file\n")
	empty := o.File(t, "empty", "\n")
	key := o.File(t, "key_TEST_ONLY.pem", keyText(t))
	const app = "0oa1"
	env := map[string]string{"OKTA_CLIENT_CLIENTSECRET": "00env", "OKTA_API_TOKEN": "00env"}
	for name, tt := range map[string]struct {
		conn  cli.Connection
		stdin string
		want  string // kind and secret, or the error
		says  string
	}{
		"token in a file":           {cli.Connection{SecretFile: file}, "", "api_token 00file", ""},
		"token file as input":       {cli.Connection{SecretFile: "-"}, "00stdin\n", "api_token 00stdin", ""},
		"secret in a file":          {cli.Connection{ClientID: app, SecretFile: file}, "", "client_secret 00file", ""},
		"secret as input":           {cli.Connection{ClientID: app, ClientSecret: "-"}, "00stdin\r\n", "client_secret 00stdin", ""},
		"secret of a flag":          {cli.Connection{ClientID: app, ClientSecret: "00flag"}, "", "client_secret 00flag", "a secret on the command line can be seen by others on this machine: better set OKTA_CLIENT_CLIENTSECRET, or leave --client-secret out"},
		"secret of the environment": {cli.Connection{ClientID: app}, "", "client_secret 00env", ""},
		"key":                       {cli.Connection{ClientID: app, KeyFile: key}, "", "private_key_jwt", ""},
		"key as input":              {cli.Connection{ClientID: app, KeyFile: "-"}, keyText(t), "private_key_jwt", ""},
		"token of a flag":           {cli.Connection{APIToken: "00flag"}, "", "api_token 00flag", "a token on the command line can be seen by others on this machine: better set OKTA_API_TOKEN, or leave --api-token out"},
		"no file":                   {cli.Connection{SecretFile: filepath.Join(o.Dir, "none")}, "", "--secret-file: open ", ""},
		"no key file":               {cli.Connection{ClientID: app, KeyFile: filepath.Join(o.Dir, "none")}, "", "--key: open ", ""},
		"empty file":                {cli.Connection{SecretFile: empty}, "", "--secret-file " + empty + " is empty", ""},
		"no key":                    {cli.Connection{ClientID: app, KeyFile: file}, "", "--key " + file + ": ", ""},
		"no input":                  {cli.Connection{ClientID: app, ClientSecret: "-"}, "", "there is no client secret: standard input is empty", ""},
		"no key as input":           {cli.Connection{ClientID: app, KeyFile: "-"}, " ", "there is no private key: standard input is empty", ""},
		"placeholder":               {cli.Connection{ClientID: app, ClientSecret: "CLIENT_SECRET"}, "", "--client-secret is a placeholder", ""},
		"key of nobody":             {cli.Connection{KeyFile: key}, "", "--client-id is missing", ""},
		"secret of nobody":          {cli.Connection{ClientSecret: "-"}, "", "--client-id is missing", ""},
		"two secrets":               {cli.Connection{ClientID: app, ClientSecret: "-", KeyFile: key}, "", "--client-secret and --key are two ways to give a secret", ""},
		"token and client":          {cli.Connection{ClientID: app, APIToken: "-"}, "", "--client-id and --api-token are two credentials", ""},
		"secret with a blank":       {cli.Connection{ClientID: app, ClientSecret: "-"}, "00fl ag", "white space inside", ""},
	} {
		var errs strings.Builder
		tt.conn.TenantID, tt.conn.ClientScopes = "acme", "visibility"
		p := &cli.Program{Args: []string{"--flag"}, Stdin: strings.NewReader(tt.stdin), Stderr: &errs, Getenv: func(name string) string { return env[name] }}
		err := tt.conn.Check(p)
		creds := tt.conn.Credentials
		got := strings.TrimSpace(string(creds.Kind) + " " + creds.ClientSecret.Reveal() + creds.APIToken.Reveal())
		if err != nil {
			got = err.Error()
		}
		if !strings.HasPrefix(got, tt.want) && !(err != nil && strings.Contains(got, tt.want)) {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
		if !strings.Contains(errs.String(), tt.says) || (tt.says == "") != (errs.String() == "") {
			t.Errorf("%s: said %q, want %q", name, errs.String(), tt.says)
		}
		if strings.Contains(errs.String(), "00f") || err != nil && strings.Contains(err.Error(), "00fl") {
			t.Errorf("%s: a secret is repeated: %s %v", name, errs.String(), err)
		}
		if err == nil && (creds.ClientID != tt.conn.ClientID || creds.ApplicationID != tt.conn.ClientID || creds.Scopes.IsEmpty() != (creds.Kind == oktaint.KindAPIToken)) {
			t.Errorf("%s: %+v", name, creds)
		}
	}
}

// Who gives no secret is told the flags by which this program takes one.
func TestOtherWays(t *testing.T) {
	t.Parallel()
	o := clitest.Serve(t, oktatest.Config{})
	for want, conn := range map[string]*cli.Connection{
		"there is no API token: set OKTA_API_TOKEN, or pipe it to --api-token -":                      {},
		"there is no API token: set OKTA_API_TOKEN, or give --credentials FILE":                       {FileFlag: "credentials"},
		"there is no client secret: set OKTA_CLIENT_CLIENTSECRET, or pipe it to --client-secret -; f": {ClientID: "0oa1"},
		"there is no client secret: set OKTA_CLIENT_CLIENTSECRET":                                     {ClientID: "0oa1", FileFlag: "credentials"},
	} {
		conn.OrgURL, conn.CAFile, conn.ClientScopes = o.URL, o.CA, "visibility"
		_, err := conn.Connect(t.Context(), &cli.Program{Args: []string{"--flag"}, Stderr: new(strings.Builder)})
		if err == nil || !strings.HasPrefix(err.Error(), want) || conn.FileFlag != "" && err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
