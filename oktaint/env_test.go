package oktaint_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

func TestCredentialsFromEnv(t *testing.T) {
	t.Parallel()
	pem := string(readFile(t, "ec_p256_TEST_ONLY.pem"))
	file := filepath.Join(t.TempDir(), "key_TEST_ONLY.pem")
	if err := os.WriteFile(file, []byte(pem), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		env  map[string]string
		kind oktaint.Kind
		err  string
	}{
		{map[string]string{"ORGURL": "https://acme.okta.com", "TOKEN": "hunter2"}, oktaint.KindAPIToken, ""},
		{map[string]string{"ORGURL": "https://acme.okta.com", "CLIENTID": "0oa1", "SCOPES": "okta.users.read,okta.logs.read", "PRIVATEKEY": pem, "PRIVATEKEYID": "k"}, oktaint.KindPrivateKeyJWT, ""},
		{map[string]string{"ORGURL": "https://acme.okta.com", "CLIENTID": "0oa1", "SCOPES": "okta.users.read", "PRIVATEKEY": file, "PRIVATEKEYID": "k"}, oktaint.KindPrivateKeyJWT, ""},
		{map[string]string{"ORGURL": "https://acme.okta.com", "CLIENTID": "0oa1", "SCOPES": "okta.users.read", "CLIENTSECRET": "hunter2"}, oktaint.KindClientSecret, ""},
		{map[string]string{"TOKEN": "hunter2"}, "", "OKTA_CLIENT_ORGURL"},
		{map[string]string{"ORGURL": "https://acme.okta.com"}, "", "exactly one"},
		{map[string]string{"ORGURL": "https://acme.okta.com", "TOKEN": "hunter2", "CLIENTSECRET": "hunter2"}, "", "exactly one"},
		{map[string]string{"ORGURL": "https://acme.okta.com", "CLIENTSECRET": "hunter2"}, "", "OKTA_CLIENT_SCOPES"},
		{map[string]string{"ORGURL": "https://acme.okta.com", "CLIENTID": "0oa1", "SCOPES": "x", "PRIVATEKEY": "hunter2"}, "", "OKTA_CLIENT_PRIVATEKEY: the private key is neither"},
	} {
		c, err := oktaint.CredentialsFromEnv(func(name string) string { return tt.env[strings.TrimPrefix(name, "OKTA_CLIENT_")] })
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%v: %v, want an error with %q", tt.env["ORGURL"], err, tt.err)
			}
			continue
		}
		if err != nil || c.Kind != tt.kind || c.Org != mustOrg(t, "acme") {
			t.Errorf("%s: %v, %v", tt.kind, c, err)
		}
		if tt.kind == oktaint.KindPrivateKeyJWT && (c.Key.ID() != "k" || !c.Scopes.Contains(scopes.UsersRead)) {
			t.Errorf("key %v, scopes %v", c.Key, c.Scopes)
		}
	}
}

// environment returns a getenv for OKTA_CLIENT_ names: acme, an app, and what is
// given as name and value.
func environment(pairs ...string) func(string) string {
	env := map[string]string{"OKTA_CLIENT_ORGURL": "https://acme.okta.com", "OKTA_CLIENT_CLIENTID": "0oa1", "OKTA_CLIENT_SCOPES": "okta.users.read"}
	for i := 0; i < len(pairs); i += 2 {
		env["OKTA_CLIENT_"+pairs[i]] = pairs[i+1]
	}
	return func(name string) string { return env[name] }
}

// A key that transport has changed comes through the environment, too.
func TestKeyFromEnv(t *testing.T) {
	t.Parallel()
	text := string(readFile(t, "rsa2048_TEST_ONLY.pem"))
	want := readKey(t, "rsa2048_TEST_ONLY.pem").Public()
	for form, do := range transports {
		c, err := oktaint.CredentialsFromEnv(environment("PRIVATEKEY", do(text)))
		if err != nil || c.Key.Public() != want || len(c.Warnings) > 0 {
			t.Errorf("%s: %v, %v", form, c.Key, err)
		}
	}
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, []byte(transports["base64"](text)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, path + "\n", `"` + path + `"`, "file://" + path} {
		c, err := oktaint.CredentialsFromEnv(environment("PRIVATEKEY", name, "PRIVATEKEYID", " mine\n"))
		if err != nil || c.Key.ID() != "mine" || len(c.Warnings) > 0 {
			t.Errorf("from the file %q: %v, %q, %v", name, c.Key, c.Warnings, err)
		}
	}
	if runtime.GOOS != "windows" {
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
		if c, err := oktaint.CredentialsFromEnv(environment("PRIVATEKEY", path)); err != nil || len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0], path) {
			t.Errorf("from a file that others can read: %q, %v", c.Warnings, err)
		}
	}
}

