package oktaint_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"slices"
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
			Roles: []string{"READ_ONLY_ADMIN", "CUSTOM"},
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
			got.APIToken.Reveal() != c.APIToken.Reveal() || got.Scopes != c.Scopes || got.DPoP != c.DPoP || !slices.Equal(got.Roles, c.Roles) {
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
	for _, name := range []string{"version", "kind", "org_url", "tenant_id", "org_id", "application_id", "client_id", "key_id", "private_key", "scopes", "roles"} {
		if fields[name] == nil {
			t.Errorf("the document lacks %s", name)
		}
		delete(fields, name)
	}
	if len(fields) != 0 {
		t.Errorf("the document has more: %v", fields)
	}
}

// The output of json.Marshal is not a credential, and reading it is an error.
func TestCredentialsRedacted(t *testing.T) {
	t.Parallel()
	for kind, c := range sampleCredentials(t) {
		b, err := json.Marshal(c)
		if err != nil || strings.Contains(string(b), "hunter2") || strings.Contains(string(b), "BEGIN") || !strings.Contains(string(b), "redacted") {
			t.Errorf("%s: Marshal = %s, %v", kind, b, err)
		}
		if _, err := oktaint.ParseCredentials(b); err == nil || !strings.Contains(err.Error(), "is redacted") {
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
	for in, want := range map[string]string{
		`{"version":1,"kind":"api_token","org_url":"acme","api_token":"hunter2\nhunter2"}`:                             "the API token has a line break inside",
		`{"version":1,"kind":"api_token","org_url":"acme","api_token":"hunter2\u0000"}`:                                "the API token has a control character inside",
		`{"version":1,"kind":"api_token","org_url":"acme","api_token":"Bearer hunter2"}`:                               "begins with Bearer",
		`{"version":1,"kind":"api_token","org_url":"acme","api_token":" SSWS "}`:                                       "missing",
		`{"version":1,"kind":"api_token","org_url":"acme","api_token":" redacted\n"}`:                                  "is redacted",
		`{"version":1,"kind":"client_secret","org_url":"acme","client_id":"0oa1","client_secret":"hunter2 x"}`:         "the client secret has white space inside",
		`{"version":1,"kind":"client_secret","org_url":"acme","client_id":"hunter2 x","client_secret":"s"}`:            "the client id has white space inside",
		`{"version":1,"kind":"client_secret","org_url":"acme","client_id":" \n","client_secret":"s"}`:                  "missing",
		`{"version":1,"kind":"api_token","org_url":"acme","api_token":"t","application_id":"hunter2\nx"}`:              "the application id has a line break inside",
		`{"version":1,"kind":"api_token","org_url":"acme","api_token":"t","org_id":"hunter2\u001bx"}`:                  "the org's id has a control character inside",
		`{"version":1,"kind":"api_token","org_url":"acme","api_token":"t","roles":["hunter2 x"]}`:                      "a role has white space inside",
		`{"version":1,"kind":"api_token","org_url":"acme","api_token":"t","roles":"hunter2"}`:                          "not a JSON document",
		`{"version":1,"kind":"private_key_jwt","org_url":"acme","private_key":"-----BEGIN PRIVATE KEY-----\nhunter2"}`: "is cut",
		`{"version":1,"kind":"private_key_jwt","org_url":"acme","private_key":"  "}`:                                   "missing",
		`{"version":1,"kind":"api_token","org_url":"acme-admin.okta-miltest.com","api_token":"hunter2"}`:               "write https://acme.okta-miltest.com",
		strings.Repeat(" ", 1<<20) + `{}`: "1048578 bytes",
	} {
		_, err := oktaint.ParseCredentials([]byte(in))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("ParseCredentials(%.200s) = %v; want an error with %q", in, err, want)
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
		t.Error("WriteFile into a folder that does not exist is not an error")
	}
	if err := os.WriteFile(path, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := oktaint.ReadCredentials(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("ReadCredentials of a wrong document = %v", err)
	}
}

// White space, quotation marks and a pasted scheme around values are dropped, and
// so is a byte order mark of the whole.
func TestParseCredentialsCleans(t *testing.T) {
	t.Parallel()
	c, err := oktaint.ParseCredentials([]byte("\ufeff" + `{"version":1,"kind":"api_token","org_url":" https://ACME.okta.com./\n","api_token":"SSWS 00a\r\n","org_id":" 00o1","application_id":"0oa1 ","roles":[" SUPER_ADMIN\n","",
		"CUSTOM"],"future_member":[1]}`))
	if err != nil || c.Org != mustOrg(t, "acme") || c.APIToken.Reveal() != "00a" || c.OrgID != "00o1" || c.ApplicationID != "0oa1" || !slices.Equal(c.Roles, []string{"SUPER_ADMIN", "CUSTOM"}) {
		t.Errorf("ParseCredentials = %v, token %q, org id %q, app %q, roles %q, %v", c, c.APIToken.Reveal(), c.OrgID, c.ApplicationID, c.Roles, err)
	}
	c, err = oktaint.ParseCredentials([]byte(`{"version":1,"kind":"client_secret","org_url":"acme","client_id":"\t0oa1\n","client_secret":"s3:cr/et\n"}`))
	if err != nil || c.ClientID != "0oa1" || c.ClientSecret.Reveal() != "s3:cr/et" || c.Roles != nil {
		t.Errorf("ParseCredentials = %v, secret %q, %v", c, c.ClientSecret.Reveal(), err)
	}
}

// A document from before roles were kept can still be read.
func TestParseCredentialsVersion1(t *testing.T) {
	t.Parallel()
	text := string(marshal(t, string(readFile(t, "ec_p256_TEST_ONLY.pem"))))
	c, err := oktaint.ParseCredentials([]byte(`{"version":1,"kind":"private_key_jwt","org_url":"https://acme.okta.com","tenant_id":"acme","org_id":"00o1","application_id":"0oa1","client_id":"0oa1","key_id":"k","private_key":` + text + `,"scopes":["okta.users.read"],"dpop":true}`))
	if err != nil || c.Key.ID() != "k" || !c.DPoP || c.Roles != nil || c.Warnings != nil {
		t.Errorf("ParseCredentials = %v, %v", c, err)
	}
	doc, err := c.Document()
	if err != nil || strings.Contains(string(doc), "roles") || strings.Contains(string(doc), "arnings") {
		t.Errorf("Document = %s, %v", doc, err)
	}
}

// Reading a file that others can read or change warns, and says what to do.
func TestCredentialsFileMode(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("modes say nothing on Windows")
	}
	path := filepath.Join(t.TempDir(), "acme.json")
	if err := sampleCredentials(t)[oktaint.KindAPIToken].WriteFile(path); err != nil {
		t.Fatal(err)
	}
	for mode, warns := range map[os.FileMode]bool{0o600: false, 0o400: false, 0o700: false, 0o711: false, 0o640: true, 0o604: true, 0o644: true, 0o620: true, 0o602: true, 0o666: true} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		c, err := oktaint.ReadCredentials(path)
		if err != nil || len(c.Warnings) > 0 != warns {
			t.Errorf("mode %o: warnings %q, %v", mode, c.Warnings, err)
		}
		for _, w := range c.Warnings {
			if !strings.HasPrefix(w, path) || !strings.Contains(w, "chmod 600") || strings.Contains(w, "hunter2") {
				t.Errorf("mode %o: warning %q", mode, w)
			}
		}
	}
	link := path + ".link"
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if c, err := oktaint.ReadCredentials(link); err != nil || len(c.Warnings) != 1 { // the mode is that of the file
		t.Errorf("through a link: %q, %v", c.Warnings, err)
	}
	if _, err := oktaint.ReadCredentials(filepath.Dir(path)); err == nil {
		t.Error("a folder is read")
	}
	if err := os.WriteFile(path, make([]byte, 1<<20+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := oktaint.ReadCredentials(path); err == nil || !strings.Contains(err.Error(), "1048577 bytes") {
		t.Errorf("a file without end: %v", err)
	}
}

// Credentials that name no scopes ask for what sees everything; an API token has none.
func TestCredentialsAsked(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		creds oktaint.Credentials
		want  scopes.Set
	}{
		{oktaint.Credentials{Kind: oktaint.KindPrivateKeyJWT}, scopes.Visibility},
		{oktaint.Credentials{Kind: oktaint.KindClientSecret}, scopes.Visibility},
		{oktaint.Credentials{Kind: oktaint.KindClientSecret, Scopes: scopes.Remediation}, scopes.Remediation},
		{oktaint.Credentials{Kind: oktaint.KindAPIToken, Scopes: scopes.Remediation}, scopes.Set{}},
	} {
		if got := tt.creds.Source(nil).Asked(); got != tt.want {
			t.Errorf("%s with %q asks for %q, want %q", tt.creds.Kind, tt.creds.Scopes, got, tt.want)
		}
	}
}
