package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// keyText is that of the library's tests.
func keyText(t *testing.T) string {
	t.Helper()
	return clitest.ReadFile(t, "../../../oktaint/testdata/rsa2048_TEST_ONLY.pem")
}

// stored are files of credentials.
func stored(t *testing.T) (app, half, token string) {
	t.Helper()
	dir := t.TempDir()
	key, err := oktaint.ParseKey([]byte(keyText(t)), "")
	if err != nil {
		t.Fatal(err)
	}
	acme := clitest.MustOrg(t, "acme")
	for name, creds := range map[string]oktaint.Credentials{
		"app":   {Kind: oktaint.KindPrivateKeyJWT, Org: acme, Key: key, ClientID: "0oaapp", Scopes: scopes.New(scopes.UsersRead)},
		"half":  {Kind: oktaint.KindPrivateKeyJWT, Org: acme, Key: key},
		"token": {Kind: oktaint.KindAPIToken, Org: acme, APIToken: oktaint.NewSecret("00file")},
	} {
		if err := creds.WriteFile(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "app"), filepath.Join(dir, "half"), filepath.Join(dir, "token")
}

// Which org and which credential it is follows from the flags, then from the
// environment.
func TestCheck(t *testing.T) {
	t.Parallel()
	app, half, token := stored(t)
	env := func(pairs ...string) map[string]string {
		m := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i]] = pairs[i+1]
		}
		return m
	}
	all := env("OKTA_CLIENT_ORGURL", "https://env.okta.com", "OKTA_CLIENT_TOKEN", "00env", "OKTA_API_TOKEN", "00api")
	for _, tt := range []struct {
		name  string
		conn  cli.Connection
		env   map[string]string
		stdin string
		want  string // org, kind, client and secret; or the error
	}{
		{"tenant", cli.Connection{TenantID: "acme"}, nil, "", "https://acme.okta.com"},
		{"URL", cli.Connection{OrgURL: "https://login.example.com"}, nil, "", "https://login.example.com"},
		{"tenant and token", cli.Connection{TenantID: "acme"}, all, "", "https://acme.okta.com api_token 00api"},
		{"token of the flag", cli.Connection{TenantID: "acme", APIToken: "00flag"}, all, "", "https://acme.okta.com api_token 00flag"},
		{"token of standard input", cli.Connection{TenantID: "acme", APIToken: "-"}, all, " SSWS 00stdin\r\n", "https://acme.okta.com api_token 00stdin"},
		{"file of an app", cli.Connection{CredentialsFile: app}, all, "", "https://acme.okta.com private_key_jwt 0oaapp"},
		{"quoted token", cli.Connection{TenantID: "acme", APIToken: "-"}, all, "\"00stdin\"\n", "https://acme.okta.com api_token 00stdin"},
		{"file of a token", cli.Connection{CredentialsFile: token}, all, "", "https://acme.okta.com api_token 00file"},
		{"file and its org", cli.Connection{CredentialsFile: app, TenantID: "acme"}, all, "", "https://acme.okta.com private_key_jwt 0oaapp"},
		{"client secret", cli.Connection{TenantID: "acme", ClientID: "0oa1", ClientScopes: "visibility"}, env("OKTA_CLIENT_CLIENTSECRET", "shh"), "", "https://acme.okta.com client_secret 0oa1 shh"},
		{"client secret to be asked for", cli.Connection{TenantID: "acme", ClientID: "0oa1", ClientScopes: "visibility"}, env("OKTA_API_TOKEN", "00api"), "", "https://acme.okta.com"},
		{"environment", cli.Connection{}, all, "", "https://env.okta.com api_token 00env"},
		{"environment of an app", cli.Connection{}, env("OKTA_CLIENT_ORGURL", "https://env.okta.com", "OKTA_CLIENT_CLIENTID", "0oa1", "OKTA_CLIENT_PRIVATEKEY", keyText(t), "OKTA_CLIENT_SCOPES", "okta.users.read"), "", "https://env.okta.com private_key_jwt 0oa1"},
		{"environment of an integration", cli.Connection{}, env("OKTA_CLIENT_ORGURL", "https://env.okta.com", "OKTA_CLIENT_CLIENTID", "0oa1", "OKTA_CLIENT_CLIENTSECRET", "shh", "OKTA_CLIENT_SCOPES", "okta.users.read"), "", "https://env.okta.com client_secret 0oa1 shh"},
		{"environment of an org alone", cli.Connection{}, env("OKTA_CLIENT_ORGURL", "https://env.okta.com", "OKTA_API_TOKEN", "00api"), "", "https://env.okta.com api_token 00api"},
		{"environment and a flag", cli.Connection{APIToken: "00flag"}, all, "", "https://env.okta.com api_token 00flag"},
		{"the program's own", cli.Connection{Org: clitest.MustOrg(t, "own")}, nil, "", "https://own.okta.com"},
		{"the program's own, and the environment", cli.Connection{Org: clitest.MustOrg(t, "own")}, all, "", "https://env.okta.com api_token 00env"},
		{"the program's own, and a secret", cli.Connection{Org: clitest.MustOrg(t, "own"), ClientID: "0oa1", ClientScopes: "visibility"}, env("OKTA_CLIENT_CLIENTSECRET", "shh"), "", "https://own.okta.com client_secret 0oa1 shh"},

		{"a secret of no org", cli.Connection{ClientID: "0oa1", ClientScopes: "visibility"}, env("OKTA_CLIENT_CLIENTSECRET", "shh"), "", "which org?"},
		{"nothing", cli.Connection{}, nil, "", "which org?"},
		{"two names", cli.Connection{TenantID: "acme", OrgURL: "https://acme.okta.com"}, nil, "", "give one of them"},
		{"two credentials", cli.Connection{CredentialsFile: app, FileFlag: "bootstrap", APIToken: "-"}, nil, "", "--bootstrap and --api-token are two credentials"},
		{"file and client", cli.Connection{CredentialsFile: app, FileFlag: "credentials", ClientID: "0oa1"}, nil, "", "--credentials and --client-id are two credentials"},
		{"file of another org", cli.Connection{CredentialsFile: app, FileFlag: "bootstrap", TenantID: "other"}, nil, "", "is about https://acme.okta.com, not https://other.okta.com"},
		{"half a file", cli.Connection{CredentialsFile: half, FileFlag: "credentials"}, nil, "", "not set up yet"},
		{"no file", cli.Connection{CredentialsFile: "none", FileFlag: "credentials"}, nil, "", "--credentials"},
		{"half an environment", cli.Connection{}, env("OKTA_CLIENT_TOKEN", "00env"), "", "OKTA_CLIENT_ORGURL"},
		{"token twice in the environment", cli.Connection{}, env("OKTA_CLIENT_ORGURL", "https://env.okta.com", "OKTA_CLIENT_TOKEN", "a", "OKTA_CLIENT_PRIVATEKEY", "b"), "", "exactly one of"},
		{"placeholders", cli.Connection{TenantID: "TENANT_ID", APIToken: "TOKEN"}, nil, "", "--tenant-id: oktaint: the org is a placeholder: put your own tenant id there"},
		{"http", cli.Connection{OrgURL: "http://acme.okta.com"}, nil, "", "--org-url: oktaint: "},
		{"placeholder of a client", cli.Connection{TenantID: "acme", ClientID: "CLIENT_ID"}, nil, "", "placeholder"},
		{"placeholder of a token", cli.Connection{TenantID: "acme", APIToken: "<your-token>"}, nil, "", "placeholder"},
		{"broken token", cli.Connection{TenantID: "acme", APIToken: "-"}, nil, "00a\n00b", "the API token has a line break inside: copy it again"},
		{"no token", cli.Connection{TenantID: "acme", APIToken: "-"}, nil, " \n", "standard input is empty"},
		{"broken secret", cli.Connection{TenantID: "acme", ClientID: "0oa1", ClientScopes: "visibility"}, env("OKTA_CLIENT_CLIENTSECRET", "a b"), "", "the client secret has white space inside: copy it again"},
		{"access token", cli.Connection{TenantID: "acme", APIToken: "-"}, nil, "Bearer hunter2", "the API token begins with Bearer"},
		{"misspelt scopes", cli.Connection{TenantID: "acme", ClientID: "0oa1", ClientScopes: "okta.users.reed"}, nil, "", "--client-scopes: scopes: \"okta.users.reed\" is not a scope of Okta's: did you mean okta.users.read?"},
		{"broken scopes", cli.Connection{TenantID: "acme", ClientID: "0oa1", ClientScopes: `"`}, nil, "", "--client-scopes"},
		{"no proxy", cli.Connection{TenantID: "acme", Proxy: "nonsense"}, nil, "", "--proxy is a URL"},
		{"secret in a proxy", cli.Connection{TenantID: "acme", Proxy: "http://user:hunter2@%zz"}, nil, "", "--proxy is a URL"},
		{"certificates for Okta", cli.Connection{TenantID: "acme", CAFile: app}, nil, "", "refused for https://acme.okta.com"},
		{"no certificates", cli.Connection{OrgURL: "https://127.0.0.1:1", CAFile: app}, nil, "", "no certificate in PEM"},
		{"no file of certificates", cli.Connection{OrgURL: "https://127.0.0.1:1", CAFile: "none"}, nil, "", "--ca-file: open none"},
	} {
		var errs bytes.Buffer
		p := &cli.Program{Args: []string{"--flag"}, Stdin: strings.NewReader(tt.stdin), Stderr: &errs, Getenv: func(name string) string { return tt.env[name] }}
		err := tt.conn.Check(p)
		if err != nil {
			if !strings.Contains(err.Error(), tt.want) || strings.HasPrefix(tt.want, "https") {
				t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%s: a secret is repeated: %v", tt.name, err)
			}
			continue
		}
		creds := tt.conn.Credentials
		got := strings.Join(strings.Fields(strings.Join([]string{tt.conn.Org.String(), string(creds.Kind), creds.ClientID, creds.ClientSecret.Reveal() + creds.APIToken.Reveal()}, " ")), " ")
		if got != tt.want || tt.conn.HasCredential() != (creds.Kind != "") {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// The flags of a file of credentials and of an org name the same thing.
func TestFlagsOfOneOrg(t *testing.T) {
	t.Parallel()
	app, _, _ := stored(t)
	clitest.Setup{}.Run(t, "whoami", run, "--credentials", app, "--tenant-id", "acme").Check(t, cli.ExitUsage, "--credentials, --tenant-id and --org-url name the same thing: give one of them")
}

// A file that others can read is warned of, whoever names it.
func TestReadableSecrets(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the mode of a file says nothing there")
	}
	app, _, _ := stored(t)
	key := filepath.Join(t.TempDir(), "key_TEST_ONLY.pem")
	if err := os.WriteFile(key, []byte(keyText(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"OKTA_CLIENT_ORGURL": "https://env.okta.com", "OKTA_CLIENT_CLIENTID": "0oa1", "OKTA_CLIENT_PRIVATEKEY": key, "OKTA_CLIENT_SCOPES": "okta.users.read"}
	for _, mode := range []os.FileMode{0o600, 0o640} {
		for file, conn := range map[string]cli.Connection{app: {CredentialsFile: app}, key: {}} {
			if err := os.Chmod(file, mode); err != nil {
				t.Fatal(err)
			}
			var errs strings.Builder
			p := &cli.Program{Stderr: &errs, Getenv: func(name string) string { return env[name] }}
			if err := conn.Check(p); err != nil {
				t.Errorf("%s: %v", file, err)
			}
			want := 0
			if mode != 0o600 {
				want = 1
			}
			if n := strings.Count(errs.String(), "warning: "+file+" holds a secret, and its mode 0640"); n != want {
				t.Errorf("%s of mode %v: %d warnings, want %d\n%s", file, mode, n, want, errs.String())
			}
		}
	}
}