// The error names a file that is missing, and repeats no other text.
func TestKeyFromEnvRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	wrong := filepath.Join(dir, "wrong.pem")
	if err := os.WriteFile(wrong, []byte("hunter2 hunter2"), 0o600); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(dir, "missing")
	for value, want := range map[string]string{
		missing:                          "the file " + missing + " cannot be read: ",
		missing + ".pem\n":               "the file " + missing + ".pem cannot be read: ",
		"okta.key":                       "the file okta.key cannot be read: ",
		"./okta":                         "the file ./okta cannot be read: ",
		`C:\keys\okta`:                   `the file C:\keys\okta cannot be read: `,
		"~/okta.pem":                     "the file ~/okta.pem cannot be read: only a shell knows what ~ is",
		dir:                              "the file " + dir + " cannot be read: ",
		wrong:                            "is neither PEM nor a JSON Web Key: it starts with -----BEGIN or { (in the file that it names)",
		"hunter2":                        "is neither PEM nor",
		"$OKTA_KEY":                      "placeholder",
		strings.Repeat("hunter2 ", 1000): "is neither PEM nor",
	} {
		_, err := oktaint.CredentialsFromEnv(environment("PRIVATEKEY", value))
		if err == nil || !strings.HasPrefix(err.Error(), "oktaint: OKTA_CLIENT_PRIVATEKEY: the ") || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%.60q: %v; want an error with %q", value, err, want)
		}
		if err != nil && strings.Count(err.Error(), "oktaint: ") != 1 {
			t.Errorf("%.60q: the package is named twice: %v", value, err)
		}
	}
}

// White space around values is dropped. An error inside a value is reported at once,
// with the name of its variable.
func TestCredentialsFromEnvCleans(t *testing.T) {
	t.Parallel()
	for _, token := range []string{"00example\n", "00example\r\n", " 00example", "\t00example ", "SSWS 00example", "ssws  00example\n", `"00example"`, "'SSWS 00example'", "Authorization: SSWS 00example", "\ufeff00example"} {
		c, err := oktaint.CredentialsFromEnv(environment("TOKEN", token))
		if err != nil || c.APIToken.Reveal() != "00example" {
			t.Errorf("token %q: %q, %v", token, c.APIToken.Reveal(), err)
		}
	}
	c, err := oktaint.CredentialsFromEnv(environment("ORGURL", " https://ACME.okta.com./\n", "CLIENTID", "0oa1\r\n", "CLIENTSECRET", " s3:cr/et\n", "TOKEN", " \n", "PRIVATEKEY", "\n", "SCOPES", "okta.users.read\n"))
	if err != nil || c.Kind != oktaint.KindClientSecret || c.ClientID != "0oa1" || c.ApplicationID != "0oa1" || c.ClientSecret.Reveal() != "s3:cr/et" || c.Org != mustOrg(t, "acme") {
		t.Errorf("%v, %q, %v", c, c.ClientSecret.Reveal(), err)
	}
	for _, tt := range [][3]string{
		{"TOKEN", "hunter2\nx", "the API token has a line break inside"},
		{"TOKEN", "Bearer hunter2", "begins with Bearer"},
		{"CLIENTSECRET", "hunter2\tx", "the client secret has white space inside"},
		{"CLIENTID", "hunter2\x00", "the client id has a control character inside"},
		{"ORGURL", "acme hunter2", "the org has white space inside: give a tenant id"},
		{"ORGURL", "https//acme.okta.com", "write https://acme.okta.com"},
		{"ORGURL", "https://acme-admin.trex-govcloud.com", "write https://acme.trex-govcloud.com"},
	} {
		_, err := oktaint.CredentialsFromEnv(environment(tt[0], tt[1]))
		if err == nil || !strings.HasPrefix(err.Error(), "oktaint: OKTA_CLIENT_"+tt[0]+": ") || !strings.Contains(err.Error(), tt[2]) || strings.Contains(err.Error(), "hunter2") || strings.Count(err.Error(), "oktaint: ") != 1 {
			t.Errorf("%s %q: %v; want an error with %q", tt[0], tt[1], err, tt[2])
		}
	}
}
