package oktaint_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

func sampleCredentials(t testing.TB) map[oktaint.Kind]oktaint.Credentials {
	org := mustOrg(t, "acme")
	return map[oktaint.Kind]oktaint.Credentials{
		oktaint.KindPrivateKeyJWT: {
			Kind: oktaint.KindPrivateKeyJWT, Org: org, OrgID: "00o1", ApplicationID: "0oa1", ClientID: "client1",
			Key: readKey(t, "ec_p256_TEST_ONLY.pem"), Scopes: scopes.New(scopes.UsersRead, scopes.LogsRead),
		},
		oktaint.KindClientSecret: {
			Kind: oktaint.KindClientSecret, Org: org, ApplicationID: "0oa2", ClientID: "0oa2",
			ClientSecret: oktaint.NewSecret("hunter2-secret"), Scopes: scopes.New(scopes.UsersRead),
		},
		oktaint.KindAPIToken: {Kind: oktaint.KindAPIToken, Org: org, APIToken: oktaint.NewSecret("hunter2-token")},
	}
}

func TestCredentialsRoundTrip(t *testing.T) {
	t.Parallel()
	for kind, c := range sampleCredentials(t) {
		doc, err := c.Document()
		if err != nil {
			t.Fatal(err)
		}
		got, err := oktaint.ParseCredentials(doc)
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if got.Kind != c.Kind || got.Org != c.Org || got.OrgID != c.OrgID || got.ApplicationID != c.ApplicationID || got.ClientID != c.ClientID ||
			got.Key.Public() != c.Key.Public() || got.ClientSecret.Reveal() != c.ClientSecret.Reveal() ||
			got.APIToken.Reveal() != c.APIToken.Reveal() || got.Scopes != c.Scopes || got.DPoP != c.DPoP {
			t.Errorf("%s: the document gives %v, want %v", kind, got, c)
		}
		if _, err := got.Source(nil).Token(); err != nil && strings.Contains(err.Error(), " has no ") {
			t.Errorf("%s: Source: %v", kind, err)
		}
	}
}

// The names of the document's fields are a promise: absent ones are left out.
func TestCredentialsDocument(t *testing.T) {
	t.Parallel()
	doc, err := sampleCredentials(t)[oktaint.KindClientSecret].Document()
	if err != nil {
		t.Fatal(err)
	}
	const want = `{
  "version": 1,
  "kind": "client_secret",
  "org_url": "https://acme.okta.com",
  "tenant_id": "acme",
  "application_id": "0oa2",
  "client_id": "0oa2",
  "client_secret": "hunter2-secret",
  "scopes": [
    "okta.users.read"
  ]
}
`
	if string(doc) != want {
		t.Errorf("document:\n%s\nwant:\n%s", doc, want)
	}
	var fields map[string]any
	doc, _ = sampleCredentials(t)[oktaint.KindPrivateKeyJWT].Document()
	if err := json.Unmarshal(doc, &fields); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"version", "kind", "org_url", "tenant_id", "org_id", "application_id", "client_id", "key_id", "private_key", "scopes"} {
		if fields[name] == nil {
			t.Errorf("the document lacks %s", name)
		}
		delete(fields, name)
	}
	if len(fields) != 0 {
		t.Errorf("the document has more: %v", fields)
	}
}

// What json.Marshal writes is no credential, and is refused as one.
func TestCredentialsRedacted(t *testing.T) {
	t.Parallel()
	for kind, c := range sampleCredentials(t) {
		b, err := json.Marshal(c)
		if err != nil || strings.Contains(string(b), "hunter2") || strings.Contains(string(b), "BEGIN") || !strings.Contains(string(b), "redacted") {
			t.Errorf("%s: Marshal = %s, %v", kind, b, err)
		}
		if _, err := oktaint.ParseCredentials(b); err == nil || !strings.Contains(err.Error(), "Credentials.Document") {
			t.Errorf("%s: ParseCredentials of the redacted document = %v", kind, err)
		}
	}
}

