package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// legacy is an app whose key is registered under a kid that is not its thumbprint.
func legacy(t *testing.T, o *org) (app, key string) {
	t.Helper()
	text := clitest.ReadFile(t, "../../oktaint/testdata/ec_p256_TEST_ONLY.pem")
	named, err := oktaint.ParseKey([]byte(text), "prod-2024")
	if err != nil {
		t.Fatal(err)
	}
	return o.AddServiceApp(oktatest.ServiceApp{Key: named.Public(), Scopes: few, Roles: []string{readOnly}}), o.File(t, "key_TEST_ONLY.pem", text)
}

// A key that the org knows under another kid is found by --kid, or by an answer.
func TestKid(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	app, key := legacy(t, o)
	args := []string{"--client-id", app, "--key", key, "--out", o.out}
	refused := o.connect(t, clitest.Setup{}, args...)
	refused.Check(t, cli.ExitFailed, "kid is invalid", "give that with --kid")
	var never string // one who says the kid is not asked
	o.connect(t, clitest.Setup{Ask: clitest.Answers("prod-2024", &never)}, append(args, "--kid", "other")...).Check(t, cli.ExitFailed, "the key with kid other is not an active key of app "+app)
	if never != "" {
		t.Errorf("asked %q", never)
	}
	if _, found, err := cli.ReadOut(o.out); found || err != nil {
		t.Errorf("a refused key was written, %v", err)
	}
	o.connect(t, clitest.Setup{}, append(args, "--kid", "prod-2024")...).Check(t, cli.ExitDone, "key_id:          prod-2024")
	if creds := o.written(t); creds.Key.ID() != "prod-2024" {
		t.Errorf("kid %s", creds.Key.ID())
	}

	var asked []string
	answers := []string{"prod-2023\n", " prod-2024\r\n"}
	ask := func(_ context.Context, question string, hidden bool) (string, error) {
		if hidden {
			question += " without echo"
		}
		asked = append(asked, question)
		return answers[len(asked)-1], nil
	}
	o.connect(t, clitest.Setup{Ask: ask}, args...).Check(t, cli.ExitDone, "key_id:          prod-2024")
	if len(asked) != 2 || asked[1] != "The org does not know the key by the kid prod-2023. Which kid does the Admin Console show for it, among the app's public keys (Enter alone gives up)? " {
		t.Errorf("asked %q", asked)
	}
	answers[0], asked = "\n", nil
	o.connect(t, clitest.Setup{Ask: ask}, args...).Check(t, cli.ExitFailed, "kid is invalid")
}

// privateJWK is the key of legacy as a JWK.
func privateJWK(t *testing.T, kid string) string {
	t.Helper()
	block, _ := pem.Decode([]byte(clitest.ReadFile(t, "../../oktaint/testdata/ec_p256_TEST_ONLY.pem")))
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	key := parsed.(*ecdsa.PrivateKey)
	point, err := key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		t.Fatal(err)
	}
	d, err := key.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	text := base64.RawURLEncoding.EncodeToString
	return fmt.Sprintf(`{"kid":%q,"kty":"EC","crv":"P-256","x":%q,"y":%q,"d":%q}`, kid, text(point[1:33]), text(point[33:]), text(d))
}

// A JWK's own kid is the one that counts, until another is told.
func TestKidOfJWK(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	app, _ := legacy(t, o)
	jwk := o.File(t, "jwk_TEST_ONLY.json", privateJWK(t, "laptop"))
	args := []string{"--client-id", app, "--key", jwk}
	o.connect(t, clitest.Setup{}, args...).Check(t, cli.ExitFailed, "the key with kid laptop is not an active key")
	o.connect(t, clitest.Setup{}, append(args, "--kid", "prod-2024")...).Check(t, cli.ExitDone, "key_id:          prod-2024")
}

// Scopes that nobody named are taken as they are granted; those that were named have to
// be granted. Either way the file asks for no scope that there is not.
func TestScopes(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	integration := o.integration(few.Union(scopes.New(scopes.UsersManage)), readOnly)
	env := clitest.Setup{Env: map[string]string{"OKTA_CLIENT_CLIENTSECRET": o.handed(t, integration).ClientSecret.Reveal()}}
	for _, tt := range []struct {
		scopes  string
		status  int
		written scopes.Set
		says    string
	}{
		{"", cli.ExitDone, few, "missing_scopes:  24: "},
		{"okta.users.read,okta.users.manage", cli.ExitDone, scopes.New(scopes.UsersRead, scopes.UsersManage), "missing_scopes:  0\n"},
		{"okta.users.read,okta.groups.read", cli.ExitIncomplete, scopes.New(scopes.UsersRead), "not completely: 1 scope not granted, though --client-scopes names them: okta.groups.read"},
	} {
		args := []string{"--client-id", integration, "--out", o.out}
		if tt.scopes != "" {
			args = append(args, "--client-scopes", tt.scopes)
		}
		ran := o.connect(t, env, args...)
		ran.Check(t, tt.status, tt.says)
		if refused := strings.Contains(ran.Stdout, "  refused "); refused != (tt.status == cli.ExitIncomplete) {
			t.Errorf("%s: refused %v:\n%s", tt.scopes, refused, ran.Stdout)
		}
		if got := o.written(t).Scopes; got != tt.written {
			t.Errorf("%s: written %v, want %v", tt.scopes, got, tt.written)
		}
	}
	// None of them is granted; and then one does not exist in this org.
	for _, fault := range []string{"", `POST /oauth2/v1/token answer=400 {"error":"invalid_scope"}`} {
		if fault != "" {
			if err := o.AddFault(fault); err != nil {
				t.Fatal(err)
			}
		}
		o.connect(t, env, "--client-id", integration, "--client-scopes", "okta.idps.read").Check(t, cli.ExitFailed, "Name the scopes that it has with --client-scopes")
	}
}