func TestParseCredentialsRefuses(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"version":1`: "not a JSON document",
		`[]`:           "not a JSON document",
		`{"version":2,"kind":"api_token","org_url":"acme","api_token":"hunter2"}`:               "version 2",
		`{"kind":"api_token","org_url":"acme","api_token":"hunter2"}`:                           "version 0",
		`{"version":1,"kind":"password","org_url":"acme"}`:                                      `"password"`,
		`{"version":1,"kind":"api_token","api_token":"hunter2"}`:                                "the org is empty",
		`{"version":1,"kind":"api_token","org_url":"http://acme","api_token":"hunter2"}`:        "write https://acme",
		`{"version":1,"kind":"api_token","org_url":"acme"}`:                                     "missing",
		`{"version":1,"kind":"client_secret","org_url":"acme","client_secret":"hunter2"}`:       "missing",
		`{"version":1,"kind":"private_key_jwt","org_url":"acme"}`:                               "missing",
		`{"version":1,"kind":"private_key_jwt","org_url":"acme","private_key":"hunter2"}`:       "neither PEM nor",
		`{"version":1,"kind":"private_key_jwt","org_url":"acme","private_key":{"a":"hunter2"}}`: "not a JSON document",
	} {
		_, err := oktaint.ParseCredentials([]byte(in))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("ParseCredentials(%s) = %v; want an error with %q", in, err, want)
		}
	}
	// The org may be given by its tenant id; an app may not exist yet.
	c := sampleCredentials(t)[oktaint.KindPrivateKeyJWT]
	c.ApplicationID, c.ClientID = "", ""
	doc, _ := c.Document()
	doc = []byte(strings.Replace(string(doc), `"org_url": "https://acme.okta.com",`, "", 1))
	got, err := oktaint.ParseCredentials(doc)
	if err != nil || got.Org != c.Org {
		t.Fatalf("a document without an app: %v", err)
	}
	if _, err := got.Source(nil).Token(); err == nil || !strings.Contains(err.Error(), "ClientID") {
		t.Errorf("Source without a client id = %v", err)
	}
}

func TestCredentialsFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "acme.json")
	for _, kind := range []oktaint.Kind{oktaint.KindAPIToken, oktaint.KindPrivateKeyJWT} { // the second replaces the first
		c := sampleCredentials(t)[kind]
		if err := c.WriteFile(path); err != nil {
			t.Fatal(err)
		}
		got, err := oktaint.ReadCredentials(path)
		if err != nil || got.Kind != kind {
			t.Fatalf("ReadCredentials = %v, %v", got, err)
		}
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("%d files are left, want 1", len(entries))
	}
	if err := sampleCredentials(t)[oktaint.KindAPIToken].WriteFile(filepath.Join(dir, "none", "acme.json")); err == nil {
		t.Error("WriteFile into a folder that does not exist is no error")
	}
	if err := os.WriteFile(path, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := oktaint.ReadCredentials(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("ReadCredentials of a wrong document = %v", err)
	}
}

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
		{map[string]string{"ORGURL": "https://acme.okta.com", "CLIENTID": "0oa1", "SCOPES": "x", "PRIVATEKEY": "hunter2"}, "", "private key"},
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

func FuzzParseCredentials(f *testing.F) {
	for _, c := range sampleCredentials(f) {
		doc, err := c.Document()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(doc)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := oktaint.ParseCredentials(b)
		if err != nil {
			return
		}
		doc, err := c.Document()
		if err != nil {
			t.Fatal(err)
		}
		again, err := oktaint.ParseCredentials(doc)
		if err != nil || again.Org != c.Org || again.Scopes != c.Scopes || again.Key.Public() != c.Key.Public() {
			t.Fatalf("the document of %v gives %v, %v", c, again, err)
		}
	})
}