// Which roles there are, the org says if it may be asked, and otherwise the customer. What
// the customer says and the org denies is not so.
func TestRoles(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	admin, blind := few.Union(scopes.New(scopes.RolesRead)), few
	for _, tt := range []struct {
		name    string
		granted scopes.Set
		holds   []string
		told    string
		status  int
		written []string
		says    string
	}{
		{"seen", admin, []string{"SUPER_ADMIN"}, "", cli.ExitDone, []string{"SUPER_ADMIN"}, "roles:           SUPER_ADMIN\n"},
		{"denied", admin, []string{"SUPER_ADMIN"}, "SUPER_ADMIN,ORG_ADMIN", cli.ExitIncomplete, []string{"SUPER_ADMIN"}, "the org says that ORG_ADMIN is not held"},
		{"not known", blind, []string{readOnly}, "", cli.ExitDone, nil, "not known: it lacks the scope okta.roles.read, which shows them. It sees what ORG_ADMIN or READ_ONLY_ADMIN would. If the customer knows"},
		{"told", blind, []string{readOnly}, readOnly, cli.ExitDone, []string{readOnly}, readOnly + ", as the customer says: it lacks the scope okta.roles.read"},
		{"none", blind, nil, readOnly, cli.ExitIncomplete, []string{readOnly}, "not all that should be seen is"},
	} {
		app := o.app(tt.granted, tt.holds...)
		file := o.File(t, tt.name+"_TEST_ONLY.pem", keyText(t, o.handed(t, app)))
		o.out = o.out + "x"
		args := []string{"--client-id", app, "--key", file, "--out", o.out}
		if tt.told != "" {
			args = append(args, "--role", tt.told)
		}
		o.connect(t, clitest.Setup{}, args...).Check(t, tt.status, tt.says)
		if got := o.written(t).Roles; !slices.Equal(got, tt.written) {
			t.Errorf("%s: roles %q, want %q", tt.name, got, tt.written)
		}
	}
}

// An app that requires DPoP is connected, and the file says so.
func TestDPoP(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	app := o.AddServiceApp(oktatest.ServiceApp{Scopes: few, Roles: []string{readOnly}, DPoP: true})
	key := o.File(t, "key_TEST_ONLY.pem", keyText(t, o.handed(t, app)))
	o.connect(t, clitest.Setup{}, "--client-id", app, "--key", key, "--out", o.out).Check(t, cli.ExitDone)
	if !o.written(t).DPoP {
		t.Error("the file does not say that the app requires DPoP")
	}
}

// A credential that the org refuses is not written down.
func TestRefused(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	integration := o.integration(few, readOnly)
	for _, tt := range []struct {
		env, value, says string
		args             []string
	}{
		{"OKTA_API_TOKEN", "00wrong", "the API token is wrong", nil},
		{"OKTA_CLIENT_CLIENTSECRET", "00wrong", "the client id or secret is wrong", []string{"--client-id", integration}},
		{"OKTA_CLIENT_CLIENTSECRET", "00wrong", "invalid_client", []string{"--client-id", "0oaunknown"}},
	} {
		o.connect(t, clitest.Setup{Env: map[string]string{tt.env: tt.value}}, append(tt.args, "--out", o.out)...).Check(t, cli.ExitFailed, tt.says)
		if _, found, err := cli.ReadOut(o.out); found || err != nil {
			t.Errorf("%s: written, %v", tt.says, err)
		}
	}
}

// Who breaks off while the program looks around has the credentials.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{Faults: []string{"GET /api/v1/logs stall"}})
	app := o.app(few, readOnly)
	key := o.File(t, "key_TEST_ONLY.pem", keyText(t, o.handed(t, app)))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		clitest.Await(t, "the log is read", func() bool {
			return slices.ContainsFunc(o.Requests(), func(r oktatest.Request) bool { return r.Path == "/api/v1/logs" })
		})
		cancel()
	}()
	o.connect(t, clitest.Setup{Context: ctx}, "--client-id", app, "--key", key, "--out", o.out).Check(t, cli.ExitInterrupted, "the credentials work, and "+o.out+" has them")
	if creds := o.written(t); creds.ClientID != app {
		t.Errorf("%+v", creds)
	}
}
